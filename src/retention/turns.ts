// Work that must not overlap: for one key one after the other, other keys beside it.

export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>

export function takeTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, turn)
    try {
      return await turn
    } finally {
      if (last.get(key) === turn) last.delete(key)
    }
  }
}

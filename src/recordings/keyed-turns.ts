// Runs what is asked for one key one after the other, other keys beside it. Whoever stores or replaces a recording takes
// its call's turn, so that nobody builds on bytes that another is about to replace.

export type KeyedTurns = <T>(key: string, work: () => Promise<T>) => Promise<T>

export function keyedTurns(): KeyedTurns {
  const last = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = last.get(key)
    const turn = (before ?? Promise.resolve()).then(work, work)
    last.set(key, turn)
    try {
      return await turn
    } finally {
      if (last.get(key) === turn) last.delete(key)
    }
  }
}

/** The turn of a call. */
export function turnOf(instance: string, callId: string): string {
  return `${instance}\0${callId}`
}

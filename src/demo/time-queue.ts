// What is to be told when: a binary heap by time. The simulated PBX keeps one entry per call in progress in it.

export interface TimeQueue<T> {
  /** When the first is due; undefined: empty. */
  firstAt(): number | undefined
  add(at: number, item: T): void
  /** The first, if its time has come by `until`. */
  takeDue(until: number): { at: number; item: T } | null
}

/** What is due first comes first; equal times in the order they were added. */
export function makeTimeQueue<T>(): TimeQueue<T> {
  const heap: { at: number; order: number; item: T }[] = []
  let added = 0
  const before = (a: number, b: number): boolean => {
    const one = heap[a]
    const other = heap[b]
    if (!one || !other) return false
    return one.at < other.at || (one.at === other.at && one.order < other.order)
  }
  const swap = (a: number, b: number) => {
    const one = heap[a]
    const other = heap[b]
    if (!one || !other) return
    heap[a] = other
    heap[b] = one
  }

  return {
    firstAt: () => heap[0]?.at,
    add(at, item) {
      let i = heap.push({ at, order: added++, item }) - 1
      while (i > 0 && before(i, (i - 1) >> 1)) {
        swap(i, (i - 1) >> 1)
        i = (i - 1) >> 1
      }
    },
    takeDue(until) {
      const first = heap[0]
      if (!first || first.at > until) return null
      const last = heap.pop()
      if (last && heap.length > 0) {
        heap[0] = last
        let i = 0
        for (;;) {
          let least = i
          if (before(2 * i + 1, least)) least = 2 * i + 1
          if (before(2 * i + 2, least)) least = 2 * i + 2
          if (least === i) break
          swap(i, least)
          i = least
        }
      }
      return first
    },
  }
}

// Chance that can be had again: the same seed gives the same mix of calls. Used by the random mix alone.

export interface Chance {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  /** One of several; there is at least one. */
  pick<T>(choices: readonly T[]): T
  /** True in so many of a hundred. */
  inHundred(percent: number): boolean
}

/** Random numbers from 0 to 1 (splitmix32). */
export function chanceOf(seed: number): Chance {
  let state = seed | 0
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    let t = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97)
    return ((t ^ (t >>> 15)) >>> 0) / 4294967296
  }
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    between,
    pick: <T>(choices: readonly T[]) => choices[between(0, choices.length - 1)] as T,
    inHundred: (percent) => next() * 100 < percent,
  }
}

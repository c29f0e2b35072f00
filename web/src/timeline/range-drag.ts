// What part of a recording is chosen while the pointer is dragged over its sound, or an edge is moved by keyboard. Pure.

export interface ChosenRange {
  fromMs: number
  toMs: number
}

/** What was taken hold of: an edge, the whole part, or the bare sound (a new part begins there). */
export type Grip =
  | { what: 'from' | 'to' }
  | { what: 'part'; atMs: number; began: ChosenRange }
  | { what: 'new'; atMs: number }

/** Shorter nobody can hear what it is. */
export const SHORTEST_RANGE_MS = 100

/** @param nearMs how near to an edge is meant for the edge */
export function gripAt(range: ChosenRange, atMs: number, nearMs: number): Grip {
  const [offFrom, offTo] = [Math.abs(atMs - range.fromMs), Math.abs(atMs - range.toMs)]
  if (Math.min(offFrom, offTo) <= nearMs) return { what: offFrom <= offTo ? 'from' : 'to' }
  if (atMs > range.fromMs && atMs < range.toMs) return { what: 'part', atMs, began: range }
  return { what: 'new', atMs }
}

/** The part as it is once the pointer is at `atMs`. */
export function draggedTo(range: ChosenRange, grip: Grip, atMs: number, durationMs: number): ChosenRange {
  switch (grip.what) {
    case 'from':
    case 'to':
      return edgeTo(range, grip.what, atMs, durationMs)
    case 'part': {
      const length = grip.began.toMs - grip.began.fromMs
      const fromMs = bounded(grip.began.fromMs + atMs - grip.atMs, 0, durationMs - length)
      return { fromMs, toMs: fromMs + length }
    }
    case 'new': {
      const [a, b] = [bounded(grip.atMs, 0, durationMs), bounded(atMs, 0, durationMs)]
      const fromMs = Math.min(a, b, durationMs - SHORTEST_RANGE_MS)
      return { fromMs, toMs: Math.max(a, b, fromMs + SHORTEST_RANGE_MS) }
    }
  }
}

/** One edge moves, as far as the other lets it. */
export function edgeTo(range: ChosenRange, edge: 'from' | 'to', atMs: number, durationMs: number): ChosenRange {
  return edge === 'from'
    ? { ...range, fromMs: bounded(atMs, 0, range.toMs - SHORTEST_RANGE_MS) }
    : { ...range, toMs: bounded(atMs, range.fromMs + SHORTEST_RANGE_MS, durationMs) }
}

function bounded(ms: number, least: number, most: number): number {
  return Math.round(Math.max(least, Math.min(most, ms)))
}

// Stretches of a recording in which nobody speaks for so long that a listener may skip them. Pure.
import type { Range, Talk } from './peaks.ts'

/** Shorter silences belong to how people talk. */
export const QUIET_FROM_MS = 1_500
/** Left at either end, so that no word is clipped and the ear notices the cut. */
const MARGIN_MS = 250

/** What is skipped, in order; ms of the recording. */
export function quietStretches(talk: Pick<Talk, 'silence'> | null): Range[] {
  return (talk?.silence ?? [])
    .filter(([from, to]) => to - from >= QUIET_FROM_MS)
    .map(([from, to]): Range => [from === 0 ? 0 : from + MARGIN_MS, to - MARGIN_MS])
    .sort((a, b) => a[0] - b[0])
}

/** Where to go on from `atMs`, if it lies in one of them; null: here somebody speaks. */
export function afterQuiet(stretches: readonly Range[], atMs: number): number | null {
  const stretch = stretches.find(([from, to]) => atMs >= from && atMs < to)
  return stretch?.[1] ?? null
}

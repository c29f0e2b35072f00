// Which part of the time axis is on show, and where a moment stands in it. Everything drawn on the axis (lanes, sound,
// ruler, playhead) asks here, so that one moment stands at one place in all of them. Pure.

/** Since the call's start. */
export interface TimeView {
  fromMs: number
  toMs: number
}

/** Nearer than this nothing more is to be seen. */
const SHORTEST_MS = 4_000

export function spanOf({ fromMs, toMs }: TimeView): number {
  return toMs - fromMs
}

/** 0 at the left edge, 1 at the right. */
export function shareOf(view: TimeView, ms: number): number {
  const span = spanOf(view)
  return span > 0 ? (ms - view.fromMs) / span : 0
}

export function momentAt(view: TimeView, share: number): number {
  return view.fromMs + Math.min(1, Math.max(0, share)) * spanOf(view)
}

export function isInView(view: TimeView, ms: number): boolean {
  return ms >= view.fromMs && ms <= view.toMs
}

/** Style of something that lasts, cut to what is on show; null: nothing of it is. */
export function placeOf(
  view: TimeView,
  fromMs: number,
  toMs: number,
): { insetInlineStart: string; width: string } | null {
  const [from, to] = [Math.max(0, shareOf(view, fromMs)), Math.min(1, shareOf(view, toMs))]
  if (from > 1 || to < 0) return null
  return { insetInlineStart: percent(from), width: percent(Math.max(0, to - from)) }
}

/** Style of something that happens at a moment; null: not on show. */
export function pointOf(view: TimeView, ms: number): { insetInlineStart: string } | null {
  return isInView(view, ms) ? { insetInlineStart: percent(shareOf(view, ms)) } : null
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`
}

/** A part of an axis of this length, moved and cut so that it lies within; never too short to see anything. */
export function within(totalMs: number, { fromMs, toMs }: TimeView): TimeView {
  const span = Math.min(totalMs, Math.max(Math.min(SHORTEST_MS, totalMs), toMs - fromMs))
  const from = Math.min(Math.max(0, fromMs), totalMs - span)
  return { fromMs: from, toMs: from + span }
}

/** `factor` 2 shows half as much, 0.5 twice as much; the moment `aroundMs` stays where it is. */
export function zoomed(totalMs: number, view: TimeView, factor: number, aroundMs: number): TimeView {
  const span = Math.min(totalMs, Math.max(Math.min(SHORTEST_MS, totalMs), spanOf(view) / factor))
  const from = aroundMs - shareOf(view, aroundMs) * span
  return within(totalMs, { fromMs: from, toMs: from + span })
}

/** To the right by a share of what is on show; negative: to the left. */
export function moved(totalMs: number, view: TimeView, share: number): TimeView {
  const by = share * spanOf(view)
  return within(totalMs, { fromMs: view.fromMs + by, toMs: view.toMs + by })
}

export function isWhole(totalMs: number, view: TimeView): boolean {
  return view.fromMs <= 0 && view.toMs >= totalMs
}

/**
 * How long the axis of a call that still goes on is: longer than the call by now, so that it grows into empty space, and
 * lengthened in steps, so that what has been drawn stands still in between.
 */
export function roomFor(lastedMs: number): number {
  const seconds = (lastedMs / 1000) * 1.05 + 2
  const step = 2 ** Math.floor(Math.log2(Math.max(15, seconds) / 4))
  return Math.ceil(seconds / step) * step * 1000
}

/** Round numbers for what is on show: at most about `most` of them; ms. */
export function ticksOf({ fromMs, toMs }: TimeView, most: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400]
  const step = (steps.find((seconds) => (toMs - fromMs) / (seconds * 1000) <= most) ?? 604_800) * 1000
  const ticks: number[] = []
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) ticks.push(at)
  return ticks
}

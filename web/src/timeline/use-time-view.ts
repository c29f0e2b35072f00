// What part of the axis is on show: all of it until the reader looks closer; then it stays where she put it, and follows
// the sound when that leaves what she sees.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { isInView, isWhole, moved, type TimeView, within, zoomed } from './time-view.ts'

/** A jump of the playhead further than this is a wish to see where it went. */
const JUMP_MS = 2_000
/** Where the playhead stands when the picture has followed it. */
const LEAD = 0.1

export interface Zooming {
  view: TimeView
  isWhole: boolean
  /** Closer (2) or further (0.5); around this moment, else around the playhead or the middle. */
  zoom(factor: number, aroundMs?: number): void
  /** By shares of what is on show. */
  move(share: number): void
  show(view: TimeView): void
  showWhole(): void
}

export function useTimeView(totalMs: number, playheadMs: number | null): Zooming {
  /** null: the whole, however long it grows. */
  const [chosen, setChosen] = useState<TimeView | null>(null)
  const view = useMemo(
    () => (chosen === null ? { fromMs: 0, toMs: totalMs } : within(totalMs, chosen)),
    [chosen, totalMs],
  )
  const latest = useRef({ view, totalMs, playheadMs })
  latest.current = { view, totalMs, playheadMs }
  const seen = useRef<{ atMs: number | null; isIn: boolean }>({ atMs: null, isIn: true })

  const show = useCallback((next: TimeView) => {
    const { totalMs, playheadMs } = latest.current
    setChosen(isWhole(totalMs, next) ? null : next)
    seen.current = { atMs: playheadMs, isIn: playheadMs === null || isInView(next, playheadMs) }
  }, [])

  useEffect(() => {
    if (playheadMs === null) return
    const { view, totalMs } = latest.current
    const { atMs, isIn } = seen.current
    const isJump = atMs !== null && Math.abs(playheadMs - atMs) > JUMP_MS
    const isNowIn = isInView(view, playheadMs)
    seen.current = { atMs: playheadMs, isIn: isNowIn }
    if (isNowIn || !(isIn || isJump)) return
    const fromMs = playheadMs - LEAD * (view.toMs - view.fromMs)
    show(within(totalMs, { fromMs, toMs: fromMs + (view.toMs - view.fromMs) }))
  }, [playheadMs, show])

  return useMemo(
    () => ({
      view,
      isWhole: chosen === null,
      zoom(factor, aroundMs) {
        const { view, totalMs, playheadMs } = latest.current
        const middle = (view.fromMs + view.toMs) / 2
        const around = aroundMs ?? (playheadMs !== null && isInView(view, playheadMs) ? playheadMs : middle)
        show(zoomed(totalMs, view, factor, around))
      },
      move(share) {
        const { view, totalMs } = latest.current
        show(moved(totalMs, view, share))
      },
      show: (next) => show(within(latest.current.totalMs, next)),
      showWhole: () => show({ fromMs: 0, toMs: latest.current.totalMs }),
    }),
    [view, chosen, show],
  )
}

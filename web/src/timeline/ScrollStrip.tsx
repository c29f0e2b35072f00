// Which part of the call is on show, while not all of it is: a strip whose thumb is dragged, or moved by keyboard.
import { type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { durationText } from '../ui/time.ts'
import { percent, shareOf, spanOf, type TimeView } from './time-view.ts'
import type { Zooming } from './use-time-view.ts'

interface ScrollStripProps {
  /** The id of what it moves. */
  controls: string
  totalMs: number
  zooming: Zooming
}

export function ScrollStrip({ controls, totalMs, zooming }: ScrollStripProps) {
  const { t } = useTranslation()
  const { view, move, show } = zooming
  const grip = useRef<number | null>(null)
  const whole: TimeView = { fromMs: 0, toMs: totalMs }
  const from = shareOf(whole, view.fromMs)
  const width = spanOf(view) / totalMs

  function onMove(event: PointerEvent<HTMLDivElement>): void {
    if (grip.current === null) return
    const strip = event.currentTarget.getBoundingClientRect()
    const fromMs = ((event.clientX - strip.left) / strip.width - grip.current) * totalMs
    show({ fromMs, toMs: fromMs + spanOf(view) })
  }

  return (
    <div
      className="flow-strip"
      role="scrollbar"
      tabIndex={0}
      aria-label={t('timeline.shown')}
      aria-controls={controls}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.round((totalMs - spanOf(view)) / 1000)}
      aria-valuenow={Math.round(view.fromMs / 1000)}
      aria-valuetext={`${durationText(view.fromMs)}–${durationText(view.toMs)}`}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -0.25, ArrowRight: 0.25, PageUp: -0.9, PageDown: 0.9, Home: -1e6, End: 1e6 }[event.key]
        if (by === undefined) return
        event.preventDefault()
        event.stopPropagation()
        move(by)
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        const strip = event.currentTarget.getBoundingClientRect()
        const at = (event.clientX - strip.left) / strip.width - from
        // Beside the thumb: it comes under the finger.
        grip.current = at >= 0 && at <= width ? at : width / 2
        onMove(event)
      }}
      onPointerMove={onMove}
      onPointerUp={() => {
        grip.current = null
      }}
      onPointerCancel={() => {
        grip.current = null
      }}
    >
      <span className="flow-strip-thumb" style={{ insetInlineStart: percent(from), width: percent(width) }} />
    </div>
  )
}

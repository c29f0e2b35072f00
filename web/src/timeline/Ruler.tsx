// The times below lanes and waveform; at the same time the slider that goes to any of them, by drag and by keyboard.
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { durationText } from '../ui/time.ts'
import { momentAt, pointOf, shareOf, type TimeView, ticksOf } from './time-view.ts'

interface RulerProps {
  totalMs: number
  view: TimeView
  /** Px; as many times as have room beside each other. */
  width: number
  playheadMs: number | null
  /** The same at this very moment: keys are pressed faster than pictures are drawn. */
  positionMs(): number | null
  /** null: nothing can be heard, so there is nowhere to go. */
  onSeek: ((atMs: number) => void) | null
}

const PX_A_TICK = 84
const STEPS_MS: Readonly<Record<string, number>> = {
  ArrowLeft: -5_000,
  ArrowRight: 5_000,
  ArrowDown: -5_000,
  ArrowUp: 5_000,
  PageDown: -30_000,
  PageUp: 30_000,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

export function Ruler({ totalMs, view, width, playheadMs, positionMs, onSeek }: RulerProps) {
  const { t } = useTranslation()
  const isDragged = useRef(false)
  const ticks = ticksOf(view, Math.max(2, Math.floor(width / PX_A_TICK))).map((at) => {
    const place = pointOf(view, at)
    return place === null ? null : (
      <span key={at} className={tickClass(shareOf(view, at))} style={place}>
        {durationText(at)}
      </span>
    )
  })
  if (onSeek === null)
    return (
      <div className="flow-ruler tabular" aria-hidden="true">
        {ticks}
      </div>
    )

  function seek(event: PointerEvent<HTMLDivElement>): void {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    if (width > 0) onSeek?.(momentAt(view, (event.clientX - left) / width))
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = STEPS_MS[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    const by = event.shiftKey && Math.abs(step) === 5_000 ? 2 * step : step
    onSeek?.(Math.min(totalMs, Math.max(0, (positionMs() ?? 0) + by)))
  }

  const at = playheadMs ?? 0
  return (
    <div
      className="flow-ruler tabular can-seek"
      role="slider"
      tabIndex={0}
      aria-label={t('timeline.position')}
      aria-valuemin={0}
      aria-valuemax={Math.round(totalMs / 1000)}
      aria-valuenow={Math.round(at / 1000)}
      aria-valuetext={`${durationText(at)} / ${durationText(totalMs)}`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        isDragged.current = true
        seek(event)
      }}
      onPointerMove={(event) => isDragged.current && seek(event)}
      onPointerUp={() => {
        isDragged.current = false
      }}
      onPointerCancel={() => {
        isDragged.current = false
      }}
    >
      {ticks}
    </div>
  )
}

/** At the edges a time stands inside. */
function tickClass(share: number): string {
  if (share < 0.01) return 'tick is-first'
  return share > 0.98 ? 'tick is-last' : 'tick'
}

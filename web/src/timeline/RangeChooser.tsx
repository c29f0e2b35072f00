// Chooses a part of a recording on its sound: dragged on the waveform, or by its two edges with the keyboard.
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson, DetailRecordingJson } from '../../../src/calls/call-json.ts'
import { usePlayback } from '../recordings/playback-context.ts'
import { writeTime } from '../recordings/recording-time.ts'
import { Playhead } from './Playhead.tsx'
import { Ruler } from './Ruler.tsx'
import { type ChosenRange, draggedTo, edgeTo, type Grip, gripAt } from './range-drag.ts'
import type { SoundPart } from './recording-place.ts'
import { ScrollStrip } from './ScrollStrip.tsx'
import { SoundLane } from './SoundLane.tsx'
import { momentAt, placeOf, pointOf, spanOf } from './time-view.ts'
import { useTimeView } from './use-time-view.ts'
import { useWidth } from './use-width.ts'
import { ZoomButtons } from './ZoomButtons.tsx'
import './timeline.css'
import './range-chooser.css'

/** A pointer this near to an edge means the edge. */
const NEAR_PX = 7
/** What is shown around the part at first. */
const AROUND_MS = 30_000
const STEPS_MS: Readonly<Record<string, number>> = {
  ArrowLeft: -100,
  ArrowRight: 100,
  ArrowDown: -100,
  ArrowUp: 100,
  PageDown: -5_000,
  PageUp: 5_000,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

interface RangeChooserProps {
  call: CallDetailJson
  recording: DetailRecordingJson
  range: ChosenRange
  /** The recording is in the player. */
  isMine: boolean
  onChoose(range: ChosenRange): void
}

export function RangeChooser({ call, recording, range, isMine, onChoose }: RangeChooserProps) {
  const { t } = useTranslation()
  const { isSkippingSilence } = usePlayback()
  const durationMs = recording.durationMs ?? 0
  const zooming = useTimeView(durationMs, null)
  const { view, show } = zooming
  const axis = useRef<HTMLDivElement>(null)
  const over = useRef<HTMLDivElement>(null)
  const grip = useRef<Grip | null>(null)
  const width = useWidth(over)
  const id = useId()
  const part = useMemo<SoundPart>(
    () => ({ recording, fromMs: 0, toMs: durationMs, isLoose: true, kind: 'heard' }),
    [recording, durationMs],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: where it opens; from then on the reader looks where she wants.
  useEffect(() => show({ fromMs: range.fromMs - AROUND_MS, toMs: range.toMs + AROUND_MS }), [])

  function momentOf(event: PointerEvent): number | null {
    const box = over.current?.getBoundingClientRect()
    return box && box.width > 0 ? momentAt(view, (event.clientX - box.left) / box.width) : null
  }

  function onPointerDown(event: PointerEvent<HTMLDivElement>): void {
    const at = momentOf(event)
    if (at === null || event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    // No text is marked while something is dragged.
    event.preventDefault()
    grip.current = gripAt(range, at, (NEAR_PX / Math.max(1, width)) * spanOf(view))
    if (grip.current.what === 'new') onChoose(draggedTo(range, grip.current, at, durationMs))
  }

  function onPointerMove(event: PointerEvent<HTMLDivElement>): void {
    const at = momentOf(event)
    if (at !== null && grip.current !== null) onChoose(draggedTo(range, grip.current, at, durationMs))
  }

  function release(): void {
    grip.current = null
  }

  const edge = (which: 'from' | 'to') => {
    const atMs = which === 'from' ? range.fromMs : range.toMs
    const place = pointOf(view, atMs)
    if (place === null) return null
    const onKeyDown = (event: KeyboardEvent) => {
      const step = STEPS_MS[event.key]
      if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      const by = event.shiftKey && Math.abs(step) === 100 ? 10 * step : step
      onChoose(edgeTo(range, which, atMs + by, durationMs))
    }
    return (
      <span
        className={`range-edge is-${which}`}
        style={place}
        role="slider"
        tabIndex={0}
        aria-label={t(`recording.silence.${which}`)}
        aria-valuemin={0}
        aria-valuemax={durationMs / 1000}
        aria-valuenow={atMs / 1000}
        aria-valuetext={writeTime(atMs)}
        onKeyDown={onKeyDown}
      />
    )
  }
  const place = placeOf(view, range.fromMs, range.toMs)
  return (
    <div className="flow range-chooser">
      <div ref={axis} id={id} className="flow-axis">
        <div
          className="range-sound"
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={release}
          onPointerCancel={release}
        >
          <SoundLane call={call} parts={[part]} view={view} width={width} isSkipping={isSkippingSilence} />
        </div>
        <div className="flow-foot">
          <ZoomButtons zooming={zooming} talk={null} />
          <Ruler
            totalMs={durationMs}
            view={view}
            width={width}
            playheadMs={null}
            positionMs={() => null}
            onSeek={null}
          />
        </div>
        <div ref={over} className="flow-over">
          {place === null ? null : <span className="range-part" style={place} />}
          {edge('from')}
          {edge('to')}
          <Playhead axis={axis} part={isMine ? part : null} view={view} />
        </div>
      </div>
      {zooming.isWhole ? null : <ScrollStrip controls={id} totalMs={durationMs} zooming={zooming} />}
    </div>
  )
}

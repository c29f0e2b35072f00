// The call on one time axis: who was there when, and the sound, with one playhead through both. A click anywhere hears
// that moment. Long calls are looked at closer (buttons, + − 0, Ctrl with the wheel); live ones grow.
import { type MouseEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { usePlayback } from '../recordings/playback-context.ts'
import { durationText } from '../ui/time.ts'
import { useFineNow } from '../ui/use-now.ts'
import { lanesOf, talkOf } from './call-lanes.ts'
import { Arrow, LaneLine } from './LaneLine.tsx'
import { Playhead } from './Playhead.tsx'
import { Ruler } from './Ruler.tsx'
import { gapsBetween, inTracks, soundParts } from './recording-place.ts'
import { ScrollStrip } from './ScrollStrip.tsx'
import { SoundLane } from './SoundLane.tsx'
import { isInView, momentAt, percent, pointOf, roomFor, shareOf, spanOf, within } from './time-view.ts'
import type { CallSound } from './use-call-sound.ts'
import { useTimeView } from './use-time-view.ts'
import { useTimelineKeys } from './use-timeline-keys.ts'
import { useWidth } from './use-width.ts'
import { ZoomButtons } from './ZoomButtons.tsx'
import './timeline.css'

/** What is shown around the talk. */
const AROUND_TALK = 0.03
/** A talk that is nearly all of the call needs no looking closer. */
const MOST_OF_THE_CALL = 0.85
/** Shorter calls are seen well enough. */
const ZOOM_FROM_MS = 20_000

interface CallTimelineProps extends CallSound {
  call: CallDetailJson
  /** Notes that speak of one moment of the call. */
  moments: readonly { id: string; atMs: number; text: string }[]
  onPoint(eventId: string | null): void
}

export function CallTimeline(props: CallTimelineProps) {
  const { call, moments, part, playheadMs, positionMs, onPoint, onListen, onSeek } = props
  const { t } = useTranslation()
  const { isSkippingSilence } = usePlayback()
  const isLive = call.phase !== null
  const now = useFineNow(isLive)
  const drawn = useMemo(() => lanesOf(call, now), [call, now])
  const lastedMs = drawn.totalMs
  const totalMs = isLive ? roomFor(lastedMs) : lastedMs
  const tracks = useMemo(() => inTracks(soundParts(call, lastedMs)), [call, lastedMs])
  const gaps = useMemo(() => gapsBetween(tracks.flat(), lastedMs), [tracks, lastedMs])
  const talk = useMemo(() => {
    const found = talkOf(drawn)
    if (found === null || isLive || spanOf(found) > MOST_OF_THE_CALL * totalMs) return null
    const around = AROUND_TALK * spanOf(found)
    return within(totalMs, { fromMs: found.fromMs - around, toMs: found.toMs + around })
  }, [drawn, isLive, totalMs])
  const zooming = useTimeView(totalMs, playheadMs)
  const { view, zoom, move } = zooming
  const axis = useRef<HTMLDivElement>(null)
  const over = useRef<HTMLDivElement>(null)
  const width = useWidth(over)
  const [pointed, setPointed] = useState<number | null>(null)
  const id = useId()
  const canZoom = totalMs >= ZOOM_FROM_MS && !isLive
  useTimelineKeys(canZoom, zooming)

  useEffect(() => {
    const element = axis.current
    if (element === null || !canZoom) return
    // React's own wheel listener may not keep the page from zooming.
    const onWheel = (event: WheelEvent) => {
      const box = over.current?.getBoundingClientRect()
      if (!box || box.width === 0) return
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault()
        zoom(Math.exp(-event.deltaY / 240), momentAt(view, (event.clientX - box.left) / box.width))
      } else {
        const by = event.deltaX || (event.shiftKey ? event.deltaY : 0)
        if (by === 0) return
        event.preventDefault()
        move(by / box.width)
      }
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [canZoom, view, zoom, move])

  if (totalMs === 0 || drawn.lanes.length === 0) return null

  function momentOf(event: MouseEvent): number | null {
    const box = over.current?.getBoundingClientRect()
    if (!box || event.clientX < box.left || event.clientX > box.right) return null
    const at = momentAt(view, (event.clientX - box.left) / box.width)
    return at <= lastedMs ? at : null
  }

  function onClick(event: MouseEvent): void {
    const at = momentOf(event)
    // By keyboard a bar says itself from where it plays.
    if (at === null || event.detail === 0 || (event.target as Element).closest('.flow-note, .flow-ruler')) return
    const track = (event.target as Element).closest<HTMLElement>('.sound-track-place')?.dataset.track
    const own =
      track === undefined ? undefined : tracks[Number(track)]?.find((one) => at >= one.fromMs && at < one.toMs)
    onListen?.(at, own?.kind === 'heard' ? own.recording.n : undefined)
  }

  const shared = { call, view }
  return (
    <section className={isLive ? 'flow is-live' : 'flow'} aria-label={t('flow.title')}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: bars, notes and the ruler's slider do the same by keyboard. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above. */}
      <div
        ref={axis}
        id={id}
        className={onListen === null ? 'flow-axis' : 'flow-axis can-listen'}
        onClick={onClick}
        onPointerMove={(event: PointerEvent) => setPointed(onListen === null ? null : momentOf(event))}
        onPointerLeave={() => setPointed(null)}
      >
        <div className="flow-lanes">
          {drawn.lanes.map((lane) => (
            <LaneLine key={lane.id} lane={lane} width={width} onPoint={onPoint} onListen={onListen} {...shared} />
          ))}
          <div className="flow-arrows">
            {drawn.arrows.map((arrow) => (
              <Arrow key={`${arrow.step} ${arrow.toLane}`} arrow={arrow} drawn={drawn} view={view} />
            ))}
          </div>
        </div>
        {tracks.map((parts, track) => (
          <div key={parts[0]?.recording.n ?? 0} className="sound-track-place" data-track={track}>
            <SoundLane
              parts={parts}
              width={width}
              isSkipping={isSkippingSilence}
              gaps={track === 0 ? gaps : []}
              {...shared}
            />
          </div>
        ))}
        <div className="flow-foot">
          {canZoom ? <ZoomButtons zooming={zooming} talk={talk} /> : <span />}
          <Ruler {...{ totalMs, view, width, playheadMs, positionMs, onSeek }} />
        </div>
        <div ref={over} className="flow-over">
          {moments.map(({ id, atMs, text }) => {
            const place = pointOf(view, Math.min(atMs, totalMs))
            return place === null ? null : (
              <button
                key={id}
                type="button"
                className="flow-note"
                style={place}
                title={text}
                aria-label={`${t('notes.atMoment', { time: durationText(atMs) })} · ${text}`}
                onClick={() => onListen?.(atMs)}
              />
            )
          })}
          {isLive && isInView(view, lastedMs) ? (
            <span className="flow-now" style={{ insetInlineStart: percent(shareOf(view, lastedMs)) }} />
          ) : null}
          {pointed !== null && isInView(view, pointed) ? (
            <span className="flow-pointed tabular" style={{ insetInlineStart: percent(shareOf(view, pointed)) }}>
              <span>{durationText(pointed)}</span>
            </span>
          ) : null}
          <Playhead axis={axis} part={part} view={view} />
        </div>
      </div>
      {zooming.isWhole ? null : <ScrollStrip controls={id} totalMs={totalMs} zooming={zooming} />}
    </section>
  )
}

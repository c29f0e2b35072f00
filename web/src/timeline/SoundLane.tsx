// The sound of a call under its lanes, on the same axis: each recording where it was made, the customer above and the
// agents below where each has a channel. What is worth seeing in it is marked; where nothing was recorded there is a
// dotted line.
import { useQuery } from '@tanstack/react-query'
import { type CSSProperties, useLayoutEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { POINTS, type Range, type Sound, soundQuery } from '../recordings/peaks.ts'
import { stateText, stateWord } from '../recordings/recording-words.ts'
import { useAppearance } from '../ui/appearance.ts'
import { durationText } from '../ui/time.ts'
import type { SoundPart } from './recording-place.ts'
import { type Mark, soundMarks } from './sound-marks.ts'
import { placeOf, shareOf, spanOf, type TimeView } from './time-view.ts'
import { drawWave, loudestOf } from './wave-drawing.ts'

interface SoundLaneProps {
  call: CallDetailJson
  parts: readonly SoundPart[]
  view: TimeView
  /** Px of the lane. */
  width: number
  /** Long silences are passed over in playing. */
  isSkipping: boolean
  /** Where nothing was recorded. */
  gaps?: readonly Range[]
}

export function SoundLane({ call, parts, view, width, isSkipping, gaps = [] }: SoundLaneProps) {
  const { t } = useTranslation()
  const isSplit = parts.some(({ recording }) => recording.channels === 2)
  return (
    <div className={isSplit ? 'sound-lane is-split' : 'sound-lane'}>
      <span className="sound-names" aria-hidden="true">
        {isSplit ? (
          <>
            <span className="is-customer">{t('recording.side.customer')}</span>
            <span className="is-agent">{t('recording.side.agent')}</span>
          </>
        ) : (
          <span className="is-customer">{t('timeline.recording')}</span>
        )}
      </span>
      <div className="sound-track">
        {gaps.map(([fromMs, toMs]) => (
          <GapSign key={fromMs} fromMs={fromMs} toMs={toMs} view={view} />
        ))}
        {parts.map((part) => (
          <SoundPartView key={part.recording.n} {...{ call, part, view, width, isSkipping }} />
        ))}
      </div>
    </div>
  )
}

interface PartProps extends Omit<SoundLaneProps, 'parts' | 'gaps'> {
  part: SoundPart
}

function SoundPartView({ call, part, view, width, isSkipping }: PartProps) {
  const { t } = useTranslation()
  const { recording, fromMs, toMs, kind, isLoose } = part
  const sound = useSoundAt(call.id, part, view, width)
  const talk = sound?.talk ?? null
  const marks = useMemo(
    () =>
      kind === 'heard' ? soundMarks({ recording, talk, steps: call.steps, startMs: isLoose ? null : fromMs }) : [],
    [kind, recording, talk, call.steps, fromMs, isLoose],
  )
  const place = placeOf(view, fromMs, toMs)
  if (place === null) return null
  const name = t('detail.recordingN', { n: recording.n })
  const isOneOfMany = call.recordings.length > 1
  if (kind !== 'heard') {
    const text = kind === 'running' ? t('timeline.running') : stateWord(recording, t)
    return (
      <span className={`sound-part is-${kind}`} style={place} title={kind === 'gone' ? stateText(recording, t) : text}>
        <span className="sound-label">{isOneOfMany ? `${name} · ${text}` : text}</span>
      </span>
    )
  }
  return (
    <>
      <span className={sound ? 'sound-part' : 'sound-part is-loading'} style={place} data-recording={recording.n}>
        {sound ? <Waves sound={sound} part={part} view={view} width={width} /> : null}
        {isOneOfMany ? <span className="sound-number tabular">{recording.n}</span> : null}
      </span>
      {marks.map((mark) => (
        <MarkSign key={`${mark.kind} ${mark.fromMs}`} {...{ mark, fromMs, view, isSkipping }} />
      ))}
    </>
  )
}

/** As fine as what is on show can use. */
function useSoundAt(callId: string, { recording, fromMs, toMs, kind }: SoundPart, view: TimeView, width: number) {
  const wanted = (width * (toMs - fromMs)) / Math.max(1, spanOf(view))
  const points = POINTS.find((one) => one >= wanted / 3) ?? POINTS[POINTS.length - 1]
  const query = soundQuery(callId, recording.n, recording.sha256, points)
  const found = useQuery({
    ...query,
    enabled: kind === 'heard' && width > 0,
    // A coarser picture stands until the finer one is there; but no other recording's.
    placeholderData: (previous, of) => (isSameSound(of?.queryKey, query.queryKey) ? previous : undefined),
  })
  return found.data ?? null
}

function isSameSound(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  return a !== undefined && [0, 1, 2, 3].every((i) => a[i] === b[i])
}

interface WavesProps extends Pick<PartProps, 'part' | 'view' | 'width'> {
  sound: Sound
}

/** Each channel twice: as it is, and, up to the playhead, as what was heard. The style sheet cuts the second. */
function Waves({ sound, part, view, width }: WavesProps) {
  const { palette } = useAppearance()
  const loudest = useMemo(() => loudestOf(sound.channels), [sound])
  const place = useRef<HTMLSpanElement>(null)
  const lengthMs = part.toMs - part.fromMs
  const from = Math.max(0, (view.fromMs - part.fromMs) / lengthMs)
  const to = Math.min(1, (view.toMs - part.fromMs) / lengthMs)
  useLayoutEffect(() => {
    const canvases = place.current?.querySelectorAll('canvas') ?? []
    const colours = [palette.wave, palette.accent, palette.waveOther, palette.talk]
    canvases.forEach((canvas, i) => {
      const swings = sound.channels[Math.floor(i / 2)]
      // The width is part of what is drawn: a canvas that was stretched is blurred.
      if (swings && width > 0) drawWave(canvas, { swings, from, to, loudest, colour: colours[i] ?? palette.wave })
    })
  }, [sound, palette, loudest, from, to, width])
  const left = Math.max(0, shareOf(view, part.fromMs))
  const right = Math.min(1, shareOf(view, part.toMs))
  const style = { '--left': left, '--width': Math.max(0.0001, right - left) } as CSSProperties
  return (
    <span ref={place} className="sound-waves" style={style} aria-hidden="true">
      {sound.channels.map((_, channel) => (
        <span key={channel === 0 ? 'customer' : 'agent'} className="sound-channel">
          <canvas />
          <canvas className="is-played" />
        </span>
      ))}
    </span>
  )
}

interface MarkSignProps {
  mark: Mark
  fromMs: number
  view: TimeView
  isSkipping: boolean
}

function MarkSign({ mark, fromMs, view, isSkipping }: MarkSignProps) {
  const { t } = useTranslation()
  const place = placeOf(view, fromMs + mark.fromMs, fromMs + mark.toMs)
  if (place === null) return null
  const names = ['sound-mark', `is-${mark.kind}`]
  const isSkipped = mark.kind === 'silence' && isSkipping
  if (isSkipped) names.push('is-skipped')
  const word = isSkipped ? t('timeline.skipped') : t(`recording.marks.${mark.kind}`)
  const text = `${word} ${durationText(fromMs + mark.fromMs)}–${durationText(fromMs + mark.toMs)}`
  return (
    <span className={names.join(' ')} style={place} title={text}>
      {mark.kind === 'paused' || mark.kind === 'silenced' ? (
        <span className="sound-label">{t(`timeline.label.${mark.kind}`)}</span>
      ) : null}
    </span>
  )
}

function GapSign({ fromMs, toMs, view }: { fromMs: number; toMs: number; view: TimeView }) {
  const { t } = useTranslation()
  const place = placeOf(view, fromMs, toMs)
  if (place === null) return null
  const word = t('timeline.unrecorded')
  return (
    <span className="sound-gap" style={place} title={`${word} ${durationText(fromMs)}–${durationText(toMs)}`}>
      <span className="sound-label">{word}</span>
    </span>
  )
}

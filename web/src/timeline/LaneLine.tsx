// One lane of a call's flow: bars for what lasted, signs for what happened at a moment; and the transfers between lanes.
// Pointing at a bar shows the step it begins with.
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { stepSentence } from '../calls/step-sentence.ts'
import { durationText } from '../ui/time.ts'
import { type Bar, type CallLanes, joinedMarks, type Lane, type Mark, type TransferArrow } from './call-lanes.ts'
import { placeOf, pointOf, spanOf, type TimeView } from './time-view.ts'

interface LaneLineProps {
  call: CallDetailJson
  lane: Lane
  view: TimeView
  /** Px of the lane. */
  width: number
  onPoint(eventId: string | null): void
  /** Plays from this moment of the call; null: nothing of it can be heard. */
  onListen: ((atMs: number) => void) | null
}

/** Keys nearer to each other would lie on top of each other. */
const JOINED_PX = 17

export function LaneLine({ lane, view, width, ...rest }: LaneLineProps) {
  const { t } = useTranslation()
  const kind = t(`flow.lane.${lane.kind}`)
  return (
    <div className={`flow-lane lane-of-${lane.kind}`}>
      <span className="flow-name" title={lane.name === null ? kind : `${kind} ${lane.name}`}>
        {/* Her number stands above in large letters. */}
        {lane.name === null || lane.kind === 'customer' ? kind : lane.name}
      </span>
      <div className="flow-track">
        {lane.bars.map((bar) => (
          <BarSign key={`${bar.part} ${bar.step} ${bar.fromMs}`} bar={bar} lane={lane} view={view} {...rest} />
        ))}
        {joinedMarks(lane.marks, (JOINED_PX / Math.max(1, width)) * spanOf(view)).map((mark) => (
          <MarkSign key={mark.step} mark={mark} view={view} />
        ))}
      </div>
    </div>
  )
}

function BarSign({ bar, lane, view, call, onPoint, onListen }: Omit<LaneLineProps, 'width'> & { bar: Bar }) {
  const { t } = useTranslation()
  const step = bar.step === null ? null : (call.steps[bar.step] ?? null)
  const what = step === null ? t(`flow.part.${bar.part}`) : stepSentence(step, call, t)
  const lasted = durationText(bar.toMs - bar.fromMs)
  const text = `${lane.name ?? t(`flow.lane.${lane.kind}`)} · ${t(`flow.part.${bar.part}`)} ${lasted}${step ? ` · ${what}` : ''}`
  const place = placeOf(view, bar.fromMs, bar.toMs)
  if (place === null) return null
  const className = `flow-bar bar-${bar.part}`
  if (onListen === null || bar.part === 'present') return <span className={className} style={place} title={text} />
  return (
    <button
      type="button"
      className={className}
      style={place}
      title={text}
      aria-label={`${text} · ${t('flow.listen')}`}
      onMouseEnter={() => onPoint(step?.eventId ?? null)}
      onMouseLeave={() => onPoint(null)}
      onFocus={() => onPoint(step?.eventId ?? null)}
      onBlur={() => onPoint(null)}
      // By keyboard from where the bar begins; with the mouse the whole axis listens, and plays from where it points.
      onClick={(event) => event.detail === 0 && onListen(bar.fromMs)}
    />
  )
}

function MarkSign({ mark, view }: { mark: Mark; view: TimeView }) {
  const { t } = useTranslation()
  const title = mark.kind === 'key' ? t('flow.key', { key: mark.text }) : t('flow.hangup')
  const place = pointOf(view, mark.atMs)
  if (place === null) return null
  return (
    <span className={`flow-mark mark-${mark.kind}`} style={place} title={title} role="img" aria-label={title}>
      {mark.text}
    </span>
  )
}

/** Lanes have one height (see the style sheet), so an arrow goes from the middle of one to the middle of another. */
export function Arrow({ arrow, drawn, view }: { arrow: TransferArrow; drawn: CallLanes; view: TimeView }) {
  const from = drawn.lanes.findIndex((lane) => lane.id === arrow.fromLane)
  const to = drawn.lanes.findIndex((lane) => lane.id === arrow.toLane)
  const place = pointOf(view, arrow.atMs)
  if (from === -1 || to === -1 || place === null) return null
  const style = {
    ...place,
    top: `calc(${Math.min(from, to) + 0.5} * var(--lane-height))`,
    height: `calc(${Math.abs(to - from)} * var(--lane-height))`,
  }
  return <span className={to > from ? 'flow-arrow is-down' : 'flow-arrow is-up'} style={style} />
}

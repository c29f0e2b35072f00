// The columns the list can show: what each is called, how wide it begins, and how it draws a call. Which of them are
// shown, in which order and how wide, is the reader's choice (column-choice.ts). Cells are plain functions of the call: a
// hook in each would cost a busy list more than what it shows.
import type { TFunction } from 'i18next'
import type { MouseEvent, ReactNode } from 'react'
import type { CallJson } from '../../../src/calls/call-json.ts'
import { clockOf, dayOf, durationText } from '../ui/time.ts'
import { CallTypeLabel } from './CallTypeLabel.tsx'
import { CopyCell } from './CopyCell.tsx'
import { agentText, groupText } from './call-words.ts'
import type { ColumnKey } from './column-choice.ts'
import { Outcome } from './Outcome.tsx'
import { TalkTime } from './TalkTime.tsx'

interface ColumnKind {
  /** Pixels, before anybody resizes it. Days stand in the headings of the list, so times are clock times. */
  width: number
  widthEnglish?: number
  isNumeric?: boolean
  render(call: CallJson, cell: CellOf): ReactNode
}

export interface CellOf {
  t: TFunction
  /** Its text was copied a moment ago. */
  isCopied: boolean
  onCopy(event: MouseEvent<HTMLElement>): void
}

export const COLUMNS: Readonly<Record<ColumnKey, ColumnKind>> = {
  id: {
    width: 164,
    render: (call, cell) => <CopyCell text={call.id} column="id" className="mono cut-start" {...cell} />,
  },
  startedAt: { width: 86, render: (call) => <Instant iso={call.startedAt} of={call} /> },
  establishedAt: { width: 112, widthEnglish: 96, render: (call) => <Instant iso={call.establishedAt} of={call} /> },
  answeredAt: { width: 92, render: (call) => <Instant iso={call.answeredAt} of={call} /> },
  endedAt: { width: 92, render: (call) => <Instant iso={call.endedAt} of={call} /> },
  caller: { width: 122, render: (call, cell) => <PhoneNumber text={call.caller} column="caller" cell={cell} /> },
  callee: { width: 122, render: (call, cell) => <PhoneNumber text={call.callee} column="callee" cell={cell} /> },
  customer: { width: 122, render: (call, cell) => <PhoneNumber text={call.customer} column="customer" cell={cell} /> },
  dialledNumber: {
    width: 122,
    render: (call, cell) => <PhoneNumber text={call.dialledNumber} column="dialledNumber" cell={cell} />,
  },
  type: { width: 122, widthEnglish: 124, render: (call, { t }) => <CallTypeLabel type={call.type} t={t} /> },
  agent: { width: 100, render: (call, { t }) => <Agents call={call} t={t} /> },
  skillGroup: { width: 100, render: (call) => <Cut text={call.skillGroup ? groupText(call.skillGroup) : null} /> },
  wait: {
    width: 92,
    widthEnglish: 104,
    isNumeric: true,
    render: (call) => <Duration ms={Math.max(call.queueMs, call.ringMs)} />,
  },
  ring: { width: 92, isNumeric: true, render: (call) => <Duration ms={call.ringMs} /> },
  hold: { width: 92, isNumeric: true, render: (call) => <Duration ms={call.holdMs} /> },
  talk: { width: 88, isNumeric: true, render: (call) => <TalkTime call={call} /> },
  reason: { width: 124, widthEnglish: 180, render: (call, { t }) => <Outcome call={call} t={t} /> },
  cause: { width: 104, widthEnglish: 158, render: (call, { t }) => <Cause call={call} t={t} /> },
  releasedBy: { width: 84, widthEnglish: 100, render: (call, { t }) => <ReleasedBy call={call} t={t} /> },
  transfers: { width: 84, widthEnglish: 92, isNumeric: true, render: (call) => <Count n={call.transfers} /> },
  keys: { width: 92, widthEnglish: 104, render: (call) => <Cut text={call.keys.join('') || null} /> },
  recorded: { width: 84, widthEnglish: 100, render: (call, { t }) => <Recorded call={call} t={t} /> },
  tags: { width: 122, render: ({ tags }, { t }) => <Cut text={tags.join(t('comma')) || null} /> },
}

/** How much room a row's actions take, px. */
export function actionsWidth(isEnglish: boolean): number {
  return isEnglish ? 152 : 140
}

export function columnWidth(key: ColumnKey, isEnglish: boolean): number {
  const kind = COLUMNS[key]
  return (isEnglish ? kind.widthEnglish : undefined) ?? kind.width
}

/** A call in one sentence, for whoever hears the list: who, which way, how it stands, when. */
export function rowSentence(call: CallJson, t: TFunction): string {
  const state = call.phase
    ? t(`phase.${call.phase}`)
    : call.hangupReason
      ? t(`hangupReason.${call.hangupReason}`)
      : t('callList.unknown')
  const parts = [
    clockOf(call.startedAt),
    t(`callType.${call.type}`),
    call.customer ?? call.caller ?? call.callee,
    call.agent ? agentText(call.agent, t) : null,
    call.skillGroup ? groupText(call.skillGroup) : null,
    state,
    call.talkMs > 0 ? `${t('list.column.talk')} ${durationText(call.talkMs)}` : null,
  ]
  return parts.filter((part) => part !== null).join(t('comma'))
}

/** Clock time; the day too where it is not the day under whose heading the call stands. */
function Instant({ iso, of }: { iso: string | null; of: CallJson }) {
  if (iso === null) return <Nothing />
  const isOtherDay = dayOf(iso) !== dayOf(of.startedAt)
  return (
    <time dateTime={iso} className="tabular" title={`${dayOf(iso)} ${clockOf(iso)}`}>
      {isOtherDay ? <span className="faint">{dayOf(iso).slice(5)} </span> : null}
      {clockOf(iso)}
    </time>
  )
}

function PhoneNumber({ text, column, cell }: { text: string | null; column: ColumnKey; cell: CellOf }) {
  return text === null ? <Nothing /> : <CopyCell text={text} column={column} className="tabular" {...cell} />
}

function Agents({ call, t }: { call: CallJson; t: TFunction }) {
  if (call.agent === null) return <Nothing />
  const others = call.agents.filter((agent) => agent.talked && agent.id !== call.agent?.id)
  const all = [call.agent, ...others].map((agent) => agentText(agent, t)).join('、')
  return (
    <span className="cut" title={all}>
      {call.agent.name ?? call.agent.id}
      {others.length > 0 ? <span className="faint"> +{others.length}</span> : null}
    </span>
  )
}

function Cause({ call, t }: { call: CallJson; t: TFunction }) {
  return <Cut text={call.notConnectedCause ? t(`notConnectedCause.${call.notConnectedCause}`) : null} />
}

function ReleasedBy({ call, t }: { call: CallJson; t: TFunction }) {
  return <Cut text={call.releasedBy ? t(`releasedBy.${call.releasedBy}`) : null} />
}

function Recorded({ call, t }: { call: CallJson; t: TFunction }) {
  const state = call.recordings[0]?.state
  return <Cut text={state ? t(`callList.recorded.${state}`) : null} />
}

function Duration({ ms }: { ms: number }) {
  return ms === 0 ? <Nothing /> : <span className="tabular">{durationText(ms)}</span>
}

function Count({ n }: { n: number }) {
  return n === 0 ? <Nothing /> : <span className="tabular">{n}</span>
}

function Cut({ text }: { text: string | null }) {
  return text === null ? (
    <Nothing />
  ) : (
    <span className="cut" title={text}>
      {text}
    </span>
  )
}

function Nothing() {
  return <span className="nothing">–</span>
}

// The columns of an export: what each takes from a call, and as what kind of value. CSV and XLSX write the same values in
// their own ways. Pure.
import type { CallSummary } from '../calls/call.ts'
import { waitMsOf } from '../calls/call-search.ts'
import { AppError } from '../errors.ts'
import { COLUMN_IDS, type ColumnId, type ExportWords } from './export-words.ts'

/** `text`; `instant` epoch ms; `duration` ms; `whole` a number to count with. */
export type Value =
  | { kind: 'text'; of(call: CallSummary, words: ExportWords): string | null }
  | { kind: 'instant' | 'duration' | 'whole'; of(call: CallSummary): number | null }

export type Column = Value & {
  id: ColumnId
  /** In characters, for spreadsheets. */
  width: number
}

const text = (width: number, of: (call: CallSummary, words: ExportWords) => string | null) =>
  ({ kind: 'text', width, of }) as const
const instant = (of: (call: CallSummary) => number | null) => ({ kind: 'instant', width: 20, of }) as const
const duration = (of: (call: CallSummary) => number | null) => ({ kind: 'duration', width: 11, of }) as const
const whole = (of: (call: CallSummary) => number | null) => ({ kind: 'whole', width: 9, of }) as const

const columns: Record<ColumnId, Value & { width: number }> = {
  id: text(24, (call) => call.id),
  startedAt: instant((call) => call.startedAt),
  establishedAt: instant((call) => call.establishedAt),
  answeredAt: instant((call) => call.answeredAt),
  endedAt: instant((call) => call.endedAt),
  type: text(12, (call, words) => words.callType[call.type]),
  caller: text(16, (call) => call.caller),
  callee: text(16, (call) => call.callee),
  customer: text(16, (call) => call.customer),
  dialledNumber: text(16, (call) => call.dialledNumber),
  agent: text(12, (call) => call.agent?.name ?? call.agent?.id ?? null),
  agentId: text(10, (call) => call.agent?.id ?? null),
  skillGroup: text(14, (call) => (call.skillGroup ? nameOf(call.skillGroup) : null)),
  talk: duration((call) => call.talkMs),
  hangupReason: text(14, (call, words) => (call.hangupReason ? words.hangupReason[call.hangupReason] : null)),
  notConnectedCause: text(14, (call, words) =>
    call.notConnectedCause ? words.notConnectedCause[call.notConnectedCause] : null,
  ),
  releasedBy: text(10, (call, words) => (call.releasedBy ? words.releasedBy[call.releasedBy] : null)),
  phase: text(10, (call, words) => (call.phase ? words.phase[call.phase] : null)),
  duration: duration((call) => call.durationMs),
  wait: duration(waitMsOf),
  ivr: duration((call) => call.ivrMs),
  queue: duration((call) => call.queueMs),
  ring: duration((call) => call.ringMs),
  hold: duration((call) => call.holdMs),
  agents: text(24, ({ agents }) => listed(agents.map(({ id, name }) => (name && name !== id ? `${name}(${id})` : id)))),
  skillGroups: text(20, ({ skillGroups }) => listed(skillGroups.map(nameOf))),
  transfers: whole((call) => call.transfers),
  keys: text(10, ({ keys }) => listed(keys, ' ')),
  recordings: whole((call) => call.recordings.filter(({ state }) => state === 'available').length),
  recordingState: text(12, ({ recordings }, words) =>
    listed([...new Set(recordings.map(({ state }) => words.recordingState[state]))]),
  ),
  tags: text(20, ({ tags = [] }) => listed(tags)),
  source: text(10, (call) => call.source),
  endEstimated: text(10, (call, words) => (call.endEstimated ? words.yes : null)),
  reconstructed: text(10, (call, words) => (call.reconstructed ? words.yes : null)),
}

/**
 * The columns by their ids, in that order; none: all of them.
 * @throws AppError bad-request for an id that is not one, or twice the same
 */
export function columnsOf(ids: readonly string[]): Column[] {
  const known = ids.length === 0 ? COLUMN_IDS : ids.map(columnId)
  if (new Set(known).size < known.length)
    throw new AppError('bad-request', { detail: 'columns: one is there twice', field: 'columns' })
  return known.map((id) => ({ id, ...columns[id] }))
}

function columnId(id: string): ColumnId {
  const known = COLUMN_IDS.find((one) => one === id)
  if (known) return known
  const detail = `columns: there is no column ${JSON.stringify(id.slice(0, 40))}. Columns are: ${COLUMN_IDS.join(', ')}`
  throw new AppError('bad-request', { detail, field: 'columns' })
}

function nameOf({ id, name }: { id: string; name: string | null }): string {
  return name ?? id
}

function listed(words: readonly string[], separator = '; '): string | null {
  return words.length === 0 ? null : words.join(separator)
}

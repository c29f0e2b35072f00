// A call as the writer thread stores it: its columns, and the rest as JSON text. Made by the adapter before the call goes
// to the thread: text is copied between threads at a fraction of what objects cost, and this happens for every event.
import type { Call } from '../../calls/call.ts'
import { isRecorded, servingAgents, waitMsOf } from '../../calls/call-search.ts'
import type { CallWrite } from '../store.ts'

type Value = string | number | null

export interface CallRow {
  instance: string
  id: string
  /** The change number the record was derived from; null: the call is new. */
  before: number | null
  /** The columns that are searched, all of them in indexes, in the order of INDEXED. */
  indexed: Value[]
  /** What lists show, as JSON. */
  record: string
  /** What only the detail shows, as JSON. */
  flow: string
  live: boolean
  /** '': none. */
  skillGroup: string
  /** Recordings that have or had a file, as they are kept: call and number, and since when it is held. */
  recordings: [callId: string, n: number, heldAt: number | null][]
  /** PeopleRows as JSON: whom the call is found by. */
  people: string
  events: EventRow[]
}

export const INDEXED = [
  'source',
  'started_at',
  'ended_at',
  'type',
  'hangup_reason',
  'merged_into',
  'caller',
  'callee',
  'customer',
  'dialled_number',
  'talk_ms',
  'wait_ms',
  'released_by',
  'recorded',
] as const

/** callId, id, at, type, and the event's other fields as JSON. */
export type EventRow = [string, string, number, string, string]

export interface PeopleRows {
  startedAt: number
  agents: { id: string; name: string | null; serving: boolean }[]
  groups: { id: string; name: string | null }[]
}

export function toCallRow({ instance, call, events, seq }: CallWrite): CallRow {
  const { steps, reasonBecause, because, ...record } = call
  return {
    instance,
    id: call.id,
    before: seq,
    indexed: [
      call.source,
      call.startedAt,
      call.endedAt,
      call.type,
      call.hangupReason,
      call.mergedInto,
      call.caller,
      call.callee,
      call.customer,
      call.dialledNumber,
      call.talkMs,
      waitMsOf(record),
      call.releasedBy,
      isRecorded(record) ? 1 : 0,
    ],
    record: JSON.stringify(record),
    flow: JSON.stringify({ steps, reasonBecause, because }),
    live: call.endedAt === null,
    skillGroup: call.skillGroup?.id ?? '',
    recordings: recordingsOf(call),
    people: JSON.stringify(peopleOf(call)),
    events: events.map(({ id, callId, at, type, ...rest }) => [callId, id, at, type, JSON.stringify(rest)]),
  }
}

/** What a call was merged into tells of its recordings as well. */
function recordingsOf(call: Call): CallRow['recordings'] {
  if (call.mergedInto !== null) return []
  return call.recordings
    .filter(({ state }) => state !== 'recording')
    .map(({ n, heldAt, of }) => [of?.callId ?? call.id, of?.n ?? n, heldAt])
}

/** A call that became a part of another is found by nobody. */
function peopleOf(call: Call): PeopleRows {
  if (call.mergedInto !== null) return { startedAt: call.startedAt, agents: [], groups: [] }
  const serving = new Set(servingAgents(call).map((agent) => agent.id))
  return {
    startedAt: call.startedAt,
    agents: call.agents.map(({ id, name }) => ({ id, name, serving: serving.has(id) })),
    groups: call.skillGroups.map(({ id, name }) => ({ id, name })),
  }
}

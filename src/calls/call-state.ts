// From events to the call record: puts a call's events into one order, reads them through take-event.ts and writes the
// record. Pure: the same set of events, in any order and repeated, gives the same record. Called by ingest for every
// change, by `derive` offline, and again for every stored call when a rule is mended.
import type { Agent, Call, Step } from './call.ts'
import { type CallDraft, namedAgent, namedGroup, newDraft, reachesOut } from './call-draft.ts'
import { CALL_EVENT_TYPES, type CallEvent, type CallEventType } from './call-event.ts'
import { becauseOf, decideValues } from './derived-values.ts'
import { numberedRecordings } from './draft-recordings.ts'
import { hangupReasonOf } from './hangup-reason.ts'
import { takeEvent } from './take-event.ts'
import type { CallType, Phase } from './vocabulary.ts'

/** All that is known about one call. `events` may hold those of calls merged into it: their `callId` differs. */
export interface CallHistory {
  callId: string
  source: string | null
  events: readonly CallEvent[]
}

/** Events at the same instant are read in this order: what begins before what ends, the end of the call last. */
const RANK: ReadonlyMap<CallEventType, number> = new Map(CALL_EVENT_TYPES.map((type, index) => [type, index]))

/** Adds an event to a history; the same event again changes nothing (the same history comes back). */
export function applyEvent(history: CallHistory, event: CallEvent): CallHistory {
  const known = history.events.some((other) => other.id === event.id && other.callId === event.callId)
  return known ? history : { ...history, events: [...history.events, event] }
}

/**
 * The record of a call. `history.events` in any order, repeats allowed, at least one.
 * Instants of the record are whole milliseconds.
 */
export function deriveCall(history: CallHistory): Call {
  const events = inOrder(history.events)
  const own = events.filter((event) => event.callId === history.callId)
  const start = own.find((event) => event.type === 'call-started') ?? own[0] ?? events[0]
  if (!start) throw new Error(`call ${history.callId} has no events`)
  const draft = newDraft(history.source, Math.floor(start.at))
  const end = endOf(own)
  for (const event of events) {
    if (event.type === 'call-ended' && event.callId === history.callId && event !== end) continue
    takeEvent(draft, event, event.callId === history.callId ? null : event.callId)
  }
  return recordOf(history.callId, draft)
}

/** Sorted by time, then kind, then id; each event once. */
function inOrder(events: readonly CallEvent[]): CallEvent[] {
  const once = new Map<string, CallEvent>()
  for (const event of events) {
    const key = `${event.callId}\0${event.id}`
    const other = once.get(key)
    // Two different events under one id are a mistake of the source; which one counts must not depend on the order.
    if (!other || JSON.stringify(event) < JSON.stringify(other)) once.set(key, event)
  }
  return [...once.values()].sort(
    (a, b) =>
      a.at - b.at ||
      (RANK.get(a.type) ?? 0) - (RANK.get(b.type) ?? 0) ||
      compare(a.id, b.id) ||
      compare(a.callId, b.callId),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const SAYS_NO_LIFE: ReadonlySet<CallEventType> = new Set(['call-ended', 'call-reconstructed'])

/**
 * Which end counts: a reported one before an estimated one, then the earliest; of ends told part by part the last. An
 * estimate is void when the source tells of something later: the call went on.
 */
function endOf(own: CallEvent[]): CallEvent | null {
  const ends = own.filter((event) => event.type === 'call-ended')
  const reported = ends.find((event) => event.estimated !== true && event.partial !== true)
  if (reported) return reported
  const lastPart = ends.findLast((event) => event.estimated !== true)
  if (lastPart) return lastPart
  const lastSign = own.findLast(({ type }) => !SAYS_NO_LIFE.has(type) && !type.startsWith('recording-'))
  return ends.find((event) => lastSign === undefined || event.at >= lastSign.at) ?? null
}

function recordOf(id: string, draft: CallDraft): Call {
  const { ended } = draft
  const reason = ended ? hangupReasonOf(draft) : null
  const decided = decideValues(draft, reason?.hangupReason ?? null)
  const type = decided.type.value
  const customerAnsweredAt = draft.customerAnswered?.at ?? null
  const reachesCustomer = reachesOut(type) || type === 'predictive'
  const phase = ended ? null : phaseOf(draft, type)
  for (const step of draft.steps) nameStep(step, draft)
  return {
    id,
    source: draft.source,
    type,
    phase: phase?.phase ?? null,
    phaseAt: phase?.since ?? null,
    hangupReason: reason?.hangupReason ?? null,
    notConnectedCause: reason?.notConnectedCause ?? null,
    releasedBy: ended?.releasedBy ?? null,
    caller: decided.caller.value,
    callee: decided.callee.value,
    customer: draft.customer,
    dialledNumber: draft.dialledNumber,
    startedAt: draft.startedAt,
    establishedAt: decided.establishedAt.value,
    answeredAt: reachesCustomer && type !== 'predictive' ? customerAnsweredAt : (draft.firstTalk?.at ?? null),
    endedAt: ended?.at ?? null,
    endEstimated: ended?.estimated ?? false,
    reconstructed: draft.reconstructed,
    durationMs: ended ? Math.max(0, ended.at - draft.startedAt) : null,
    ivrMs: draft.ivrMs,
    queueMs: draft.queueMs,
    ringMs: draft.ringMs,
    talkMs: draft.talkMs,
    holdMs: draft.holdMs,
    agent: decided.agent.value,
    agents: [...draft.parts].map(([agentId, { talked }]) => ({ ...namedAgent(draft, agentId), talked })),
    skillGroup: decided.skillGroup.value,
    skillGroups: draft.queues.map((queueId) => namedGroup(draft, queueId)),
    transfers: draft.transfers,
    keys: draft.keys,
    recordings: recordingsOf(draft),
    mergedInto: null,
    steps: draft.steps,
    reasonBecause: reason?.because ?? null,
    because: becauseOf(draft, decided, reason?.because ?? null),
  }
}

function phaseOf(draft: CallDraft, type: CallType): { phase: Phase; since: number } {
  const { talkSince, hold, rings, ringSince, customerRinging, external, queue, ivrSince, startedAt } = draft
  if (talkSince !== null && hold) return { phase: 'held', since: hold.since }
  if (talkSince !== null) return { phase: 'talking', since: talkSince }
  if (rings.size > 0 || customerRinging)
    return { phase: 'ringing', since: ringSince ?? customerRinging?.since ?? startedAt }
  if (external) return { phase: 'dialling', since: external.since }
  if (queue) return { phase: 'queued', since: queue.since }
  const notThereYet = type === 'predictive' || reachesOut(type) ? draft.customerAnswered === null : type === 'internal'
  return notThereYet ? { phase: 'dialling', since: startedAt } : { phase: 'ivr', since: ivrSince ?? startedAt }
}

/** A recording that began before anybody talked and never got a file recorded nothing: it is not shown. */
function recordingsOf(draft: CallDraft): Call['recordings'] {
  const nothingSaid = draft.ended !== null && draft.firstTalk === null
  return numberedRecordings(draft).filter((r) => !(nothingSaid && r.state === 'recording'))
}

/** Names may have come with a later event than the step's own. */
function nameStep(step: Step, draft: CallDraft): void {
  const agentName = (agent: Agent | null) => {
    if (agent) agent.name ??= draft.names.get(agent.id) ?? null
  }
  const groupName = (group: Step['skillGroup']) => {
    if (group) group.name ??= draft.groupNames.get(group.id) ?? null
  }
  agentName(step.agent)
  groupName(step.skillGroup)
  if (step.transfer) {
    agentName(step.transfer.from)
    agentName(step.transfer.toAgent)
    groupName(step.transfer.toSkillGroup)
  }
}

// What CDR rows tell about a call → call events. Pure. Ids are made of the rows' own names: the same row gives the same
// ids whenever and with whichever others it is read, so that reading twice adds nothing.
import type { AgentRef, CallEvent, CallEventOf, CallEventType } from '../../calls/call-event.ts'
import type { NotConnectedCause, RingOutcome } from '../../calls/vocabulary.ts'
import type { CallPart, CdrCall, Party } from './cdr-call.ts'

const RING_OF_CAUSE: Readonly<Record<NotConnectedCause, RingOutcome>> = {
  busy: 'busy',
  rejected: 'rejected',
  'no-answer': 'no-answer',
  'caller-cancelled': 'cancelled',
  'invalid-number': 'unavailable',
  network: 'unavailable',
  'agent-unavailable': 'no-answer',
}

/** What an event says beside its id, call, time and type. */
type Said<T extends CallEventType> = Omit<CallEventOf<T>, 'id' | 'callId' | 'at' | 'type'>
type Add = <T extends CallEventType>(key: string, at: number, type: T, said: Said<T>) => void

export function callEventsOf(call: CdrCall): CallEvent[] {
  const events: CallEvent[] = []
  const add: Add = (key, at, type, said) => {
    events.push({ id: `cdr-${key}-${type}`, callId: call.callId, at, type, ...said } as unknown as CallEvent)
  }
  const agentRef = (id: string): AgentRef => {
    const name = call.names.get(id)
    return name === undefined ? { id } : { id, name }
  }
  const { customer, dialledNumber, caller, agentId, type } = call
  const called = type === 'internal' ? call.parts.find(({ to }) => to.kind === 'agent')?.to : undefined
  events.push({
    id: 'cdr-start',
    callId: call.callId,
    at: call.startAt,
    type: 'call-started',
    callType: type,
    guessed: ['callType'],
    ...(customer === null ? {} : { customer }),
    ...(dialledNumber === null ? {} : { dialledNumber }),
    ...(agentId === null ? {} : { agent: agentRef(agentId) }),
    ...(caller === null ? {} : { caller }),
    ...(called?.kind === 'agent' ? { otherAgent: agentRef(called.id) } : {}),
  })
  const durationMs = call.endAt - call.startAt
  add(String(call.endAt), call.startAt, 'call-reconstructed', { sources: ['cdr'], durationMs })
  for (const { key, queue, at, gaveUpAt } of call.queues) {
    add(key, at, 'queue-entered', { skillGroup: { id: queue } })
    if (gaveUpAt !== null) add(key, gaveUpAt, 'queue-left', { skillGroup: { id: queue }, outcome: 'timeout' })
  }
  for (const part of call.parts) if (!hasTalk(part)) addUnanswered(call, part, add, agentRef)
  addTalks(call, add, agentRef)
  const { endedBy } = call
  const end: Said<'call-ended'> = endedBy === 'cannot-tell' ? { estimated: true } : { partial: true }
  const releasedBy = endedBy === null || endedBy === 'cannot-tell' ? {} : { releasedBy: endedBy }
  add(String(call.endAt), call.endAt, 'call-ended', { ...end, ...releasedBy })
  return events
}

function hasTalk({ outcome }: CallPart): boolean {
  return outcome === 'answered'
}

/** Is the party at the far end of this part the customer, who is called? */
function callsCustomer({ type }: CdrCall, { to }: CallPart): boolean {
  return to.kind === 'line' && type !== 'inbound' && type !== 'internal'
}

function addUnanswered(call: CdrCall, part: CallPart, add: Add, agentRef: (id: string) => AgentRef): void {
  const { key, startAt, endAt, to } = part
  const cause = part.outcome === 'answered' ? 'no-answer' : part.outcome
  if (to.kind === 'agent') {
    const stillQueued = call.queues.find(({ gaveUpAt }) => gaveUpAt !== null && gaveUpAt <= endAt + 1_000)
    const answered = call.parts.some((other) => hasTalk(other) && other.startAt <= startAt && other.endAt >= endAt)
    const outcome = stillQueued ? 'withdrawn' : answered ? 'answered-elsewhere' : RING_OF_CAUSE[cause]
    add(key, startAt, 'agent-ringing', { agent: agentRef(to.id) })
    add(key, endAt, 'agent-ring-ended', { agent: agentRef(to.id), outcome })
  } else if (callsCustomer(call, part)) {
    addAgentFirst(call, part, add, agentRef)
    add(key, startAt, 'customer-ringing', numberOf(to))
    add(key, endAt, 'customer-not-connected', { cause })
  } else {
    const outcome = cause === 'busy' || cause === 'rejected' || cause === 'no-answer' ? cause : 'failed'
    add(key, startAt, 'external-dialled', numberOf(to))
    add(key, endAt, 'external-ended', {
      ...numberOf(to),
      outcome: cause === 'caller-cancelled' ? 'cancelled' : outcome,
    })
  }
}

/** Who talked with the customer, one after the other; rows that only go on with the same party are one talk. */
function addTalks(call: CdrCall, add: Add, agentRef: (id: string) => AgentRef): void {
  let before: AgentRef | null = call.type === 'outbound' && call.agentId !== null ? agentRef(call.agentId) : null
  for (const { part, endAt } of talksOf(call.parts.filter(hasTalk))) {
    const { key, startAt, to } = part
    const at = part.answeredAt ?? startAt
    if (callsCustomer(call, part)) {
      addAgentFirst(call, part, add, agentRef)
      add(key, startAt, 'customer-ringing', numberOf(to))
      add(key, at, 'customer-answered', numberOf(to))
      continue
    }
    if (before !== null && call.type !== 'internal') {
      const target =
        to.kind === 'agent' ? { toAgent: agentRef(to.id) } : to.number === null ? {} : { toNumber: to.number }
      add(key, startAt, 'transferred', { from: before, ...target })
      if (call.agentId === before.id) add(key, startAt, 'agent-left', { agent: before })
    }
    if (to.kind === 'agent') {
      // With a time of its own the answer tells how long it rang; after an IVR the row's answer is the IVR's.
      if (at > startAt) add(key, startAt, 'agent-ringing', { agent: agentRef(to.id) })
      add(key, at, 'agent-answered', { agent: agentRef(to.id) })
      if (endAt < call.endAt) add(`${key}-end`, endAt, 'agent-left', { agent: agentRef(to.id) })
      before = agentRef(to.id)
    } else {
      add(key, startAt, 'external-dialled', numberOf(to))
      add(key, at, 'external-answered', numberOf(to))
      add(key, endAt, 'external-ended', { ...numberOf(to), outcome: 'answered' })
    }
  }
}

/** Back-to-back: the agent's own phone was picked up before the customer was dialled. */
function addAgentFirst(call: CdrCall, { key, startAt }: CallPart, add: Add, agentRef: (id: string) => AgentRef): void {
  if (call.type === 'back-to-back' && call.agentId !== null)
    add(key, startAt, 'agent-answered', { agent: agentRef(call.agentId), withCustomer: false })
}

function talksOf(parts: readonly CallPart[]): { part: CallPart; endAt: number }[] {
  const talks: { part: CallPart; endAt: number }[] = []
  for (const part of parts) {
    const last = talks.findLast((talk) => isSame(talk.part.to, part.to))
    if (last && part.startAt <= last.endAt + 1_000) last.endAt = Math.max(last.endAt, part.endAt)
    else talks.push({ part, endAt: part.endAt })
  }
  return talks
}

function isSame(a: Party, b: Party): boolean {
  if (a.kind === 'agent') return b.kind === 'agent' && a.id === b.id
  return b.kind === 'line' && a.number === b.number
}

function numberOf(to: Party): { number?: string } {
  return to.kind === 'line' && to.number !== null ? { number: to.number } : {}
}

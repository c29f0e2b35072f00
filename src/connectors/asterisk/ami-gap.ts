// What is told again, after nobody listened: which of it the store has already, and that a call was reconstructed.
// Called by ami-calls.ts for each event, so that no talk, ring or queue is told twice.
import type { CallEvent } from '../../calls/call-event.ts'
import type { AmiCall, AmiWorld, Description, StoredCall } from './ami-world.ts'

/** AMI and the records of the PBX do not agree to the millisecond; marks of the dialplan come a little after what they mark. */
const SAME_MS = 1_000

/** Has the store this event (told by AMI, with an id and a time of its own), or something better of that time? */
export function isStoredAlready(world: AmiWorld, call: AmiCall, event: CallEvent): boolean {
  const stored = world.retoldCalls.get(call.id)
  if (!stored || event.at > stored.lastAt + SAME_MS) return false
  const twin = stored.events.find(
    (other) =>
      other.type === event.type &&
      Math.abs(other.at - event.at) <= SAME_MS &&
      !stored.found.has(other.id) &&
      partyOf(other) === partyOf(event),
  )
  if (twin) stored.found.add(twin.id)
  return twin !== undefined || event.at < stored.lastAt - SAME_MS
}

/** What the snapshot shows of a call that the store has: is it so already, by what was told last? */
export function isStoredSo(world: AmiWorld, call: AmiCall, fact: Omit<CallEvent, 'id' | 'callId' | 'at'>): boolean {
  const stored = world.retoldCalls.get(call.id)
  const alike = ALIKE.find((types) => types.includes(fact.type))
  if (!stored || !alike) return false
  const party = partyOf(fact as CallEvent)
  const last = stored.events
    .filter(
      (event) => alike.includes(event.type) && (event.type.startsWith('agent-') ? partyOf(event) === party : true),
    )
    .reduce<CallEvent | null>((latest, event) => (latest && latest.at > event.at ? latest : event), null)
  if (last?.type !== fact.type || partyOf(last) !== party) return false
  return last.type !== 'agent-answered' || last.withCustomer !== false
}

/** The last of these says how it stands. */
const ALIKE: readonly CallEvent['type'][][] = [
  ['agent-ringing', 'agent-ring-ended', 'agent-answered', 'agent-left'],
  ['queue-entered', 'queue-left'],
  ['customer-answered', 'customer-not-connected'],
  ['external-dialled', 'external-answered', 'external-ended'],
]

/** Whom or what an event is about. */
function partyOf(event: CallEvent): string {
  if ('agent' in event && event.agent) return event.agent.id
  if ('key' in event) return event.key
  if ('skillGroup' in event && event.skillGroup) return event.skillGroup.id
  if ('mergedCallId' in event) return event.mergedCallId
  return ''
}

const NOTHING: Description = {
  callType: 'inbound',
  customer: null,
  dialledNumber: null,
  agent: null,
  otherAgent: null,
  caller: null,
}

/** Once the call is told further than the store has it: what the store knows of its kind stands. */
export function adoptStored(stored: StoredCall): Description | null {
  let known: Description | null = null
  for (const event of [...stored.events].sort((a, b) => a.at - b.at)) {
    if (event.type !== 'call-started' && event.type !== 'call-described') continue
    const before: Description = known ?? NOTHING
    known = {
      callType: event.callType ?? before.callType,
      customer: event.customer ?? before.customer,
      dialledNumber: event.dialledNumber ?? before.dialledNumber,
      agent: event.agent ?? before.agent,
      otherAgent: event.otherAgent ?? before.otherAgent,
      caller: event.caller ?? before.caller,
    }
  }
  return known
}

/** `call-reconstructed`, once for each gap that a call has a part in; null: said already, or nothing of the gap. */
export function reconstructionOf(world: AmiWorld, call: AmiCall, at: number): CallEvent | null {
  const { gap } = world
  // What waited for a moment to pass is told when something else is heard: the time at which it happened counts.
  const isOfGap = gap !== null && call.retoldFrom === gap.from && at > gap.from && at <= gap.to
  if (!isOfGap || gap.sources.length === 0 || call.reconstructedFrom === gap.from) return null
  call.reconstructedFrom = gap.from
  const from = Math.max(gap.from, call.createdAt)
  return {
    id: `${call.id.slice(0, 150)}:call-reconstructed:${Math.round(gap.from * 1000)}`,
    callId: call.id.slice(0, 200),
    at: from,
    type: 'call-reconstructed',
    sources: [...gap.sources],
    durationMs: Math.max(0, Math.round(gap.to - from)),
  }
}

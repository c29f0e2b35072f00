// A call of the PBX: which channels it owns, what kind of call it is, and how facts about it become call events with
// ids of their own. Called by the other ami-*.ts files; decides nothing about talks, legs or queues.
import type { CallEvent, CallEventType } from '../../calls/call-event.ts'
import type { CallType, QueueOutcome, ReleasingParty } from '../../calls/vocabulary.ts'
import { byName } from '../by-name.ts'
import { adoptStored, isStoredAlready, isStoredSo, reconstructionOf } from './ami-gap.ts'
import { type AmiCall, type AmiWorld, agentAt, type Channel, type Description } from './ami-world.ts'

type Told = CallEvent extends infer E ? (E extends CallEvent ? Omit<E, 'id' | 'callId' | 'at'> : never) : never

/** A call's first facts come within a moment: its kind is told once they are in, or after this. */
export const START_DELAY_MS = 150
/** Two facts this close get times that keep their order. */
const SAME_MOMENT_MS = 1
export const TICK_MS = 0.001

export function createCall(
  world: AmiWorld,
  id: string,
  root: Channel,
  made: { at: number; originated: boolean },
): AmiCall {
  const call: AmiCall = {
    id,
    createdAt: made.at,
    root,
    originated: made.originated,
    linkedids: [id],
    channels: new Set(),
    marks: new Map(),
    unbound: false,
    shownNumber: null,
    originateExten: null,
    firstLeg: null,
    dialledAgent: null,
    told: null,
    queue: null,
    wasQueued: false,
    lastQueue: null,
    refusal: null,
    ivrTold: false,
    rings: new Map(),
    ringsEnded: new Map(),
    talks: new Map(),
    agentTalked: false,
    lastTalk: null,
    customerRang: null,
    customerAnswered: false,
    notConnectedTold: false,
    external: null,
    transferredAt: null,
    redirect: null,
    transfer: null,
    heardKeys: [],
    keysAreMarked: false,
    markedKeys: null,
    retoldKeys: null,
    recordingTold: false,
    recordingStoppedAt: null,
    releasedBy: null,
    askedToEndAt: null,
    mergedInto: null,
    fromSnapshot: false,
    lastToldAt: Number.NEGATIVE_INFINITY,
    retoldFrom: null,
    reconstructedFrom: null,
    lastFact: { at: Number.NEGATIVE_INFINITY, told: Number.NEGATIVE_INFINITY },
    ended: false,
  }
  world.calls.set(id, call)
  world.unsettled.add(call)
  return call
}

export function joinCall(call: AmiCall, channel: Channel): void {
  channel.call?.channels.delete(channel)
  channel.call = call
  call.channels.add(channel)
}

/** The dialplan's marks (CC_…) that a channel carries, first value told. */
export function learnMarks(channel: Channel, variables: readonly string[]): void {
  const { call } = channel
  // Once a consultation became a part of the call they may mark the consultation: Asterisk then swaps channels, and with
  // them their variables.
  if (!call || call.linkedids.length > 1) return
  for (const variable of variables) {
    const equals = variable.indexOf('=')
    if (equals < 1 || equals === variable.length - 1 || !variable.startsWith('CC_')) continue
    const name = variable.slice(0, equals)
    if (!call.marks.has(name)) call.marks.set(name, variable.slice(equals + 1, equals + 201))
  }
}

/** The call that a linked id stands for now. */
export function callOf(world: AmiWorld, linkedid: string): AmiCall | null {
  let call = world.calls.get(linkedid) ?? null
  while (call?.mergedInto) call = call.mergedInto
  return call
}

const TYPE_OF_MARK = byName<CallType>({
  inbound: 'inbound',
  outbound: 'outbound',
  double: 'back-to-back',
  'back-to-back': 'back-to-back',
  predictive: 'predictive',
  virtual: 'virtual-number',
  'virtual-number': 'virtual-number',
  internal: 'internal',
})

/** The kind of call: by its mark, else by who began it and who was dialled. */
export function typeOf(world: AmiWorld, call: AmiCall): CallType {
  const marked = TYPE_OF_MARK.get(call.marks.get('CC_TYPE') ?? '')
  if (marked) return marked
  if (call.unbound) return 'virtual-number'
  const { root } = call
  const virtual = world.endpoints.isVirtualNumber
  if (root.kind === 'trunk') {
    if (call.originated) return 'predictive'
    return virtual(root.exten) ? 'virtual-number' : 'inbound'
  }
  const legs = [...call.channels].filter((channel) => channel.leg === 'customer' || channel === call.firstLeg)
  // Also once the leg that reached her is gone.
  const reachesCustomer =
    legs.some((channel) => channel.leg === 'customer') ||
    call.customerRang !== null ||
    call.customerAnswered ||
    call.notConnectedTold
  if (root.kind === 'local') {
    const first = call.firstLeg
    const firstIsAgent = first ? agentAt(world, first) !== null : isAgentNumber(world, root.exten)
    return firstIsAgent ? 'back-to-back' : 'predictive'
  }
  if (call.originated) return call.dialledAgent && !reachesCustomer ? 'internal' : 'back-to-back'
  if (virtual(call.shownNumber) && reachesCustomer) return 'virtual-number'
  if (reachesCustomer) return 'outbound'
  if (call.dialledAgent || call.wasQueued) return 'internal'
  return isAgentNumber(world, root.exten) || !/^\+?\d{7,}$/.test(root.exten ?? '') ? 'internal' : 'outbound'
}

function isAgentNumber(world: AmiWorld, number: string | null): boolean {
  return number !== null && world.endpoints.isAgentExtension(number)
}

/** Agent side first: the customer is called. */
export function reachesOut(type: CallType): boolean {
  return type === 'outbound' || type === 'back-to-back' || type === 'virtual-number'
}

/** What is known of the call by now, for `call-started` and `call-described`. */
export function describe(world: AmiWorld, call: AmiCall): Description {
  const { root, marks } = call
  const callType = typeOf(world, call)
  const mark = (name: string) => marks.get(name) || null
  const rootAgent = agentAt(world, root)
  const legNumber = [...call.channels].find((channel) => channel.leg === 'customer')?.number ?? null
  const base = { callType, customer: null, dialledNumber: null, agent: null, otherAgent: null, caller: null }
  switch (callType) {
    case 'inbound':
      return {
        ...base,
        customer: root.callerNumber ?? mark('CC_CUSTOMER'),
        dialledNumber: mark('CC_DID') ?? root.exten,
      }
    case 'predictive':
      return { ...base, customer: root.number ?? legNumber ?? mark('CC_CUSTOMER') }
    case 'internal':
      return { ...base, agent: rootAgent, otherAgent: call.dialledAgent, dialledNumber: root.exten }
    case 'outbound':
      return {
        ...base,
        customer: mark('CC_CUSTOMER') ?? legNumber ?? call.told?.customer ?? root.exten,
        agent: rootAgent,
      }
    case 'back-to-back':
      return {
        ...base,
        customer: mark('CC_CUSTOMER') ?? legNumber ?? call.told?.customer ?? call.originateExten,
        agent: rootAgent ?? (call.firstLeg ? agentAt(world, call.firstLeg) : null),
      }
    case 'virtual-number': {
      const byAgent = rootAgent !== null
      return {
        ...base,
        customer: mark('CC_CUSTOMER') ?? legNumber,
        dialledNumber: mark('CC_DID') ?? (byAgent ? call.shownNumber : root.exten),
        agent: rootAgent,
        caller: byAgent ? null : root.callerNumber,
      }
    }
  }
}

/** Tells `call-started` now, whatever is known. */
export function startCall(world: AmiWorld, call: AmiCall): void {
  if (call.told !== null) return
  const told = describe(world, call)
  call.told = told
  push(
    world,
    call,
    { id: eventId([call.id, 'call-started']), at: call.createdAt },
    { type: 'call-started', ...given(told), callType: told.callType, ...guessed(call) },
  )
}

/** Tells what has become known, or is known better, since it was last told. */
export function describeAgain(world: AmiWorld, call: AmiCall, at: number): void {
  adopt(world, call, at)
  const before = call.told
  if (before === null || call.ended) return
  const now = describe(world, call)
  const news: Partial<Description> = {}
  if (now.callType !== before.callType) news.callType = now.callType
  for (const field of ['customer', 'dialledNumber', 'caller'] as const) {
    if (now[field] !== null && now[field] !== before[field]) news[field] = now[field]
  }
  for (const field of ['agent', 'otherAgent'] as const) {
    if (now[field] !== null && now[field].id !== before[field]?.id) news[field] = now[field]
  }
  if (Object.keys(news).length === 0) return
  call.told = { ...before, ...news }
  if (news.callType) seeLegsAnew(world, call, at)
  const doubt = news.callType ? guessed(call) : {}
  tell(world, call, at, call.root.uniqueid, { type: 'call-described', ...given(news), ...doubt })
}

/**
 * The kind of call was learnt late (a mark that only the snapshot shows): a line that seemed to lead outside is the
 * customer's, and whether she has answered is told.
 */
function seeLegsAnew(world: AmiWorld, call: AmiCall, at: number): void {
  const type = typeOf(world, call)
  for (const channel of call.channels) {
    if (reachesOut(type) && channel === call.firstLeg && channel.leg === 'external' && !call.agentTalked) {
      channel.leg = 'customer'
      if (call.external?.leg === channel) call.external = null
    }
    const isCustomer =
      channel.leg === 'customer' || (type === 'predictive' && channel === call.root && channel.kind === 'trunk')
    if (!isCustomer || !channel.up || call.customerAnswered) continue
    call.customerAnswered = true
    tell(world, call, channel.upAt ?? at, channel.uniqueid, { type: 'customer-answered' })
  }
}

/** A call that is told again: past what the store has of it, what the store knows of its kind counts as marked. */
function adopt(world: AmiWorld, call: AmiCall, at: number): void {
  const stored = world.retoldCalls.get(call.id)
  if (!stored || stored.isAdopted || at <= stored.lastAt) return
  const known = adoptStored(stored)
  if (known === null || call.told === null) return
  stored.isAdopted = true
  if (typeOf(world, call) !== known.callType) call.marks.set('CC_TYPE', known.callType)
  if (known.customer) call.marks.set('CC_CUSTOMER', known.customer)
  if (known.dialledNumber) call.marks.set('CC_DID', known.dialledNumber)
  call.told = known
}

/** Without the dialplan's mark the type is concluded from who rang whom; the record says so. */
function guessed(call: AmiCall): { guessed?: ['callType'] } {
  return TYPE_OF_MARK.get(call.marks.get('CC_TYPE') ?? '') ? {} : { guessed: ['callType'] }
}

type Given = { [K in keyof Description]?: NonNullable<Description[K]> }

/** Leaves out what is not known. */
function given(description: Partial<Description>): Given {
  return Object.fromEntries(Object.entries(description).filter(([, value]) => value !== null)) as Given
}

/** New life in the call: whoever asked for its end before did not end it. */
const GOES_ON: ReadonlySet<CallEventType> = new Set([
  'ivr-entered',
  'key-pressed',
  'queue-entered',
  'agent-ringing',
  'agent-answered',
  'external-dialled',
])

/**
 * Tells a fact about a call. `subject`: the unique id of the channel it happened to; with type and time it makes the
 * event's id, so that the same message read again makes the same event. `mark` replaces the time where that is a guess.
 */
export function tell(world: AmiWorld, call: AmiCall, at: number, subject: string, fact: Told, mark?: string): void {
  if (call.ended || (mark === 'snapshot' && isStoredSo(world, call, fact))) return
  startCall(world, call)
  if (GOES_ON.has(fact.type)) {
    call.releasedBy = null
    call.askedToEndAt = null
  }
  const id = eventId([subject, fact.type, mark ?? String(Math.round(at * 1000))])
  push(world, call, { id, at }, fact)
}

function push(world: AmiWorld, call: AmiCall, { id, at }: { id: string; at: number }, fact: Told): void {
  // The order in which things were understood is kept where the clock does not tell them apart.
  const tooClose = call.lastToldAt - at
  const earlier = at === call.lastFact.at ? call.lastFact.told + TICK_MS : at
  const told = tooClose >= 0 && tooClose < SAME_MOMENT_MS ? call.lastToldAt + TICK_MS : earlier
  call.lastFact = { at, told }
  call.lastToldAt = Math.max(call.lastToldAt, told)
  const event = { id, callId: call.id.slice(0, 200), at: told, ...fact } as CallEvent
  if (isStoredAlready(world, call, event)) return
  const reconstruction = reconstructionOf(world, call, at)
  if (reconstruction) world.out.push(reconstruction)
  world.out.push(event)
}

/** Ids hold 200 characters; Asterisk's unique ids up to 150. */
function eventId(parts: string[]): string {
  const id = parts.join(':')
  return id.length <= 200 ? id : `${id.slice(0, 100)}…${id.slice(-99)}`
}

/** The customer is no longer in the queue that she is in, if any. */
export function leaveQueue(
  world: AmiWorld,
  call: AmiCall,
  left: { at: number; subject: string; outcome: QueueOutcome | null },
): void {
  if (!call.queue) return
  const skillGroup = { id: call.queue.name.slice(0, 200) }
  call.queue = null
  const outcome = left.outcome ? { outcome: left.outcome } : {}
  tell(world, call, left.at, left.subject, { type: 'queue-left', skillGroup, ...outcome })
}

/** The call is over: its last channel is gone, or (estimated) the PBX no longer has it. */
export function endCall(
  world: AmiWorld,
  call: AmiCall,
  end: { at: number; subject: string; releasedBy: ReleasingParty | null; estimated: boolean },
): void {
  if (call.ended) return
  const { at, subject, releasedBy, estimated } = end
  const fact = { type: 'call-ended' as const, ...(releasedBy ? { releasedBy } : {}) }
  if (estimated) tell(world, call, at, call.id, { ...fact, estimated: true }, 'lost')
  else tell(world, call, at, subject, fact)
  forgetCall(world, call)
}

/** The call has no more channels of its own; its id may still come in events of the call it was merged into. */
export function forgetCall(world: AmiWorld, call: AmiCall): void {
  call.ended = true
  world.unsettled.delete(call)
  for (const linkedid of call.linkedids) {
    world.storedCalls.delete(linkedid)
    world.retoldCalls.delete(linkedid)
  }
  if (call.mergedInto === null) for (const linkedid of call.linkedids) world.calls.delete(linkedid)
}

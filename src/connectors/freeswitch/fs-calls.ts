// A call of FreeSWITCH: which legs it owns, what kind of call it is, and how facts about it become call events. Called by
// the other fs-*.ts files; decides nothing about talks, legs or queues.
import type { AgentRef, CallEvent, CallEventType } from '../../calls/call-event.ts'
import type { CallType, ReleasingParty } from '../../calls/vocabulary.ts'
import { byName } from '../by-name.ts'
import { userOf, withoutDomain } from './endpoints.ts'
import { factId, micros } from './fact-ids.ts'
import { type Description, type FsCall, type FsWorld, type Leg, refOf } from './fs-world.ts'

/** A call event without what `tell` adds. */
export type Fact = CallEvent extends infer E ? (E extends CallEvent ? Omit<E, 'id' | 'callId' | 'at'> : never) : never

/** A call's first facts come within a moment: its kind is told once they are in, or after this. */
export const START_DELAY_MS = 150
const SAME_MOMENT_MS = 1
const TICK_MS = 0.001

export function createCall(world: FsWorld, id: string, createdAt: number): FsCall {
  const call: FsCall = {
    id,
    ids: [id],
    createdAt,
    root: null,
    legs: new Set(),
    marks: new Map(),
    told: null,
    firstDialled: null,
    dialledAgent: null,
    customerNumber: null,
    shownNumber: null,
    queue: null,
    wasQueued: false,
    talks: new Map(),
    agentTalked: false,
    talkedSince: null,
    lastTalk: null,
    customerAnswered: false,
    notConnectedTold: false,
    bridging: null,
    transfer: null,
    recordings: new Map(),
    released: null,
    last: null,
    handedOverAt: null,
    lastToldAt: Number.NEGATIVE_INFINITY,
    mergedInto: null,
    ended: false,
  }
  world.calls.set(id, call)
  world.unsettled.add(call)
  return call
}

/** The agent at a leg: by the queue's word, else whose phone it is. */
export function agentAt(world: FsWorld, leg: Leg): AgentRef | null {
  if (leg.member) return refOf(world, leg.member.id)
  const user = leg.kind === 'agent' ? userOf(leg.signs) : ''
  return user ? refOf(world, user) : null
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

/** What the variable CC_TYPE, set by the dialplan or the dialler, says. */
export function markedType(mark: string | undefined): CallType | null {
  return TYPE_OF_MARK.get(mark ?? '') ?? null
}

/** The kind of call: by its mark, else by who began it and who was dialled. */
export function typeOf(world: FsWorld, call: FsCall): CallType {
  const marked = markedType(call.marks.get('CC_TYPE'))
  if (marked) return marked
  const { root, firstDialled } = call
  // The first leg was gone before we came: what was dialled for it is all there is.
  if (!root) return call.told?.callType ?? (call.wasQueued || firstDialled?.kind === 'agent' ? 'inbound' : 'outbound')
  const virtual = world.endpoints.isVirtualNumber
  const reachesCustomer = firstDialled !== null && firstDialled.role !== null
  if (root.kind === 'trunk') {
    if (root.dialled) return 'predictive'
    return virtual(root.number) ? 'virtual-number' : 'inbound'
  }
  if (root.kind === 'local') return firstDialled?.kind === 'agent' ? 'back-to-back' : 'predictive'
  if (root.dialled) return call.dialledAgent && !reachesCustomer ? 'internal' : 'back-to-back'
  if (reachesCustomer) return virtual(call.shownNumber) ? 'virtual-number' : 'outbound'
  if (call.dialledAgent || call.wasQueued) return 'internal'
  return guessedTypeOf(world, root)
}

/** An agent dials, and nothing has been dialled for her yet. */
function guessedTypeOf(world: FsWorld, root: Leg): CallType {
  if (root.directionMark === 'outbound') return 'outbound'
  if (root.number === null || root.directionMark === 'local') return 'internal'
  return world.endpoints.isAgentNumber(root.number) || !/^\+?\d{7,}$/.test(root.number) ? 'internal' : 'outbound'
}

/** Agent side first: the customer is called. */
export function reachesOut(type: CallType): boolean {
  return type === 'outbound' || type === 'back-to-back' || type === 'virtual-number'
}

/** What is known of the call by now, for `call-started` and `call-described`. */
export function describe(world: FsWorld, call: FsCall): Description {
  const { root, marks } = call
  const callType = typeOf(world, call)
  const mark = (name: string) => marks.get(name)?.slice(0, 64) || null
  const rootAgent = root ? agentAt(world, root) : null
  const base = { callType, customer: null, dialledNumber: null, agent: null, otherAgent: null, caller: null }
  const reached = mark('CC_CUSTOMER') ?? call.customerNumber ?? call.told?.customer ?? null
  switch (callType) {
    case 'inbound':
      return {
        ...base,
        customer: root?.callerNumber ?? mark('CC_CUSTOMER'),
        dialledNumber: mark('CC_DID') ?? root?.number ?? null,
      }
    case 'predictive':
      return { ...base, customer: mark('CC_CUSTOMER') ?? (root?.kind === 'trunk' ? root.number : call.customerNumber) }
    case 'internal':
      return { ...base, agent: rootAgent, otherAgent: call.dialledAgent, dialledNumber: root?.number ?? null }
    case 'outbound':
      return { ...base, customer: reached ?? root?.number ?? null, agent: rootAgent }
    case 'back-to-back': {
      const first = call.firstDialled?.kind === 'agent' ? agentAt(world, call.firstDialled) : null
      return { ...base, customer: reached, agent: rootAgent ?? first }
    }
    case 'virtual-number':
      return {
        ...base,
        customer: reached,
        dialledNumber: mark('CC_DID') ?? (rootAgent ? call.shownNumber : (root?.number ?? null)),
        agent: rootAgent,
        caller: rootAgent ? null : (root?.callerNumber ?? null),
      }
  }
}

/** Tells `call-started` now, whatever is known. */
export function startCall(world: FsWorld, call: FsCall): void {
  if (call.told !== null || call.ended) return
  const told = describe(world, call)
  call.told = told
  push(world, call, factId(call.id, 'call-started'), call.createdAt, {
    type: 'call-started',
    ...given(told),
    callType: told.callType,
    ...guessed(call),
  })
}

/** The kind of call, concluded from its shape alone. */
function guessed(call: FsCall): { guessed?: ['callType'] } {
  return markedType(call.marks.get('CC_TYPE')) ? {} : { guessed: ['callType'] }
}

/** Tells what has become known, or is known better, since it was last told. */
export function describeAgain(world: FsWorld, call: FsCall, at: number): void {
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
  push(world, call, factId(call.id, 'call-described', micros(at)), at, {
    type: 'call-described',
    ...given(news),
    ...(news.callType ? guessed(call) : {}),
  })
}

type Given = { [K in keyof Description]?: NonNullable<Description[K]> }

/** Leaves out what is not known. */
export function given(description: Partial<Description>): Given {
  return Object.fromEntries(Object.entries(description).filter(([, value]) => value !== null)) as Given
}

/** New life in the call: whoever asked for its end before did not end it. */
const GOES_ON: ReadonlySet<CallEventType> = new Set([
  'ivr-entered',
  'queue-entered',
  'agent-ringing',
  'external-dialled',
])

/** Tells a fact about a call; `id` from fact-ids.ts, so that the same fact told again makes the same event. */
export function tell(world: FsWorld, call: FsCall, id: string, at: number, fact: Fact): void {
  if (call.ended) return
  startCall(world, call)
  if (GOES_ON.has(fact.type)) call.released = null
  push(world, call, id, at, fact)
}

function push(world: FsWorld, call: FsCall, id: string, at: number, fact: Fact): void {
  // FreeSWITCH's clock ticks about every 20 ms: within a tick, the order in which things were understood is kept.
  const tooClose = call.lastToldAt - at
  const told = tooClose >= 0 && tooClose < SAME_MOMENT_MS ? call.lastToldAt + TICK_MS : at
  call.lastToldAt = Math.max(call.lastToldAt, told)
  world.out.push({ id, callId: call.id.slice(0, 200), at: told, ...fact } as CallEvent)
}

/** The call is over: its last leg is gone, or (estimated) FreeSWITCH no longer has it. */
export function endCall(
  world: FsWorld,
  call: FsCall,
  end: { at: number; releasedBy: ReleasingParty | null; estimated: boolean },
): void {
  if (call.ended) return
  const releasedBy = end.releasedBy ? { releasedBy: end.releasedBy } : {}
  if (end.estimated) {
    const id = factId(call.id, 'call-ended', 'lost')
    tell(world, call, id, end.at, { type: 'call-ended', estimated: true, ...releasedBy })
  } else {
    tell(world, call, factId(call.id, 'call-ended'), end.at, { type: 'call-ended', ...releasedBy })
  }
  forgetCall(world, call)
}

/** Nothing more is told of it; its id may still come in events of the call it was merged into. */
export function forgetCall(world: FsWorld, call: FsCall): void {
  call.ended = true
  world.unsettled.delete(call)
  if (call.mergedInto !== null) return
  for (const id of call.ids) world.calls.delete(id)
}

/** The skill group an agent serves in: the queue that has her rung, else what the call is marked with. */
export function groupOf(call: FsCall, leg: Leg): { skillGroup?: { id: string } } {
  const id = leg.queue ?? call.queue?.id ?? (call.wasQueued ? null : call.marks.get('CC_SKILL'))
  return id ? { skillGroup: { id: withoutDomain(id).slice(0, 200) } } : {}
}

/** The leg to the customer of a call that reaches out; the customer's own leg of a predictive one. */
export function isCustomerLeg(leg: Leg): boolean {
  return leg.role === 'customer' || (leg === leg.call.root && leg.dialled && leg.kind === 'trunk')
}

/** The customer's own leg (of an outgoing call: the leg to her)? */
export function isCustomer(world: FsWorld, leg: Leg): boolean {
  if (isCustomerLeg(leg)) return true
  return leg === leg.call.root && leg.kind === 'trunk' && typeOf(world, leg.call) === 'inbound'
}

export function numberOf(leg: Leg): { number?: string } {
  return leg.number === null ? {} : { number: leg.number }
}

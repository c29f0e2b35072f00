// Legs: meeting one, whose it is, and what its ringing and answering say: an agent's phone, the customer's leg of an
// outgoing call, an external line. Called by esl-to-call-event.ts and fs-snapshot.ts.
import { cleanName, cleanNumber, type EndpointSigns, withoutDomain } from './endpoints.ts'
import { type EslEvent, instant, text, texts } from './esl-event.ts'
import { factId } from './fact-ids.ts'
import {
  agentAt,
  createCall,
  describeAgain,
  groupOf,
  isCustomerLeg,
  numberOf,
  reachesOut,
  tell,
  typeOf,
} from './fs-calls.ts'
import { dialExternal, resolveTransfer } from './fs-destinations.ts'
import { callOf, type FsCall, type FsWorld, type Leg, learnAgentName, legOf } from './fs-world.ts'
import { notConnectedCauseOf } from './hangup-causes.ts'

/** Ids of facts begin with a leg's. */
const UUID_MAX = 100

/** What a list of channels knows about a leg's beginning, which later events no longer say. */
export interface Beginning {
  callerNumber: string
  number: string
}

/** Makes a leg known. `complete`: this is its beginning, nothing before was missed. */
export function meetLeg(
  world: FsWorld,
  event: EslEvent,
  met: { at: number; complete: boolean; beginning?: Beginning },
): Leg | null {
  const uuid = text(event, 'Unique-ID')
  const signs = signsOf(event)
  if (!uuid || uuid.length > UUID_MAX || !signs.channelName) return null
  const dialled = text(event, 'Call-Direction') === 'outbound'
  const createdAt = instant(event, 'Caller-Channel-Created-Time') ?? met.at
  const otherHalf = otherHalfOf(world, event, signs)
  const parent = parentOf(event, dialled) ?? otherHalf
  const callerNumber = cleanNumber(met.beginning?.callerNumber || text(event, 'Caller-Caller-ID-Number'))
  const number = cleanNumber(met.beginning?.number || text(event, 'Caller-Destination-Number'))
  const parentLeg = parent === null ? null : legOf(world, parent)
  const member = withoutDomain(text(event, 'variable_cc_agent'))
  if (member && dialled) world.endpoints.addMember(member)
  const leg: Leg = {
    uuid,
    signs,
    kind: world.endpoints.kindOf(signs, dialled && isDialledOutside(parentLeg, callerNumber)),
    dialled,
    call: callFor(world, { uuid, parent, parentLeg, createdAt }),
    parent,
    createdAt,
    callerNumber,
    number,
    member: member && dialled ? { id: member } : null,
    queue: dialled ? text(event, 'variable_cc_queue') || null : null,
    role: null,
    rings: false,
    answeredAt: null,
    bridgedTo: null,
    bridgedAt: 0,
    otherHalf,
    heldSince: null,
    holdAccumMs: 0,
    directionMark: '',
    transfersSeen: new Set(),
    keys: 0,
    menus: new Map(),
    complete: met.complete,
    hangingUpAt: null,
    end: null,
    endedAt: 0,
    heardIn: world.connection,
    heardAt: met.at,
    lostAt: null,
    spiesOn: null,
  }
  // Where it was moved before we came is not known: whose doing it was would be a guess.
  if (!met.complete) for (const id of hopsOf(event)) leg.transfersSeen.add(id)
  world.legs.set(uuid, leg)
  joinCall(world, leg, event)
  return leg
}

/** The ids in transfer_history, `epoch:id:kind:detail`. */
function hopsOf(event: EslEvent): string[] {
  return texts(event, 'variable_transfer_history').map((entry) => entry.split(':', 2)[1] ?? '')
}

function signsOf(event: EslEvent): EndpointSigns {
  const authenticated = text(event, 'variable_user_name')
  const directoryUser =
    text(event, 'Call-Direction') === 'outbound' ? text(event, 'variable_dialed_user') : authenticated
  const gateway = text(event, 'variable_sip_gateway_name') || text(event, 'variable_sip_gateway')
  return {
    channelName: text(event, 'Channel-Name').slice(0, 300),
    directoryUser: directoryUser.slice(0, 200) || null,
    gateway: gateway.slice(0, 200) || null,
  }
}

function parentOf(event: EslEvent, dialled: boolean): string | null {
  if (!dialled) return null
  const originator = text(event, 'variable_originator') || text(event, 'variable_cc_member_session_uuid')
  const other = text(event, 'Other-Type') === 'originator' ? text(event, 'Other-Leg-Unique-ID') : ''
  return (originator || other).slice(0, UUID_MAX) || null
}

/** Loopback legs come in pairs, `loopback/1001-a` and `-b`; the second one is not dialled, and has no originator. */
function otherHalfOf(world: FsWorld, event: EslEvent, { channelName }: EndpointSigns): string | null {
  const told = text(event, 'variable_other_loopback_leg_uuid')
  if (told || !channelName.startsWith('loopback/')) return told || null
  const name = channelName.replace(/-[ab]$/, '')
  for (const leg of world.legs.values()) {
    if (leg.kind === 'local' && leg.otherHalf === null && leg.signs.channelName === `${name}-a`) return leg.uuid
  }
  return null
}

/** The dialplan says that it calls out, or shows the customer's own number no longer: only lines to the outside need ours. */
function isDialledOutside(parent: Leg | null, shownNumber: string | null): boolean {
  if (!parent) return false
  if (parent.directionMark === 'outbound') return true
  return parent.kind === 'trunk' && !parent.dialled && shownNumber !== null && shownNumber === parent.number
}

function callFor(
  world: FsWorld,
  leg: { uuid: string; parent: string | null; parentLeg: Leg | null; createdAt: number },
): FsCall {
  const of = leg.parentLeg?.call
  const current = of ? callOf(world, of.id) : leg.parent === null ? null : callOf(world, leg.parent)
  if (current && !current.ended) return current
  // On behalf of a leg that was there before us: the call has its name.
  const id = leg.parent !== null && !leg.parentLeg ? leg.parent : leg.uuid
  return createCall(world, id, leg.createdAt)
}

function joinCall(world: FsWorld, leg: Leg, event: EslEvent): void {
  const { call } = leg
  call.legs.add(leg)
  world.unsettled.add(call)
  if (leg.kind === 'local') {
    const half = leg.otherHalf === null ? null : legOf(world, leg.otherHalf)
    if (half) half.otherHalf = leg.uuid
  }
  if (leg.uuid === call.id) {
    call.root = leg
    call.createdAt = leg.createdAt
  }
  const agent = agentAt(world, leg)
  if (leg.kind === 'agent' && !leg.dialled) {
    const name = cleanName(text(event, 'Caller-Caller-ID-Name'), leg.callerNumber)
    if (agent && name) learnAgentName(world, agent.id, name)
  }
  if (leg.dialled && leg.kind !== 'local') placeDialled(world, leg)
}

/** A leg that was dialled: an agent's phone rings; a line leads to the customer, or to somebody outside. */
function placeDialled(world: FsWorld, leg: Leg): void {
  const { call } = leg
  const isRoot = leg === call.root
  const agent = agentAt(world, leg)
  if (call.bridging && leg.parent === call.bridging.leg.uuid) call.bridging = null
  if (agent) {
    if (!isRoot) {
      call.firstDialled ??= leg
      if (call.root?.kind !== 'local' || call.firstDialled !== leg) call.dialledAgent ??= agent
    }
    resolveTransfer(world, call, { toAgent: agent })
    leg.rings = true
    tell(world, call, factId(leg.uuid, 'agent-ringing'), leg.createdAt, {
      type: 'agent-ringing',
      agent,
      ...groupOf(call, leg),
    })
  } else if (!isRoot) {
    leg.role = roleOf(world, call, leg)
    call.firstDialled ??= leg
    if (leg.parent === call.root?.uuid) call.shownNumber ??= leg.callerNumber
    if (leg.role === 'external') dialExternal(world, leg)
    else call.customerNumber ??= leg.number
  }
  describeAgain(world, call, leg.createdAt)
}

/** Who is at the other end of a line that the call dials. */
function roleOf(world: FsWorld, call: FsCall, leg: Leg): 'customer' | 'external' {
  const type = typeOf(world, call)
  if (type === 'inbound' || call.customerAnswered || call.agentTalked) return 'external'
  const rootIsTrunk = call.root?.kind === 'trunk' && type !== 'virtual-number'
  // An agent who is still dialling may be put through by another line than the first; a list may say otherwise.
  const listed = world.endpoints.isExternalTrunk(leg.signs) && call.firstDialled !== null
  return rootIsTrunk || listed ? 'external' : 'customer'
}

/** The other end rings, or the network says that it is on its way there. */
export function legRings(world: FsWorld, leg: Leg, event: EslEvent, at: number): void {
  if (!isCustomerLeg(leg) || leg.rings || leg.answeredAt !== null) return
  leg.rings = true
  const since = instant(event, 'Caller-Channel-Progress-Time') ?? instant(event, 'Caller-Channel-Progress-Media-Time')
  const fact = { type: 'customer-ringing' as const, ...numberOf(leg) }
  tell(world, leg.call, factId(leg.uuid, 'customer-ringing'), since ?? at, fact)
}

/** A leg is answered. Of an agent in a queue this is not yet the talk: the bridge is. */
export function answerLeg(world: FsWorld, leg: Leg, at: number): void {
  if (leg.answeredAt !== null) return
  leg.answeredAt = at
  const { call } = leg
  if (isCustomerLeg(leg)) {
    leg.rings = false
    if (!call.customerAnswered)
      tell(world, call, factId(leg.uuid, 'customer-answered'), at, { type: 'customer-answered', ...numberOf(leg) })
    call.customerAnswered = true
  } else if (leg.role === 'external') {
    tell(world, call, factId(leg.uuid, 'external-answered'), at, { type: 'external-answered', ...numberOf(leg) })
  } else if (leg === call.root && leg.dialled) {
    const agent = agentAt(world, leg)
    leg.rings = false
    if (agent && typeOf(world, call) !== 'internal')
      tell(world, call, factId(leg.uuid, 'agent-answered', 'phone'), at, {
        type: 'agent-answered',
        agent,
        withCustomer: false,
      })
  }
}

/** At the end of a call that should have reached the customer and did not: says why, where no leg has said it. */
export function tellNeverConnected(world: FsWorld, call: FsCall, at: number): void {
  const type = typeOf(world, call)
  if (call.customerAnswered || call.notConnectedTold || !(reachesOut(type) || type === 'predictive')) return
  const { root } = call
  const end = root?.end ?? null
  const id = factId(call.id, 'customer-not-connected')
  if (type === 'back-to-back' && root?.dialled && root.kind === 'agent' && root.answeredAt === null) {
    if (end?.cause === 'USER_BUSY' || end?.cause === 'CALL_REJECTED') call.released ??= { by: 'agent', at }
    tell(world, call, id, at, { type: 'customer-not-connected', cause: 'agent-unavailable' })
    return
  }
  const cause = end ? notConnectedCauseOf(end, call.released?.by === 'agent') : 'network'
  // No extension of the dialplan matches what was dialled.
  const isUnknownNumber = end?.cause === 'NO_ROUTE_DESTINATION'
  tell(world, call, id, at, { type: 'customer-not-connected', cause: isUnknownNumber ? 'invalid-number' : cause })
}

/** CC-Agent: a queue's agents are agents. Returns her id. */
export function learnMember(world: FsWorld, event: EslEvent): string | null {
  const id = withoutDomain(text(event, 'CC-Agent')).slice(0, 200)
  if (id) world.endpoints.addMember(id)
  return id || null
}

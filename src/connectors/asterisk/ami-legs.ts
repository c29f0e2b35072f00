// Dialled legs: an agent's phone that rings, the customer's leg of an outgoing call, an external line. From DialBegin,
// DialState, DialEnd, Newstate and Hangup to "rings", "answered" and "ended so". Called by ami-to-call-event.ts.

import type { AgentRef } from '../../calls/call-event.ts'
import { describeAgain, reachesOut, tell, typeOf } from './ami-calls.ts'
import { isCustomer, isCustomerLeg } from './ami-customer.ts'
import {
  answerExternal,
  dialExternal,
  endExternal,
  noteRedirect,
  numberOf,
  resolveTransfer,
} from './ami-destinations.ts'
import { type AmiMessage, header } from './ami-parser.ts'
import { type AmiCall, type AmiWorld, agentAt, type Channel, learnAgentName } from './ami-world.ts'
import { cleanName, idOfEndpoint, numberInDialString } from './endpoints.ts'
import { externalOutcomeOf, type LegEnd, notConnectedCauseOf, ringOutcomeOf } from './hangup-causes.ts'

/** A Hangup with the cause follows a DialEnd within a moment; if not, the dial's status alone has to do. */
export const HANGUP_DELAY_MS = 500
/** Between picking up and hearing the customer; measured on Asterisk 22: 5 ms. */
const ALONE_DELAY_MS = 300

/** AgentCalled: a queue has this member rung. `channel` may be half of a Local channel, the phone is behind it. */
export function callMember(
  world: AmiWorld,
  channel: Channel,
  member: { queue: string; interface: string; name: string },
): void {
  const name = member.name === member.interface ? null : cleanName(member.name)
  world.endpoints.addMember(member.interface)
  const isLocal = member.interface.startsWith('Local/')
  channel.member = { id: idOfEndpoint(member.interface) || null, name, queue: member.queue, isLocal }
  if (channel.kind === 'trunk' && channel.call && channel.leg !== null)
    ringAgent(world, channel.call, channel, world.now)
}

export function beginDial(
  world: AmiWorld,
  dial: { dialler: Channel | null; dest: Channel; dialString: string; shownNumber: string | null; at: number },
): void {
  const { dialler, dest, at } = dial
  const call = dest.call
  if (!call || dest.dialEnd) return
  const seenBefore = dest.number !== null
  dest.number = numberInDialString(dial.dialString)
  dest.dialledBy = dialler
  if (dest.kind === 'local' || dest.kind === 'machinery' || seenBefore) return
  dest.member ??= memberBehind(world, dialler)
  if (dialler === call.root) call.shownNumber ??= dial.shownNumber
  const agent = agentAt(world, dest)
  if (agent) {
    if (dest !== call.root) {
      call.firstLeg ??= dest
      if (call.root.kind !== 'local' || call.firstLeg !== dest) call.dialledAgent ??= agent
    }
    resolveTransfer(world, call, { toAgent: agent })
    if (dialler !== null && isCustomer(world, call, dialler)) noteRedirect(world, call, { at, to: { toAgent: agent } })
    ringAgent(world, call, dest, at)
  } else if (dest !== call.root) {
    dest.leg = legOf(world, call, dest)
    call.firstLeg ??= dest
    if (dest.leg === 'external') dialExternal(world, call, { number: dest.number, leg: dest, at })
  }
  describeAgain(world, call, at)
}

/** The queue member that a chain of Local channels leads to. */
function memberBehind(world: AmiWorld, dialler: Channel | null): Channel['member'] {
  let channel = dialler
  for (let depth = 0; channel && depth < 4; depth++) {
    if (channel.member) return channel.member
    const half = channel.otherHalf === null ? undefined : world.channelsByName.get(channel.otherHalf)
    // Once the member talks, whom her channel dials is somebody else: she has transferred the call.
    if (half?.member) return half.bridge === null ? half.member : null
    channel = half?.dialledBy ?? null
    if (channel?.kind !== 'local') return null
  }
  return null
}

/** Who is at the other end of a trunk's leg that the call dials. */
function legOf(world: AmiWorld, call: AmiCall, leg: Channel): 'customer' | 'external' {
  const type = typeOf(world, call)
  if (type === 'inbound') return 'external'
  if (type === 'predictive' && call.root.kind !== 'local') return 'external'
  if (call.customerAnswered || call.agentTalked) return 'external'
  // An agent who is still dialling may be put through by another trunk than the first; a list may say otherwise.
  const other = call.root.kind === 'trunk' && type !== 'virtual-number'
  return other || (world.endpoints.isExternalTrunk(leg.name) && call.firstLeg !== null) ? 'external' : 'customer'
}

function ringAgent(world: AmiWorld, call: AmiCall, channel: Channel, at: number): void {
  const agent = agentAt(world, channel)
  if (!agent || call.rings.has(channel) || channel.up || channel.legFinished) return
  channel.leg = null
  tell(world, call, at, channel.uniqueid, noteRing(call, channel, { agent, at }))
}

/** Keeps in mind that an agent's phone rings; returns what there is to tell. */
export function noteRing(call: AmiCall, channel: Channel, { agent, at }: { agent: AgentRef; at: number }) {
  const group = groupOf(call, channel)
  call.rings.set(channel, { agent, at, skillGroup: group.skillGroup ?? null })
  return { type: 'agent-ringing' as const, agent, ...group }
}

/** The skill group an agent serves in: the queue that had her rung; calls that never queue, the one they are marked with. */
export function groupOf(call: AmiCall, channel: Channel): { skillGroup?: { id: string } } {
  const marked = call.wasQueued ? undefined : call.marks.get('CC_SKILL')
  const id = channel.member?.queue ?? call.rings.get(channel)?.skillGroup?.id ?? call.queue?.name ?? marked
  return id ? { skillGroup: { id: id.slice(0, 200) } } : {}
}

/** The other end rings, or the network says that it is on its way there. */
export function legRings(world: AmiWorld, channel: Channel, at: number): void {
  const call = channel.call
  if (!call || call.customerRang === channel || channel.up || !isCustomerLeg(world, call, channel)) return
  call.customerRang = channel
  tell(world, call, at, channel.uniqueid, { type: 'customer-ringing', ...numberOf(channel) })
}

/** A channel is answered: for the first time only. */
export function answerChannel(world: AmiWorld, channel: Channel, at: number): void {
  if (channel.up) return
  channel.up = true
  channel.upAt = at
  const call = channel.call
  if (!call || channel.kind === 'local' || channel.kind === 'machinery') return
  if (isCustomerLeg(world, call, channel)) {
    if (!call.customerAnswered)
      tell(world, call, at, channel.uniqueid, { type: 'customer-answered', ...numberOf(channel) })
    call.customerAnswered = true
    return
  }
  if (channel.leg === 'external') {
    answerExternal(world, call, channel, at)
    return
  }
  const ring = call.rings.get(channel)
  if (ring && typeOf(world, call) === 'back-to-back' && !call.customerAnswered && call.talks.size === 0) {
    answerAlone(world, call, channel, at)
  } else if (ring) {
    world.unsettled.add(call)
  } else if (isAnsweredByPbx(world, call, channel)) {
    tell(world, call, at, channel.uniqueid, { type: 'ivr-entered' })
  }
}

/** Her phone is picked up, the customer is not there (yet). */
function answerAlone(world: AmiWorld, call: AmiCall, channel: Channel, at: number): void {
  const ring = call.rings.get(channel)
  if (!ring) return
  call.rings.delete(channel)
  tell(world, call, at, channel.uniqueid, { type: 'agent-answered', agent: ring.agent, withCustomer: false })
}

/** An agent dialled something that the PBX does by itself: listening in, a voicemail box, a feature code. */
function isAnsweredByPbx(world: AmiWorld, call: AmiCall, channel: Channel): boolean {
  if (channel !== call.root || channel.kind !== 'agent' || call.originated) return false
  return call.firstLeg === null && !call.wasQueued && typeOf(world, call) === 'internal'
}

/** Who has picked up and hears the customer does so at once; who does not is being asked first. Returns whether some still may. */
export function settleRings(world: AmiWorld, call: AmiCall, at: number): boolean {
  let waiting = false
  for (const channel of [...call.rings.keys()]) {
    if (channel.upAt === null) continue
    if (at - channel.upAt >= ALONE_DELAY_MS) answerAlone(world, call, channel, channel.upAt)
    else waiting = true
  }
  return waiting
}

/** The first DialEnd of a leg; a second one follows where the queue gives up a member. */
export function endDial(world: AmiWorld, dest: Channel, status: string, at: number): void {
  if (status === 'ANSWER') {
    answerChannel(world, dest, at)
    return
  }
  if (dest.dialEnd) return
  dest.dialEnd = { status, at }
  const refused = dest.hangupRequest
  if (refused && refused.cause > 0) finishLeg(world, dest, { at, cause: refused.cause })
  else if (dest.call) world.unsettled.add(dest.call)
}

/** The dial is over and its Hangup has not come: the status alone decides. */
export function settleLegs(world: AmiWorld, call: AmiCall, at: number): boolean {
  let waiting = false
  for (const channel of call.channels) {
    if (!channel.dialEnd || channel.legFinished) continue
    if (at - channel.dialEnd.at >= HANGUP_DELAY_MS) finishLeg(world, channel, { at, cause: 0 })
    else waiting = true
  }
  return waiting
}

/** A leg that ends without an answer: says how. `cause`: of its Hangup. */
export function finishLeg(world: AmiWorld, channel: Channel, hangup: { at: number; cause: number }): void {
  const call = channel.call
  if (!call || channel.legFinished) return
  channel.legFinished = true
  const at = channel.dialEnd?.at ?? hangup.at
  const end = {
    status: channel.dialEnd?.status ?? null,
    cause: hangup.cause,
    callerGaveUp: callerGaveUp(call, channel, at),
  }
  const ring = call.rings.get(channel)
  if (ring) {
    call.rings.delete(channel)
    call.ringsEnded.set(ring.agent.id, at)
    const answeredElsewhere = [...call.channels].some(
      (other) => other !== channel && other.up && other.dialledBy !== null && other.dialledBy === channel.dialledBy,
    )
    const outcome = ringOutcomeOf({ ...end, missed: channel.missed, answeredElsewhere })
    tell(world, call, at, channel.uniqueid, { type: 'agent-ring-ended', agent: ring.agent, outcome })
    const refused = outcome === 'rejected' || outcome === 'busy'
    if (refused && typeOf(world, call) === 'internal') call.releasedBy ??= 'agent'
  }
  if (channel.up) return
  if (isCustomerLeg(world, call, channel)) {
    missCustomer(world, call, { at, subject: channel.uniqueid, end })
  } else if (call.external?.leg === channel && !call.external.answered) {
    const outcome = externalOutcomeOf(end)
    endExternal(world, call, { at, subject: channel.uniqueid, outcome })
  }
}

function missCustomer(world: AmiWorld, call: AmiCall, missed: { at: number; subject: string; end: LegEnd }): void {
  const cause = notConnectedCauseOf(missed.end)
  call.notConnectedTold = true
  tell(world, call, missed.at, missed.subject, { type: 'customer-not-connected', cause })
  if (cause === 'busy' || cause === 'rejected') call.releasedBy ??= 'customer'
}

/** Had anybody on the calling side asked for the end before the leg ended? */
function callerGaveUp(call: AmiCall, leg: Channel, at: number): boolean {
  // She may be gone already, or this leg of hers is the last to be told of.
  if (call.askedToEndAt !== null && call.askedToEndAt <= at && leg.hangupRequest === null) return true
  return [...call.channels].some(
    (channel) =>
      channel !== leg &&
      (channel.kind === 'agent' || channel.kind === 'trunk') &&
      channel.hangupRequest !== null &&
      channel.hangupRequest.at <= at &&
      (channel === call.root || channel.up),
  )
}

/** AgentRingNoAnswer: it names the member's channel, which may be half of a Local channel with the phone behind it. */
export function missRing(world: AmiWorld, member: Channel): void {
  member.missed = true
  for (const channel of member.call?.rings.keys() ?? []) {
    let by: Channel | undefined = channel
    for (let depth = 0; by && depth < 4; depth++) {
      const half: string | null = by.dialledBy?.otherHalf ?? null
      by = half === null ? undefined : world.channelsByName.get(half)
      if (by === member) channel.missed = true
    }
  }
}

/** At the end of a call that should have reached the customer and did not: says why, where no leg has said it. */
export function tellNeverConnected(
  world: AmiWorld,
  call: AmiCall,
  end: { at: number; subject: string; cause: number },
): void {
  const type = typeOf(world, call)
  if (call.customerAnswered || call.notConnectedTold || !(reachesOut(type) || type === 'predictive')) return
  const { at, subject } = end
  const agentSide = [...call.channels, call.root].filter((channel) => agentAt(world, channel) !== null)
  const picksUp = call.root.kind === 'agent' && !call.originated
  if (type === 'back-to-back' && !picksUp && !agentSide.some((channel) => channel.up)) {
    if (end.cause === 21 || end.cause === 17) call.releasedBy ??= 'agent'
    tell(world, call, at, subject, { type: 'customer-not-connected', cause: 'agent-unavailable' })
    return
  }
  const legEnd = { status: null, cause: end.cause, callerGaveUp: call.releasedBy === 'agent' }
  const byCause = notConnectedCauseOf(legEnd)
  // Nothing was ever dialled, so nobody failed to answer: without a binding, or without a line.
  const nothingDialled = type === 'virtual-number' && call.root.kind === 'trunk' ? 'invalid-number' : 'network'
  const cause = call.unbound
    ? 'invalid-number'
    : byCause === 'no-answer' && type !== 'predictive'
      ? nothingDialled
      : byCause
  tell(world, call, at, subject, { type: 'customer-not-connected', cause })
}

/** Queue members are agents, and have names. */
export function learnMember(world: AmiWorld, message: AmiMessage): void {
  const at = header(message, 'Interface') || header(message, 'Location')
  if (!at) return
  world.endpoints.addMember(at)
  const name = cleanName(header(message, 'MemberName') || header(message, 'Name'))
  if (name && name !== at) learnAgentName(world, idOfEndpoint(at), name)
}

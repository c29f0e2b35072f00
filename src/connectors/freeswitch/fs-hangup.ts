// The end of a leg, and with the last one of its call. Called for CHANNEL_HANGUP_COMPLETE, and for legs that a snapshot no
// longer has.
import type { ReleasingParty } from '../../calls/vocabulary.ts'
import { type EslEvent, instant, text } from './esl-event.ts'
import { factId } from './fact-ids.ts'
import { agentAt, endCall, isCustomerLeg, tell, typeOf } from './fs-calls.ts'
import { endBridge, endExternal, resolveTransfer } from './fs-destinations.ts'
import { closeQueue } from './fs-flow.ts'
import { tellNeverConnected } from './fs-legs.ts'
import { endSupervision, followTalks, settleTalks } from './fs-talks.ts'
import { type FsCall, type FsWorld, forgetLeg, type Leg, leaveBridge, legOf } from './fs-world.ts'
import {
  externalOutcomeOf,
  hungUpHere,
  type LegEnd,
  leftByTransfer,
  notConnectedCauseOf,
  ringOutcomeOf,
} from './hangup-causes.ts'

/** The last leg's end is followed by its queue's word, within 100 ms as measured; without a queue there is nothing to wait for. */
const END_DELAY_MS = 100
export const FINALISE_MS = 2_000
/** Two parties who hang up within this: the first one ended the call. */
const SAME_END_MS = 1_000

export function endOf(event: EslEvent): LegEnd {
  return {
    cause: text(event, 'Hangup-Cause') || text(event, 'variable_hangup_cause'),
    sipStatus: text(event, 'variable_sip_invite_failure_status') || text(event, 'variable_sip_term_status'),
    disposition: text(event, 'variable_sip_hangup_disposition'),
    endpointDisposition: text(event, 'variable_endpoint_disposition'),
  }
}

/** CHANNEL_HANGUP_COMPLETE: a leg is gone, and says how. */
export function hangUp(world: FsWorld, leg: Leg, event: EslEvent, at: number): void {
  endLeg(world, leg, endOf(event), instant(event, 'Caller-Channel-Hangup-Time') ?? leg.hangingUpAt ?? at)
}

export function endLeg(world: FsWorld, leg: Leg, end: LegEnd, at: number): void {
  if (leg.end) return
  const { call } = leg
  leg.end = end
  leg.endedAt = at
  endBridge(world, leg, at)
  finishDial(world, leg, at)
  leaveBridge(leg)
  endSupervision(world, leg, at)
  noteRelease(world, leg, at)
  forgetLeg(world, leg)
  followTalks(world, call, at)
  settleTalks(world, call, at)
  if (!call.last || at >= call.last.at) call.last = { leg, at }
  world.unsettled.add(call)
}

/** What was dialled and not answered. */
function finishDial(world: FsWorld, leg: Leg, at: number): void {
  const { call } = leg
  const end = leg.end
  if (!end) return
  const gaveUp = callerGaveUp(world, leg)
  const agent = agentAt(world, leg)
  if (leg.role === 'external') {
    endExternal(world, leg, at, leg.answeredAt === null ? externalOutcomeOf(end, gaveUp) : 'answered')
  } else if (isCustomerLeg(leg)) {
    if (leg.answeredAt !== null) return
    const cause = notConnectedCauseOf(end, gaveUp)
    call.notConnectedTold = true
    tell(world, call, factId(leg.uuid, 'customer-not-connected'), at, { type: 'customer-not-connected', cause })
    if (cause === 'busy' || cause === 'rejected') call.released ??= { by: 'customer', at }
  } else if (agent && leg.dialled && leg.rings) {
    leg.rings = false
    // Answered, and gone before anybody heard her.
    const outcome = leg.answeredAt === null ? ringOutcomeOf(end, gaveUp) : 'withdrawn'
    tell(world, call, factId(leg.uuid, 'agent-ring-ended'), at, { type: 'agent-ring-ended', agent, outcome })
  }
}

/** Had whoever this leg was dialled for hung up before? */
function callerGaveUp(world: FsWorld, leg: Leg): boolean {
  const waiting = leg.call.queue?.leg ?? null
  const parent = leg.parent === null ? null : legOf(world, leg.parent)
  return [waiting, parent].some((one) => one !== null && one !== leg && (one.hangingUpAt !== null || one.end !== null))
}

function noteRelease(world: FsWorld, leg: Leg, at: number): void {
  const { call, end } = leg
  const by = end && hungUpHere(end) && !leftByTransfer(end) ? partyAt(world, leg) : null
  if (!by) return
  if (!call.released || at - call.released.at > SAME_END_MS) call.released = { by, at }
  tell(world, call, factId(leg.uuid, 'hangup-requested'), at, { type: 'hangup-requested', by })
}

/** Whose wish it is; null: of nobody whose leaving ends the call (a phone that rings, an external line). */
function partyAt(world: FsWorld, leg: Leg): ReleasingParty | null {
  if (leg.kind === 'local' || leg.role === 'external') return null
  if (agentAt(world, leg)) return leg.dialled && leg.answeredAt === null ? null : 'agent'
  if (isCustomerLeg(leg)) return leg.answeredAt === null ? null : 'customer'
  // Two phones joined through a virtual number: who calls it is the agent's side.
  return typeOf(world, leg.call) === 'virtual-number' ? 'agent' : 'customer'
}

/** Ends a call whose legs are all gone, once nothing more can be said about it. Returns whether it waits for that. */
export function settleEnd(world: FsWorld, call: FsCall, at: number): boolean {
  const { last } = call
  if (call.ended || call.legs.size > 0 || !last) return false
  const waitMs = call.queue ? FINALISE_MS : END_DELAY_MS
  if (at - last.at < waitMs) return true
  closeQueue(world, call, last.at)
  settleTalks(world, call, at + FINALISE_MS)
  resolveTransfer(world, call, {})
  tellNeverConnected(world, call, last.at)
  const { released } = call
  // Who left long before the last one did not end the call: the dialplan went on without her, and ended it.
  const goneOn = released !== null && last.at - released.at > FINALISE_MS
  endCall(world, call, { at: last.at, releasedBy: goneOn ? 'system' : (released?.by ?? 'system'), estimated: false })
  return false
}

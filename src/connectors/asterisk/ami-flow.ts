// The customer's way through the PBX: menus and keys, queues, transfers, recordings, the wish to hang up. Called by
// ami-to-call-event.ts. The dialplan's marks (UserEvent CCFlow) tell most; without them DTMF and queue events do.
import type { QueueOutcome } from '../../calls/vocabulary.ts'
import { byName } from '../by-name.ts'
import { describeAgain, leaveQueue, tell, typeOf } from './ami-calls.ts'
import { hasCustomerLeft, isCustomer, isCustomerLeg } from './ami-customer.ts'
import { dialExternal, endExternal, noteRedirect, resolveTransfer } from './ami-destinations.ts'
import { type AmiCall, type AmiWorld, agentAt, type Channel } from './ami-world.ts'
import { cleanNumber } from './endpoints.ts'

/** A dialplan waits up to 5 s for the next digit before it acts on a key, and so before it marks it. */
export const KEY_DELAY_MS = 6_000

const SAME_REFUSAL_MS = 500
/** A key's mark, and what it leads to. */
const SAME_MARK_MS = 100

export interface FlowMark {
  step: string
  node: string
  key: string
  status: string
}

/** UserEvent(CCFlow,Step: …): the dialplan says where the customer is. */
export function followMark(world: AmiWorld, channel: Channel, mark: FlowMark, at: number): void {
  const call = channel.call
  if (!call) return
  const subject = channel.uniqueid
  const node = mark.node ? { node: mark.node.slice(0, 200) } : {}
  switch (mark.step) {
    case 'ivr':
      call.ivrTold = true
      if (isCustomer(world, call, channel)) noteRedirect(world, call, { at, to: {} })
      tell(world, call, at, subject, { type: 'ivr-entered', ...node })
      return
    case 'key':
    case 'invalid':
      call.keysAreMarked = true
      forgetMarkedKeys(call, mark.key)
      call.markedKeys = { keys: mark.key, at }
      tellHeardKeys(world, call)
      if (mark.key && !isRetoldKey(world, call, mark.key, at))
        tell(world, call, at, subject, { type: 'key-pressed', key: mark.key.slice(0, 32), ...node })
      return
    case 'external':
      tellHeardKeys(world, call)
      dialExternal(world, call, { number: cleanNumber(mark.node), leg: null, at })
      return
    case 'external-end':
      // No leg was ever made: the line could not be had.
      if (call.external && call.external.leg === null) {
        const outcome = mark.status === 'BUSY' ? 'busy' : mark.status === 'NOANSWER' ? 'no-answer' : 'failed'
        endExternal(world, call, { at, subject, outcome })
      }
      return
    case 'unbound':
      call.unbound = true
      describeAgain(world, call, at)
      return
    case 'queue-end':
      endQueueByMark(world, call, channel, mark, at)
      return
  }
}

/** How a queue that is left without an answer says so (QUEUESTATUS). */
const OUTCOME_OF_STATUS = byName<QueueOutcome>({
  TIMEOUT: 'timeout',
  JOINEMPTY: 'refused',
  JOINUNAVAIL: 'refused',
  FULL: 'refused',
  LEAVEEMPTY: 'refused',
  LEAVEUNAVAIL: 'refused',
  WITHDRAW: 'moved',
})

function endQueueByMark(world: AmiWorld, call: AmiCall, channel: Channel, mark: FlowMark, at: number): void {
  const outcome = OUTCOME_OF_STATUS.get(mark.status)
  if (!outcome) return
  if (call.queue) {
    leaveQueue(world, call, { at, subject: channel.uniqueid, outcome })
    return
  }
  // A queue that turns callers away at its door makes no event of its own.
  const name = mark.node || call.marks.get('CC_SKILL')
  if (outcome !== 'refused' || !name || /^LEAVE/.test(mark.status)) return
  // The PBX's records say the same a moment before the mark does.
  if (call.refusal?.queue === name && Math.abs(at - call.refusal.at) < SAME_REFUSAL_MS) return
  call.refusal = { queue: name, at }
  tellHeardKeys(world, call)
  call.wasQueued = true
  const skillGroup = { id: name.slice(0, 200) }
  tell(world, call, at, channel.uniqueid, { type: 'queue-entered', skillGroup })
  tell(world, call, at, channel.uniqueid, { type: 'queue-left', skillGroup, outcome })
}

export function enterQueue(world: AmiWorld, channel: Channel, name: string, at: number, mark?: string): void {
  const call = channel.call
  if (!call || !name || (call.queue?.name === name && call.queue.waiting === channel)) return
  tellHeardKeys(world, call)
  const skillGroup = { id: name.slice(0, 200) }
  if (isCustomer(world, call, channel)) noteRedirect(world, call, { at, to: { toSkillGroup: skillGroup } })
  resolveTransfer(world, call, { toSkillGroup: skillGroup })
  call.queue = { name, waiting: channel }
  call.wasQueued = true
  call.lastQueue = { name, at, connection: world.connection }
  tell(world, call, at, channel.uniqueid, { type: 'queue-entered', skillGroup }, mark)
  describeAgain(world, call, at)
}

/** QueueCallerAbandon also comes at a time limit: only who asked to hang up has abandoned. */
export function abandonQueue(world: AmiWorld, channel: Channel, at: number): void {
  const call = channel.call
  if (!call?.queue || call.queue.waiting !== channel) return
  const outcome = channel.hangupRequest ? 'abandoned' : 'timeout'
  leaveQueue(world, call, { at, subject: channel.uniqueid, outcome })
}

/** QueueCallerLeave, where no abandon came before: answered, or moved on by a key or a redirect. */
export function leaveQueueSomehow(world: AmiWorld, channel: Channel, at: number): void {
  const call = channel.call
  if (!call?.queue || call.queue.waiting !== channel) return
  const { name } = call.queue
  // Of a phone that rang when the connection was made nobody said which queue rings it; it belongs to the one there is.
  const answered = [...call.channels].some(
    (other) => other.up && (other.member ? other.member.queue === name : call.rings.has(other)),
  )
  const outcome = answered ? 'answered' : channel.hangupRequest ? 'abandoned' : 'moved'
  leaveQueue(world, call, { at, subject: channel.uniqueid, outcome })
}

/** DTMF of the customer where nobody talks with her: a key of a menu, if no mark says it better. */
export function hearKey(world: AmiWorld, channel: Channel, key: string, at: number): void {
  const call = channel.call
  const isRetold = world.isRetelling
  if (!call || (call.keysAreMarked && !isRetold) || !key || channel.bridge !== null || call.talks.size > 0) return
  if (call.heardKeys.length >= 100 || !isCustomer(world, call, channel)) return
  call.heardKeys.push({ key: key.slice(0, 32), at, subject: channel.uniqueid, isRetold })
  world.unsettled.add(call)
}

/** At the edge of a gap CEL has told where the key led, and the key with it, a moment before its mark is heard. */
function isRetoldKey(world: AmiWorld, call: AmiCall, marked: string, at: number): boolean {
  const told = call.retoldKeys
  call.retoldKeys = null
  return (
    told !== null && told.keys === marked && Math.abs(at - told.at) < Math.max(SAME_MARK_MS, world.gap?.apartMs ?? 0)
  )
}

/** A mark stands for the last keys that were heard, as many as it has. */
function forgetMarkedKeys(call: AmiCall, marked: string): void {
  const heard = call.heardKeys.map(({ key }) => key).join('')
  if (marked && heard.endsWith(marked)) call.heardKeys.splice(-marked.length)
}

/** Keys that no mark has told by the time the customer has left the menu. */
export function tellHeardKeys(world: AmiWorld, call: AmiCall): void {
  const keys = call.heardKeys
  call.heardKeys = []
  const retold = keys.filter(({ isRetold }) => isRetold)
  if (retold.length > 0) call.retoldKeys = { keys: retold.map(({ key }) => key).join(''), at: world.now }
  // Where nobody listened no mark was heard either.
  for (const { key, at, subject, isRetold } of keys)
    if (isRetold || !call.keysAreMarked) tell(world, call, at, subject, { type: 'key-pressed', key })
}

/** Returns whether keys still wait for a mark. */
export function settleKeys(world: AmiWorld, call: AmiCall, at: number): boolean {
  const first = call.heardKeys[0]
  if (first && at - first.at >= KEY_DELAY_MS) tellHeardKeys(world, call)
  return call.heardKeys.length > 0
}

/** MixMonitorStart: one recording a call; it follows the channel through transfers. Stopped and begun again, it was paused. */
export function startRecording(world: AmiWorld, channel: Channel, at: number): void {
  const call = channel.call
  channel.recorded = true
  if (!call) return
  const stoppedAt = call.recordingStoppedAt
  call.recordingStoppedAt = null
  if (call.recordingTold && stoppedAt !== null) {
    tell(world, call, stoppedAt, channel.uniqueid, { type: 'recording-paused', n: 1 })
    tell(world, call, at, channel.uniqueid, { type: 'recording-resumed', n: 1 })
  }
  if (call.recordingTold) return
  call.recordingTold = true
  tell(world, call, at, channel.uniqueid, { type: 'recording-started', n: 1 })
}

/** MixMonitorMute (Asterisk ≥ 18.3): paused while any direction is muted. The recorder writes silence meanwhile. */
export function muteRecording(
  world: AmiWorld,
  channel: Channel,
  { direction, isMuted, at }: { direction: string; isMuted: boolean; at: number },
): void {
  const { call, mutedDirections } = channel
  if (!call) return
  const wasPaused = mutedDirections.size > 0
  for (const one of direction === 'both' ? ['read', 'write'] : [direction])
    if (isMuted) mutedDirections.add(one)
    else mutedDirections.delete(one)
  const isPaused = mutedDirections.size > 0
  if (isPaused !== wasPaused)
    tell(world, call, at, channel.uniqueid, { type: isPaused ? 'recording-paused' : 'recording-resumed', n: 1 })
}

/** MixMonitorStop: only for StopMixMonitor, which is also how a recording is paused where its rest is appended. */
export function stopRecording(world: AmiWorld, channel: Channel, at: number): void {
  const { call } = channel
  if (!channel.recorded || !call) return
  endRecording(world, channel, at)
  if (![...call.channels].some((other) => other.recorded)) call.recordingStoppedAt = at
}

/** No event says that a recording is finished: the end of the recorded channel does. */
export function endRecording(world: AmiWorld, channel: Channel, at: number): void {
  const call = channel.call
  if (!channel.recorded || !call) return
  channel.recorded = false
  if ([...call.channels].some((other) => other.recorded)) return
  tell(world, call, at, channel.uniqueid, { type: 'recording-ready', n: 1 })
}

/** HangupRequest: somebody's phone, or her network, asks for the end. Of a Local half it is an echo. */
export function requestHangup(world: AmiWorld, channel: Channel, request: { at: number; cause: number }): void {
  const { call, kind } = channel
  const first = channel.hangupRequest === null
  channel.hangupRequest = request
  if (!call || !first || kind === 'local' || kind === 'machinery') return
  const by = askerOf(world, call, channel)
  if (!by || hasCustomerLeft(world, call)) return
  tellHeardKeys(world, call)
  call.releasedBy = by
  if (channel === call.root || channel.up) call.askedToEndAt = request.at
  tell(world, call, request.at, channel.uniqueid, { type: 'hangup-requested', by })
}

/** Whose wish it is; null: of nobody whose leaving ends the call (a phone that rings, an external line, a refusal). */
function askerOf(world: AmiWorld, call: AmiCall, channel: Channel): 'agent' | 'customer' | null {
  if (call.rings.has(channel) && !channel.up) return null
  if (agentAt(world, channel)) return 'agent'
  if (channel.leg === 'external') return null
  if (isCustomerLeg(world, call, channel)) return channel.up ? 'customer' : null
  // Two phones joined through a virtual number: who calls it is the agent's side.
  return typeOf(world, call) === 'virtual-number' ? 'agent' : 'customer'
}

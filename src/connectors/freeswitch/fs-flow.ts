// The customer's way through FreeSWITCH: menus and keys, queues, transfers, recordings. Called by
// esl-to-call-event.ts.
import type { AgentRef } from '../../calls/call-event.ts'
import { byName } from '../by-name.ts'
import { withoutDomain } from './endpoints.ts'
import { type EslEvent, instant, text, texts } from './esl-event.ts'
import { countedId, factId, fileNameOf, micros } from './fact-ids.ts'
import { agentAt, describeAgain, isCustomer, startCall, tell } from './fs-calls.ts'
import { numberInHop, resolveTransfer } from './fs-destinations.ts'
import { type FsCall, type FsWorld, type Leg, legOf } from './fs-world.ts'
import { hungUpHere, queueOutcomeOf } from './hangup-causes.ts'

/** Counted per leg; a menu that never ends is not told more often. */
const COUNTED_MAX = 1_000
/** transfer_history tells of an attended transfer this soon. */
const HAND_OVER_MS = 3_000
/** Recordings of one call that have a number; events carry no larger one. */
const RECORDINGS_MAX = 99

/** menu::enter, or the dialplan's own word (CUSTOM callbook::flow). */
export function enterMenu(world: FsWorld, leg: Leg, name: string, at: number): void {
  const node = name.trim().slice(0, 200)
  const n = (leg.menus.get(node) ?? 0) + 1
  if (n > COUNTED_MAX || (leg.menus.size > COUNTED_MAX && n === 1)) return
  leg.menus.set(node, n)
  const id = countedId(leg.uuid, 'ivr-entered', leg.complete ? n : null, at, node || '-')
  tell(world, leg.call, id, at, { type: 'ivr-entered', ...(node ? { node } : {}) })
}

/** A key counts while nobody talks: what is pressed in a talk is for the other side's ears. */
export function pressKey(world: FsWorld, leg: Leg, key: string, at: number): void {
  leg.keys++
  const { call } = leg
  if (!key || leg.keys > COUNTED_MAX || leg.bridgedTo !== null || call.talks.size > 0) return
  startCall(world, call)
  if (!isCustomer(world, leg)) return
  const id = countedId(leg.uuid, 'key-pressed', leg.complete ? leg.keys : null, at)
  tell(world, call, id, at, { type: 'key-pressed', key: key.slice(0, 32) })
}

/** member-queue-start; `-resume`: a caller who had left came back to her place. */
export function enterQueue(world: FsWorld, leg: Leg, event: EslEvent, at: number): void {
  const { call } = leg
  const name = text(event, 'CC-Queue') || text(event, 'variable_cc_queue')
  const joined = text(event, 'CC-Member-Joined-Time') || text(event, 'variable_cc_queue_joined_epoch')
  const id = withoutDomain(name).slice(0, 200)
  if (!id || (call.queue?.id === id && call.queue.leg === leg)) return
  resolveTransfer(world, call, { toSkillGroup: { id } })
  call.queue = { id, joined, leg }
  call.wasQueued = true
  const resumed = text(event, 'CC-Action') === 'member-queue-resume'
  const which = resumed ? `${id}:${joined}:${micros(at)}` : `${id}:${joined}`
  tell(world, call, factId(leg.uuid, 'queue-entered', which), at, { type: 'queue-entered', skillGroup: { id } })
}

/** member-queue-end. Of an answered call it comes when the talk is over, and says nothing new. */
export function endQueue(world: FsWorld, leg: Leg, event: EslEvent, at: number): void {
  const { call } = leg
  if (!call.queue || call.queue.leg !== leg) return
  if (text(event, 'CC-Cause') !== 'Cancel') {
    call.queue = null
    return
  }
  // It comes a moment after the caller's own end.
  leaveQueue(world, call, leg.end ? Math.min(at, leg.endedAt) : at, queueOutcomeOf(text(event, 'CC-Cancel-Reason')))
}

export function leaveQueue(
  world: FsWorld,
  call: FsCall,
  at: number,
  outcome: 'timeout' | 'abandoned' | 'moved' | null,
): void {
  const { queue } = call
  if (!queue) return
  call.queue = null
  const id = factId(queue.leg.uuid, 'queue-left', `${queue.id}:${queue.joined}`)
  const fact = { type: 'queue-left' as const, skillGroup: { id: queue.id }, ...(outcome ? { outcome } : {}) }
  tell(world, call, id, at, fact)
}

/** The call is over and the queue has not said so: how its caller left says it. */
export function closeQueue(world: FsWorld, call: FsCall, at: number): void {
  const end = call.queue?.leg.end
  leaveQueue(world, call, at, end && hungUpHere(end) ? 'abandoned' : null)
}

/** The kinds of hop in transfer_history that move somebody on; `uuid_br` is only how a queue connects. */
const KIND_OF_HOP = byName<'blind' | 'attended'>({ bl_xfer: 'blind', att_xfer: 'attended' })

/** transfer_history grows with every hop of a leg; a hop counts once an agent has talked. */
export function followTransfers(world: FsWorld, leg: Leg, event: EslEvent, at: number): void {
  for (const entry of texts(event, 'variable_transfer_history')) {
    const [second = '', id = '', hop = '', ...rest] = entry.split(':')
    if (!id || leg.transfersSeen.has(id) || leg.transfersSeen.size > COUNTED_MAX) continue
    leg.transfersSeen.add(id)
    const kind = KIND_OF_HOP.get(hop)
    const { call } = leg
    if (!kind || !(call.agentTalked || (call.customerAnswered && call.root?.kind === 'agent'))) continue
    // A hop from before the talk that was not seen when it happened: told in whole seconds.
    if (call.talkedSince !== null && Number(second) * 1_000 + 999 < call.talkedSince) continue
    // The bridge of the customer and whoever was consulted has said so already.
    if (kind === 'attended' && call.handedOverAt !== null && at - call.handedOverAt < HAND_OVER_MS) continue
    const from = talkingAgent(world, call, leg)
    // Nobody has moved the customer on: the platform's first hop of a call that it dialled itself.
    if (!from) continue
    resolveTransfer(world, call, {})
    const made = instant(event, 'Caller-Profile-Created-Time')
    const since = made !== null && at - made < 10_000 ? Math.min(made, at) : at
    call.transfer = {
      id: factId(leg.uuid, 'transferred', id),
      at: since,
      kind,
      from,
      number: numberInHop(rest.join(':')),
    }
    world.unsettled.add(call)
  }
}

function talkingAgent(world: FsWorld, call: FsCall, moved: Leg): AgentRef | null {
  const talking = [...call.talks].find(([leg, talk]) => leg !== moved && talk.agent !== null)?.[1].agent
  const dialling = call.root && call.root !== moved ? agentAt(world, call.root) : null
  return talking ?? call.lastTalk?.agent ?? dialling
}

export function startRecording(world: FsWorld, leg: Leg, path: string, at: number): void {
  const file = fileNameOf(path)
  const { call } = leg
  if (!file || call.recordings.has(file) || call.recordings.size >= RECORDINGS_MAX) return
  const n = call.recordings.size + 1
  call.recordings.set(file, n)
  tell(world, call, factId(call.id, 'recording-started', file), at, { type: 'recording-started', n })
}

/** RECORD_STOP: the file is whole. It comes after the leg's own end where that ended it. */
export function endRecording(world: FsWorld, leg: Leg, path: string, at: number): void {
  const file = fileNameOf(path)
  const n = leg.call.recordings.get(file)
  if (n === undefined) return
  tell(world, leg.call, factId(leg.call.id, 'recording-ready', file), at, { type: 'recording-ready', n })
}

/** The variables that dialplans and diallers mark calls with; FreeSWITCH does not tell small letters from capital ones. */
const MARKS = ['CC_TYPE', 'CC_CUSTOMER', 'CC_DID', 'CC_SKILL'] as const

export function learnMarks(world: FsWorld, leg: Leg, event: EslEvent, at: number): void {
  const direction = text(event, 'variable_call_direction') || text(event, 'variable_cr_direction')
  if (direction) leg.directionMark = direction.toLowerCase()
  const { call } = leg
  let isNew = false
  for (const name of MARKS) {
    const value = text(event, `variable_${name}`) || text(event, `variable_${name.toLowerCase()}`)
    if (!value || call.marks.has(name)) continue
    call.marks.set(name, value.slice(0, 200))
    isNew = true
  }
  if (isNew) describeAgain(world, call, at)
}

/** The leg that an application names by its uuid. */
export function legNamedIn(world: FsWorld, data: string): Leg | null {
  const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(data)?.[0]
  return uuid ? legOf(world, uuid) : null
}

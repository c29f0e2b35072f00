// What FreeSWITCH answers when asked what is going on, and what a new connection means for what was believed: calls in
// progress become known, calls that are no longer there are ended, at the best guess of when. Called by esl-reader.ts.

import { withoutDomain } from './endpoints.ts'
import { type EslEvent, instant, text } from './esl-event.ts'
import { factId, micros } from './fact-ids.ts'
import { endCall, startCall, tell } from './fs-calls.ts'
import { enterQueue } from './fs-flow.ts'
import { endLeg, FINALISE_MS } from './fs-hangup.ts'
import { answerLeg, legRings, meetLeg } from './fs-legs.ts'
import { bridgeLegs, hold } from './fs-talks.ts'
import { callOf, type FsCall, type FsWorld, type Leg, legOf, refOf } from './fs-world.ts'

/** One row of `show channels as json`, with its `uuid_dump`. */
export interface LiveChannel {
  uuid: string
  /** As they were when the channel was made: `initial_cid_num`, `initial_dest`. */
  callerNumber: string
  number: string
  dump: EslEvent
}

/** A new connection. Whatever happened since the last one was missed, so that nothing can be counted on. */
export function beginConnection(world: FsWorld): void {
  world.connection++
  for (const leg of world.legs.values()) leg.complete = false
}

/**
 * All channels that there are. `core`: the run of the server; another one than before has lost every call of its
 * predecessor, at `disconnectedAt` at the latest.
 */
export function applySnapshot(
  world: FsWorld,
  channels: readonly LiveChannel[],
  taken: { at: number; core: string; disconnectedAt: number | null },
): void {
  const { at, core, disconnectedAt } = taken
  if (at > world.now) world.now = at
  const restarted = world.core !== '' && core !== '' && core !== world.core
  if (core) world.core = core
  // Legs before those that were dialled for them: so each finds its call.
  const rows = [...channels].sort((a, b) => createdAtOf(a) - createdAtOf(b))
  for (const row of rows) meetChannel(world, row, at)
  for (const row of rows) connectChannel(world, row, at)
  for (const leg of world.legs.values()) {
    if (leg.heardIn >= world.connection) continue
    leg.lostAt = restarted ? Math.min(at, Math.max(disconnectedAt ?? at, leg.heardAt)) : at
    world.unsettled.add(leg.call)
  }
  for (const id of world.storedCalls)
    if (!callOf(world, id)) endStoredCall(world, id, restarted ? (disconnectedAt ?? at) : at)
  world.storedCalls.clear()
}

function createdAtOf({ dump }: LiveChannel): number {
  return instant(dump, 'Caller-Channel-Created-Time') ?? 0
}

function meetChannel(world: FsWorld, { uuid, callerNumber, number, dump }: LiveChannel, at: number): void {
  if (text(dump, 'Unique-ID') !== uuid) return
  const known = legOf(world, uuid)
  if (known) {
    known.heardIn = world.connection
    known.heardAt = Math.max(known.heardAt, at)
    known.lostAt = null
  }
  if (known?.end) return
  const leg = known ?? meetLeg(world, dump, { at, complete: false, beginning: { callerNumber, number } })
  if (!leg) return
  // On its way out: its last words come now, or came before we listened.
  if (text(dump, 'Answer-State') === 'hangup') leg.lostAt = at
  // The flow of a call that was there before us begins with what its legs show.
  startCall(world, leg.call)
  const answeredAt = instant(dump, 'Caller-Channel-Answered-Time')
  const progressed = ['Caller-Channel-Progress-Time', 'Caller-Channel-Progress-Media-Time']
  if (progressed.some((field) => instant(dump, field) !== null)) legRings(world, leg, dump, at)
  if (answeredAt !== null) answerLeg(world, leg, answeredAt)
}

/** Bridges, queues and holds, once all legs are known. */
function connectChannel(world: FsWorld, { uuid, dump }: LiveChannel, at: number): void {
  const leg = world.legs.get(uuid)
  if (!leg) return
  const bridgedAt = instant(dump, 'Caller-Channel-Bridged-Time')
  const partner = world.legs.get(text(dump, 'variable_signal_bond') || text(dump, 'variable_bridge_uuid'))
  if (bridgedAt !== null && partner && leg.bridgedTo !== partner) bridgeLegs(world, leg, partner, bridgedAt)
  if (isWaiting(dump) && leg.bridgedTo === null) {
    // The queue tells whole seconds: exact enough, and the same as its own event's name for it.
    const joinedAt = Number(text(dump, 'variable_cc_queue_joined_epoch')) * 1000
    enterQueue(world, leg, dump, joinedAt > 0 ? Math.max(joinedAt, leg.createdAt) : at)
  }
  recallTalk(world, leg, dump, at)
  if (text(dump, 'Channel-Call-State') === 'HELD') hold(world, leg, dump, at)
}

/** A caller whom a queue had connected with an agent who is gone: the queue's variables still say who she was. */
function recallTalk(world: FsWorld, leg: Leg, dump: EslEvent, at: number): void {
  const id = withoutDomain(text(dump, 'variable_cc_agent')).slice(0, 200)
  const agentLeg = text(dump, 'variable_cc_agent_uuid')
  const since = instant(dump, 'Caller-Channel-Bridged-Time')
  const isAnswered =
    text(dump, 'variable_cc_side') === 'member' && text(dump, 'variable_cc_queue_answered_epoch') !== ''
  if (!isAnswered || !id || !agentLeg || since === null || legOf(world, agentLeg)) return
  const { call } = leg
  const queue = withoutDomain(text(dump, 'variable_cc_queue')).slice(0, 200)
  const agent = refOf(world, id)
  const skillGroup = queue ? { skillGroup: { id: queue } } : {}
  call.agentTalked = true
  call.talkedSince ??= since
  tell(world, call, factId(agentLeg, 'agent-answered', micros(since)), since, {
    type: 'agent-answered',
    agent,
    ...skillGroup,
  })
  const until = Number(text(dump, 'variable_cc_queue_terminated_epoch')) * 1000 || at
  call.lastTalk = { agent, endedAt: Math.max(until, since) }
  tell(world, call, factId(agentLeg, 'agent-left', micros(since)), call.lastTalk.endedAt, { type: 'agent-left', agent })
}

function isWaiting(dump: EslEvent): boolean {
  if (text(dump, 'variable_cc_side') !== 'member') return false
  return text(dump, 'variable_cc_cause') === '' && text(dump, 'variable_cc_queue_answered_epoch') === ''
}

/**
 * Legs that FreeSWITCH no longer has, though nobody said that they hung up: their last words may still be on the way.
 * Returns whether that is waited for.
 */
export function settleLost(world: FsWorld, call: FsCall, at: number): boolean {
  const lost = [...call.legs].filter((leg) => leg.lostAt !== null)
  if (lost.length === 0) return false
  const since = Math.max(...lost.map((leg) => leg.lostAt ?? 0))
  if (world.now - since < FINALISE_MS && at - since < FINALISE_MS) return true
  if (lost.length === call.legs.size) {
    // A guess is not told to the millisecond.
    const heardAt = Math.max(call.lastToldAt, ...lost.map((leg) => leg.heardAt))
    endCall(world, call, { at: Math.max(Math.floor(since / 1000) * 1000, heardAt), releasedBy: null, estimated: true })
  }
  const end = { cause: '', sipStatus: '', disposition: '', endpointDisposition: '' }
  for (const leg of lost) endLeg(world, leg, end, Math.max(leg.lostAt ?? at, leg.heardAt))
  return false
}

function endStoredCall(world: FsWorld, id: string, at: number): void {
  world.out.push({
    id: `${id.slice(0, 150)}:call-ended:lost`,
    callId: id,
    at: Math.floor(at / 1000) * 1000,
    type: 'call-ended',
    estimated: true,
  })
}

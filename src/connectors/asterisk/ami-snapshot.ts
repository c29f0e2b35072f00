// What a PBX answers when asked what is going on, and what a new connection means for what was believed: calls in
// progress become known, calls that are no longer there are ended, at the best guess of when. Called by
// ami-to-call-event.ts with the rows of CoreShowChannels, Status, QueueStatus and BridgeList, in any order.
import {
  callOf,
  createCall,
  describe,
  describeAgain,
  endCall,
  joinCall,
  learnMarks,
  leaveQueue,
  reachesOut,
  startCall,
  tell,
  typeOf,
} from './ami-calls.ts'
import { dialExternal } from './ami-destinations.ts'
import { enterQueue } from './ami-flow.ts'
import { hangUp } from './ami-hangup.ts'
import { learnMember, noteRing } from './ami-legs.ts'
import { type AmiMessage, header, headers } from './ami-parser.ts'
import { endTalk, followTalks } from './ami-talks.ts'
import {
  type AmiCall,
  type AmiWorld,
  addChannel,
  agentAt,
  type Channel,
  enterBridge,
  leaveBridge,
  renameChannel,
} from './ami-world.ts'
import { cleanName, cleanNumber } from './endpoints.ts'

/** Unknown channels are left to the snapshot for this long after a login. */
const SNAPSHOT_WAIT_MS = 10_000
/** Uptime is told in whole seconds. */
const UPTIME_STEP_MS = 1_000
const LISTS_MAX = 20
const ROWS_MAX = 100_000

/** FullyBooted, after each login. A PBX that is up for less long than we knew of a call has lost that call. */
export function beginConnection(world: AmiWorld, boot: { at: number; uptimeMs: number }): void {
  world.connection++
  world.connectedAt = boot.at
  world.snapshot.isQueueListed = false
  world.awaitingSnapshotUntil = boot.at + SNAPSHOT_WAIT_MS
  world.snapshot.dialled.clear()
  world.snapshot.waiting.clear()
  if (Number.isNaN(boot.uptimeMs)) return
  const bootedAt = boot.at - boot.uptimeMs
  const lost = [...world.channels.values()].filter((channel) => channel.heardAt < bootedAt - UPTIME_STEP_MS)
  // Its calls ended with the PBX, not when it came back: with its last sign of life, as far as anybody can tell.
  const endedAt = Math.min(bootedAt, world.lostAt ?? bootedAt)
  world.lostAt = null
  loseChannels(world, lost, endedAt)
  const stored = [...world.storedCalls].filter(
    (id) => !callOf(world, id) && startedBefore(id, bootedAt - UPTIME_STEP_MS),
  )
  for (const id of stored) endStoredCall(world, id, endedAt)
}

/** A unique id made by Asterisk begins (after the system's name) with the second in which it was made. */
function startedBefore(id: string, at: number): boolean {
  const second = /(?:^|-)(\d{10})\.\d+$/.exec(id)
  return second !== null && Number(second[1]) * 1000 < at
}

export function readListRow(world: AmiWorld, message: AmiMessage, at: number): void {
  switch (header(message, 'Event')) {
    case 'CoreShowChannel':
      listOf(world, message)?.rows.set(header(message, 'Uniqueid'), message)
      completeList(world, message, at)
      return
    case 'CoreShowChannelsComplete': {
      const list = listOf(world, message)
      if (list) list.expected = Number(header(message, 'ListItems')) || 0
      completeList(world, message, at)
      return
    }
    case 'Status':
      world.snapshot.dialled.set(header(message, 'Uniqueid'), header(message, 'DNID'))
      learnDialled(world, world.channels.get(header(message, 'Uniqueid')), at)
      return
    case 'QueueEntry': {
      const waitMs = (Number(header(message, 'Wait')) || 0) * 1000
      world.snapshot.waiting.set(header(message, 'Uniqueid'), { queue: header(message, 'Queue'), waitMs })
      learnWaiting(world, world.channels.get(header(message, 'Uniqueid')), at)
      return
    }
    case 'QueueStatusComplete':
      world.snapshot.isQueueListed = true
      return
    case 'QueueMember':
      learnMember(world, message)
      return
  }
}

function listOf(world: AmiWorld, message: AmiMessage) {
  const { lists } = world.snapshot
  const id = header(message, 'ActionID')
  let list = lists.get(id)
  if (!list) {
    list = { rows: new Map(), expected: null, done: false }
    lists.set(id, list)
    if (lists.size > LISTS_MAX) lists.delete(lists.keys().next().value ?? '')
  }
  return list.done || list.rows.size >= ROWS_MAX ? null : list
}

/** Rows and the end of the list may come in any order, and twice. */
function completeList(world: AmiWorld, message: AmiMessage, at: number): void {
  const list = listOf(world, message)
  if (!list || list.expected === null || list.rows.size < list.expected) return
  list.done = true
  // What a call's first channel carries counts before what others do.
  const isRoot = (row: AmiMessage) => header(row, 'Uniqueid') === header(row, 'Linkedid')
  const rows = [...list.rows.values()].sort((a, b) => Number(isRoot(b)) - Number(isRoot(a)))
  list.rows.clear()
  applyChannels(world, rows, at)
}

/** The list of all channels that there are. */
function applyChannels(world: AmiWorld, rows: AmiMessage[], at: number): void {
  const met = new Set<AmiCall>()
  const joined: Channel[] = []
  for (const row of rows) {
    const uniqueid = header(row, 'Uniqueid')
    if (!uniqueid || world.gone.has(uniqueid)) continue
    const known = world.channels.get(uniqueid)
    if (known) {
      known.heardIn = world.connection
      known.heardAt = Math.max(known.heardAt, at)
      const name = header(row, 'Channel')
      // Told again from queue_log, which has no names of channels.
      if (name && name !== known.name) {
        renameChannel(world, known, name)
        known.kind = world.endpoints.kindOf(name)
      }
      learnMarks(known, headers(row, 'ChanVariable'))
      seeBridge(world, known, row)
    } else {
      const found = meetChannel(world, row, at)
      if (found?.isNewCall) met.add(found.call)
      else if (found) joined.push(found.channel)
    }
  }
  world.awaitingSnapshotUntil = 0
  for (const channel of joined) takeOverTalk(world, channel)
  const lost = [...world.channels.values()].filter((channel) => channel.heardIn < world.connection)
  loseChannels(world, lost, at)
  for (const call of met) tellMet(world, call, at)
  for (const channel of joined) if (channel.call && !met.has(channel.call)) tellJoined(world, channel.call, channel, at)
  for (const call of new Set([...world.channels.values()].map((channel) => channel.call))) {
    if (!call || met.has(call)) continue
    describeAgain(world, call, at)
    followTalks(world, call, at, () => at)
    endWaiting(world, call, at)
  }
  for (const id of [...world.storedCalls]) if (!callOf(world, id)) endStoredCall(world, id, at)
  world.storedCalls.clear()
}

/** A channel of which nothing was known; its call may be known. */
function meetChannel(
  world: AmiWorld,
  row: AmiMessage,
  at: number,
): { channel: Channel; call: AmiCall; isNewCall: boolean } | null {
  const linkedid = header(row, 'Linkedid')
  const state = header(row, 'ChannelStateDesc')
  const uniqueid = header(row, 'Uniqueid')
  const createdAt = at - durationMs(header(row, 'Duration'))
  const isLeg =
    /^App(Dial2?|Queue)$/.test(header(row, 'Application')) || header(row, 'ApplicationData') === '(Outgoing Line)'
  const callerNumber = cleanNumber(header(row, 'CallerIDNum'))
  const channel = addChannel(world, {
    uniqueid,
    name: header(row, 'Channel'),
    at: createdAt,
    callerNumber,
    callerName: cleanName(header(row, 'CallerIDName')),
    exten: cleanNumber(world.snapshot.dialled.get(uniqueid) ?? ''),
    up: state === 'Up',
  })
  channel.heardAt = at
  if (channel.kind === 'machinery' || !linkedid) return null
  seeBridge(world, channel, row)
  const known = callOf(world, linkedid)
  const call = known ?? createCall(world, linkedid, channel, { at: createdAt, originated: false })
  call.fromSnapshot ||= known === null
  joinCall(call, channel)
  if (isLeg) {
    // On an outgoing line the number is the one that was dialled.
    channel.number = callerNumber
    channel.leg = channel.kind === 'trunk' ? 'customer' : null
  }
  learnMarks(channel, headers(row, 'ChanVariable'))
  if (!isLeg && (channel.uniqueid === linkedid || call.root.uniqueid !== linkedid)) {
    call.root = channel
    call.createdAt = Math.min(call.createdAt, createdAt)
  }
  const application = header(row, 'Application')
  if (application === 'Queue' && channel.bridge === null && !world.snapshot.waiting.has(uniqueid)) {
    const queue = header(row, 'ApplicationData').split(',')[0] ?? ''
    if (queue) world.snapshot.waiting.set(uniqueid, { queue, waitMs: 0 })
  } else if (application === 'Queue') {
    const queue = header(row, 'ApplicationData').split(',')[0] ?? ''
    for (const other of world.bridges.get(channel.bridge ?? '')?.channels ?? [])
      if (other !== channel) other.member ??= { id: null, name: null, queue, isLocal: false }
    channel.number ??= null
  }
  return { channel, call, isNewCall: known === null }
}

/** `00:01:06` (hours may have more digits). */
function durationMs(text: string): number {
  const parts = /^(\d+):(\d\d):(\d\d)$/.exec(text)
  return parts ? (Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3])) * 1000 : 0
}

function seeBridge(world: AmiWorld, channel: Channel, row: AmiMessage): void {
  // What has been told since the connection began may have happened after this row was written, though it came before.
  if (channel.bridgeToldAt >= world.connectedAt) return
  const id = header(row, 'BridgeId')
  if (id) enterBridge(world, channel, id, { talks: true, joins: true })
  else leaveBridge(world, channel)
}

/** Tells of a call that was there already, as far as its channels show. */
function tellMet(world: AmiWorld, call: AmiCall, at: number): void {
  // A call that the store has needs no beginning, and what it has is better than what can be guessed here.
  const stored = world.storedCalls.delete(call.id)
  const type = typeOf(world, call)
  for (const channel of call.channels) {
    if (type === 'inbound' && channel.leg === 'customer') channel.leg = 'external'
  }
  // Moved on by a transfer, the customer's channel runs the dialplan itself and no longer looks dialled.
  const hasCustomer = [...call.channels].some((channel) => channel.leg === 'customer')
  if (reachesOut(type) && !hasCustomer) {
    for (const channel of call.channels)
      if (channel.kind === 'trunk' && channel.uniqueid !== call.id && channel.leg === null) channel.leg = 'customer'
  }
  if (stored) call.told = describe(world, call)
  else startCall(world, call)
  const since = (channel: Channel) => (stored ? at : Math.max(channel.createdAt, call.createdAt))
  for (const channel of call.channels) learnWaiting(world, channel, at)
  for (const channel of call.channels) {
    const agent = agentAt(world, channel)
    if (agent && !channel.up && channel !== call.root) {
      const fact = noteRing(call, channel, { agent, at: since(channel) })
      tell(world, call, since(channel), channel.uniqueid, fact, 'snapshot')
    }
    if (channel.leg !== 'customer' && !(type === 'predictive' && channel === call.root)) continue
    if (!channel.up || !(reachesOut(type) || type === 'predictive')) continue
    call.customerAnswered = true
    tell(world, call, since(channel), channel.uniqueid, { type: 'customer-answered' }, 'snapshot')
  }
  followTalks(world, call, at, since)
}

/** Known by the queue's word alone, an agent's channel had a name of its own making: this is the one that she talks on. */
function takeOverTalk(world: AmiWorld, channel: Channel): void {
  const agent = agentAt(world, channel)
  const talks = channel.call?.talks
  if (!agent || !talks) return
  for (const [other, talk] of talks) {
    if (talk.agent?.id !== agent.id || other.heardIn >= world.connection) continue
    talks.delete(other)
    talks.set(channel, { ...talk, channel })
  }
}

/** The PBX no longer has the caller in the queue, and nobody answered: its time was over, as far as can be told. */
function endWaiting(world: AmiWorld, call: AmiCall, at: number): void {
  const { isQueueListed, waiting } = world.snapshot
  const caller = call.queue?.waiting
  if (!isQueueListed || !caller || waiting.has(caller.uniqueid)) return
  if ((call.lastQueue?.connection ?? 0) < world.connection)
    leaveQueue(world, call, { at, subject: caller.uniqueid, outcome: 'timeout' })
}

/** Tells of a channel that was not there when its call was last heard of. */
function tellJoined(world: AmiWorld, call: AmiCall, channel: Channel, at: number): void {
  const since = Math.min(at, Math.max(channel.createdAt, call.lastToldAt))
  if (typeOf(world, call) === 'inbound' && channel.leg === 'customer') channel.leg = 'external'
  const agent = agentAt(world, channel)
  if (agent && !channel.up && channel !== call.root && channel.bridge === null) {
    tell(world, call, since, channel.uniqueid, noteRing(call, channel, { agent, at: since }), 'snapshot')
    return
  }
  if (channel.leg === 'external' && call.external?.leg !== channel) {
    dialExternal(world, call, { number: channel.number, leg: channel, at: since })
    return
  }
  if (channel.leg !== 'customer' || !channel.up || call.customerAnswered || !reachesOut(typeOf(world, call))) return
  call.customerAnswered = true
  tell(world, call, since, channel.uniqueid, { type: 'customer-answered' }, 'snapshot')
}

function learnDialled(world: AmiWorld, channel: Channel | undefined, at: number): void {
  const call = channel?.call
  if (!channel || !call?.fromSnapshot || channel !== call.root || channel.exten !== null) return
  channel.exten = cleanNumber(world.snapshot.dialled.get(channel.uniqueid) ?? '')
  describeAgain(world, call, at)
}

function learnWaiting(world: AmiWorld, channel: Channel | undefined, at: number): void {
  const waiting = channel && world.snapshot.waiting.get(channel.uniqueid)
  if (!channel?.call?.told || !waiting || channel.call.queue || channel.bridge !== null) return
  const since = channel.call.fromSnapshot ? Math.max(channel.createdAt, at - waiting.waitMs) : at
  enterQueue(world, channel, waiting.queue, since, 'snapshot')
}

/** Channels that the PBX no longer has, though nobody said that they hung up. */
function loseChannels(world: AmiWorld, lost: Channel[], at: number): void {
  const gone = new Set(lost)
  const calls = new Set(lost.map((channel) => channel.call).filter((call) => call !== null))
  for (const call of calls) {
    if (![...call.channels].every((channel) => gone.has(channel))) continue
    const storedUntil = world.retoldCalls.get(call.id)?.lastAt ?? Number.NEGATIVE_INFINITY
    const lastHeardAt = Math.max(storedUntil, ...[...call.channels].map((channel) => channel.heardAt))
    // A guess is not told to the millisecond.
    const endedAt = Math.max(Math.floor(at / 1000) * 1000, lastHeardAt)
    for (const talk of call.talks.values()) talk.leftAt ??= endedAt
    for (const talk of [...call.talks.values()]) endTalk(world, call, talk, 'lost')
    endCall(world, call, { at: endedAt, subject: call.id, releasedBy: null, estimated: true })
  }
  // Of a call that goes on, only some have left; of one that ended, nothing more is told.
  for (const channel of lost) hangUp(world, channel, { at: Math.max(at, channel.heardAt), cause: 0 })
}

function endStoredCall(world: AmiWorld, id: string, at: number): void {
  world.storedCalls.delete(id)
  world.retoldCalls.delete(id)
  world.out.push({
    id: `${id.slice(0, 150)}:call-ended:lost`,
    callId: id,
    // Not before the last that was told of it, or the call would seem to go on.
    at: Math.ceil(at / 1000) * 1000,
    type: 'call-ended',
    estimated: true,
  })
}

// From AMI messages to call events: which message does what to the model of the PBX (ami-world.ts), and what is decided
// a moment later. Pure: the same messages in the same order give the same events with the same ids. Called by
// ami-reader.ts, which has put them in order. Facts behind it: Asterisk 22's AMI event documentation, tried on traces.
import type { CallEvent } from '../../calls/call-event.ts'
import { byName } from '../by-name.ts'
import { callOf, createCall, describeAgain, joinCall, learnMarks, START_DELAY_MS, startCall } from './ami-calls.ts'
import { settleTransfer, transferBlindly } from './ami-destinations.ts'
import {
  abandonQueue,
  enterQueue,
  followMark,
  hearKey,
  leaveQueueSomehow,
  muteRecording,
  requestHangup,
  settleKeys,
  startRecording,
  stopRecording,
  tellHeardKeys,
} from './ami-flow.ts'
import { hangUp } from './ami-hangup.ts'
import {
  answerChannel,
  beginDial,
  callMember,
  endDial,
  learnMember,
  legRings,
  missRing,
  settleLegs,
  settleRings,
} from './ami-legs.ts'
import type { TimedMessage } from './ami-order.ts'
import { type AmiMessage, header, headers } from './ami-parser.ts'
import { beginConnection, readListRow } from './ami-snapshot.ts'
import { followCallsOf, handOver, hold, mergeConnected, resume, settleTalks, superviseCall } from './ami-talks.ts'
import { type AmiWorld, addChannel, type Channel, enterBridge, leaveBridge, renameChannel } from './ami-world.ts'
import { cleanName, cleanNumber } from './endpoints.ts'

/** Takes the next message; returns what it says, and what time alone has decided since. */
export function applyMessage(world: AmiWorld, { message, at, isRetold }: TimedMessage): CallEvent[] {
  const name = header(message, 'Event')
  if (at > world.now) world.now = at
  world.isRetelling = isRetold
  if (isRetold && world.lostAt !== null && name !== 'FullyBooted') world.lostAt = Math.max(world.lostAt, at)
  settle(world, at)
  const channel = name ? hear(world, message, '', at) : null
  const dest = name && message.has('DestUniqueid') ? hear(world, message, 'Dest', at) : null
  const handler = handlers.get(name)
  if (handler) handler(world, { message, at, channel, dest })
  else readListRow(world, message, at)
  for (const call of [channel?.call, dest?.call]) if (call?.told) describeAgain(world, call, at)
  world.isRetelling = false
  return takeOut(world)
}

/** Nothing was said for a while: decides what only waited for time to pass. `at`: the PBX's time. */
export function applySilence(world: AmiWorld, at: number): CallEvent[] {
  if (at > world.now) world.now = at
  settle(world, at)
  return takeOut(world)
}

/** Something waits for time to pass. */
export function isUnsettled(world: AmiWorld): boolean {
  return world.unsettled.size > 0
}

function takeOut(world: AmiWorld): CallEvent[] {
  const out = world.out
  world.out = []
  return out
}

function settle(world: AmiWorld, at: number): void {
  for (const call of [...world.unsettled]) {
    if (call.told === null && at - call.createdAt >= START_DELAY_MS) startCall(world, call)
    const waiting = [
      call.told === null,
      settleTalks(world, call, at),
      settleLegs(world, call, at),
      settleRings(world, call, at),
      settleTransfer(world, call, at),
      settleKeys(world, call, at),
    ]
    if (!waiting.includes(true)) world.unsettled.delete(call)
  }
}

interface Said {
  message: AmiMessage
  at: number
  channel: Channel | null
  dest: Channel | null
}

/** Finds the channel that a message names, learns its marks, and makes it known if it was not. */
function hear(world: AmiWorld, message: AmiMessage, prefix: '' | 'Dest', at: number): Channel | null {
  const uniqueid = header(message, `${prefix}Uniqueid`)
  if (!uniqueid || world.gone.has(uniqueid)) return null
  const channel = world.channels.get(uniqueid) ?? meet(world, message, prefix, at)
  if (!channel) return null
  channel.heardIn = world.connection
  channel.heardAt = Math.max(channel.heardAt, at)
  learnMarks(channel, headers(message, `${prefix}ChanVariable`))
  if (channel.call && world.isRetelling && world.gap) channel.call.retoldFrom = world.gap.from
  return channel
}

/** Far more than a PBX has at a time. */
const CHANNELS_MAX = 50_000

/** Messages that say nothing about a channel being alive. */
const LAST_WORDS = new Set(['Hangup', 'HangupRequest', 'SoftHangupRequest', 'OriginateResponse', 'AgentComplete'])

/** A channel whose beginning was not seen. Right after a connection the snapshot knows more: it is left to that. */
function meet(world: AmiWorld, message: AmiMessage, prefix: '' | 'Dest', at: number): Channel | null {
  const name = header(message, `${prefix}Channel`)
  const linkedid = header(message, `${prefix}Linkedid`)
  const event = header(message, 'Event')
  if (!name || !linkedid || LAST_WORDS.has(event)) return null
  if (event !== 'Newchannel' && at < world.awaitingSnapshotUntil) return null
  // Channels whose end was never told would otherwise pile up: the oldest one makes room.
  const oldest = world.channels.size >= CHANNELS_MAX ? world.channels.values().next().value : undefined
  if (oldest) hangUp(world, oldest, { at, cause: 0 })
  const state = header(message, `${prefix}ChannelStateDesc`)
  const channel = addChannel(world, {
    uniqueid: header(message, `${prefix}Uniqueid`),
    name,
    at,
    callerNumber: cleanNumber(header(message, `${prefix}CallerIDNum`)),
    callerName: cleanName(header(message, `${prefix}CallerIDName`)),
    exten: cleanNumber(header(message, `${prefix}Exten`)),
    up: state === 'Up',
  })
  if (channel.kind === 'machinery') return channel
  const call =
    callOf(world, linkedid) ??
    createCall(world, linkedid, channel, { at, originated: state === 'Down' || state === 'Rsrvd' })
  joinCall(call, channel)
  return channel
}

const handlers = byName<(world: AmiWorld, said: Said) => void>({
  Newstate(world, { message, at, channel }) {
    if (!channel) return
    const state = header(message, 'ChannelStateDesc')
    if (state === 'Up') answerChannel(world, channel, at)
    else if (state === 'Ringing') legRings(world, channel, at)
  },
  Rename(world, { message, channel }) {
    const name = header(message, 'Newname')
    if (channel && name) renameChannel(world, channel, name)
  },
  DialBegin(world, { message, at, channel, dest }) {
    if (!dest) return
    // Whoever is put through has left the menu.
    if (dest.call && dest !== dest.call.root) tellHeardKeys(world, dest.call)
    const shownNumber = cleanNumber(header(message, 'CallerIDNum'))
    beginDial(world, { dialler: channel, dest, dialString: header(message, 'DialString'), shownNumber, at })
  },
  DialState(world, { message, at, dest }) {
    if (dest && /^(RINGING|PROGRESS)$/.test(header(message, 'DialStatus'))) legRings(world, dest, at)
  },
  DialEnd(world, { message, at, dest }) {
    if (dest) endDial(world, dest, header(message, 'DialStatus'), at)
  },
  OriginateResponse(world, { message, at }) {
    const call = world.channels.get(header(message, 'Uniqueid'))?.call
    const exten = cleanNumber(header(message, 'Exten'))
    if (!call || !exten || !/^\+?\d{5,}$/.test(exten)) return
    call.originateExten = exten
    describeAgain(world, call, at)
  },
  AgentCalled(world, said) {
    learnMember(world, said.message)
    if (said.dest) callMember(world, said.dest, memberOf(said.message))
  },
  AgentConnect(world, said) {
    learnMember(world, said.message)
    if (said.dest) callMember(world, said.dest, memberOf(said.message))
  },
  AgentRingNoAnswer(world, said) {
    learnMember(world, said.message)
    if (said.dest) missRing(world, said.dest)
  },
  QueueCallerJoin(world, { message, at, channel }) {
    if (channel) enterQueue(world, channel, header(message, 'Queue'), at)
  },
  QueueCallerAbandon(world, { at, channel }) {
    if (channel) abandonQueue(world, channel, at)
  },
  QueueCallerLeave(world, { at, channel }) {
    if (channel) leaveQueueSomehow(world, channel, at)
  },
  QueueMemberStatus: (world, { message }) => learnMember(world, message),
  QueueMemberAdded: (world, { message }) => learnMember(world, message),
  QueueMemberPause: (world, { message }) => learnMember(world, message),
  UserEvent(world, { message, at, channel }) {
    if (!channel || header(message, 'UserEvent') !== 'CCFlow') return
    followMark(
      world,
      channel,
      {
        step: header(message, 'Step'),
        node: header(message, 'Node'),
        key: header(message, 'Key'),
        status: header(message, 'Status'),
      },
      at,
    )
  },
  DTMFEnd(world, { message, at, channel }) {
    if (channel && header(message, 'Direction') === 'Received') hearKey(world, channel, header(message, 'Digit'), at)
  },
  BridgeEnter(world, { message, at, channel }) {
    if (!channel) return
    const id = header(message, 'BridgeUniqueid')
    channel.bridgeToldAt = at
    const bridge = enterBridge(world, channel, id, bridgeKind(message))
    mergeConnected(world, id, at)
    followCallsOf(world, [channel, ...bridge.channels], at)
  },
  BridgeLeave(world, { message, at, channel }) {
    if (!channel || channel.bridge !== header(message, 'BridgeUniqueid')) return
    const others = [...(world.bridges.get(channel.bridge)?.channels ?? [])]
    leaveBridge(world, channel)
    channel.leftBridgeAt = at
    channel.bridgeToldAt = at
    followCallsOf(world, [channel, ...others], at)
  },
  Hold: (world, { at, channel }) => channel && hold(world, channel, at),
  Unhold: (world, { at, channel }) => channel && resume(world, channel, at),
  BlindTransfer(world, { message, at }) {
    if (header(message, 'Result') !== 'Success') return
    transferBlindly(world, {
      transferer: channelNamed(world, message, 'TransfererUniqueid'),
      transferee: channelNamed(world, message, 'TransfereeUniqueid'),
      extension: header(message, 'Extension'),
      at,
    })
  },
  AttendedTransfer(world, { message, at }) {
    if (header(message, 'Result') !== 'Success') return
    handOver(world, {
      transferer: channelNamed(world, message, 'OrigTransfererUniqueid'),
      second: channelNamed(world, message, 'SecondTransfererUniqueid'),
      transferee: channelNamed(world, message, 'TransfereeUniqueid'),
      target: channelNamed(world, message, 'TransferTargetUniqueid'),
      at,
    })
  },
  ParkedCall(world, { message, at }) {
    const parkee = channelNamed(world, message, 'ParkeeUniqueid')
    if (parkee) parkee.parkedAt = at
  },
  ChanSpyStart: (world, { message, at }) => spy(world, message, { joins: true, at }),
  ChanSpyStop: (world, { message, at }) => spy(world, message, { joins: false, at }),
  MixMonitorStart: (world, { at, channel }) => channel && startRecording(world, channel, at),
  MixMonitorMute(world, { message, at, channel }) {
    if (channel)
      muteRecording(world, channel, {
        direction: header(message, 'Direction'),
        isMuted: header(message, 'State') === '1',
        at,
      })
  },
  MixMonitorStop: (world, { at, channel }) => channel && stopRecording(world, channel, at),
  HangupRequest(world, { message, at, channel }) {
    if (channel) requestHangup(world, channel, { at, cause: Number(header(message, 'Cause')) || 0 })
  },
  Hangup(world, { message, at, channel }) {
    if (channel) hangUp(world, channel, { at, cause: Number(header(message, 'Cause')) || 0 })
  },
  FullyBooted(world, { message, at }) {
    beginConnection(world, { at, uptimeMs: Number(header(message, 'Uptime') || Number.NaN) * 1000 })
  },
})

function channelNamed(world: AmiWorld, message: AmiMessage, field: string): Channel | null {
  return world.channels.get(header(message, field)) ?? null
}

function spy(world: AmiWorld, message: AmiMessage, event: { joins: boolean; at: number }): void {
  const spyee = channelNamed(world, message, 'SpyeeUniqueid')
  if (spyee) superviseCall(world, channelNamed(world, message, 'SpyerUniqueid'), spyee, event)
}

/** In a parking lot nobody hears the others; in a conference room everybody keeps her own call. */
function bridgeKind(message: AmiMessage): { talks: boolean; joins: boolean } {
  const waits = header(message, 'BridgeTechnology') === 'holding_bridge' || header(message, 'BridgeType') === 'parking'
  return { talks: !waits, joins: header(message, 'BridgeCreator') !== 'ConfBridge' }
}

function memberOf(message: AmiMessage): { queue: string; interface: string; name: string } {
  return {
    queue: header(message, 'Queue'),
    interface: header(message, 'Interface'),
    name: header(message, 'MemberName'),
  }
}

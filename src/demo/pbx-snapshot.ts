// What a PBX answers when asked for its calls in progress: the messages of each call told so far, folded into channels,
// bridges and waiting callers, and written as CoreShowChannels, Status, BridgeList and QueueStatus write them.
// Nothing is kept between two questions, so an answer cannot disagree with what was told.
import { type Headers, headerOf } from './ami-text.ts'
import type { ContactCentre } from './contact-centre.ts'

/** The block of headers that describes one channel, in Asterisk's order. */
const CHANNEL_KEYS = [
  'Channel',
  'ChannelState',
  'ChannelStateDesc',
  'CallerIDNum',
  'CallerIDName',
  'ConnectedLineNum',
  'ConnectedLineName',
  'Language',
  'AccountCode',
  'Context',
  'Exten',
  'Priority',
  'Uniqueid',
  'Linkedid',
]
/** Words that Asterisk puts before a second channel's headers in the same event. */
const PREFIXES = ['', 'Dest', 'LocalOne', 'LocalTwo', 'Transferee', 'TransferTarget', 'OrigTransferer', 'Source']
const BRIDGE_KEYS = [
  'BridgeUniqueid',
  'BridgeType',
  'BridgeTechnology',
  'BridgeCreator',
  'BridgeName',
  'BridgeNumChannels',
  'BridgeVideoSourceMode',
]

interface LiveChannel {
  block: Headers
  variables: string[]
  /** Epoch seconds. */
  bornAt: number
  /** The extension it came in with: the number that was dialled. */
  dialled: string
  bridge: string
  application: string
  applicationData: string
}

interface WaitingCaller {
  queue: string
  uniqueId: string
  since: number
}

export interface Snapshot {
  channels: Map<string, LiveChannel>
  bridges: Map<string, Headers>
  waiting: WaitingCaller[]
}

/** @param messages everything told about the calls in progress, each call's in order */
export function takeSnapshot(messages: Iterable<Headers>): Snapshot {
  const snapshot: Snapshot = { channels: new Map(), bridges: new Map(), waiting: [] }
  for (const message of messages) applyMessage(snapshot, message)
  return snapshot
}

function applyMessage(snapshot: Snapshot, message: Headers): void {
  const event = headerOf(message, 'Event')
  const at = Number(headerOf(message, 'Timestamp'))
  const uniqueId = headerOf(message, 'Uniqueid')
  if (event === 'Newchannel') snapshot.channels.set(uniqueId, newChannel(message, at))
  for (const prefix of PREFIXES) updateChannel(snapshot, message, prefix)
  const channel = snapshot.channels.get(uniqueId)
  switch (event) {
    case 'Hangup':
      snapshot.channels.delete(uniqueId)
      break
    case 'BridgeEnter':
      if (channel) channel.bridge = headerOf(message, 'BridgeUniqueid')
      setBridge(snapshot, message)
      break
    case 'BridgeLeave': {
      if (channel?.bridge === headerOf(message, 'BridgeUniqueid')) channel.bridge = ''
      setBridge(snapshot, message)
      break
    }
    case 'BridgeDestroy':
      snapshot.bridges.delete(headerOf(message, 'BridgeUniqueid'))
      break
    case 'QueueCallerJoin': {
      const queue = headerOf(message, 'Queue')
      snapshot.waiting.push({ queue, uniqueId, since: at })
      if (channel) {
        channel.application = 'Queue'
        channel.applicationData = `${queue},t,,,60`
      }
      break
    }
    case 'QueueCallerLeave':
      snapshot.waiting = snapshot.waiting.filter((caller) => caller.uniqueId !== uniqueId)
      break
    case 'DialBegin': {
      const dialled = snapshot.channels.get(headerOf(message, 'DestUniqueid'))
      const byQueue = channel?.application === 'Queue'
      if (dialled) {
        dialled.application = channel ? (byQueue ? 'AppQueue' : 'AppDial') : 'AppDial2'
        dialled.applicationData = '(Outgoing Line)'
      }
      if (channel && !byQueue) {
        channel.application = 'Dial'
        channel.applicationData = headerOf(message, 'DialString')
      }
      break
    }
  }
}

function newChannel(message: Headers, at: number): LiveChannel {
  return {
    block: [],
    variables: [],
    bornAt: at,
    dialled: headerOf(message, 'ChannelStateDesc') === 'Ring' ? headerOf(message, 'Exten') : '',
    bridge: '',
    application: 'WaitExten',
    applicationData: '',
  }
}

function updateChannel(snapshot: Snapshot, message: Headers, prefix: string): void {
  const channel = snapshot.channels.get(headerOf(message, `${prefix}Uniqueid`))
  const state = headerOf(message, `${prefix}ChannelState`)
  if (!channel || state === '') return
  channel.block = CHANNEL_KEYS.map((key) => [key, headerOf(message, `${prefix}${key}`)])
  channel.variables = message.filter(([key]) => key === `${prefix}ChanVariable`).map(([, value]) => value)
}

function setBridge(snapshot: Snapshot, message: Headers): void {
  const block: Headers = BRIDGE_KEYS.map((key) => [key, headerOf(message, key)])
  snapshot.bridges.set(headerOf(message, 'BridgeUniqueid'), block)
}

export function listChannels(snapshot: Snapshot, now: number): Headers[] {
  return [...snapshot.channels.values()].map((channel) => [
    ['Event', 'CoreShowChannel'],
    ...channel.block,
    ...channel.variables.map((value): [string, string] => ['ChanVariable', value]),
    ['Application', channel.application],
    ['ApplicationData', channel.applicationData],
    ['Duration', clockOf(now / 1000 - channel.bornAt)],
    ['BridgeId', channel.bridge],
  ])
}

export function listStatus(snapshot: Snapshot, now: number): Headers[] {
  return [...snapshot.channels.values()].map((channel) => [
    ['Event', 'Status'],
    ['Privilege', 'Call'],
    ...channel.block,
    ...channel.variables.map((value): [string, string] => ['ChanVariable', value]),
    ['Type', headerOf(channel.block, 'Channel').split('/')[0] ?? ''],
    ['DNID', channel.dialled],
    ['EffectiveConnectedLineNum', headerOf(channel.block, 'ConnectedLineNum')],
    ['EffectiveConnectedLineName', headerOf(channel.block, 'ConnectedLineName')],
    ['TimeToHangup', '0'],
    ['BridgeID', channel.bridge],
    ['Application', channel.application],
    ['Data', channel.applicationData],
    ['Nativeformats', '(alaw)'],
    ['Readformat', 'alaw'],
    ['Readtrans', ''],
    ['Writeformat', 'alaw'],
    ['Writetrans', ''],
    ['Callgroup', '0'],
    ['Pickupgroup', '0'],
    ['Seconds', String(Math.max(0, Math.floor(now / 1000 - channel.bornAt)))],
    ...channel.variables.map((value): [string, string] => ['Variable', value]),
  ])
}

export function listBridges(snapshot: Snapshot): Headers[] {
  return [...snapshot.bridges.values()].map((block) => [['Event', 'BridgeListItem'], ...block])
}

/** @param only the one queue that was asked for; '' = all */
export function listQueues(snapshot: Snapshot, centre: ContactCentre, only: string, now: number): Headers[] {
  const inUse = new Set([...snapshot.channels.values()].map(({ block }) => endpointOf(headerOf(block, 'Channel'))))
  return centre.skillGroups
    .filter(({ name }) => only === '' || name === only)
    .flatMap(({ name }) => {
      const waiting = snapshot.waiting.filter(({ queue }) => queue === name)
      const members = centre.agents.filter(({ skillGroups }) => skillGroups.includes(name))
      return [
        queueParams(name, waiting.length),
        ...members.map((agent) => queueMember(name, agent.name, agent.number, inUse.has(`PJSIP/${agent.number}`))),
        ...waiting.map((caller, i) => queueEntry(snapshot, caller, i + 1, now)),
      ]
    })
}

function queueParams(name: string, calls: number): Headers {
  return [
    ['Event', 'QueueParams'],
    ['Queue', name],
    ['Max', '0'],
    ['Strategy', 'leastrecent'],
    ['Calls', String(calls)],
    ['Holdtime', '0'],
    ['TalkTime', '0'],
    ['Completed', '0'],
    ['Abandoned', '0'],
    ['ServiceLevel', '0'],
    ['ServicelevelPerf', '0.0'],
    ['ServicelevelPerf2', '0.0'],
    ['Weight', '0'],
  ]
}

function queueMember(queue: string, name: string, number: string, inUse: boolean): Headers {
  return [
    ['Event', 'QueueMember'],
    ['Queue', queue],
    ['Name', name],
    ['Location', `PJSIP/${number}`],
    ['StateInterface', `PJSIP/${number}`],
    ['Membership', 'static'],
    ['Penalty', '0'],
    ['CallsTaken', '0'],
    ['LastCall', '0'],
    ['LastPause', '0'],
    ['LoginTime', '0'],
    ['InCall', inUse ? '1' : '0'],
    ['Status', inUse ? '2' : '1'],
    ['Paused', '0'],
    ['PausedReason', ''],
    ['Wrapuptime', '0'],
  ]
}

function queueEntry(snapshot: Snapshot, caller: WaitingCaller, position: number, now: number): Headers {
  const block = snapshot.channels.get(caller.uniqueId)?.block ?? []
  const shown = (key: string) => headerOf(block, key).replace('<unknown>', 'unknown')
  return [
    ['Event', 'QueueEntry'],
    ['Queue', caller.queue],
    ['Position', String(position)],
    ['Channel', headerOf(block, 'Channel')],
    ['Uniqueid', caller.uniqueId],
    ['CallerIDNum', shown('CallerIDNum')],
    ['CallerIDName', shown('CallerIDName')],
    ['ConnectedLineNum', shown('ConnectedLineNum')],
    ['ConnectedLineName', shown('ConnectedLineName')],
    ['Wait', String(Math.max(0, Math.floor(now / 1000 - caller.since)))],
    ['Priority', '0'],
  ]
}

function endpointOf(channel: string): string {
  return channel.replace(/-[0-9a-f]{8}$/, '')
}

function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

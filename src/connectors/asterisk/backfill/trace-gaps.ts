// Plays a recorded trace with stretches of it cut out, as a connection that was lost and made again would have had it:
// the snapshot that the PBX would have given at its end, made from the whole trace, and the PBX's own records. For tests.
import { readFileSync } from 'node:fs'
import type { CallEvent } from '../../../calls/call-event.ts'
import type { ConnectorConfig } from '../../../config.ts'
import { parseTimestamp } from '../ami-order.ts'
import { type AmiMessage, header, headers } from '../ami-parser.ts'
import { createAmiReader } from '../ami-reader.ts'
import { type ReceivedMessage, readTrace } from '../read-trace.ts'
import { celLineReader } from './cel-row.ts'
import type { CelRow, GapRows, QueueLogRow, TimeRange } from './gap-source.ts'
import { readQueueLogLine } from './queue-log-row.ts'
import type { StoredHistory } from './retell-gap.ts'

export interface GapTrace {
  name: string
  /** Without what the capture's own connections asked for. */
  messages: ReceivedMessage[]
  /** Stretches of which the capture has nothing. */
  ownGaps: TimeRange[]
  /** When Asterisk was started; the last start. */
  bootedAt: number
  cel: CelRow[]
  queueLog: QueueLogRow[]
}

const ASKED =
  /^(FullyBooted|CoreShowChannel|CoreShowChannelsComplete|Status|StatusComplete|Queue(Params|Member|Entry|StatusComplete)|BridgeList(Item|Complete)|)$/

/** @param folder of one trace, with `ami.jsonl`, `cel.csv` and `queue_log` */
export function readGapTrace(name: string, folder: URL): GapTrace {
  const all = readTrace(readFileSync(new URL('ami.jsonl', folder))).messages
  const lines = (file: string) => readFileSync(new URL(file, folder), 'utf8').split('\n')
  const ownGaps: TimeRange[] = []
  let bootedAt = 0
  for (const [i, { message, receivedAt }] of all.entries()) {
    if (header(message, 'Event') !== 'FullyBooted') continue
    const before = all.slice(0, i).findLast((one) => one.message.has('Timestamp'))
    if (before) ownGaps.push({ from: before.receivedAt + 1, to: receivedAt })
    bootedAt = receivedAt - Number(header(message, 'Uptime')) * 1000
  }
  const readCel = celLineReader(null)
  return {
    name,
    messages: all.filter(({ message }) => !ASKED.test(header(message, 'Event'))),
    ownGaps,
    bootedAt,
    cel: lines('cel.csv')
      .flatMap((line) => readCel(line) ?? [])
      .sort((a, b) => a.at - b.at),
    queueLog: lines('queue_log').flatMap((line) => readQueueLogLine(line) ?? []),
  }
}

export interface PlaySettings {
  config: ConnectorConfig
  cuts: readonly TimeRange[]
  /** Which of the PBX's records the connector may read. */
  sources: { cel: boolean; queueLog: boolean }
  /** Callbook itself was away: it knows nothing but what it has stored. */
  isRestarted: boolean
}

export function playWithGaps(trace: GapTrace, { config, cuts, sources, isRestarted }: PlaySettings): CallEvent[] {
  let reader = createAmiReader(config)
  const events: CallEvent[] = []
  let next = 0
  const play = (until: number) => {
    for (; next < trace.messages.length; next++) {
      const one = trace.messages[next]
      if (!one || one.receivedAt >= until) return
      reader.push(one.message, one.receivedAt)
      events.push(...reader.read(one.receivedAt))
    }
  }
  for (const cut of [...trace.ownGaps, ...cuts].sort((a, b) => a.from - b.from)) {
    play(cut.from)
    const lostAt = trace.messages[next - 1]?.receivedAt ?? cut.from
    events.push(...reader.drain(lostAt))
    while ((trace.messages[next]?.receivedAt ?? Number.POSITIVE_INFINITY) < cut.to) next++
    let stored: Map<string, StoredHistory> | null = null
    if (isRestarted) {
      reader = createAmiReader(config)
      stored = storedCalls(events)
      const live = new Map([...stored].filter(([, history]) => isLive(history)))
      reader.expectCalls([...new Set([...live.values()].map(({ callId }) => callId))], live)
    }
    const heardUntil = reader.heardUntil()
    reader.hold()
    const uptime = String(Math.floor((cut.to - trace.bootedAt) / 1000))
    const isUp = cut.to >= trace.bootedAt
    reader.push(messageOf('FullyBooted', { Uptime: isUp ? uptime : '100000' }), cut.to)
    const to = reader.noteClock((cut.to / 1000).toFixed(6), cut.to)
    for (const message of snapshotOf(trace, to)) reader.push(message, cut.to + 1)
    const from = heardUntil ?? cut.from
    const within = { from: Math.min(from, reader.oldestCallAt() ?? from) - 1_000, to }
    const rows = rowsOf(trace, within, sources)
    if (rows.cel || rows.queueLog)
      reader.retell(rows, { from, to }, stored ?? (heardUntil === null ? new Map() : null), cut.to + 1)
    reader.release()
    events.push(...reader.read(cut.to + 100))
  }
  play(Number.POSITIVE_INFINITY)
  events.push(...reader.finish())
  return events
}

/** The records are read a little after the new connection was told everything. */
const READ_AFTER_MS = 300

function rowsOf({ cel, queueLog }: GapTrace, { from, to }: TimeRange, sources: PlaySettings['sources']): GapRows {
  // CEL of a stored call is read from its beginning where that is near.
  return {
    cel: sources.cel ? cel.filter(({ at }) => at >= Math.min(from, to - 60_000) && at <= to + READ_AFTER_MS) : null,
    queueLog: sources.queueLog ? queueLog.filter((row) => row.at >= from - 2_000 && writtenAt(cel, row) <= to) : null,
    problems: [],
  }
}

/** queue_log has whole seconds: CEL knows when in that second something happened to the call. */
function writtenAt(cel: readonly CelRow[], { at, callId }: QueueLogRow): number {
  const call = cel.find(({ uniqueid }) => uniqueid === callId)?.linkedid
  const rows = cel.filter((row) => row.linkedid === call && row.at >= at && row.at < at + 1_000)
  return rows.at(-1)?.at ?? at
}

export function storedCalls(events: readonly CallEvent[]): Map<string, StoredHistory> {
  const mergedInto = new Map<string, string>()
  for (const event of events) if (event.type === 'calls-merged') mergedInto.set(event.mergedCallId, event.callId)
  const home = (id: string) => mergedInto.get(id) ?? id
  const histories = new Map<string, StoredHistory>()
  for (const { callId: id } of events) {
    if (histories.has(id)) continue
    const callId = home(id)
    histories.set(id, { callId, events: events.filter((event) => home(event.callId) === callId) })
  }
  return histories
}

function isLive({ callId, events }: StoredHistory): boolean {
  return !events.some((event) => event.type === 'call-ended' && event.callId === callId)
}

interface PbxChannel {
  row: Map<string, string[]>
  createdAt: number
  dialled: string
  application: string
  data: string
  bridge: string
}

/** What the PBX answers at a time, by all that it has said or written down until then. */
export function snapshotOf(trace: GapTrace, at: number): AmiMessage[] {
  const channels = new Map<string, PbxChannel>()
  const waiting = new Map<string, { queue: string; since: number }>()
  const members = new Map<string, string>()
  const facts = [
    ...trace.messages.map(({ message }) => ({ message, at: parseTimestamp(header(message, 'Timestamp')) ?? 0 })),
    ...trace.cel.flatMap(factsOfRow),
  ].sort((a, b) => a.at - b.at)
  for (const { message, at: saidAt } of facts) {
    const member = header(message, 'Interface')
    if (member) members.set(member, header(message, 'MemberName'))
    if (saidAt > at || saidAt === 0) continue
    if (saidAt > trace.bootedAt && at > trace.bootedAt) {
      for (const [id, { createdAt }] of channels) if (createdAt < trace.bootedAt) channels.delete(id)
    }
    applyFact(channels, waiting, message, saidAt)
  }
  if (at > trace.bootedAt)
    for (const [id, { createdAt }] of channels) if (createdAt < trace.bootedAt) channels.delete(id)
  const rows = [...channels].map(([, channel]) => rowOf(channel, at))
  return [
    ...[...members].map(([Location, Name]) => messageOf('QueueMember', { Name, Location })),
    ...[...waiting].map(([Uniqueid, { queue, since }]) =>
      messageOf('QueueEntry', { Queue: queue, Uniqueid, Wait: String(Math.floor((at - since) / 1000)) }),
    ),
    messageOf('QueueStatusComplete', {}),
    ...[...channels].map(([Uniqueid, { row, dialled }]) =>
      messageOf('Status', { Channel: row.get('Channel')?.[0] ?? '', Uniqueid, DNID: dialled }),
    ),
    ...rows,
    messageOf('CoreShowChannelsComplete', { ActionID: `snapshot-${at}`, ListItems: String(rows.length) }),
  ].map((message) => new Map([...message, ['ActionID', [`snapshot-${at}`]]]))
}

/** What a capture with gaps of its own did not hear. */
function factsOfRow(row: CelRow): { message: AmiMessage; at: number }[] {
  const names = { Channel: row.channel, Uniqueid: row.uniqueid, Linkedid: row.linkedid }
  const fact = (event: string, fields: Record<string, string>) => [
    { message: messageOf(event, { ...names, ...fields }), at: row.at },
  ]
  switch (row.event) {
    case 'CHAN_START':
      return fact('Newchannel', { CallerIDNum: row.number, CallerIDName: row.name, Exten: row.exten })
    case 'ANSWER':
      return fact('Newstate', { ChannelStateDesc: 'Up' })
    case 'BRIDGE_ENTER':
      return fact('BridgeEnter', { BridgeUniqueid: row.extra['bridge_id'] ?? '' })
    case 'BRIDGE_EXIT':
      return fact('BridgeLeave', {})
    case 'APP_START':
    case 'APP_END': {
      const runs = row.event === 'APP_START'
      return fact('Newexten', { Application: runs ? row.application : '-', AppData: runs ? row.data : '' })
    }
    case 'HANGUP':
      return fact('Hangup', {})
    default:
      return []
  }
}

const SAID = ['ChannelStateDesc', 'CallerIDNum', 'CallerIDName', 'Context', 'Exten', 'Linkedid', 'ChanVariable']

function applyFact(
  channels: Map<string, PbxChannel>,
  waiting: Map<string, { queue: string; since: number }>,
  message: AmiMessage,
  at: number,
): void {
  const event = header(message, 'Event')
  for (const prefix of ['', 'Dest']) {
    const id = header(message, `${prefix}Uniqueid`)
    const name = header(message, `${prefix}Channel`)
    if (!id || !name) continue
    if (event === 'Newchannel' && !channels.has(id)) {
      const row = new Map([
        ['Channel', [name]],
        ['Uniqueid', [id]],
        ['ChannelStateDesc', ['Down']],
      ])
      const dialled = header(message, 'Exten')
      channels.set(id, { row, createdAt: at, dialled, application: '', data: '', bridge: '' })
    }
    const channel = channels.get(id)
    if (!channel) continue
    channel.row.set('Channel', [name])
    for (const field of SAID) {
      const values = headers(message, `${prefix}${field}`)
      if (values.length > 0) channel.row.set(field, [...values])
    }
  }
  const channel = channels.get(header(message, 'Uniqueid'))
  const dest = channels.get(header(message, 'DestUniqueid'))
  const run = (one: PbxChannel | undefined, application: string, data: string) => {
    if (one) Object.assign(one, { application, data })
  }
  switch (event) {
    case 'QueueCallerJoin':
      waiting.set(header(message, 'Uniqueid'), { queue: header(message, 'Queue'), since: at })
      return
    case 'QueueCallerLeave':
      waiting.delete(header(message, 'Uniqueid'))
      return
    case 'Newexten':
      run(channel, header(message, 'Application'), header(message, 'AppData'))
      return
    case 'AgentCalled':
      run(dest, 'AppQueue', '(Outgoing Line)')
      return
    case 'DialBegin':
      if (dest && dest.application !== 'AppQueue') run(dest, channel ? 'AppDial' : 'AppDial2', '(Outgoing Line)')
      return
    case 'BridgeEnter':
      if (channel) channel.bridge = header(message, 'BridgeUniqueid')
      return
    case 'BridgeLeave':
      if (channel) channel.bridge = ''
      return
    case 'Hangup':
      channels.delete(header(message, 'Uniqueid'))
      waiting.delete(header(message, 'Uniqueid'))
      return
  }
}

function rowOf({ row, createdAt, application, data, bridge }: PbxChannel, at: number): AmiMessage {
  const seconds = Math.floor((at - createdAt) / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const duration = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const said = [...row].map(([name, values]) => [name, values] as const)
  return new Map<string, string[]>([
    ['Event', ['CoreShowChannel']],
    ...said,
    ['Duration', [duration]],
    ['Application', [application]],
    ['ApplicationData', [data]],
    ['BridgeId', [bridge]],
  ])
}

function messageOf(event: string, fields: Readonly<Record<string, string>>): Map<string, string[]> {
  return new Map(
    [['Event', [event]], ...Object.entries(fields).map(([name, value]) => [name, [value]] as const)].map(([a, b]) => [
      a as string,
      b as string[],
    ]),
  )
}

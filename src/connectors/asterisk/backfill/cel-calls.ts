// What rows of CEL say about each channel when they are read as a whole: who dialled it, was it originated, what does it
// do just now. Rows before the gap and what the model knows already are counted in. Pure; used by retell-cel.ts.
import type { AmiWorld } from '../ami-world.ts'
import { endpointOf, otherHalfOf } from '../endpoints.ts'
import type { CelRow } from './gap-source.ts'

export interface CelChannel {
  readonly uniqueid: string
  /** As its first row has it. */
  readonly first: { name: string; linkedid: string; number: string }
  name: string
  /** Of its last row so far: an attended transfer changes it. */
  linkedid: string
  /** Who dialled it; null: it called in, or the PBX made it (Originate). */
  dialled: { by: string } | null
  isOriginated: boolean
  /** The application in which it dials somebody just now. */
  open: { application: string; data: string; queue: string } | null
  /** Its number as last set by the dialplan. */
  number: string
  /** On an outgoing line: the number that was reached, as its later rows have it. */
  reachedNumber: string
  isUp: boolean
  bridge: string | null
  isHeld: boolean
  /** DIALSTATUS at its end. */
  dialStatus: string
}

export interface CelCalls {
  channels: ReadonlyMap<string, CelChannel>
  /** Rows of each linked id, in order of time. */
  byCall: ReadonlyMap<string, readonly CelRow[]>
  /** Moves on by one row. */
  follow(row: CelRow): void
  /** The only other one in this channel's bridge. */
  partnerOf(uniqueid: string): CelChannel | null
  isHeld(uniqueid: string): boolean
  /** The channel of this name whose rows are closest to a time. */
  named(name: string, at: number): CelChannel | null
  /** It hangs up within a moment of this time. */
  leavesAt(uniqueid: string, at: number): boolean
}

const DIALS = new Set(['Dial', 'Queue', 'FollowMe', 'Page'])
const LEAVING_MS = 50
const ORIGINATED = 'AppDial2'

export function celCallsOf(world: AmiWorld, rows: readonly CelRow[]): CelCalls {
  const channels = new Map<string, CelChannel>()
  const byCall = new Map<string, CelRow[]>()
  const spans = new Map<string, { uniqueid: string; from: number; to: number }[]>()
  const leavings = new Map<string, number[]>()
  for (const row of rows) {
    const channel = channels.get(row.uniqueid) ?? newChannel(world, row)
    channels.set(row.uniqueid, channel)
    lookAhead(channel, row)
    push(byCall, row.linkedid, row)
    if (row.event === 'HANGUP') push(leavings, row.uniqueid, row.at)
    const span = spans.get(row.channel)?.find(({ uniqueid }) => uniqueid === row.uniqueid)
    if (span) span.to = row.at
    else push(spans, row.channel, { uniqueid: row.uniqueid, from: row.at, to: row.at })
  }
  // Who dialled whom is found in passing, while it is known what everybody does.
  const dialled = diallersOf(world, rows, channels)
  for (const [uniqueid, by] of dialled) {
    const channel = channels.get(uniqueid)
    if (channel) channel.dialled = { by }
  }
  for (const channel of channels.values()) restart(world, channel)

  return {
    channels,
    byCall,
    follow: (row) => {
      const channel = channels.get(row.uniqueid)
      if (channel) follow(channel, row)
    },
    partnerOf: (uniqueid) => {
      const bridge = channels.get(uniqueid)?.bridge ?? null
      if (bridge === null) return null
      const others = [...channels.values()].filter((other) => other.bridge === bridge && other.uniqueid !== uniqueid)
      return others.length === 1 ? (others[0] ?? null) : null
    },
    isHeld: (uniqueid) => channels.get(uniqueid)?.isHeld ?? false,
    named: (name, at) => {
      const away = ({ from, to }: { from: number; to: number }) => Math.max(from - at, at - to, 0)
      const nearest = spans.get(name)?.reduce((best, span) => (away(span) < away(best) ? span : best))
      const known = world.channelsByName.get(name)
      return channels.get(nearest?.uniqueid ?? known?.uniqueid ?? '') ?? null
    },
    leavesAt: (uniqueid, at) => leavings.get(uniqueid)?.some((left) => left >= at && left - at < LEAVING_MS) ?? false,
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

function newChannel(world: AmiWorld, row: CelRow): CelChannel {
  const channel: CelChannel = {
    uniqueid: row.uniqueid,
    first: { name: row.channel, linkedid: row.linkedid, number: row.number },
    name: row.channel,
    linkedid: row.linkedid,
    dialled: null,
    isOriginated: false,
    open: null,
    number: row.number,
    reachedNumber: '',
    isUp: false,
    bridge: null,
    isHeld: false,
    dialStatus: '',
  }
  const isRoot = row.uniqueid === row.linkedid
  // A call that comes in has an extension that was called; a channel that the PBX makes has none yet.
  if (isRoot && row.event === 'CHAN_START') channel.isOriginated = row.exten === 's' || row.exten === ''
  const known = world.channels.get(row.uniqueid)
  if (known?.dialledBy) channel.dialled = { by: known.dialledBy.uniqueid }
  return channel
}

/** What later rows say about the channel from its beginning on. */
function lookAhead(channel: CelChannel, row: CelRow): void {
  if (row.uniqueid === row.linkedid && row.event === 'ANSWER') channel.isOriginated = row.application === ORIGINATED
  if (row.application === ORIGINATED && row.uniqueid === row.linkedid) channel.isOriginated = true
  if (/^App(Dial|Queue)$/.test(row.application) && /^\+?[\d*#]{3,}$/.test(row.number))
    channel.reachedNumber ||= row.number
  if (row.event === 'HANGUP') channel.dialStatus = row.extra['dialstatus'] ?? ''
}

/** By unique id of who is dialled: who dials. */
function diallersOf(world: AmiWorld, rows: readonly CelRow[], channels: Map<string, CelChannel>): Map<string, string> {
  const dialled = new Map<string, string>()
  for (const channel of channels.values()) restart(world, channel)
  // Of each call, in which order its channels began to dial.
  const dialling = new Map<string, CelChannel[]>()
  for (const channel of channels.values()) if (channel.open) push(dialling, channel.linkedid, channel)
  for (const row of rows) {
    const channel = channels.get(row.uniqueid)
    if (!channel) continue
    if (row.event === 'CHAN_START' && row.uniqueid !== row.linkedid && !row.channel.endsWith(';2')) {
      const open = (dialling.get(row.linkedid) ?? []).filter((other) => other.open && other !== channel)
      const by =
        open.findLast((other) => reaches(other, row.channel)) ??
        open.findLast((other) => other.open?.queue) ??
        open.at(-1)
      if (by) dialled.set(row.uniqueid, by.uniqueid)
    }
    const before = channel.open
    follow(channel, row)
    if (channel.open && channel.open !== before) push(dialling, row.linkedid, channel)
  }
  return dialled
}

function reaches(dialler: CelChannel, name: string): boolean {
  const endpoint = endpointOf(name)
  const resource = endpoint.slice(endpoint.indexOf('/') + 1)
  return dialler.open?.application !== 'Queue' && (dialler.open?.data.includes(resource) ?? false)
}

/** Back to what the model knows of it from before the rows. */
function restart(world: AmiWorld, channel: CelChannel): void {
  const known = world.channels.get(channel.uniqueid)
  Object.assign(channel, channel.first)
  channel.isUp = known?.up ?? false
  channel.bridge = known?.bridge ?? null
  channel.isHeld = false
  channel.open = null
  const queue = known?.call?.queue
  if (known && queue?.waiting === known) channel.open = { application: 'Queue', data: queue.name, queue: queue.name }
}

function follow(channel: CelChannel, row: CelRow): void {
  channel.linkedid = row.linkedid
  if (row.channel) channel.name = row.channel
  if (row.number) channel.number = row.number
  switch (row.event) {
    case 'ANSWER':
      channel.isUp = true
      return
    case 'APP_START':
      if (!DIALS.has(row.application)) return
      channel.open = {
        application: row.application,
        data: row.data,
        queue: row.application === 'Queue' ? (row.data.split(',', 1)[0] ?? '') : '',
      }
      return
    case 'APP_END':
      if (row.application === channel.open?.application) channel.open = null
      return
    case 'BRIDGE_ENTER':
      channel.bridge = row.extra['bridge_id'] ?? row.linkedid
      return
    case 'BRIDGE_EXIT':
    case 'HANGUP':
      channel.bridge = null
      channel.isHeld = false
      return
    case 'STREAM_BEGIN':
      if (row.detail === 'MOH_STREAM_BEGIN' && channel.bridge !== null) channel.isHeld = true
      return
    case 'STREAM_END':
      channel.isHeld = false
      return
  }
}

/** Both halves of a Local channel are made at once; the first is the one that is dialled. */
export function isSecondHalf(name: string): boolean {
  return otherHalfOf(name) !== null && name.endsWith(';2')
}

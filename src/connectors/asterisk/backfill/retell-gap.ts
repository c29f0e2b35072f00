// A gap told again: which calls of the rows may be told at all, and from which source. Called by the reader while what
// the new connection says is held. Changes of the model only what it says about the gap; the messages do the rest.
import type { CallEvent } from '../../../calls/call-event.ts'
import { INTERNAL_EVENT_TYPES } from '../../../calls/internal-events.ts'
import type { ReconstructionSource } from '../../../calls/vocabulary.ts'
import type { AmiWorld } from '../ami-world.ts'
import type { CelRow, GapRows, TimeRange } from './gap-source.ts'
import { retellCel } from './retell-cel.ts'
import { retellQueueLog } from './retell-queue-log.ts'
import { type RetoldMessage, retold } from './retold-message.ts'

/** What the store has of a call. */
export interface StoredHistory {
  /** The id of the call that its events count in. */
  callId: string
  events: readonly CallEvent[]
}

export interface GapFacts extends TimeRange {
  /** After Callbook was away itself, by id (linked id): calls that are not in it are not in the store. null: only the connection was away. */
  stored: ReadonlyMap<string, StoredHistory> | null
  /** The channels that the PBX has now: unique id, name. */
  present: ReadonlyMap<string, string>
  bootedAt: number | null
}

/** A call is written down a moment before AMI tells of it, and before its first event is on disk. */
const BEGIN_MARGIN_MS = 1_000
const SECOND_MS = 1_000
const TICK_MS = 0.000_1
/** Keys that come sooner after the last that was heard are taken for heard. */
const HEARD_MS = 0.5
const STAMPS_APART_MS = 5
/** What happened this long before Callbook stopped may not have reached the disk. */
const UNSTORED_MARGIN_MS = 60_000

export function retellGap(world: AmiWorld, read: GapRows, gap: GapFacts): RetoldMessage[] {
  const isCoarse = read.cel !== null && read.cel.length > 0 && read.cel.every(({ at }) => at % SECOND_MS === 0)
  const rows = isCoarse && read.cel ? { ...read, cel: afterLastHeard(world, read.cel, gap.from) } : read
  const sources: ReconstructionSource[] = []
  if (rows.cel) sources.push('cel')
  if (rows.queueLog) sources.push('queue-log')
  world.gap = { from: gap.from, to: gap.to, sources, apartMs: isCoarse ? SECOND_MS : STAMPS_APART_MS }
  world.lostAt ??= gap.from
  const margin = gap.stored ? UNSTORED_MARGIN_MS : BEGIN_MARGIN_MS
  const beginnings = new Map<string, number>()
  for (const { linkedid, at } of rows.cel ?? []) if (!beginnings.has(linkedid)) beginnings.set(linkedid, at)

  function mayBegin({ linkedid, at }: Pick<CelRow, 'linkedid' | 'at'>): boolean {
    const history = gap.stored?.get(linkedid)
    if (history) return isLive(history)
    const began = world.calls.has(linkedid) ? at : (beginnings.get(linkedid) ?? at)
    return began > gap.from - margin
  }

  for (const history of gap.stored?.values() ?? []) if (isLive(history)) expectStored(world, history)
  const told = rows.cel ? retellCel(world, rows.cel, rows.queueLog, { ...gap, mayBegin }) : []
  if (rows.queueLog) {
    const known = new Set((rows.cel ?? []).map(({ uniqueid }) => uniqueid))
    const others = rows.queueLog.filter(({ callId }) => !known.has(callId))
    told.push(...retellQueueLog(world, others, { ...gap, mayBegin }))
  }
  told.push(...restarts(rows, gap))
  return told.sort((a, b) => a.at - b.at)
}

/**
 * Tables whose times are whole seconds (FreePBX): whether a row of the second in which the connection was lost was heard is
 * not known. It is told as the first thing after; what was heard may be told twice, but for keys.
 */
function afterLastHeard(world: AmiWorld, rows: readonly CelRow[], from: number): CelRow[] {
  const second = Math.floor(from / SECOND_MS) * SECOND_MS
  return rows.flatMap((row, i) => {
    if (row.at !== second) return [row]
    const marked = world.calls.get(row.linkedid)?.markedKeys
    const isMarked =
      row.event === 'DTMF' && marked && marked.at >= second && marked.keys.includes(row.extra['digit'] ?? '')
    return isMarked ? [] : [{ ...row, at: from + HEARD_MS + i * TICK_MS }]
  })
}

function isLive({ events, callId }: StoredHistory): boolean {
  return !events.some((event) => event.type === 'call-ended' && event.callId === callId && event.estimated !== true)
}

/**
 * What the store has of a live call is not told again. A consultation that was merged into the call keeps its own id and
 * events.
 */
export function expectStored(world: AmiWorld, { events }: StoredHistory): void {
  // Of its files Callbook tells itself, at times of its own.
  const heard = events.filter(({ type }) => !INTERNAL_EVENT_TYPES.has(type))
  const lastAt = Math.max(...heard.map(({ at }) => at))
  for (const id of new Set(heard.map(({ callId }) => callId))) {
    if (world.retoldCalls.has(id)) continue
    const told = heard.filter(({ callId }) => callId === id)
    world.retoldCalls.set(id, { events: told, lastAt, found: new Set(), isAdopted: false })
  }
}

/** The PBX was started anew in the gap: what it had before is over then. */
function restarts({ queueLog }: GapRows, { from, to, bootedAt }: GapFacts): RetoldMessage[] {
  const times = (queueLog ?? []).filter(({ event }) => event === 'QUEUESTART').map(({ at }) => at)
  if (bootedAt !== null) times.push(bootedAt)
  return times.filter((at) => at > from && at < to).map((at) => retold('FullyBooted', at, { Uptime: '0' }))
}

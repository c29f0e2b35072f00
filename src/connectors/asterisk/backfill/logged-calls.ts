// The calls that the PBX's own records tell of, whatever was heard: a stretch of CEL and queue_log read by the same model
// as everything else, apart from what goes on. Asked by the reconciliation, and to take in calls that were missed.
import type { CallEvent } from '../../../calls/call-event.ts'
import type { ConnectorConfig } from '../../../config.ts'
import { createAmiReader } from '../ami-reader.ts'
import type { GapRows, GapSource, TimeRange } from './gap-source.ts'

/** Calls that began in the range are followed this long after it. */
const FOLLOWED_MS = 2 * 3_600_000
/** Calls that ended this recently may still be on their way. */
const SETTLED_MS = 60_000
const READ_MS = 5 * 60_000

/**
 * The events of calls that began in `range` (PBX's clock, to exclusive) and are over, by call id. null: there are no
 * records, or they cannot be read.
 */
export async function loggedCalls(
  config: ConnectorConfig,
  source: GapSource,
  range: TimeRange & { now: number },
  signal: AbortSignal,
): Promise<Map<string, CallEvent[]> | null> {
  const until = Math.min(range.to + FOLLOWED_MS, range.now)
  const asked = { from: range.from, to: until, context: range.from }
  const rows = await source.read(asked, AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]))
  if (rows.cel === null && rows.queueLog === null) return null
  return callsOfRows(config, rows, { from: range.from, to: range.to, until, endedBefore: range.now - SETTLED_MS })
}

/** Pure: what the rows say, as if nobody had listened from `from` to `until`. */
export function callsOfRows(
  config: ConnectorConfig,
  rows: GapRows,
  { from, to, until, endedBefore }: TimeRange & { until: number; endedBefore: number },
): Map<string, CallEvent[]> {
  const reader = createAmiReader(config)
  reader.hold()
  reader.retell(rows, { from, to: until }, new Map(), until)
  reader.release()
  const calls = new Map<string, CallEvent[]>()
  for (const event of [...reader.read(null), ...reader.drain(until), ...reader.finish()]) {
    const events = calls.get(event.callId)
    if (events) events.push(event)
    else calls.set(event.callId, [event])
  }
  for (const [callId, events] of calls) {
    const began = events.find((event) => event.type === 'call-started')?.at
    const ended = events.find((event) => event.type === 'call-ended')?.at
    const isOver = ended !== undefined && ended <= endedBefore
    if (began === undefined || began < from || began >= to || !isOver) calls.delete(callId)
  }
  return calls
}

/** Of these calls, the events of those that are not known: neither by their own id nor by that of a call they became part of. */
export function eventsOfUnknown(
  calls: ReadonlyMap<string, readonly CallEvent[]>,
  isKnown: (callId: string) => boolean,
): CallEvent[] {
  const partOf = new Map<string, string>()
  for (const [callId, events] of calls)
    for (const event of events) if (event.type === 'calls-merged') partOf.set(event.mergedCallId, callId)
  const wanted = (callId: string): boolean => {
    const main = partOf.get(callId)
    return !isKnown(callId) && (main === undefined || main === callId || !isKnown(main))
  }
  return [...calls].filter(([callId]) => wanted(callId)).flatMap(([, events]) => events)
}

// What an import of old calls is given to talk to instead of a running connector's output: the same way into ingest, but
// it leaves alone what somebody told better. A call that another source told of stays as it is; only if its end never
// came, the end is added. Called by `callbook import`.
import { setTimeout as delay } from 'node:timers/promises'
import type { StoredCall } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { checkEvent } from '../calls/check-event.ts'
import type { ConnectorOutput } from '../connectors/connector.ts'
import { AppError } from '../errors.ts'
import type { CallStore } from '../store/store.ts'
import type { Ingest, IngestSource } from './ingest.ts'

export interface ImportFigures {
  /** Calls that were not there. */
  newCalls: number
  /** Calls of an earlier import, given again. */
  knownCalls: number
  /** Calls that another source told of. */
  leftAlone: number
  /** Of another source, without an end until now. */
  completed: number
  events: number
  duplicates: number
  refused: number
}

export interface ImportOutputNeeds {
  from: IngestSource
  calls: Pick<CallStore, 'call'>
  /** null: only count what would be done. */
  ingest: Pick<Ingest, 'append'> | null
  now(): number
  /** Told of the calls that are (would be) written, each with its events. */
  onCall?(callId: string, events: readonly CallEvent[]): void
  onRefused(callId: string, detail: string): void
  onUnreadable(raw: Uint8Array, cause: string): void
}

/** A call of which something was heard lately may still go on: nothing is ended over it. */
const QUIET_MS = 5 * 60_000
/** Times of CDRs are whole seconds. */
const SLACK_MS = 1_000
const TRIES = 8
const FIRST_WAIT_MS = 100
/** Calls looked up at once. */
const LOOKUPS = 100

export function importOutput(needs: ImportOutputNeeds): ConnectorOutput & { figures: ImportFigures } {
  const { from, calls, now } = needs
  const figures: ImportFigures = {
    newCalls: 0,
    knownCalls: 0,
    leftAlone: 0,
    completed: 0,
    events: 0,
    duplicates: 0,
    refused: 0,
  }

  async function emit(events: CallEvent[]): Promise<void> {
    const byCall = Map.groupBy(events.filter(isSound), ({ callId }) => callId)
    const wanted: CallEvent[] = []
    const ids = [...byCall.keys()]
    for (let i = 0; i < ids.length; i += LOOKUPS) {
      const slice = ids.slice(i, i + LOOKUPS)
      const stored = await Promise.all(slice.map((id) => calls.call(from.instance, id)))
      for (const [j, id] of slice.entries()) wanted.push(...wantedOf(id, byCall.get(id) ?? [], stored[j] ?? null))
    }
    if (needs.ingest && wanted.length > 0) await append(needs.ingest, wanted)
  }

  function isSound(event: CallEvent): boolean {
    const checked = checkEvent(event, now())
    if (!('refusal' in checked)) return true
    figures.refused++
    needs.onRefused(event.callId, checked.refusal.detail)
    return false
  }

  function wantedOf(id: string, events: CallEvent[], stored: StoredCall | null): CallEvent[] {
    if (stored === null || stored.source === from.source) {
      if (stored) figures.knownCalls++
      else figures.newCalls++
      needs.onCall?.(id, events)
      return events
    }
    const end = stored.endedAt === null && stored.id === id ? missingEnd(stored, events) : null
    if (end === null) {
      figures.leftAlone++
      return []
    }
    figures.completed++
    needs.onCall?.(id, [end])
    return [end]
  }

  /** The end of a call that its own source never told, unless that source told of something later: it goes on. */
  function missingEnd(stored: StoredCall, events: readonly CallEvent[]): CallEvent | null {
    const end = events.findLast((event) => event.type === 'call-ended')
    const lastSign = Math.max(stored.startedAt, ...stored.steps.map(({ at }) => at))
    if (!end || lastSign > end.at + SLACK_MS || now() - lastSign < QUIET_MS) return null
    return { id: end.id, callId: stored.id, at: Math.max(end.at, lastSign), type: 'call-ended', estimated: true }
  }

  async function append(ingest: Pick<Ingest, 'append'>, events: CallEvent[]): Promise<void> {
    for (let tries = 1, wait = FIRST_WAIT_MS; ; tries++, wait *= 2) {
      try {
        const result = await ingest.append(from, events)
        figures.events += result.accepted
        figures.duplicates += result.duplicates
        figures.refused += result.rejected.length
        for (const { index, detail } of result.rejected) needs.onRefused(events[index]?.callId ?? '', detail)
        return
      } catch (error) {
        // A server that writes the same store has its turn; a disk that stays full ends the import.
        const mayPass =
          error instanceof AppError && ['store-busy', 'store-unavailable', 'call-changed'].includes(error.code)
        if (!mayPass || tries >= TRIES) throw error
        await delay(wait)
      }
    }
  }

  return {
    figures,
    emit,
    liveCallIds: async () => [],
    report: () => {},
    reject: (raw, cause) => needs.onUnreadable(raw, cause),
  }
}

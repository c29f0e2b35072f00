// Recordings that were begun and never came: some time after a call's end its recording becomes `missing`, so that
// nobody waits for it. Follows the changes of an instance's calls by their change number and tells through ingest. A
// file that comes later after all makes it `available` (recording-intake.ts).
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { CallSummary } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { CallStore } from '../store/store.ts'
import { RECORDINGS_SOURCE, type RecordingIngest } from './recording-ingest.ts'

export interface MissingOptions {
  instance: string
  calls: Pick<CallStore, 'changesSince' | 'lastSeq'>
  ingest: RecordingIngest
  /** Do recordings come in at all at the moment? While not, none is given up. */
  takesIn(): boolean
  log: Pick<Logger, 'info' | 'warn'>
  now(): number
  /** How long after its call's end a recording may still come. */
  afterMs?: number
  everyMs?: number
}

/** Ended calls whose recording may still come; past it, later ones are not followed until some are told. */
const MOST_AWAITED = 20_000
const CHANGES_AT_ONCE = 500
const PAGES_AT_ONCE = 10
/** How far back to look at the start. */
const CHANGES_BEFORE_START = 20_000
const TOLD_AT_ONCE = 200

interface Awaited {
  endedAt: number
  numbers: number[]
}

export class MissingRecordings {
  readonly #options: MissingOptions
  readonly #stop = new AbortController()
  readonly #awaited = new Map<string, Awaited>()
  #seq: number | null = null
  /** Since when recordings have come in: what came while we were away must get its time too. */
  #takesInSince: number | null = null
  #loop: Promise<void> | null = null

  constructor(options: MissingOptions) {
    this.#options = options
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.sweep()
      } catch (cause) {
        // The store is away: what was not told is told at the next round.
        if (!signal.aborted) this.#options.log.warn({ err: cause }, 'missing recordings cannot be told of now')
      }
      await delay(this.#options.everyMs ?? 15_000, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  /** One round; says how many recordings became missing. @throws AppError store-unavailable */
  async sweep(): Promise<number> {
    await this.#follow()
    const { now, takesIn, ingest, instance, log } = this.#options
    const at = now()
    if (!takesIn()) this.#takesInSince = null
    else this.#takesInSince ??= at
    if (this.#takesInSince === null) return 0
    const latestEnd = at - (this.#options.afterMs ?? 600_000)
    if (this.#takesInSince > latestEnd) return 0
    const due = [...this.#awaited].filter(([, { endedAt }]) => endedAt <= latestEnd).slice(0, TOLD_AT_ONCE)
    const events = due.flatMap(([callId, { numbers }]) => numbers.map((n) => missingEvent(callId, n, at)))
    if (events.length === 0) return 0
    await ingest.append({ instance, source: RECORDINGS_SOURCE }, events)
    for (const [callId] of due) this.#awaited.delete(callId)
    log.info({ recordings: events.length }, 'recordings that never came are missing')
    return events.length
  }

  async #follow(): Promise<void> {
    const { calls, instance } = this.#options
    this.#seq ??= Math.max(0, (await calls.lastSeq(instance)) - CHANGES_BEFORE_START)
    for (let page = 0; page < PAGES_AT_ONCE; page++) {
      const changes = await calls.changesSince(instance, this.#seq, CHANGES_AT_ONCE)
      for (const call of changes.calls) this.#note(call)
      this.#seq = changes.lastSeq
      if (changes.complete) return
    }
  }

  #note(call: CallSummary): void {
    const numbers = call.recordings.filter(({ state }) => state === 'recording').map(({ n }) => n)
    if (call.endedAt === null || call.mergedInto !== null || numbers.length === 0) this.#awaited.delete(call.id)
    else if (this.#awaited.size < MOST_AWAITED) this.#awaited.set(call.id, { endedAt: call.endedAt, numbers })
  }
}

function missingEvent(callId: string, n: number, at: number): CallEvent {
  return { id: `recording-missing:${n}:${at}`, callId, at, type: 'recording-missing', n, because: 'no file came' }
}

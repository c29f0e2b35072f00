// The only writer of calls. Events from every door wait here in one bounded queue; each turn takes a batch, works out
// which calls it changes, derives their records and commits events, records and recordings in one transaction. Only then
// are senders answered and the live feed told. One batch at a time: so each call has one writer, and everything that
// arrives during a commit shares the next one (group commit).
import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { Refusal } from '../calls/check-event.ts'
import { AppError } from '../errors.ts'
import type { NewReceipt } from '../receipts/receipt.ts'
import type { CallStore, CommittedCall, RecordingRow } from '../store/store.ts'
import { type BatchResult, WarmCalls } from './warm-calls.ts'

export interface IngestSource {
  instance: string
  /** Connector name, key name: kept with the calls it tells of first. */
  source: string
}

export interface AppendResult {
  accepted: number
  duplicates: number
  /** By index in the events given. */
  rejected: (Refusal & { index: number })[]
}

/** A call that was changed and is on disk. `previous`: as it was before, null for a new one. */
export interface CallChange extends CommittedCall {
  previous: Call | null
}

export interface IngestNeeds {
  calls: Pick<CallStore, 'histories' | 'commit'>
  /** Told of every commit, in order, after it. Must not throw and must not wait. */
  publish(changes: CallChange[]): void
  limits: { ingestQueueEvents: number; commitEvents: number; warmCalls: number; eventsPerCall: number }
}

/** How often a batch is worked out again because another process (an import, a rebuild) wrote one of its calls first. */
const TRIES = 20

interface Waiting {
  from: IngestSource
  events: CallEvent[]
  recordings: RecordingRow[]
  receipts: NewReceipt[]
  resolve(result: AppendResult): void
  reject(error: unknown): void
}

export interface IngestFigures {
  events: number
  duplicates: number
  rejected: number
  commits: number
  failedCommits: number
  queuedEvents: number
}

export class Ingest {
  readonly #needs: IngestNeeds
  readonly #warm: WarmCalls
  readonly #queue: Waiting[] = []
  #room: (() => void)[] = []
  #working: Promise<void> | null = null
  readonly figures: IngestFigures = {
    events: 0,
    duplicates: 0,
    rejected: 0,
    commits: 0,
    failedCommits: 0,
    queuedEvents: 0,
  }

  constructor(needs: IngestNeeds) {
    this.#needs = needs
    this.#warm = new WarmCalls(needs.calls, needs.limits)
  }

  /**
   * Resolves when the events (with the recordings' rows, which must belong to the events' calls, and the receipts of what
   * they tell) are on disk. Waits while the queue is full.
   * @throws AppError store-unavailable, store-busy: nothing of this request is kept.
   */
  async append(
    from: IngestSource,
    events: CallEvent[],
    recordings: RecordingRow[] = [],
    receipts: NewReceipt[] = [],
  ): Promise<AppendResult> {
    while (this.figures.queuedEvents >= this.#needs.limits.ingestQueueEvents) {
      await new Promise<void>((resolve) => this.#room.push(resolve))
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ from, events, recordings, receipts, resolve, reject })
      this.figures.queuedEvents += events.length
      this.#working ??= this.#work()
    })
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    while (this.#working) await this.#working
  }

  async #work(): Promise<void> {
    // Lets requests that arrive in the same turn of the event loop share the first commit.
    await Promise.resolve()
    while (this.#queue.length > 0) await this.#commit(this.#nextBatch())
    this.#working = null
  }

  #nextBatch(): Waiting[] {
    const batch: Waiting[] = []
    let events = 0
    for (const waiting of this.#queue) {
      if (batch.length > 0 && events + waiting.events.length > this.#needs.limits.commitEvents) break
      batch.push(waiting)
      events += waiting.events.length
    }
    this.#queue.splice(0, batch.length)
    return batch
  }

  async #commit(batch: Waiting[]): Promise<void> {
    try {
      const { results, changes } = await this.#write(batch)
      this.#count(results)
      this.#needs.publish(changes)
      for (const [i, waiting] of batch.entries())
        waiting.resolve(results[i] ?? { accepted: 0, duplicates: 0, rejected: [] })
    } catch (error) {
      this.figures.failedCommits++
      for (const waiting of batch) waiting.reject(error)
    } finally {
      for (const waiting of batch) this.figures.queuedEvents -= waiting.events.length
      const waiting = this.#room
      this.#room = []
      for (const go of waiting) go()
    }
  }

  /** Works out and writes a batch; once more from what is on disk where another process changed one of its calls meanwhile. */
  async #write(batch: Waiting[]): Promise<{ results: AppendResult[]; changes: CallChange[] }> {
    const recordings = batch.flatMap((waiting) => waiting.recordings)
    const receipts = batch.flatMap((waiting) => waiting.receipts)
    for (let tries = 1; ; tries++) {
      try {
        const { writes, previous, results } = await this.#warm.apply(batch)
        const idle = writes.length === 0 && recordings.length === 0 && receipts.length === 0
        const committed = idle ? [] : await this.#needs.calls.commit(writes, recordings, receipts)
        this.#warm.committed(committed)
        return { results, changes: committed.map((change, i) => ({ ...change, previous: previous[i] ?? null })) }
      } catch (error) {
        // What was worked out is not on disk: forget it, so that the next try starts from what is.
        this.#warm.rolledBack()
        const overtaken = error instanceof AppError && error.code === 'call-changed'
        if (!overtaken || tries >= TRIES) throw error
      }
    }
  }

  #count(results: BatchResult['results']): void {
    this.figures.commits++
    for (const { accepted, duplicates, rejected } of results) {
      this.figures.events += accepted
      this.figures.duplicates += duplicates
      this.figures.rejected += rejected.length
    }
  }
}

// Keeps the recordings of every instance inside their policy: sweeps a moment after a recording came in, every minute (the
// day changes, the disk fills up), when the policy changed and when somebody asks. Put together by main.ts.
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { clockIn } from '../calls/instant.ts'
import { SYSTEM_ACTOR } from '../receipts/receipt.ts'
import type { StorageName } from '../store/store.ts'
import { StorageRest } from './storage-rest.ts'
import { removeStrayFiles } from './stray-files.ts'
import { type SweepNeeds, type SweepResult, sweep } from './sweep.ts'
import { takeTurns } from './turns.ts'

export interface RetentionOptions extends Omit<SweepNeeds, 'inTurn' | 'rest'> {
  instances: readonly string[]
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  everyMs?: number
  /** How long after a recording came in; what comes within it shares the sweep. */
  afterStoredMs?: number
}

const STRAY_FILES_EVERY_MS = 86_400_000

export class Retention {
  readonly #options: RetentionOptions
  readonly #stop = new AbortController()
  readonly #sweeps = takeTurns()
  readonly #last = new Map<string, SweepResult>()
  readonly #due = new Set<string>()
  readonly #rest = new StorageRest()
  readonly #running = new Set<Promise<void>>()
  #isStarted = false
  /** Marking recordings and placing holds take turns in an instance, so that neither overtakes the other. */
  readonly inTurn = takeTurns()

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    const { instances } = this.#options
    for (const instance of instances) {
      this.#run(this.#sweepOften(instance))
      this.#run(this.#walkDaily(instance))
    }
  }

  /** A recording came in, or the policy changed: a sweep follows soon. */
  note(instance: string): void {
    if (this.#due.has(instance) || this.#stop.signal.aborted) return
    this.#due.add(instance)
    this.#run(
      this.#pause(this.#options.afterStoredMs ?? 1_000).then(async () => {
        this.#due.delete(instance)
        await this.#quietly(instance)
      }),
    )
  }

  /** Sweeps now; waits for a sweep that is under way first. @throws AppError store-unavailable */
  async sweepNow(instance: string, actor: string, signal?: AbortSignal): Promise<SweepResult> {
    const { log } = this.#options
    const until = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal
    const result = await this.#sweeps(instance, () =>
      sweep({ ...this.#options, inTurn: this.inTurn, rest: this.#rest }, instance, { actor, signal: until }),
    )
    if (result.recordings > 0 || result.files > 0 || !this.#last.has(instance)) this.#last.set(instance, result)
    if (result.recordings > 0 || result.files > 0)
      log.info({ instance, ...result }, 'recordings were deleted by retention')
    return result
  }

  /** The last sweep since the start that deleted something; else the first. null: none yet. */
  lastSweep(instance: string): SweepResult | null {
    return this.#last.get(instance) ?? null
  }

  /** Why files could not be removed from a storage the last time; null: they could. */
  awayBecause(storage: StorageName): string | null {
    return this.#rest.becauseOf(storage)
  }

  /** Safe to call twice. Waits for the batch that is under way. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#running)
  }

  #run(work: Promise<void>): void {
    this.#running.add(work)
    void work.finally(() => this.#running.delete(work))
  }

  async #sweepOften(instance: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#quietly(instance)
      await this.#pause(this.#options.everyMs ?? 60_000)
    }
  }

  async #walkDaily(instance: string): Promise<void> {
    const { store, log, now, timeZone } = this.#options
    const clock = clockIn(timeZone)
    while (!this.#stop.signal.aborted) {
      try {
        await removeStrayFiles({ ...this.#options }, instance, this.#stop.signal)
        await store.retention.forgetInflow(instance, now())
      } catch (err) {
        if (!this.#stop.signal.aborted)
          log.warn({ err, instance, day: clock.dayOf(now()) }, 'stray files cannot be looked for now')
      }
      await this.#pause(STRAY_FILES_EVERY_MS)
    }
  }

  async #quietly(instance: string): Promise<void> {
    const { log } = this.#options
    try {
      if (!this.#stop.signal.aborted) await this.sweepNow(instance, SYSTEM_ACTOR)
    } catch (err) {
      // The store or the storage is away: the next sweep goes on.
      if (!this.#stop.signal.aborted) log.warn({ err, instance }, 'retention cannot sweep now')
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined)
  }
}

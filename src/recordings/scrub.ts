// Reads every recording again now and then and holds it against its hash, those that were not looked at for longest
// first, slowly, and not while the server has much to do. A storage that is away says nothing about its files and keeps no
// other waiting. Started with the recordings; main.ts stops it.
import { performance } from 'node:perf_hooks'
import type { Logger } from 'pino'
import { AppError } from '../errors.ts'
import type { RecordingRow } from '../store/store.ts'
import { Rounds } from './rounds.ts'
import type { RecordingStorage, Storages } from './storage/recording-storage.ts'
import { isAsItWas, type Verification, type VerifyNeeds, verifyRecording } from './verify-recording.ts'

export interface ScrubNeeds extends VerifyNeeds {
  storages: Pick<Storages, 'of' | 'all'>
  instances: readonly string[]
  /** 0: never. */
  bytesPerSecond: number
  log: Pick<Logger, 'warn'>
  /** Each recording once in this time. */
  everyMs?: number
  /** Between looks, when nothing is due. */
  idleMs?: number
}

const EVERY_MS = 30 * 86_400_000
/** One that could not be read is tried again after this. */
const AGAIN_MS = 3_600_000
const IDLE_MS = 60_000
const AT_A_TIME = 20
/** Share of its time that the main thread may be at work already. */
const MOST_BUSY = 0.5

export class Scrub {
  readonly #needs: ScrubNeeds
  readonly #rounds: Rounds

  constructor(needs: ScrubNeeds) {
    this.#needs = needs
    this.#rounds = new Rounds({
      round: () => this.#round(),
      everyMs: needs.idleMs ?? IDLE_MS,
      failed: (err) => needs.log.warn({ err }, 'recordings cannot be verified now'),
    })
  }

  start(): void {
    if (this.#needs.bytesPerSecond > 0) this.#rounds.start()
  }

  /** Safe to call twice. */
  close(): Promise<void> {
    return this.#rounds.close()
  }

  async #round(): Promise<boolean> {
    let looked = 0
    for (const instance of this.#needs.instances) looked += await this.pass(instance)
    return looked > 0
  }

  /** Verifies some that are due in each storage; says how many. @throws AppError store-unavailable when the store is */
  async pass(instance: string): Promise<number> {
    const { storages, store } = this.#needs
    let looked = 0
    const keys = await store.recordings.keysInUse(instance)
    // What cannot be decrypted is left alone until its key is back.
    for (const storage of storages.all)
      for (const keyId of keys)
        if (keyId === null || storage.hasKey(keyId)) looked += await this.#passOver(instance, storage, keyId)
    return looked
  }

  async #passOver(instance: string, storage: RecordingStorage, keyId: string | null): Promise<number> {
    const { store, now, log, everyMs = EVERY_MS } = this.#needs
    const { signal } = this.#rounds
    const of = { storage: storage.name, keyId }
    const due = await store.recordings.recordingsToVerify(instance, of, now() - everyMs, AT_A_TIME)
    let looked = 0
    for (const row of due) {
      if (signal.aborted) return 0
      const failure = await this.#look(row)
      if (failure) {
        const { away } = await storage.health()
        log.warn({ err: failure, instance, ...of, away }, 'a recording cannot be verified now')
        if (away !== null) return looked
        // Not the storage but this file: the others are not to wait behind it.
        await store.recordings.noteUnread(row, now() - everyMs + AGAIN_MS)
      }
      looked++
    }
    return looked
  }

  /** Why it could not be read; null: it could. */
  async #look(row: RecordingRow): Promise<AppError | null> {
    const { signal } = this.#rounds
    try {
      const verification = await verifyRecording(this.#needs, row, { signal, pace: (bytes) => this.#pace(bytes) })
      if (verification) this.#report(row, verification)
      return null
    } catch (cause) {
      if (cause instanceof AppError) return cause
      throw cause
    }
  }

  #report({ instance, callId, n }: RecordingRow, verification: Verification): void {
    const { outcome, original } = verification
    if (!isAsItWas(verification))
      this.#needs.log.warn({ instance, callId, n, outcome, original }, 'a recording is not as it was')
  }

  async #pace(bytes: number): Promise<void> {
    const before = performance.eventLoopUtilization()
    await this.#rounds.wait((bytes / this.#needs.bytesPerSecond) * 1_000)
    while (!this.#rounds.signal.aborted && performance.eventLoopUtilization(before).utilization > MOST_BUSY)
      await this.#rounds.wait(1_000)
  }
}

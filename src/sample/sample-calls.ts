// Sample calls to look around with before a PBX is connected. They live in an instance of their own (sampleInstanceOf), go
// the way of every event, and are removed whole: files first, then every row. One for each instance, filled once.
import { Worker } from 'node:worker_threads'
import { maySeeSample, type Principal } from '../access/permissions.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { sampleInstanceOf } from '../config.ts'
import { AppError } from '../errors.ts'
import type { RecordingIntake } from '../recordings/recording-intake.ts'
import { instancePrefix } from '../recordings/storage/recording-key.ts'
import type { Storages } from '../recordings/storage/recording-storage.ts'
import type { ExportRow, RecordingRow, Store } from '../store/store.ts'
import type { SampleLanguage, SamplePart } from './sample-plan.ts'
import type { SampleAnswer, SampleRequest } from './sample-thread.ts'

export interface SampleNeeds {
  store: Store
  ingest: {
    append(from: { instance: string; source: string }, events: CallEvent[], rows?: RecordingRow[]): Promise<unknown>
  }
  intake: RecordingIntake
  storages: Storages
  /** Ends an export and removes its file. */
  removeExport(row: ExportRow): Promise<unknown>
  timeZone: string
  log: { info(details: object, message: string): void; error(details: object, message: string): void }
  now(): number
}

export interface SampleState {
  state: 'none' | 'filling' | 'ready' | 'removing'
  /** While it is filled: between 0 and 1. */
  part: number
}

interface Filling {
  stop: AbortController
  done: Promise<void>
  part: number
}

/** Each day is a part, and so is the sound of all. */
const PARTS = 10
const EXPORTS_AT_ONCE = 10_000

export class SampleCalls {
  readonly #needs: SampleNeeds
  readonly #filling = new Map<string, Filling>()
  readonly #removing = new Map<string, Promise<void>>()

  constructor(needs: SampleNeeds) {
    this.#needs = needs
  }

  async state(home: string): Promise<SampleState> {
    if (this.#removing.has(home)) return { state: 'removing', part: 0 }
    const filling = this.#filling.get(home)
    if (filling) return { state: 'filling', part: filling.part }
    const isThere = (await this.#needs.store.calls.lastSeq(sampleInstanceOf(home))) > 0
    return { state: isThere ? 'ready' : 'none', part: 0 }
  }

  /** Begins to fill; what was there goes first. @throws AppError sample-busy */
  fill(home: string, language: SampleLanguage): void {
    if (this.#filling.has(home) || this.#removing.has(home)) throw new AppError('sample-busy')
    const stop = new AbortController()
    const filling: Filling = { stop, part: 0, done: Promise.resolve() }
    this.#filling.set(home, filling)
    filling.done = this.#fill(home, language, filling)
      .catch((err: unknown) => {
        if (!stop.signal.aborted) this.#needs.log.error({ err }, 'sample calls could not be filled in')
      })
      .finally(() => this.#filling.delete(home))
  }

  /** Everything is gone when it resolves. Again is fine. */
  remove(home: string): Promise<void> {
    const begun = this.#removing.get(home)
    if (begun) return begun
    const removing = this.#remove(home).finally(() => this.#removing.delete(home))
    this.#removing.set(home, removing)
    return removing
  }

  /** @throws AppError not-allowed, sample-absent */
  async show(principal: Principal, tokenHash: string, shown: boolean): Promise<void> {
    if (!maySeeSample(principal)) throw new AppError('not-allowed', { needs: 'role manager or admin' })
    const { state } = await this.state(principal.home)
    if (shown && (state === 'none' || state === 'removing')) throw new AppError('sample-absent')
    await this.#needs.store.access.showSample(tokenHash, shown)
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    for (const { stop } of this.#filling.values()) stop.abort()
    await Promise.all([...[...this.#filling.values()].map(({ done }) => done), ...this.#removing.values()])
  }

  async #fill(home: string, language: SampleLanguage, filling: Filling): Promise<void> {
    const { ingest, timeZone, log, now } = this.#needs
    const instance = sampleInstanceOf(home)
    await this.#removeAll(home)
    const { signal } = filling.stop
    const thread = new SampleThread({ instance, timeZone, language, now: now(), seed: now() }, signal)
    try {
      const audio: SamplePart['audio'] = []
      for (let part = await thread.nextPart(); part; part = await thread.nextPart()) {
        await ingest.append({ instance, source: 'sample' }, part.events, part.rows)
        audio.push(...part.audio)
        filling.part += 1 / PARTS
      }
      const before = filling.part
      for (const [i, talk] of audio.entries()) {
        await this.#takeSound(instance, talk, await thread.sound(talk))
        filling.part = before + ((i + 1) / audio.length) * (1 - before)
      }
      log.info({ instance, recordings: audio.length }, 'sample calls filled in')
    } finally {
      await thread.close()
    }
  }

  async #takeSound(instance: string, { callId }: SamplePart['audio'][number], wav: Uint8Array): Promise<void> {
    const audio = (async function* () {
      yield wav
    })()
    const incoming = { instance, callId, n: 1, audio, expectedBytes: wav.byteLength, digests: [], origin: null }
    await this.#needs.intake.take(incoming)
  }

  async #remove(home: string): Promise<void> {
    const filling = this.#filling.get(home)
    filling?.stop.abort()
    await filling?.done
    await this.#removeAll(home)
    this.#needs.log.info({ instance: sampleInstanceOf(home) }, 'sample calls removed')
  }

  async #removeAll(home: string): Promise<void> {
    const { store, removeExport } = this.#needs
    const instance = sampleInstanceOf(home)
    // Twice: the first ends one that waits or runs, the second takes it away.
    for (const _ of ['end', 'remove'])
      for (const row of await store.exports.exports(instance, null, EXPORTS_AT_ONCE)) await removeExport(row)
    await this.#removeFiles(instance)
    await store.removeInstance(instance, home)
    // What was being listened to in the meantime may have left its peaks.
    await this.#removeFiles(instance)
  }

  async #removeFiles(instance: string): Promise<void> {
    for (const storage of this.#needs.storages.all)
      for await (const { key } of storage.list(instancePrefix(instance))) await storage.remove(key)
  }
}

/** One question at a time, answered by sample-thread.ts. */
class SampleThread {
  readonly #worker: Worker
  readonly #signal: AbortSignal

  constructor(workerData: object, signal: AbortSignal) {
    this.#worker = new Worker(new URL('./sample-thread.ts', import.meta.url), { workerData })
    this.#signal = signal
  }

  async nextPart(): Promise<SamplePart | null> {
    const answer = await this.#ask({ type: 'part' })
    return 'part' in answer ? answer.part : null
  }

  async sound({ durationMs, seed }: { durationMs: number; seed: number }): Promise<Uint8Array> {
    const answer = await this.#ask({ type: 'sound', durationMs, seed })
    return 'wav' in answer ? answer.wav : new Uint8Array()
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(request: SampleRequest): Promise<SampleAnswer> {
    this.#signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const worker = this.#worker
      const end = () => {
        worker.off('message', take).off('error', fail).off('exit', gone)
        this.#signal.removeEventListener('abort', stop)
      }
      const take = (answer: SampleAnswer) => {
        end()
        if ('failed' in answer) reject(new Error(answer.failed))
        else resolve(answer)
      }
      const fail = (cause: unknown) => {
        end()
        reject(cause)
      }
      const gone = () => fail(new Error('the thread that makes sample calls has ended'))
      const stop = () => fail(this.#signal.reason)
      worker.on('message', take).on('error', fail).on('exit', gone)
      this.#signal.addEventListener('abort', stop, { once: true })
      worker.postMessage(request)
    })
  }
}

// The main thread's end of a store thread: typed calls over messages, with a bound on what may wait.
import { Worker } from 'node:worker_threads'
import { AppError } from '../../errors.ts'
import type { Database } from './database.ts'
import type { ThreadAnswer, ThreadRequest, ThreadStart } from './store-thread.ts'

type Verb = (db: Database, ...args: never[]) => unknown
type ArgsOf<V> = V extends (db: Database, ...args: infer A) => unknown ? A : never
type ResultOf<V> = V extends (db: Database, ...args: never[]) => infer R ? R : never

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

export class StoreThread<Verbs extends Record<keyof Verbs, Verb>> {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #limit: number
  #nextId = 1
  #failed: Error | null = null
  #closed: Promise<void> | null = null

  private constructor(start: ThreadStart, limit: number) {
    this.#limit = limit
    this.#worker = new Worker(new URL('./store-thread.ts', import.meta.url), { workerData: start })
    this.#worker.on('message', (answer: ThreadAnswer) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#fail(error as Error))
    this.#worker.on('exit', () => this.#fail(new Error('the store thread has ended')))
  }

  /**
   * Starts a thread and waits until its database is open.
   * @throws AppError store-unavailable, config-invalid
   */
  static async start<V extends Record<keyof V, Verb>>(start: ThreadStart, limit: number): Promise<StoreThread<V>> {
    const thread = new StoreThread<V>(start, limit)
    await new Promise<unknown>((resolve, reject) => thread.#waiting.set(0, { resolve, reject }))
    return thread
  }

  /** Requests that have not been answered yet. */
  get pending(): number {
    return this.#waiting.size
  }

  /** @throws AppError store-busy, store-unavailable */
  call<V extends keyof Verbs & string>(verb: V, ...args: ArgsOf<Verbs[V]>): Promise<ResultOf<Verbs[V]>> {
    if (this.#waiting.size >= this.#limit) return Promise.reject(new AppError('store-busy'))
    return this.#send(verb, args) as Promise<ResultOf<Verbs[V]>>
  }

  /** Ends the thread after what was asked before. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#failed
      ? Promise.resolve()
      : this.#send('close', []).then(async () => void (await this.#worker.terminate()))
    return this.#closed
  }

  #send(verb: string, args: unknown[]): Promise<unknown> {
    if (this.#failed) {
      return Promise.reject(
        new AppError('store-unavailable', { detail: this.#failed.message }, { cause: this.#failed }),
      )
    }
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, verb, args } satisfies ThreadRequest)
    })
  }

  #settle(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (!waiting) return
    if (answer.ok) waiting.resolve(answer.result)
    else waiting.reject(answer.code ? new AppError(answer.code, answer.details) : new Error(answer.message))
  }

  #fail(error: Error): void {
    this.#failed ??= error
    for (const { reject } of this.#waiting.values()) {
      reject(new AppError('store-unavailable', { detail: error.message }, { cause: error }))
    }
    this.#waiting.clear()
  }
}

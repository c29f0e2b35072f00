// Work that is done again and again in the background: at once while there is more, else after a pause; what fails is tried
// again later.
import { setTimeout as delay } from 'node:timers/promises'

export interface RoundsOptions {
  /** true: there may be more to do at once. */
  round(signal: AbortSignal): Promise<boolean>
  everyMs: number
  /** Told when a round has failed; not when it failed because it was to stop. */
  failed(cause: unknown): void
}

export class Rounds {
  readonly #options: RoundsOptions
  readonly #stop = new AbortController()
  #running: Promise<void> | null = null

  constructor(options: RoundsOptions) {
    this.#options = options
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Waits for what was begun. Safe to call twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** Ends early when it is to stop. */
  async wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.signal, ref: false }).catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { round, everyMs, failed } = this.#options
    while (!this.signal.aborted) {
      const more = await round(this.signal).catch((cause: unknown) => {
        if (!this.signal.aborted) failed(cause)
        return false
      })
      if (!more) await this.wait(everyMs)
    }
  }
}

// How far the phones' own clock can be trusted: a phone notes the time when it gets round to a message, and a busy machine
// lets it come late. Notes every moment in which the phones' process did nothing, so that a time taken right after it can
// be told from a disagreement. Used by mix.ts.
import { getPriority, setPriority } from 'node:os'

interface Stall {
  from: number
  to: number
}

const TICK_MS = 10
const LATE_MS = 30
/** What waited during a stall is dealt with this soon after it. */
const AFTER_MS = 60
const QUICK = -10

export class PhoneClock {
  readonly #stalls: Stall[] = []
  readonly #timer: NodeJS.Timeout
  readonly #priority = getPriority()
  #last = Date.now()

  /** The phones go before whatever else the machine does, where that is allowed. */
  constructor() {
    if (process.getuid?.() === 0) setPriority(QUICK)
    this.#timer = setInterval(() => {
      const now = Date.now()
      if (now - this.#last > TICK_MS + LATE_MS) this.#stalls.push({ from: this.#last, to: now })
      this.#last = now
    }, TICK_MS)
  }

  /** How late the phones were at most, ms. */
  get longestMs(): number {
    return Math.max(0, ...this.#stalls.map(({ from, to }) => to - from))
  }

  /** Whether something that a phone noted at `seen` may have come at `real`, and waited since. */
  mayHaveWaited(real: number, seen: number): boolean {
    return this.#stalls.some(
      ({ from, to }) => seen >= from && seen <= to + AFTER_MS && real >= from - AFTER_MS && real <= seen,
    )
  }

  close(): void {
    clearInterval(this.#timer)
    if (process.getuid?.() === 0) setPriority(this.#priority)
  }
}

// How long what a PBX said took until it was on disk. Kept by a connector, shown with its state. Counts in classes of one
// millisecond (ten, from one second on), of the last five to ten minutes; so it takes the same room at any load.

export interface LagFigures {
  /** Milliseconds; half, and 99 of 100, took no longer. */
  p50: number
  p99: number
  max: number
  /** How many messages that is. */
  messages: number
}

export interface LagMeter {
  /** A message made at `at` on the PBX's clock came at `receivedAt` on ours: the quickest of late tells the clocks apart. */
  heard(at: number, receivedAt: number): void
  /** What was made at `at` is on disk at `now`. */
  committed(at: number, now: number): void
  /** null: nothing was measured. */
  figures(now: number): LagFigures | null
}

interface Period {
  startedAt: number
  counts: Uint32Array
  messages: number
  max: number
  /** The PBX's clock minus ours, by the quickest message. */
  quickest: number
}

const PERIOD_MS = 5 * 60_000
const FINE_MS = 1_000
const COARSE_MS = 10
const CLASSES = 2_000

export function createLagMeter(): LagMeter {
  let young = newPeriod(0)
  let old = newPeriod(0)

  function turn(now: number): void {
    if (now - young.startedAt < PERIOD_MS) return
    old = now - young.startedAt < 2 * PERIOD_MS ? young : newPeriod(now)
    young = newPeriod(now)
  }

  return {
    heard(at, receivedAt) {
      turn(receivedAt)
      young.quickest = Math.max(young.quickest, at - receivedAt)
    },
    committed(at, now) {
      turn(now)
      const ahead = Math.max(young.quickest, old.quickest)
      const lagMs = Math.max(0, now + (Number.isFinite(ahead) ? ahead : 0) - at)
      const index = classOf(lagMs)
      young.counts[index] = (young.counts[index] ?? 0) + 1
      young.messages++
      young.max = Math.max(young.max, lagMs)
    },
    figures(now) {
      turn(now)
      const messages = young.messages + old.messages
      if (messages === 0) return null
      const max = Math.round(Math.max(young.max, old.max))
      const within = (share: number) => {
        let left = Math.ceil(messages * share)
        for (let index = 0; index < CLASSES; index++) {
          left -= (young.counts[index] ?? 0) + (old.counts[index] ?? 0)
          if (left <= 0) return Math.min(upperEnd(index), max)
        }
        return max
      }
      return { p50: within(0.5), p99: within(0.99), max, messages }
    },
  }
}

function newPeriod(startedAt: number): Period {
  return {
    startedAt,
    counts: new Uint32Array(CLASSES),
    messages: 0,
    max: 0,
    quickest: Number.NEGATIVE_INFINITY,
  }
}

function classOf(lagMs: number): number {
  const index = lagMs < FINE_MS ? Math.floor(lagMs) : FINE_MS + Math.floor((lagMs - FINE_MS) / COARSE_MS)
  return Math.min(index, CLASSES - 1)
}

/** Everything in the class took no longer than this. */
function upperEnd(index: number): number {
  return index < FINE_MS ? index + 1 : FINE_MS + (index - FINE_MS + 1) * COARSE_MS
}

// Measures the memory that is really held, after collecting what is not.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of heap and buffers in use. */
export function heldBytes(): number {
  collect()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

/** What was held at even points of a run: a leak is a line that goes on rising. */
export class MemoryCurve {
  readonly samples: number[] = []
  #next = 0
  readonly #every: number

  constructor(total: number, points = total < 50_000 ? 8 : 20) {
    this.#every = Math.max(1, Math.floor(total / points))
  }

  note(done: number): void {
    if (done < this.#next) return
    this.#next = done + this.#every
    this.samples.push(heldBytes())
  }

  /** Growth over the second half of the run, bytes: what is kept for good (caches fill in the first). */
  lateGrowth(): number {
    const half = this.samples.slice(Math.floor(this.samples.length / 2))
    const third = Math.max(1, Math.floor(half.length / 3))
    return mean(half.slice(-third)) - mean(half.slice(0, third))
  }

  peak(): number {
    return Math.max(...this.samples)
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

// Fills a store with finished calls over many days, fast: straight through the port in large batches, as the fold derives
// them. For benchmarks of reading; what a call's events look like is test/support/call-traffic.ts.
import { deriveCall } from '../src/calls/call-state.ts'
import { DEFAULT_INSTANCE } from '../src/config.ts'
import { randomFrom } from '../src/demo/random.ts'
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.ts'
import type { CallWrite } from '../src/store/store.ts'
import { callEvents } from '../test/support/call-traffic.ts'

const BATCH_CALLS = 2_000
const HOUR_MS = 3_600_000
/** Share of a day's calls by hour, from midnight: the rhythm of a contact centre with a small night shift. */
const RHYTHM = [1, 1, 0.5, 0.5, 0.5, 1, 2, 4, 8, 10, 10, 9, 7, 8, 9, 9, 8, 7, 5, 4, 3, 2, 2, 1]

export interface FillOptions {
  folder: string
  calls: number
  /** Epoch ms: starts of the first and (about) the last call. */
  from: number
  to: number
  /** Hours that the local day is ahead of UTC, for the rhythm. */
  zoneHours: number
  onProgress(done: number): void
}

export async function fillStore({ folder, calls, from, to, zoneHours, onProgress }: FillOptions): Promise<void> {
  const store = await openEmbeddedStore({ folder, readers: 1 })
  const random = randomFrom(30)
  const hours = hourStarts(from, to).map((at) => ({
    at,
    weight: RHYTHM[Math.floor(at / HOUR_MS + zoneHours) % 24] ?? 0,
  }))
  const all = hours.reduce((sum, hour) => sum + hour.weight, 0)
  let made = 0
  let planned = 0
  let committing: Promise<unknown> = Promise.resolve()
  let batch: CallWrite[] = []
  try {
    for (const { at, weight } of hours) {
      planned += (calls * weight) / all
      const count = Math.round(planned) - made
      const starts = Array.from({ length: count }, () => at + random.between(0, HOUR_MS)).sort((a, b) => a - b)
      for (const start of starts) {
        const startedAt = Math.floor(start)
        const callId = `pbx1-${Math.floor(startedAt / 1_000)}.${made++}`
        const events = callEvents(random, callId, startedAt)
        const call = deriveCall({ callId, source: 'pbx1', events })
        batch.push({ instance: DEFAULT_INSTANCE, call, events, seq: null })
        if (batch.length < BATCH_CALLS) continue
        await committing
        committing = store.calls.commit(batch)
        batch = []
        onProgress(made)
      }
    }
    await committing
    if (batch.length > 0) await store.calls.commit(batch)
    onProgress(made)
  } finally {
    await store.close()
  }
}

function hourStarts(from: number, to: number): number[] {
  const first = Math.floor(from / HOUR_MS) * HOUR_MS
  return Array.from({ length: Math.max(1, Math.ceil((to - first) / HOUR_MS)) }, (_, i) => first + i * HOUR_MS)
}

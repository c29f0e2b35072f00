// Derives calls again from their stored events, after a rule was mended, and says what changed. Safe beside a running
// server: a call that changes meanwhile is read again, and a record is only written over the one it was derived from.
import { isDeepStrictEqual } from 'node:util'
import type { Call } from '../calls/call.ts'
import { deriveCall } from '../calls/call-state.ts'
import type { CallPlace, CallStore } from '../store/store.ts'

export interface RebuildOptions {
  calls: Pick<CallStore, 'places' | 'histories' | 'call' | 'rewrite'>
  instance: string
  /** By start, epoch ms: from inclusive, to exclusive. */
  from: number
  to: number
  /** Say what would change and change nothing. */
  dryRun: boolean
  onChange(change: CallDifference): void
  onProgress(progress: RebuildProgress): void
  signal?: AbortSignal
}

export interface CallDifference {
  callId: string
  startedAt: number
  fields: { field: string; before: unknown; after: unknown }[]
}

export interface RebuildProgress {
  looked: number
  changed: number
  /** Start of the last call looked at. */
  reachedAt: number
}

const SLICE = 200
/** A call that changes under our hands is tried again so often; a live one will be derived by its next event anyway. */
const TRIES = 5

export async function rebuild(options: RebuildOptions): Promise<RebuildProgress> {
  const { calls, instance, from, to, signal } = options
  const progress: RebuildProgress = { looked: 0, changed: 0, reachedAt: from }
  let after: CallPlace | null = null
  for (;;) {
    signal?.throwIfAborted()
    const places: CallPlace[] = await calls.places(instance, { from, to }, after, SLICE)
    if (places.length === 0) return progress
    for (const place of places) {
      const difference = await rebuildCall(options, place.id)
      progress.looked++
      if (difference) {
        progress.changed++
        options.onChange(difference)
      }
      progress.reachedAt = place.startedAt
    }
    after = places.at(-1) ?? null
    options.onProgress(progress)
  }
}

async function rebuildCall({ calls, instance, dryRun }: RebuildOptions, id: string): Promise<CallDifference | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await calls.call(instance, id)
    // Merged into another: its events count there.
    if (!stored || stored.id !== id) return null
    const history = (await calls.histories(instance, [id])).get(id)
    if (!history) return null
    const { seq, tags: _, ...before } = stored
    const after = deriveCall(history)
    const fields = differences(before, after)
    if (fields.length === 0) return null
    const difference = { callId: id, startedAt: after.startedAt, fields }
    if (dryRun || (await calls.rewrite(instance, [{ call: after, seq }]))[0]) return difference
  }
  return null
}

function differences(before: Call, after: Call): CallDifference['fields'] {
  const found: CallDifference['fields'] = []
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Call>) {
    if (!isDeepStrictEqual(before[field], after[field]))
      found.push({ field, before: before[field], after: after[field] })
  }
  return found
}

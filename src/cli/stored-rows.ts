// The rows of recordings that a command goes through, page by page.
import { AppError } from '../errors.ts'
import type { RecordingChoice, RecordingRow, Store } from '../store/store.ts'

const AT_A_TIME = 200

export async function* rowsOf(store: Store, instance: string, choice: RecordingChoice): AsyncGenerator<RecordingRow> {
  for (let after: RecordingRow | null = null; ; ) {
    const rows: RecordingRow[] = await store.recordings.recordingsFrom(instance, choice, after, AT_A_TIME)
    yield* rows
    after = rows.at(-1) ?? null
    if (rows.length < AT_A_TIME) return
  }
}

/** @throws AppError call-not-found */
export async function* rowsOfCall(store: Store, instance: string, callId: string): AsyncGenerator<RecordingRow> {
  const call = await store.calls.call(instance, callId)
  if (!call) throw new AppError('call-not-found', { callId })
  for (const id of new Set([callId, call.id]))
    for (const row of await store.recordings.recordingsOfCall(instance, id)) if (row.state !== 'deleted') yield row
}

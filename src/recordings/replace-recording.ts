// Puts other bytes in the place of a stored recording (decoded, or with a silenced range), so that a crash at any moment
// leaves either the old or the new one whole: the new file lies under a key of its own, then row, event and receipt are
// committed together, and with them that the old file is loose; then it and all beside it are removed. Where that fails,
// the next sweep does it.
import type { CallEvent } from '../calls/call-event.ts'
import type { NewReceipt } from '../receipts/receipt.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { removeLooseFile } from './loose-files.ts'
import { RECORDINGS_SOURCE, type RecordingIngest } from './recording-ingest.ts'
import { removeRecording, type Storages } from './storage/recording-storage.ts'

export interface Replacement {
  /** The row as it will be, its place excepted. */
  row: RecordingRow
  events(row: RecordingRow): CallEvent[]
  receipts?: NewReceipt[]
  /** Stores the new file (and what lies beside it) in the home storage. */
  put(path: string): Promise<void>
}

/** The new row; null: the recording is another by now (deleted, replaced), and stays as it is. @throws AppError store-unavailable */
export async function replaceRecording(
  needs: ReplaceNeeds,
  old: RecordingRow,
  replacement: Replacement,
): Promise<RecordingRow | null> {
  const { store, storages, ingest, log } = needs
  const { instance, callId, n } = old
  const path = nextKey(old.path)
  const isStill = async ({ path, sha256 }: RecordingRow) => {
    const present = await store.recordings.recording(instance, callId, n)
    return present?.state === 'available' && present.sha256 === sha256 && present.path === path
  }
  const { home } = storages
  const row: RecordingRow = { ...replacement.row, storage: home.name, keyId: home.keyId, path }
  try {
    await replacement.put(path)
    if (!(await isStill(old))) {
      await removeRecording(storages, row)
      return null
    }
    await ingest.append({ instance, source: RECORDINGS_SOURCE }, replacement.events(row), [row], replacement.receipts)
  } catch (cause) {
    await removeRecording(storages, row).catch((err: unknown) =>
      log.warn({ err, path }, 'a half-made recording stays behind'),
    )
    throw cause
  }
  // Deleted in the same moment: the store keeps a deleted row as it is, and nothing of the recording may stay.
  if (!(await isStill(row))) {
    await removeRecording(storages, row)
    return null
  }
  await removeLooseFile(needs, old).catch((err: unknown) =>
    log.warn({ err, path: old.path }, 'an old recording stays behind until the next sweep'),
  )
  return row
}

export interface ReplaceNeeds {
  store: Pick<Store, 'recordings'>
  storages: Storages
  ingest: RecordingIngest
  now(): number
  log: { warn(details: object, message: string): void }
}

/** Another key for the same recording: `…-1.wav` → `…-1.r2.wav` → `…-1.r3.wav`. */
export function nextKey(key: string): string {
  const revision = Number(/\.r(\d+)\.wav$/.exec(key)?.[1] ?? 1)
  return `${key.replace(/(\.r\d+)?\.wav$/, '')}.r${revision + 1}.wav`
}

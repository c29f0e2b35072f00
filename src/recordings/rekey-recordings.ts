// Gives recordings the newest key, one at a time, beside a running server: plain ones become encrypted, those under an older
// key get the newest, and without a newest key all become plain again. A file takes the old one's place at once and whole,
// after it was read back and held against its hash, so a run that was cut off is simply begun again. Called by the
// command line.
import type { LooseFile, RecordingRow } from '../store/store.ts'
import { removeLooseFile } from './loose-files.ts'
import { ARRIVES_WITHIN_MS, type MoveNeeds } from './move-recordings.ts'
import type { EncryptedStorage, Resealed } from './storage/encrypted-storage.ts'
import { COMPANIONS, companionKey, isFileFailure, type Storages } from './storage/recording-storage.ts'

export interface RekeyNeeds extends Omit<MoveNeeds, 'spool'> {
  storages: Storages<EncryptedStorage>
}

/**
 * `locked`: its present key is not there. `missing`, `damaged`: stays as it is, for verify to tell of. `changed`: deleted,
 * replaced or moved meanwhile.
 */
export type RekeyOutcome = 'rekeyed' | 'missing' | 'damaged' | 'changed' | 'locked'

/** @throws AppError store-unavailable; run again, it goes on. */
export async function rekeyRecording(needs: RekeyNeeds, row: RecordingRow): Promise<RekeyOutcome> {
  const { recordings } = needs.store
  const { name, keyId } = needs.storages.of(row)
  // If the recording is replaced meanwhile (a part is silenced), what is put here now must go again.
  const file: LooseFile = { instance: row.instance, storage: name, path: row.path }
  if (!(await recordings.noteArriving(file, needs.now() + ARRIVES_WITHIN_MS))) return 'changed'
  const drop = async () => {
    await recordings.noteLoose(file)
    await removeLooseFile(needs, file)
  }
  const resealed = await resealAll(needs.storages.of(row), row).catch(async (cause: unknown) => {
    await drop().catch(() => undefined)
    if (isFileFailure(cause, 'recording-key-missing')) return 'locked' as const
    throw cause
  })
  const isDone = resealed === 'resealed' || resealed === 'current'
  if (isDone && (await recordings.noteMoved(row, { storage: name, keyId }, needs.now()))) return 'rekeyed'
  if (resealed !== 'locked') await drop()
  return isDone ? 'changed' : resealed
}

/** All that lies beside it first: where the WAV has the newest key, everything has. */
async function resealAll(storage: EncryptedStorage, row: RecordingRow): Promise<Resealed> {
  for (const companion of COMPANIONS) await storage.reseal(companionKey(row.path, companion), null)
  return storage.reseal(row.path, row.sha256)
}

// Moves recordings from one storage to another, one at a time, beside a running server. A recording is in its new place,
// read back and held against its hash before its row points there, and only then leaves the old one. The store knows of
// every copy before it is made (store/recording-store.ts, noteArriving), so a run that was cut off at any point is begun
// again, and what it left behind goes with the next sweep. Called by the command line.
import { createHash } from 'node:crypto'
import type { LooseFile, RecordingRow, Store } from '../store/store.ts'
import { removeLooseFile, removeLooseFiles } from './loose-files.ts'
import {
  COMPANIONS,
  companionKey,
  isFileFailure,
  type RecordingStorage,
  type Storages,
} from './storage/recording-storage.ts'
import type { Spool } from './storage/spool.ts'

export interface MoveNeeds {
  store: Pick<Store, 'recordings'>
  storages: Storages
  spool: Pick<Spool, 'newFile'>
  now(): number
}

/**
 * `missing`, `damaged`: stays where it is, for verify to tell of. `changed`: deleted, replaced or moved meanwhile.
 * `locked`: it is encrypted, and its key is not there.
 */
export type MoveOutcome = 'moved' | 'missing' | 'damaged' | 'changed' | 'locked'

/** A copy that took longer is given up: nothing of it stays longer than that, even if this process dies. */
export const ARRIVES_WITHIN_MS = 2 * 3_600_000

/** @throws AppError store-unavailable; run again, it goes on. */
export async function moveRecording(needs: MoveNeeds, row: RecordingRow, to: RecordingStorage): Promise<MoveOutcome> {
  const { recordings } = needs.store
  const copy: LooseFile = { instance: row.instance, storage: to.name, path: row.path }
  if (!(await recordings.noteArriving(copy, needs.now() + ARRIVES_WITHIN_MS))) return 'changed'
  const outcome = await copyRecording(needs, row, to).catch(async (cause: unknown) => {
    await giveUp(needs, copy).catch(() => undefined)
    if (isFileFailure(cause, 'recording-key-missing')) return 'locked' as const
    if (isFileFailure(cause, 'file-damaged')) return 'damaged' as const
    throw cause
  })
  if (outcome === 'copied' && (await recordings.noteMoved(row, { storage: to.name, keyId: to.keyId }, needs.now()))) {
    // What lay in the old place is loose by that.
    await removeLooseFile(needs, row)
    return 'moved'
  }
  await giveUp(needs, copy)
  return outcome === 'copied' ? 'changed' : outcome
}

/**
 * Removes what a run left behind that was cut off. To be called before the first move of a run, by whoever alone moves.
 * @throws AppError store-unavailable
 */
export async function settleMoves(needs: Omit<MoveNeeds, 'spool'>, instance: string): Promise<void> {
  await needs.store.recordings.giveUpArriving(instance)
  for (const storage of needs.storages.all) await removeLooseFiles(needs, { instance, storage })
}

async function giveUp(needs: MoveNeeds, copy: LooseFile): Promise<void> {
  await needs.store.recordings.noteLoose(copy)
  await removeLooseFile(needs, copy)
}

async function copyRecording(
  needs: MoveNeeds,
  row: RecordingRow,
  to: RecordingStorage,
): Promise<'copied' | 'missing' | 'damaged'> {
  const from = needs.storages.of(row)
  const copied = await copyFile(needs, { from, to, key: row.path, expected: row.sha256 })
  if (copied !== 'copied') return copied
  for (const companion of COMPANIONS)
    await copyFile(needs, { from, to, key: companionKey(row.path, companion), expected: null })
  return 'copied'
}

/** Copies by way of the spool and reads the copy back. `expected`: the hash it must have; null: whatever it has, or nothing. */
async function copyFile(
  { spool }: MoveNeeds,
  { from, to, key, expected }: { from: RecordingStorage; to: RecordingStorage; key: string; expected: string | null },
): Promise<'copied' | 'missing' | 'damaged'> {
  const spooled = await spool.newFile()
  try {
    const read = await hashOfStored(from, key, (bytes) => spooled.file.writeFile(bytes))
    if (!read) return 'missing'
    if (expected !== null && read.sha256 !== expected) return 'damaged'
    await to.put(key, spooled.path, read)
  } finally {
    await spooled.discard()
  }
  const there = await hashOfStored(to, key)
  const here = expected ?? (await hashOfStored(from, key))?.sha256
  if (there?.sha256 !== here) throw new Error(`the copy of ${key} in ${to.name} is not what was sent`)
  return 'copied'
}

async function hashOfStored(
  storage: RecordingStorage,
  key: string,
  each: (bytes: Uint8Array) => Promise<void> = async () => undefined,
): Promise<{ sha256: string; sizeBytes: number } | null> {
  const file = await storage.open(key)
  if (!file) return null
  const hash = createHash('sha256')
  try {
    for await (const bytes of file.read({ offset: 0, length: file.sizeBytes })) {
      hash.update(bytes)
      await each(bytes)
    }
    return { sha256: hash.digest('hex'), sizeBytes: file.sizeBytes }
  } finally {
    await file.close()
  }
}

// Removes files that no row points to any more: what a recording was before a part of it was silenced, what a move left
// behind, a copy that never became anything. The store knows them from the transaction in which they became loose, so a
// crash before they were removed leaves them to the next sweep.
import type { LooseFile, RecordingRow, Store } from '../store/store.ts'
import { type RecordingStorage, removeRecording, type Storages } from './storage/recording-storage.ts'

export interface LooseFileNeeds {
  store: { recordings: Pick<Store['recordings'], 'takeLoose' | 'looseRemoved'> }
  storages: Pick<Storages, 'of' | 'all'>
  now(): number
}

const AT_ONCE = 100

/** Those of one storage; says how many. `path`: only this one. @throws AppError store-unavailable: the rest is removed later. */
export async function removeLooseFiles(
  { store, storages, now }: LooseFileNeeds,
  { instance, storage, path = null }: { instance: string; storage: RecordingStorage; path?: string | null },
  signal?: AbortSignal,
): Promise<number> {
  for (let removed = 0; ; ) {
    const loose = await store.recordings.takeLoose({ instance, storage: storage.name, path }, now(), AT_ONCE)
    const gone: LooseFile[] = []
    try {
      for (const file of loose) {
        await removeRecording(storages, file)
        gone.push(file)
      }
    } finally {
      if (gone.length > 0) await store.recordings.looseRemoved(gone)
    }
    removed += gone.length
    if (loose.length < AT_ONCE || signal?.aborted) return removed
  }
}

/** The one that a recording had before, wherever it lies. @throws AppError store-unavailable: the sweep removes it later. */
export async function removeLooseFile(
  needs: LooseFileNeeds,
  { instance, path }: Pick<RecordingRow, 'instance' | 'path'>,
): Promise<void> {
  for (const storage of needs.storages.all) await removeLooseFiles(needs, { instance, storage, path })
}

// Which storages a server has, and which of them new recordings go to. Called where the parts of recordings are put
// together and by the command line.
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { AppError } from '../../errors.ts'
import { type EncryptedStorage, encryptedStorage } from './encrypted-storage.ts'
import { folderStorage } from './folder-storage.ts'
import type { RecordingStorage, Storages } from './recording-storage.ts'
import { s3Storage } from './s3-storage.ts'
import type { Spool } from './spool.ts'

export type StoragesConfig = Pick<Config, 'dataFolder' | 'recordingsBucket' | 'recordingsIn' | 'recordingKeys'>

/** `spool`: where encrypted files are made before they are stored. */
export function openStorages(
  config: StoragesConfig,
  spool: Pick<Spool, 'newFile'>,
): Storages<EncryptedStorage> & { close(): void } {
  // Also without a key: what was encrypted once is told from what is damaged.
  const sealed = (storage: RecordingStorage) => encryptedStorage(storage, { keys: config.recordingKeys, spool })
  const folder = sealed(folderStorage(recordingsFolder(config)))
  const plainBucket = config.recordingsBucket && s3Storage(config.recordingsBucket)
  const bucket = plainBucket && sealed(plainBucket)
  const all = bucket ? [folder, bucket] : [folder]
  return {
    home: config.recordingsIn === 's3' && bucket ? bucket : folder,
    all,
    of({ storage }) {
      const found = all.find(({ name }) => name === storage)
      if (found) return found
      throw new AppError('store-unavailable', {
        detail: `the storage of this recording (${storage}) is not configured`,
      })
    },
    close: () => plainBucket?.close(),
  }
}

export function recordingsFolder({ dataFolder }: Pick<Config, 'dataFolder'>): string {
  return join(dataFolder, 'recordings')
}

/** Where files are made before they are stored; each purpose its own, since at its start it clears what it finds there. */
export function spoolFolder(config: Pick<Config, 'dataFolder'>, purpose: 'intake' | 'move' | 'uploads'): string {
  return join(recordingsFolder(config), '.spool', purpose)
}

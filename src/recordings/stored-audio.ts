// The audio of one recording as downloads have it, for parts of Callbook that hand out many at once (exports). Changes
// nothing: what is not there is told as null, and noticing it is the business of downloads and checks.
import type { RecordingRow, Store } from '../store/store.ts'
import type { ByteRange } from './byte-range.ts'
import { downloadOf, piecesOf } from './download.ts'
import { isFileFailure, type Storages } from './storage/recording-storage.ts'

export interface StoredAudio {
  row: RecordingRow
  /** Of the download: a wrong header has been replaced. */
  sizeBytes: number
  /** Those bytes of the download, in order. @throws AppError store-unavailable */
  read(range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Safe to call twice. */
  close(): Promise<void>
}

export type OpenAudio = (instance: string, callId: string, n: number) => Promise<StoredAudio | null>

/**
 * null: there is no such recording, or none that can be heard (its key is not there, its file was changed).
 * @throws AppError store-unavailable where its storage is away
 */
export function openAudioFrom({
  recordings,
  storages,
}: {
  recordings: Pick<Store['recordings'], 'recordingOf'>
  storages: Pick<Storages, 'of'>
}): OpenAudio {
  return async (instance, callId, n) => {
    const row = (await recordings.recordingOf(instance, callId, n))?.row
    if (row?.state !== 'available' || row.conversion !== null) return null
    const file = await storages.of(row).open(row.path).catch(unheard)
    if (!file) return null
    if (file.sizeBytes !== row.sizeBytes) {
      await file.close()
      return null
    }
    const download = downloadOf(row)
    return {
      row,
      sizeBytes: download.sizeBytes,
      read: (range, signal) => piecesOf(file, download, { range, signal }),
      close: () => file.close(),
    }
  }
}

function unheard(cause: unknown): null {
  if (isFileFailure(cause, 'recording-key-missing') || isFileFailure(cause, 'file-damaged')) return null
  throw cause
}

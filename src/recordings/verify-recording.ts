// Holds the bytes of a recording against the hash that was taken when it came in, and makes its record say what was found.
// Called by the route, the command line and the scrub.
import { createHash } from 'node:crypto'
import type { RecordingRow } from '../store/store.ts'
import { type FileStateNeeds, tellFileState } from './file-state.ts'
import { companionKey, isFileFailure, type OpenedFile, type Storages } from './storage/recording-storage.ts'

export interface VerifyNeeds extends FileStateNeeds {
  storages: Pick<Storages, 'of'>
}

export type FileOutcome = 'intact' | 'missing' | 'damaged'

export interface Verification {
  outcome: FileOutcome
  /** Of the file as it came, which is kept beside one that was decoded; null: there is none to keep. */
  original: FileOutcome | null
  /** Of the file as it is now; null: there is none, or none that can be decrypted any more. */
  sha256: string | null
  sizeBytes: number | null
  /** As it was taken in. */
  expectedSha256: string
  expectedBytes: number
  storedAt: number
  verifiedAt: number
}

export interface VerifyOptions {
  signal?: AbortSignal
  /** Asked to wait after so many bytes were read. */
  pace?: (bytes: number) => Promise<void>
}

/**
 * null: the recording is not the one that was asked about any more (deleted, replaced or moved meanwhile), or `signal`
 * was aborted; nothing is told then.
 * @throws AppError store-unavailable when the storage or the store is away, recording-key-missing: they say nothing about
 * the file.
 */
export async function verifyRecording(
  needs: VerifyNeeds,
  row: RecordingRow,
  options: VerifyOptions = {},
): Promise<Verification | null> {
  const { outcome, sha256, sizeBytes } = await lookAt(needs, { row, key: row.path, sha256: row.sha256 }, options)
  const because =
    outcome === 'missing'
      ? 'its file is not there'
      : sizeBytes === null || sizeBytes === row.sizeBytes
        ? 'the bytes of its file were changed'
        : `its file has ${sizeBytes} of ${row.sizeBytes} bytes`
  const original = await verifyOriginal(needs, row, options)
  if (options.signal?.aborted) return null
  const state = outcome === 'intact' ? 'available' : outcome
  if (!(await tellFileState(needs, row, { state, because }))) return null
  const verifiedAt = needs.now()
  await needs.store.recordings.noteVerified(row, verifiedAt)
  return {
    outcome,
    original,
    sha256,
    sizeBytes,
    expectedSha256: row.sha256,
    expectedBytes: row.sizeBytes,
    storedAt: row.storedAt,
    verifiedAt,
  }
}

/** It is not what is listened to, so the recording stays what it is; who asked is told. */
async function verifyOriginal(
  { storages }: Pick<VerifyNeeds, 'storages'>,
  row: RecordingRow,
  options: VerifyOptions,
): Promise<FileOutcome | null> {
  if (row.originalSha256 === null) return null
  const key = companionKey(row.path, 'original')
  return (await lookAt({ storages }, { row, key, sha256: row.originalSha256 }, options)).outcome
}

/** `sha256`, `sizeBytes`: of what is there; null: nothing is, or nothing that can be decrypted. */
async function lookAt(
  { storages }: Pick<VerifyNeeds, 'storages'>,
  wanted: { row: RecordingRow; key: string; sha256: string },
  options: VerifyOptions,
): Promise<Pick<Verification, 'outcome' | 'sha256' | 'sizeBytes'>> {
  try {
    const file = await storages.of(wanted.row).open(wanted.key)
    if (!file) return { outcome: 'missing', sha256: null, sizeBytes: null }
    const { sizeBytes } = file
    const sha256 = await hashOf(file, options)
    return { outcome: sha256 === wanted.sha256 ? 'intact' : 'damaged', sha256, sizeBytes }
  } catch (cause) {
    if (!isFileFailure(cause, 'file-damaged')) throw cause
    return { outcome: 'damaged', sha256: null, sizeBytes: null }
  }
}

export function isAsItWas({ outcome, original }: Pick<Verification, 'outcome' | 'original'>): boolean {
  return outcome === 'intact' && (original === null || original === 'intact')
}

/** Closes `file`. */
async function hashOf(file: OpenedFile, { signal, pace }: VerifyOptions): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const bytes of file.read({ offset: 0, length: file.sizeBytes }, signal)) {
      hash.update(bytes)
      await pace?.(bytes.length)
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}

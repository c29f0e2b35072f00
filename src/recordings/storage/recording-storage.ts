// The port behind which recordings lie: a folder, a bucket. Files go by keys (`<instance>/<day>/<call>-<n>.wav`); all that
// belongs to one recording lies under its key (`<key>` the WAV, `<key>.peaks`, `<key>.original`…). Intake, download,
// retention, export and checks go through it, and nothing else opens, names or removes stored files. What an
// implementation must do is written down in storage.conformance.test.ts.
import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../../errors.ts'
import type { RecordingRow, StorageName } from '../../store/store.ts'

export interface StoredFile {
  key: string
  sizeBytes: number
}

export interface ListedFile {
  key: string
  /** When it was stored, epoch ms. */
  modifiedAt: number
}

export interface FileFacts {
  sizeBytes: number
  /** Hexadecimal. */
  sha256: string
}

/** A piece of a file; both in bytes, the piece lies wholly inside the file. */
export interface Piece {
  offset: number
  length: number
}

/** A stored file held open: what is read from it is one file from first to last, even if another takes its key meanwhile. */
export interface OpenedFile {
  sizeBytes: number
  /**
   * The bytes of a piece, in order, at the reader's pace. Ends early when `signal` is aborted or the reader stops.
   * @throws AppError store-unavailable while reading, also when the file turns out shorter than it was.
   */
  read(piece: Piece, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /** The file itself where its bytes lie in a local file as they are; null elsewhere. Belongs to this: not to be closed apart. */
  local: FileHandle | null
  /** Safe to call twice. */
  close(): Promise<void>
}

export interface StorageHealth {
  /** Why it cannot be used now, as a clause for the administrator; null: it can. */
  away: string | null
  /** null: nobody knows (a bucket has no end). */
  freeBytes: number | null
}

/**
 * Every verb throws AppError store-unavailable when the storage is away, full or refuses; that says nothing about one file.
 * Where files are encrypted, opening one (stat, too) throws recording-key-missing when its key is not there: that says
 * nothing about its bytes; and opening and reading throw file-damaged when they are not what was put.
 */
export interface RecordingStorage {
  /** The word by which rows say where their files lie. */
  readonly name: StorageName
  /** The id of the key by which what is put now is encrypted; null: it is not. Rows note it. */
  readonly keyId: string | null
  /** Can files encrypted by this key be read? */
  hasKey(keyId: string): boolean
  /**
   * Stored, whole and for good when it resolves; never half there under its key. What lay there is replaced. `localFile`
   * (a file of the spool, closed or only read from) may be moved away; the caller discards what is left of it.
   */
  put(key: string, localFile: string, facts: FileFacts): Promise<void>
  /** null: not there. */
  stat(key: string): Promise<StoredFile | null>
  /** null: not there. */
  open(key: string): Promise<OpenedFile | null>
  /** Gone for good when it resolves; fine when it was not there. */
  remove(key: string): Promise<void>
  /** Every file whose key begins so, in any order, with bounded memory however many there are. */
  list(prefix: string): AsyncIterable<ListedFile>
  health(): Promise<StorageHealth>
}

/** All storages of a server: new recordings go to one, older ones may still lie in another. */
export interface Storages<S extends RecordingStorage = RecordingStorage> {
  /** Where new recordings go. */
  home: S
  /** Where the files of this one lie. @throws AppError store-unavailable when that storage is not configured. */
  of(row: Pick<RecordingRow, 'storage'>): S
  all: readonly S[]
}

/** Is the storage of this one there, and the key of its file? */
export function canBeRead({ all }: Pick<Storages, 'all'>, row: Pick<RecordingRow, 'storage' | 'keyId'>): boolean {
  return all.some(({ name, hasKey }) => name === row.storage && (row.keyId === null || hasKey(row.keyId)))
}

/** Is this a failure of this kind, and no other? */
export function isFileFailure(cause: unknown, code: 'file-damaged' | 'recording-key-missing'): cause is AppError {
  return cause instanceof AppError && cause.code === code
}

/** What may lie beside the WAV of a recording. Whoever writes another kind names it here, so that it goes with the recording. */
export const COMPANIONS = ['peaks', 'original'] as const
export type Companion = (typeof COMPANIONS)[number]

export function companionKey(key: string, companion: Companion): string {
  return `${key}.${companion}`
}

/** Removes the WAV of a recording and all that lies beside it. Again is fine. @throws AppError store-unavailable */
export async function removeRecording(
  storages: Pick<Storages, 'of'>,
  row: Pick<RecordingRow, 'storage' | 'path'>,
): Promise<void> {
  const storage = storages.of(row)
  for (const companion of COMPANIONS) await storage.remove(companionKey(row.path, companion))
  // Last, so that a WAV that is gone says that all is.
  await storage.remove(row.path)
}

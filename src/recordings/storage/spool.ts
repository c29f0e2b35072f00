// Where files come in before they are stored: whatever arrives is written, hashed and looked at here, and only then put
// into a storage. Lies on the file system of the recordings folder, so that storing there is a rename. What a crash leaves
// behind is removed at the next start.
import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, opendir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordingStorage } from './recording-storage.ts'

export interface SpoolFile {
  /** Open for reading and writing until it is discarded. */
  file: FileHandle
  path: string
  /** Closes it and removes what is left of it. Safe to call twice. */
  discard(): Promise<void>
}

export interface Spool {
  /** An empty file. @throws what the file system throws. */
  newFile(): Promise<SpoolFile>
  /** Removes what earlier runs left behind; says how many. @throws what the file system throws. */
  clear(): Promise<number>
}

/** `folder` belongs to one process at a time and to nothing else. */
export function spoolIn(folder: string): Spool {
  /** Marks the files of this run, so that clearing spares them. */
  const mark = randomUUID()
  return {
    async newFile() {
      const path = join(folder, `${mark}.${randomUUID()}`)
      const file = await openNew(path).catch(async (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause
        await mkdir(folder, { recursive: true })
        return openNew(path)
      })
      let discarded: Promise<void> | null = null
      const discard = async () => {
        await file.close()
        await rm(path, { force: true })
      }
      return {
        file,
        path,
        discard: () => {
          discarded ??= discard()
          return discarded
        },
      }
    },
    async clear() {
      await mkdir(folder, { recursive: true })
      let removed = 0
      for await (const entry of await opendir(folder)) {
        if (!entry.isFile() || entry.name.startsWith(mark)) continue
        await rm(join(folder, entry.name), { force: true })
        removed++
      }
      return removed
    },
  }
}

/** Stores bytes made here (peaks…). @throws AppError store-unavailable; what the file system of the spool throws. */
export async function putBytes(
  { storage, spool }: { storage: Pick<RecordingStorage, 'put'>; spool: Pick<Spool, 'newFile'> },
  key: string,
  bytes: Uint8Array,
): Promise<void> {
  const spooled = await spool.newFile()
  try {
    await spooled.file.writeFile(bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await storage.put(key, spooled.path, { sizeBytes: bytes.length, sha256 })
  } finally {
    await spooled.discard()
  }
}

function openNew(path: string): Promise<FileHandle> {
  return open(path, 'wx+', 0o640)
}

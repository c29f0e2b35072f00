// Recordings in a folder: a key is a path below it. A file gets its name by an atomic rename after it is on disk, and the
// folders it lies in are on disk too before it counts as stored. Links are not followed.
import { constants, fstatSync } from 'node:fs'
import { access, type FileHandle, lstat, mkdir, open, opendir, rename, statfs, unlink } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { AppError } from '../../errors.ts'
import { diskProblem, onDisk } from './disk-problem.ts'
import type { ListedFile, OpenedFile, Piece, RecordingStorage } from './recording-storage.ts'

/** Read and handed on at a time: enough to keep a disk busy, little enough for many listeners. */
const PIECE_BYTES = 128 * 1024

/** `folder`: absolute; the files put into it must lie on its file system. */
export function folderStorage(folder: string): RecordingStorage {
  return {
    name: 'folder',
    keyId: null,
    hasKey: () => false,
    put: async (key, localFile) => onDisk(place(pathOf(folder, key), localFile)),
    stat: async (key) => {
      const found = await unlessAbsent(folder, lstat(pathOf(folder, key)))
      return found?.isFile() ? { key, sizeBytes: found.size } : null
    },
    open: async (key) => openFile(folder, pathOf(folder, key)),
    remove: async (key) => {
      const path = pathOf(folder, key)
      const removed = await unlessAbsent(
        folder,
        unlink(path).then(() => true),
      )
      if (removed) await onDisk(syncFolder(dirname(path)))
    },
    list: (prefix) => listFiles(folder, prefix),
    async health() {
      try {
        await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
        const { bavail, bsize } = await statfs(folder)
        return { away: null, freeBytes: bavail * bsize }
      } catch (cause) {
        return { away: isAbsent(cause) ? AWAY : diskProblem(cause), freeBytes: null }
      }
    },
  }
}

const AWAY = 'the recordings folder is away'

/** The path of a key. @throws Error when it would leave the folder (a damaged database, never a caller's input). */
function pathOf(folder: string, key: string): string {
  const path = resolve(folder, key)
  const below = relative(folder, path)
  if (below === '' || below.startsWith('..') || below.startsWith(sep))
    throw new Error(`the recording key ${JSON.stringify(key)} leaves its folder`)
  return path
}

async function place(path: string, localFile: string): Promise<void> {
  const local = await open(localFile, 'r+')
  try {
    await local.sync()
  } finally {
    await local.close()
  }
  const within = dirname(path)
  const firstMade = await mkdir(within, { recursive: true })
  await rename(localFile, path)
  await syncFolder(within)
  // New folders must survive a power cut as well as the files in them.
  if (firstMade !== undefined) await syncFoldersUp(within, dirname(firstMade))
}

async function openFile(folder: string, path: string): Promise<OpenedFile | null> {
  const file = await unlessAbsent(folder, open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK))
  if (!file) return null
  try {
    // Of an open file the kernel knows it at once: not worth the way to another thread and back.
    const found = fstatSync(file.fd)
    if (found.isFile())
      return {
        sizeBytes: found.size,
        read: (piece, signal) => readPiece(file, piece, signal),
        local: file,
        close: () => file.close(),
      }
  } catch (cause) {
    await file.close()
    throw cause
  }
  await file.close()
  return null
}

async function* readPiece(file: FileHandle, piece: Piece, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const end = piece.offset + piece.length
  for (let position = piece.offset; position < end; ) {
    if (signal?.aborted) return
    const length = Math.min(PIECE_BYTES, end - position)
    const { buffer, bytesRead } = await onDisk(file.read(Buffer.allocUnsafe(length), 0, length, position))
    if (bytesRead === 0)
      throw new AppError('store-unavailable', { detail: 'the file of a recording became shorter while it was read' })
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

async function* listFiles(folder: string, prefix: string): AsyncGenerator<ListedFile> {
  const within = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const top = within === '' ? folder : pathOf(folder, within)
  const entries = await unlessAbsent(folder, opendir(top))
  if (!entries) return
  for await (const entry of entries) {
    const key = within + entry.name
    // Names of ours never begin with a dot; the spool does.
    if (entry.name.startsWith('.') || !key.startsWith(prefix)) continue
    if (entry.isDirectory()) yield* listFiles(folder, `${key}/`)
    else if (entry.isFile()) {
      const found = await unlessAbsent(folder, lstat(join(top, entry.name)))
      if (found) yield { key, modifiedAt: found.mtimeMs }
    }
  }
}

/** null: there is no such file. A whole folder that is away (a disk not mounted) says nothing about one file. */
async function unlessAbsent<T>(folder: string, work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (cause) {
    if (!isAbsent(cause)) throw new AppError('store-unavailable', { detail: diskProblem(cause) }, { cause })
    await access(folder).catch((away) => {
      throw new AppError('store-unavailable', { detail: AWAY }, { cause: away })
    })
    return null
  }
}

function isAbsent(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR'
}

async function syncFoldersUp(from: string, to: string): Promise<void> {
  for (let folder = from; ; folder = dirname(folder)) {
    await syncFolder(folder)
    if (folder === to || folder === dirname(folder)) return
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

// The end of a log that grows and is rotated: its lines from a time on, read backwards from the end, over to the rotated
// files (`.1`, `-20261123`, also `.gz`) when the time lies further back. Bounded in bytes. Called by file-gap-source.ts.
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

export interface LogTail {
  /** Oldest first, as they were written; from somewhat before the time on, the last one perhaps unfinished. */
  lines: string[]
  /** false: there is more of the time we want than may be read, or can be. */
  isComplete: boolean
}

export interface LogTailWish {
  from: number
  /** When a line was written, epoch ms; null: it is not a row. */
  timeOf(line: string): number | null
  maxBytes: number
}

const BLOCK_BYTES = 256 * 1024
/** Rows of one moment may stand in any order. */
const DISORDER_MS = 5_000
const CLOCKS_APART_MS = 10 * 60_000
const FILES_MAX = 60

/** @throws Error of the file system when neither the file nor a rotated one can be read; AbortError */
export async function readLogTail(path: string, wish: LogTailWish, signal: AbortSignal): Promise<LogTail> {
  const parts: string[][] = []
  let left = wish.maxBytes
  const files = await filesOf(path)
  if (files.length === 0) throw new Error('there is no such file')
  for (const file of files) {
    // What was last written to before the time we want holds nothing of it, nor do older ones. The clock of the disk may
    // be another than the PBX's.
    if (file.isRotated && file.modifiedAt < wish.from - CLOCKS_APART_MS) break
    if (left <= 0) return { lines: parts.flat(), isComplete: false }
    try {
      const read = file.path.endsWith('.gz') ? gzipTail : plainTail
      const tail = await read(file.path, { ...wish, maxBytes: left }, signal)
      parts.unshift(tail.lines)
      left -= tail.bytes
      if (tail.reachesBack) break
    } catch (error) {
      signal.throwIfAborted()
      if (parts.length === 0) throw error
      return { lines: parts.flat(), isComplete: false }
    }
  }
  return { lines: parts.flat(), isComplete: true }
}

interface LogFile {
  path: string
  isRotated: boolean
  modifiedAt: number
}

/** The log and its rotated files, newest first. */
async function filesOf(path: string): Promise<LogFile[]> {
  const name = basename(path)
  const folder = dirname(path)
  const names = (await readdir(folder)).filter(
    (other) => other === name || (other.startsWith(name) && /^[.-]\d{1,14}(\.gz)?$/.test(other.slice(name.length))),
  )
  const files: LogFile[] = []
  for (const other of names) {
    const found = await stat(join(folder, other)).catch((error: NodeJS.ErrnoException) => {
      // Rotated away since the folder was read: it is there under its new name next time.
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (found?.isFile()) files.push({ path: join(folder, other), isRotated: other !== name, modifiedAt: found.mtimeMs })
  }
  files.sort((a, b) => Number(a.isRotated) - Number(b.isRotated) || b.modifiedAt - a.modifiedAt)
  return files.slice(0, FILES_MAX)
}

interface Tail {
  lines: string[]
  bytes: number
  /** It begins before the time we want: older files hold nothing of it. */
  reachesBack: boolean
}

async function plainTail(path: string, wish: LogTailWish, signal: AbortSignal): Promise<Tail> {
  const file = await open(path, 'r')
  try {
    const blocks: Buffer[] = []
    let start = (await file.stat()).size
    let bytes = 0
    let reachesBack = false
    while (start > 0 && !reachesBack && bytes < wish.maxBytes) {
      signal.throwIfAborted()
      const length = Math.min(BLOCK_BYTES, start, wish.maxBytes - bytes)
      const block = await readBlock(file, start - length, length)
      start -= length
      bytes += length
      blocks.unshift(block)
      reachesBack = begins(block, start === 0, wish)
    }
    if (start > 0 && !reachesBack) bytes = wish.maxBytes
    return { lines: linesOf(Buffer.concat(blocks).toString('utf8'), start === 0), reachesBack, bytes }
  } finally {
    await file.close()
  }
}

async function readBlock(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const block = Buffer.alloc(length)
  const { bytesRead } = await file.read(block, 0, length, position)
  return block.subarray(0, bytesRead)
}

/** Does the block begin before the time we want? */
function begins(block: Buffer, isWhole: boolean, { from, timeOf }: LogTailWish): boolean {
  const lines = block.toString('utf8').split('\n')
  for (const line of isWhole ? lines : lines.slice(1)) {
    const at = timeOf(line)
    if (at !== null) return at < from - DISORDER_MS
  }
  return false
}

const unzip = promisify(gunzip)

async function gzipTail(path: string, wish: LogTailWish): Promise<Tail> {
  const bytes = await unzip(await readFile(path), { maxOutputLength: wish.maxBytes })
  return {
    lines: linesOf(bytes.toString('utf8'), true),
    reachesBack: begins(bytes, true, wish),
    bytes: bytes.length,
  }
}

/** Lines of a file's end: the first one is cut off, unless the file begins with it. */
function linesOf(text: string, isWhole: boolean): string[] {
  const lines = text.split('\n')
  return isWhole ? lines : lines.slice(1)
}

// Uploads that come in parts: what has come of each lies in a file of its own until it is whole, across restarts and for a
// day at the most. A part counts once it is on disk. Called by resumable-upload.ts.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, opendir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { type AnnouncedDigest, digestCheck } from './content-digest.ts'
import { onDisk } from './storage/disk-problem.ts'

/** One upload. The digest of the whole names it: two senders with the same one send the same bytes, and may help each other. */
export interface PartedUpload {
  instance: string
  callId: string
  n: number
  /** SHA-256 of the whole, hexadecimal. */
  sha256: string
  totalBytes: number
}

export interface Part {
  offset: number
  length: number
  bytes: AsyncIterable<Uint8Array>
  /** Of this part; if they do not hold, nothing of it is kept. */
  digests: readonly AnnouncedDigest[]
}

export interface UploadParts {
  /** How many bytes are there. A part that is still coming in for it is cut off first, and what came of it counts. */
  received(upload: PartedUpload): Promise<number>
  /**
   * Takes a part; resolves with the bytes that are there, on disk. What comes of a part that breaks off counts, unless it
   * has a digest.
   * @throws AppError upload-offset-wrong, bad-request, digest-mismatch, store-busy, store-unavailable; what `bytes` throws
   */
  add(upload: PartedUpload, part: Part): Promise<number>
  /** All that has come, from the beginning. */
  read(upload: PartedUpload): AsyncIterable<Uint8Array>
  discard(upload: PartedUpload): Promise<void>
  /** Removes what nobody has sent to for a day; says how many. @throws what the file system throws */
  sweep(): Promise<number>
}

const EXPIRES_MS = 24 * 3_600_000
const NAME = /^[0-9a-f]{64}-(\d+)\.part$/

export function uploadParts({
  folder,
  limits,
  now,
}: {
  /** Belongs to these alone. */
  folder: string
  limits: { uploadsInParts: number; uploadsInPartsBytes: number }
  now(): number
}): UploadParts {
  /** Who writes to which file at the moment. A sender that lost its connection comes back before we know of it: the later one goes on. */
  const writing = new Map<string, { cut: AbortController; ended: Promise<unknown> }>()

  const pathOf = ({ instance, callId, n, sha256, totalBytes }: PartedUpload) => {
    const name = createHash('sha256').update([instance, callId, n, sha256].join('\0')).digest('hex')
    return join(folder, `${name}-${totalBytes}.part`)
  }
  const sizeOf = async (path: string) => (await stat(path).catch(() => null))?.size ?? 0

  async function cutOff(path: string): Promise<void> {
    for (let other = writing.get(path); other; other = writing.get(path)) {
      other.cut.abort()
      await other.ended.catch(() => undefined)
    }
  }

  async function makeRoom(wantedBytes: number): Promise<void> {
    await mkdir(folder, { recursive: true })
    let count = 0
    let bytes = 0
    for await (const { name } of await opendir(folder)) {
      const total = NAME.exec(name)?.[1]
      if (total === undefined) continue
      count++
      bytes += Number(total)
    }
    if (count >= limits.uploadsInParts || bytes + wantedBytes > limits.uploadsInPartsBytes)
      throw new AppError('store-busy')
  }

  async function write(path: string, part: Part, cut: AbortSignal): Promise<number> {
    const there = await sizeOf(path)
    if (part.offset !== there) throw new AppError('upload-offset-wrong', { offset: there })
    const file = await onDisk(open(path, 'a', 0o640))
    let position = there
    try {
      const check = digestCheck(part.digests)
      for await (const bytes of untilCut(part.bytes, cut)) {
        if (position + bytes.length > there + part.length)
          throw new AppError('bad-request', { detail: 'The part is longer than its Content-Range says.' })
        check.update(bytes)
        for (let at = 0; at < bytes.length; ) at += (await onDisk(file.write(bytes, at))).bytesWritten
        position += bytes.length
      }
      if (position < there + part.length)
        throw new AppError('recording-incomplete', { received: position - there, expected: part.length })
      if (!check.holds()) throw new AppError('digest-mismatch')
      await onDisk(file.sync())
      return position
    } catch (cause) {
      const isBroken = cause instanceof AppError && cause.code === 'recording-incomplete' && part.digests.length === 0
      if (!isBroken) await file.truncate(there).catch(() => undefined)
      await file.sync().catch(() => undefined)
      throw cause
    } finally {
      await file.close()
    }
  }

  return {
    async received(upload) {
      const path = pathOf(upload)
      await cutOff(path)
      return sizeOf(path)
    },
    async add(upload, part) {
      const path = pathOf(upload)
      while (writing.has(path)) await cutOff(path)
      const cut = new AbortController()
      const work = (async () => {
        if ((await sizeOf(path)) === 0) await onDisk(makeRoom(upload.totalBytes))
        return write(path, part, cut.signal)
      })()
      const own = { cut, ended: work }
      writing.set(path, own)
      try {
        return await work
      } finally {
        if (writing.get(path) === own) writing.delete(path)
      }
    },
    read: (upload) => createReadStream(pathOf(upload)),
    discard: (upload) => rm(pathOf(upload), { force: true }),
    async sweep() {
      await mkdir(folder, { recursive: true })
      let removed = 0
      for await (const { name } of await opendir(folder)) {
        const path = join(folder, name)
        const found = NAME.test(name) && !writing.has(path) ? await stat(path).catch(() => null) : null
        if (!found || now() - found.mtimeMs < EXPIRES_MS) continue
        await rm(path, { force: true })
        removed++
      }
      return removed
    },
  }
}

/** Also a sender who has fallen silent lets go when it is cut off. @throws AppError recording-incomplete then */
async function* untilCut(bytes: AsyncIterable<Uint8Array>, cut: AbortSignal): AsyncGenerator<Uint8Array> {
  const pieces = bytes[Symbol.asyncIterator]()
  const isCut = new Promise<null>((resolve) => cut.addEventListener('abort', () => resolve(null), { once: true }))
  for (;;) {
    const next = cut.aborted ? null : await Promise.race([pieces.next(), isCut])
    if (next === null) throw new AppError('recording-incomplete', { received: 'a part', expected: 'all' })
    if (next.done) return
    yield next.value
  }
}

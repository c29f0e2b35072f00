// Writes the bytes of a recording to a listener, at the listener's pace. Past Node's streams on purpose: each piece is
// read into a buffer that was just used, and so is still in the processor's cache, and is given back once the kernel has
// taken it (decision 0056: three times what a stream brings through). Called by recording-download.ts.
import type { ServerResponse } from 'node:http'
import type { ByteRange } from './byte-range.ts'
import type { Download } from './download.ts'
import type { OpenedFile } from './storage/recording-storage.ts'

/** Read and written at a time; each listener who is slower than we holds one such buffer. */
const PIECE_BYTES = 128 * 1024
/** Buffers kept for the next piece; more are made when more listeners are slow at one time, and dropped again. */
const KEPT_BUFFERS = 32
const kept: Buffer[] = []
const NOTHING = new Uint8Array(0)

/** A piece to write, and what to do once the kernel has taken it. */
interface Piece {
  bytes: Uint8Array
  done(): void
}

export interface DownloadWriter {
  /** Writes head and bytes. Resolves when the kernel has all of them, or the listener has gone. */
  writeTo(response: ServerResponse, writeHead: () => void): Promise<void>
}

/**
 * Makes ready to send `range` of a download: reads its first piece, so that a disk that fails can still be answered with an
 * error. After that a failure cuts the connection: the listener sees that bytes are missing. Does not close `file`.
 * @throws AppError store-unavailable; what the file system throws
 */
export async function openDownload(file: OpenedFile, download: Download, range: ByteRange): Promise<DownloadWriter> {
  const stop = new AbortController()
  const pieces = piecesOf(file, download, { range, signal: stop.signal })
  const first = await pieces.next()
  return {
    async writeTo(response, writeHead) {
      let gone = response.destroyed
      let goOn: (() => void) | null = null
      const left = () => {
        gone = true
        stop.abort()
        goOn?.()
      }
      response.once('close', left)
      try {
        if (!gone) writeHead()
        for (let next = first; !next.done && !gone; next = await pieces.next()) {
          const { bytes, done } = next.value
          await new Promise<void>((resolve) => {
            goOn = resolve
            response.write(bytes, () => resolve())
          })
          // What was not taken may still be looked at by the kernel: its buffer is not used again.
          if (!gone) done()
        }
        if (!gone) response.end()
      } catch (cause) {
        response.destroy(cause as Error)
        throw cause
      } finally {
        response.off('close', left)
        await pieces.return(undefined)
      }
    },
  }
}

async function* piecesOf(
  file: OpenedFile,
  { before, fileOffset, fileBytes, after }: Download,
  { range, signal }: { range: ByteRange; signal: AbortSignal },
): AsyncGenerator<Piece, undefined> {
  const end = range.last + 1
  const fileEnd = before.length + fileBytes
  const head = before.subarray(Math.min(range.first, before.length), end)
  const first = Math.max(range.first, before.length)
  const piece = { offset: fileOffset + first - before.length, length: Math.min(end, fileEnd) - first }
  if (piece.length > 0 && file.local) yield* localPieces(file.local, { head, ...piece }, signal)
  else {
    if (head.length > 0) yield made(head)
    if (piece.length > 0) for await (const bytes of file.read(piece, signal)) yield made(bytes)
  }
  if (end > fileEnd) yield made(after.subarray(Math.max(0, range.first - fileEnd), end - fileEnd))
}

function made(bytes: Uint8Array): Piece {
  return { bytes, done: () => undefined }
}

/** `head` goes out in one write with the first piece: most players ask for little at a time. */
async function* localPieces(
  file: NonNullable<OpenedFile['local']>,
  { head, offset, length }: { head: Uint8Array; offset: number; length: number },
  signal: AbortSignal,
): AsyncGenerator<Piece, undefined> {
  let ahead = head
  for (let read = 0; read < length && !signal.aborted; ) {
    const buffer = kept.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
    const from = ahead.length
    buffer.set(ahead)
    ahead = NOTHING
    const { bytesRead } = await file.read(buffer, from, Math.min(PIECE_BYTES - from, length - read), offset + read)
    if (bytesRead === 0) throw new Error('the file of a recording became shorter while it was read')
    read += bytesRead
    const filled = from + bytesRead
    yield {
      bytes: filled === PIECE_BYTES ? buffer : buffer.subarray(0, filled),
      done: () => {
        if (kept.length < KEPT_BUFFERS) kept.push(buffer)
      },
    }
  }
}

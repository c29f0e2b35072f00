// A storage whose files are encrypted, around one that keeps them (folder, bucket). What it opens may be encrypted, by any of
// the keys there are, or plain (from before): the file itself says which. What it puts is encrypted by the newest key; without
// one it is kept as it is. Lies in the folder and in a bucket alike: sealed-format.ts.
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../../errors.ts'
import type { RecordingKey, RecordingKeys } from '../../recording-keys.ts'
import { onDisk } from './disk-problem.ts'
import type { FileFacts, OpenedFile, Piece, RecordingStorage } from './recording-storage.ts'
import {
  CHUNK_BYTES,
  chunkCipher,
  chunksIn,
  HEADER_BYTES,
  newHeader,
  plainSize,
  readHeader,
  SEALED_CHUNK_BYTES,
} from './sealed-format.ts'
import type { Spool, SpoolFile } from './spool.ts'

/** `current`: it is as new files are, already. */
export type Resealed = 'resealed' | 'current' | 'missing' | 'damaged'

export interface EncryptedStorage extends RecordingStorage {
  /**
   * Gives a stored file the newest key, or none where there is none. It takes the old one's place only when it was decrypted
   * again and held against the hash; it is never half there. `sha256`: what the bytes must have; null: whatever they have.
   * @throws AppError store-unavailable, recording-key-missing
   */
  reseal(key: string, sha256: string | null): Promise<Resealed>
}

export function encryptedStorage(
  inner: RecordingStorage,
  { keys, spool }: { keys: RecordingKeys; spool: Pick<Spool, 'newFile'> },
): EncryptedStorage {
  const { newest, byId } = keys

  async function openAny(key: string): Promise<{ file: OpenedFile; keyId: string | null } | null> {
    const stored = await inner.open(key)
    if (!stored) return null
    try {
      const header = readHeader(await beginningOf(stored))
      if (!header) return { file: stored, keyId: null }
      const { keyId } = header
      const known = byId.get(keyId)
      if (!known) throw new AppError('recording-key-missing', { keyId })
      const sizeBytes = plainSize(stored.sizeBytes)
      const cipher = chunkCipher(known.secret, header, key)
      const read = (piece: Piece, signal?: AbortSignal) => readChunks(stored, cipher, { sizeBytes, piece, signal })
      return { file: { sizeBytes, read, local: null, close: () => stored.close() }, keyId }
    } catch (cause) {
      await stored.close()
      throw cause
    }
  }

  async function openFile(key: string): Promise<OpenedFile | null> {
    return (await openAny(key))?.file ?? null
  }

  return {
    ...inner,
    keyId: newest?.id ?? null,
    hasKey: (keyId) => byId.has(keyId),
    async put(key, localFile, facts) {
      if (!newest) return inner.put(key, localFile, facts)
      const plain = await onDisk(open(localFile, 'r'))
      try {
        const pieces = readLocal(plain)
        const sealed = await writeSealed(spool, pieces, { key: newest, name: key, sizeBytes: facts.sizeBytes })
        try {
          await inner.put(key, sealed.spooled.path, sealed.facts)
        } finally {
          await sealed.spooled.discard()
        }
      } finally {
        await plain.close()
      }
    },
    async stat(key) {
      const file = await openFile(key)
      await file?.close()
      return file && { key, sizeBytes: file.sizeBytes }
    },
    open: openFile,
    async reseal(key, sha256) {
      const opened = await openAny(key)
      if (!opened) return 'missing'
      const { file, keyId } = opened
      try {
        if (keyId === (newest?.id ?? null)) return 'current'
        const hash = createHash('sha256')
        const pieces = hashing(file.read({ offset: 0, length: file.sizeBytes }), hash)
        const { sizeBytes } = file
        const made = newest
          ? await writeSealed(spool, pieces, { key: newest, name: key, sizeBytes })
          : await writePlain(spool, pieces, sizeBytes)
        try {
          const read = hash.digest('hex')
          if (sha256 !== null && read !== sha256) return 'damaged'
          if (newest && (await hashOfSealed(made, { key: newest, name: key, sizeBytes })) !== read)
            throw new Error(`what was made of ${key} is not what it was`)
          await inner.put(key, made.spooled.path, made.facts)
          return 'resealed'
        } finally {
          await made.spooled.discard()
        }
      } catch (cause) {
        if (cause instanceof AppError && cause.code === 'file-damaged') return 'damaged'
        throw cause
      } finally {
        await file.close()
      }
    },
  }
}

interface Made {
  spooled: SpoolFile
  facts: FileFacts
}

interface Sealing {
  key: RecordingKey
  name: string
  sizeBytes: number
}

async function beginningOf(file: OpenedFile): Promise<Buffer> {
  const length = Math.min(HEADER_BYTES, file.sizeBytes)
  const bytes = Buffer.alloc(length)
  if (file.local) {
    const { bytesRead } = await onDisk(file.local.read(bytes, 0, length, 0))
    return bytes.subarray(0, bytesRead)
  }
  let at = 0
  for await (const piece of file.read({ offset: 0, length })) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

async function* readChunks(
  stored: OpenedFile,
  cipher: ReturnType<typeof chunkCipher>,
  { sizeBytes, piece, signal }: { sizeBytes: number; piece: Piece; signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array> {
  const { offset, length } = piece
  if (length === 0) return
  const end = offset + length
  const lastIndex = chunksIn(sizeBytes) - 1
  let index = Math.floor(offset / CHUNK_BYTES)
  const from = HEADER_BYTES + index * SEALED_CHUNK_BYTES
  const until = Math.min(stored.sizeBytes, HEADER_BYTES + Math.ceil(end / CHUNK_BYTES) * SEALED_CHUNK_BYTES)
  for await (const sealed of inPieces(
    stored.read({ offset: from, length: until - from }, signal),
    SEALED_CHUNK_BYTES,
  )) {
    // Broken off, the last one is not whole: nothing to find fault with.
    if (signal?.aborted) return
    const plain = cipher.open(sealed, index, index === lastIndex)
    const at = index * CHUNK_BYTES
    yield plain.subarray(Math.max(0, offset - at), Math.min(plain.length, end - at))
    index++
  }
}

/** The same bytes in pieces of this length, the last one perhaps shorter. A piece is gone when the next is asked for. */
async function* inPieces(bytes: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  const held = Buffer.allocUnsafe(length)
  let filled = 0
  for await (const piece of bytes)
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(length - filled, piece.length - at)
      const part = piece.subarray(at, at + taken)
      at += taken
      if (taken === length) yield part
      else {
        held.set(part, filled)
        filled += taken
        if (filled < length) continue
        filled = 0
        yield held
      }
    }
  if (filled > 0) yield held.subarray(0, filled)
}

async function writeSealed(
  spool: Pick<Spool, 'newFile'>,
  plain: AsyncIterable<Uint8Array>,
  { key, name, sizeBytes }: Sealing,
): Promise<Made> {
  const header = newHeader(key)
  const cipher = chunkCipher(key.secret, header, name)
  const chunks = chunksIn(sizeBytes)
  return writeFile(spool, async (write) => {
    await write(header.bytes)
    let index = 0
    let read = 0
    for await (const chunk of inPieces(plain, CHUNK_BYTES)) {
      read += chunk.length
      await write(cipher.seal(chunk, index, index === chunks - 1))
      index++
    }
    if (sizeBytes === 0) await write(cipher.seal(new Uint8Array(0), 0, true))
    if (read !== sizeBytes) throw new AppError('store-unavailable', { detail: 'a recording could not be read whole' })
  })
}

function writePlain(spool: Pick<Spool, 'newFile'>, plain: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Made> {
  return writeFile(spool, async (write) => {
    let read = 0
    for await (const piece of plain) {
      read += piece.length
      await write(piece)
    }
    if (read !== sizeBytes) throw new AppError('store-unavailable', { detail: 'a recording could not be read whole' })
  })
}

async function writeFile(
  spool: Pick<Spool, 'newFile'>,
  work: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<Made> {
  const spooled = await onDisk(spool.newFile())
  try {
    const hash = createHash('sha256')
    let sizeBytes = 0
    await work(async (bytes) => {
      hash.update(bytes)
      for (let done = 0; done < bytes.length; )
        done += (await onDisk(spooled.file.write(bytes, done, bytes.length - done, sizeBytes + done))).bytesWritten
      sizeBytes += bytes.length
    })
    return { spooled, facts: { sizeBytes, sha256: hash.digest('hex') } }
  } catch (cause) {
    await spooled.discard()
    throw cause
  }
}

/** Of what comes out of it again: nothing takes a good file's place that was not read back. */
async function hashOfSealed({ spooled, facts }: Made, { key, name, sizeBytes }: Sealing): Promise<string> {
  const stored: OpenedFile = {
    sizeBytes: facts.sizeBytes,
    read: ({ offset }) => readLocal(spooled.file, offset),
    local: spooled.file,
    close: async () => undefined,
  }
  const header = readHeader(await beginningOf(stored))
  const hash = createHash('sha256')
  if (!header) return ''
  const cipher = chunkCipher(key.secret, header, name)
  const piece = { offset: 0, length: sizeBytes }
  for await (const bytes of readChunks(stored, cipher, { sizeBytes, piece, signal: undefined })) hash.update(bytes)
  return hash.digest('hex')
}

async function* readLocal(file: FileHandle, from = 0): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(SEALED_CHUNK_BYTES)
  for (let at = from; ; ) {
    const { bytesRead } = await onDisk(file.read(buffer, 0, buffer.length, at))
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

async function* hashing(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    hash.update(piece)
    yield piece
  }
}

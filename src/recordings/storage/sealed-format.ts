// How an encrypted recording lies in its storage. Pure.
//
//   header, 64 bytes                        chunk 0             chunk 1             …  last chunk
//   magic 16 · key id 8 · file id 32 · check 8   ≤ 64 KiB + tag 16   64 KiB + tag 16        what is left + tag 16
//
// Each file has a key of its own, derived (HKDF-SHA256) from the administrator's key and a file id of 32 random bytes, so
// that a nonce may be the number of the chunk and still never comes twice under one key: a file that is written again gets
// another id. AES-256-GCM authenticates with each chunk the whole header, the name the file lies under, the chunk's number and
// whether it is the last: chunks cannot be changed, reordered, exchanged between files or cut off, nor files exchanged
// for one another. All chunks but the last are full, so any range is found by arithmetic.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { AppError } from '../../errors.ts'
import type { RecordingKey } from '../../recording-keys.ts'

export const CHUNK_BYTES = 64 * 1024
const TAG_BYTES = 16
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
export const HEADER_BYTES = 64
/** No audio begins so: not text, not RIFF, and broken by whatever changes line ends or strips the eighth bit. */
const MAGIC = Buffer.from('\x89CBSEALED1\r\n\x1a\n\0\0', 'latin1')
const CHECK_AT = 56

export interface SealedHeader {
  keyId: string
  bytes: Buffer
}

/** What seals or opens the chunks of one file. */
export interface ChunkCipher {
  seal(plain: Uint8Array, index: number, isLast: boolean): Buffer
  /** @throws AppError file-damaged */
  open(sealed: Uint8Array, index: number, isLast: boolean): Buffer
}

export function newHeader(key: RecordingKey): SealedHeader {
  const bytes = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(bytes)
  Buffer.from(key.id, 'hex').copy(bytes, 16)
  randomBytes(32).copy(bytes, 24)
  checkOf(bytes).copy(bytes, CHECK_AT)
  return { keyId: key.id, bytes }
}

/**
 * null: the file is not encrypted. `bytes`: its beginning.
 * @throws AppError file-damaged: it is, and its header was changed. A key id that was changed must not pass for a key that was lost.
 */
export function readHeader(bytes: Buffer): SealedHeader | null {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 16).equals(MAGIC)) return null
  if (!bytes.subarray(CHECK_AT, HEADER_BYTES).equals(checkOf(bytes))) throw damaged('its header was changed')
  return { keyId: bytes.toString('hex', 16, 24), bytes: Buffer.from(bytes.subarray(0, HEADER_BYTES)) }
}

/** Of what was encrypted. @throws AppError file-damaged when no file of ours has this length */
export function plainSize(sealedBytes: number): number {
  const body = sealedBytes - HEADER_BYTES
  const full = Math.floor(body / SEALED_CHUNK_BYTES)
  const rest = body - full * SEALED_CHUNK_BYTES
  // A chunk with nothing in it is there only where there is no other.
  if (body < TAG_BYTES || (rest > 0 && (rest < TAG_BYTES || (rest === TAG_BYTES && full > 0))))
    throw damaged('it was cut off')
  return full * CHUNK_BYTES + Math.max(0, rest - TAG_BYTES)
}

/** How many chunks hold so much; an empty file has one. */
export function chunksIn(plainBytes: number): number {
  return Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES))
}

/** `name`: the key the file lies under. */
export function chunkCipher(key: KeyObject, header: SealedHeader, name: string): ChunkCipher {
  const fileId = header.bytes.subarray(24, CHECK_AT)
  const fileKey = Buffer.from(hkdfSync('sha256', key, fileId, 'callbook recording 1', 32))
  const file = createHash('sha256').update(header.bytes).update(name).digest()
  const partsOf = (index: number, isLast: boolean) => {
    const nonce = Buffer.alloc(12)
    nonce.writeUInt32BE(index, 8)
    const about = Buffer.alloc(37)
    file.copy(about)
    about.writeUInt32BE(index, 32)
    about.writeUInt8(isLast ? 1 : 0, 36)
    return { nonce, about }
  }
  return {
    seal(plain, index, isLast) {
      const { nonce, about } = partsOf(index, isLast)
      const cipher = createCipheriv('aes-256-gcm', fileKey, nonce).setAAD(about)
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed, index, isLast) {
      const { nonce, about } = partsOf(index, isLast)
      const end = sealed.length - TAG_BYTES
      if (end < 0) throw damaged('it was cut off')
      const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce).setAAD(about)
      decipher.setAuthTag(sealed.subarray(end))
      const plain = decipher.update(sealed.subarray(0, end))
      try {
        decipher.final()
      } catch (cause) {
        throw damaged('what is in it was changed', cause)
      }
      return plain
    },
  }
}

function checkOf(header: Buffer): Buffer {
  return createHash('sha256')
    .update(header.subarray(0, CHECK_AT))
    .digest()
    .subarray(0, HEADER_BYTES - CHECK_AT)
}

function damaged(detail: string, cause?: unknown): AppError {
  return new AppError('file-damaged', { detail }, { cause })
}

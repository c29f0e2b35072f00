// Recordings in a bucket that speaks S3. A file is one object; large ones go up in parts. Every byte sent is held against
// its SHA-256 by the bucket, so what is acknowledged is what was meant.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { BucketSettings } from '../../bucket-address.ts'
import { AppError } from '../../errors.ts'
import { onDisk } from './disk-problem.ts'
import type { FileFacts, ListedFile, OpenedFile, Piece, RecordingStorage } from './recording-storage.ts'
import { type S3Requests, type S3Times, s3Requests, unreachable } from './s3-requests.ts'

export interface S3Options {
  times?: S3Times
  /** Larger files go up in parts, so that a broken connection costs one part; bytes. */
  partsAboveBytes?: number
  partBytes?: number
}

const PARTS_ABOVE_BYTES = 128 * 1024 ** 2
const PART_BYTES = 64 * 1024 ** 2
const LIST_AT_ONCE = 1_000
/** Times in a row that reading may break without a byte. */
const MOST_BROKEN = 3

export interface S3Storage extends RecordingStorage {
  close(): void
}

export function s3Storage(settings: BucketSettings, options: S3Options = {}): S3Storage {
  const { partsAboveBytes = PARTS_ABOVE_BYTES, partBytes = PART_BYTES } = options
  const requests = s3Requests(settings, options.times)
  const keyOf = (key: string) => settings.prefix + key

  /** Null where there is no such object. A bucket that is not there says nothing about one. */
  async function head(key: string): Promise<{ sizeBytes: number; etag: string | null } | null> {
    const { status, headers } = await requests.ask({ method: 'HEAD', key: keyOf(key), accept: [404] })
    if (status !== 404) return { sizeBytes: Number(headers['content-length']), etag: headers.etag ?? null }
    await requests.ask({ method: 'HEAD', key: null })
    return null
  }

  /** Its first bytes with what is to be known of it: whoever opens a file looks at them, and it is one request all the same. */
  async function beginning(key: string): Promise<Beginning | null> {
    const range = `bytes=0-${BEGINNING_BYTES - 1}`
    const answer = await requests.send({ method: 'GET', key: keyOf(key), headers: { range }, accept: [404, 416] })
    const { statusCode, headers } = answer
    const etag = headers.etag ?? null
    const size = Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN)
    if (statusCode === 206 && Number.isFinite(size)) return { sizeBytes: size, etag, bytes: await bytesOf(answer) }
    answer.destroy()
    // An empty one has no first bytes; a bucket that heeds no ranges, or tells no size, has to be asked another way.
    const found = await head(key)
    return found && { ...found, bytes: NOTHING }
  }

  async function put(key: string, localFile: string, facts: FileFacts): Promise<void> {
    if (facts.sizeBytes > partsAboveBytes)
      return putInParts(requests, keyOf(key), localFile, facts.sizeBytes, partBytes)
    const body = { path: localFile, offset: 0, length: facts.sizeBytes, sha256: facts.sha256 }
    await requests.ask({ method: 'PUT', key: keyOf(key), body, headers: OCTETS })
  }

  return {
    name: 's3',
    keyId: null,
    hasKey: () => false,
    put,
    async stat(key) {
      const found = await head(key)
      return found ? { key, sizeBytes: found.sizeBytes } : null
    },
    async open(key) {
      const found = await beginning(key)
      return found ? openedFile(requests, keyOf(key), found) : null
    },
    async remove(key) {
      const { status } = await requests.ask({ method: 'DELETE', key: keyOf(key), accept: [404] })
      if (status === 404) await requests.ask({ method: 'HEAD', key: null })
    },
    list: (prefix) => listObjects(requests, settings.prefix, prefix),
    async health() {
      try {
        await requests.ask({ method: 'HEAD', key: null })
        return { away: null, freeBytes: null }
      } catch (cause) {
        if (!(cause instanceof AppError)) throw cause
        return { away: String(cause.details.detail), freeBytes: null }
      }
    },
    close: () => requests.close(),
  }
}

const BEGINNING_BYTES = 64
const NOTHING = new Uint8Array(0)

interface Beginning {
  sizeBytes: number
  etag: string | null
  bytes: Uint8Array
}

async function bytesOf(answer: IncomingMessage): Promise<Uint8Array> {
  try {
    return Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>))
  } catch (cause) {
    throw unreachable(cause as NodeJS.ErrnoException)
  }
}

const OCTETS = { 'content-type': 'application/octet-stream' }

function openedFile(requests: S3Requests, key: string, { sizeBytes, etag, bytes: first }: Beginning): OpenedFile {
  async function* read({ offset, length }: Piece, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const end = offset + length
    if (end <= first.length) {
      if (length > 0) yield first.subarray(offset, end)
      return
    }
    let broken = 0
    for (let position = offset; position < end && !signal?.aborted; ) {
      const before = position
      let answer: IncomingMessage | null = null
      try {
        const headers: Record<string, string> = { range: `bytes=${position}-${end - 1}` }
        // An object that was replaced since it was opened must not be mixed with the one that was.
        if (etag !== null) headers['if-match'] = etag
        answer = await requests.send({ method: 'GET', key, headers, signal })
        for await (const bytes of answer as AsyncIterable<Buffer>) {
          position += bytes.length
          yield bytes
          if (signal?.aborted) return
        }
      } catch (cause) {
        if (signal?.aborted) return
        // A listener who paused lets the connection grow cold and break: it is begun again where it broke.
        broken = position > before ? 0 : broken + 1
        if (cause instanceof AppError) throw cause
        if (broken > MOST_BROKEN) throw unreachable(cause as NodeJS.ErrnoException)
      } finally {
        // A connection with bytes left to read is of no more use.
        answer?.destroy()
      }
    }
  }
  return { sizeBytes, read, local: null, close: async () => undefined }
}

async function putInParts(
  requests: S3Requests,
  key: string,
  path: string,
  sizeBytes: number,
  partBytes: number,
): Promise<void> {
  const begun = await requests.ask({ method: 'POST', key, query: { uploads: '' }, headers: OCTETS })
  const uploadId = tagOf(begun.text, 'UploadId')
  if (!uploadId) throw unexpected()
  try {
    const parts: string[] = []
    for (let offset = 0; offset < sizeBytes; offset += partBytes) {
      const length = Math.min(partBytes, sizeBytes - offset)
      const partNumber = String(parts.length + 1)
      const body = { path, offset, length, sha256: await onDisk(hashOfPiece(path, offset, length)) }
      const { headers } = await requests.ask({ method: 'PUT', key, query: { partNumber, uploadId }, body })
      if (!headers.etag) throw unexpected()
      parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${escapeXml(headers.etag)}</ETag></Part>`)
    }
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
    const headers = { 'content-type': 'application/xml' }
    const done = await requests.ask({ method: 'POST', key, query: { uploadId }, body, headers })
    // A bucket may begin its answer with 200 and then fail.
    if (!done.text.includes('CompleteMultipartUploadResult')) throw unexpected(tagOf(done.text, 'Code'))
  } catch (cause) {
    await requests.ask({ method: 'DELETE', key, query: { uploadId }, accept: [404] }).catch(() => undefined)
    throw cause
  }
}

async function hashOfPiece(path: string, offset: number, length: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(path, { start: offset, end: offset + length - 1 })) hash.update(bytes)
  return hash.digest('hex')
}

async function* listObjects(requests: S3Requests, own: string, prefix: string): AsyncGenerator<ListedFile> {
  let token: string | null = null
  do {
    const query: Record<string, string> = {
      'list-type': '2',
      prefix: own + prefix,
      'max-keys': String(LIST_AT_ONCE),
      ...(token === null ? {} : { 'continuation-token': token }),
    }
    const { text } = await requests.ask({ method: 'GET', key: null, query })
    for (const [, entry = ''] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const key = tagOf(entry, 'Key')
      if (!key?.startsWith(own)) continue
      // One whose age is not told counts as new: old ones that belong to nothing are removed.
      const modifiedAt = Date.parse(tagOf(entry, 'LastModified') ?? '') || Date.now()
      yield { key: key.slice(own.length), modifiedAt }
    }
    token = tagOf(text, 'IsTruncated') === 'true' ? tagOf(text, 'NextContinuationToken') : null
  } while (token !== null)
}

/** What stands in the first `<name>…</name>`. */
function tagOf(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  if (text === undefined) return null
  return text.replace(/&(?:lt|gt|quot|apos|amp|#39|#34);/g, (entity) => ENTITIES[entity] ?? entity)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#34;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&amp;': '&',
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character)
}

function unexpected(code?: string | null): AppError {
  return new AppError('store-unavailable', {
    detail: `the bucket of the recordings did not take a file in parts${code ? ` (${code})` : ''}`,
  })
}

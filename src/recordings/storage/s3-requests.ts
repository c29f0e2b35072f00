// Signed requests to one bucket (AWS Signature Version 4) with connections kept open, waits that end, and a bounded number
// of tries. Bodies are pieces of local files, so that a try can be repeated and memory does not grow with a file. What a
// bucket refuses or cannot do becomes store-unavailable; only "not there" is an answer.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Agent, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps, Agent as TlsAgent } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import type { BucketSettings } from '../../bucket-address.ts'
import { AppError } from '../../errors.ts'

export interface S3Times {
  /** A connection on which nothing moves for this long is given up. */
  stillMs: number
  tries: number
  /** Before the second try; doubled before each further one, and spread. */
  waitMs: number
}

export const S3_TIMES: S3Times = { stillMs: 20_000, tries: 4, waitMs: 250 }

export interface FilePiece {
  path: string
  offset: number
  length: number
  /** Of the piece; the bucket holds what comes against it. */
  sha256: string
}

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** null: the bucket itself. */
  key: string | null
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: FilePiece | string
  signal?: AbortSignal | undefined
  /** Statuses beside 2xx that are answers. */
  accept?: readonly number[]
}

export interface S3Requests {
  /** The answer with its body unread: read it or destroy it. @throws AppError store-unavailable */
  send(request: S3Request): Promise<IncomingMessage>
  /** The answer with its body as text (at most 8 MiB). @throws AppError store-unavailable */
  ask(request: S3Request): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }>
  /** Closes the connections that are kept open. */
  close(): void
}

const EMPTY_SHA256 = createHash('sha256').digest('hex')
const MOST_TEXT_BYTES = 8 * 1024 ** 2
const CONNECTIONS = 64

export function s3Requests(settings: BucketSettings, times: S3Times = S3_TIMES): S3Requests {
  const { endpoint, bucket, style, keys, region } = settings
  const isTls = endpoint.protocol === 'https:'
  const agent = new (isTls ? TlsAgent : Agent)({ keepAlive: true, maxSockets: CONNECTIONS, timeout: 60_000 })
  const origin = style === 'host' ? `${endpoint.protocol}//${bucket}.${endpoint.host}/` : `${endpoint.origin}/${bucket}`
  const signingKeys = new Map<string, ArrayBuffer>()

  function urlOf({ key, query = {} }: S3Request): URL {
    const path = key === null ? '' : key.split('/').map(encodeURIComponent).join('/')
    const url = new URL(style === 'host' ? origin + path : `${origin}/${path}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return url
  }

  async function tryOnce(wanted: S3Request): Promise<IncomingMessage> {
    const { method, body, signal } = wanted
    const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length
    const signed = await new AwsV4Signer({
      method,
      url: urlOf(wanted).href,
      headers: { ...wanted.headers, 'x-amz-content-sha256': hashOf(body) },
      accessKeyId: keys.accessKey,
      secretAccessKey: keys.secretKey,
      ...(keys.sessionToken === null ? {} : { sessionToken: keys.sessionToken }),
      service: 's3',
      region,
      cache: signingKeys,
    }).sign()
    const headers: Record<string, string> = { ...Object.fromEntries(signed.headers) }
    if (body !== undefined || method === 'PUT' || method === 'POST') headers['content-length'] = String(length)
    const sending = (isTls ? requestHttps : requestHttp)(signed.url, {
      method,
      agent,
      headers,
      ...(signal ? { signal } : {}),
    })
    sending.setTimeout(times.stillMs, () => sending.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sending.once('response', resolve)
      // Also after an answer, when nobody waits for it any more.
      sending.on('error', reject)
    })
    if (typeof body === 'object' && length > 0) {
      const file = createReadStream(body.path, { start: body.offset, end: body.offset + length - 1 })
      // A refusal may come before everything is sent; then it counts, not the broken pipe.
      await Promise.race([pipeline(file, sending), answer])
    } else sending.end(typeof body === 'string' ? body : undefined)
    return await answer
  }

  async function send(wanted: S3Request): Promise<IncomingMessage> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryOnce(wanted).then(
        (answer) => ({ answer }),
        (cause: NodeJS.ErrnoException) => ({ cause }),
      )
      if ('answer' in outcome) {
        const { answer } = outcome
        const { statusCode = 0 } = answer
        if ((statusCode >= 200 && statusCode < 300) || wanted.accept?.includes(statusCode)) return answer
        const code = /<Code>([\w.-]{1,80})<\/Code>/.exec(await textOf(answer).catch(() => ''))?.[1]
        if (!mayPass(statusCode) || attempt >= times.tries) throw refusal(`${statusCode}${code ? ` ${code}` : ''}`)
      } else {
        if (wanted.signal?.aborted) throw outcome.cause
        if (attempt >= times.tries) throw unreachable(outcome.cause)
      }
      await delay(times.waitMs * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal: wanted.signal })
    }
  }

  return {
    send,
    async ask(wanted) {
      const answer = await send(wanted)
      const { statusCode: status = 0, headers } = answer
      try {
        return { status, headers, text: await textOf(answer) }
      } catch (cause) {
        throw unreachable(cause as NodeJS.ErrnoException)
      }
    },
    close: () => agent.destroy(),
  }
}

/** Of a failure that may be over in a moment. */
function mayPass(status: number): boolean {
  return status >= 500 || status === 429 || status === 408
}

function hashOf(body: S3Request['body']): string {
  if (body === undefined) return EMPTY_SHA256
  return typeof body === 'string' ? createHash('sha256').update(body).digest('hex') : body.sha256
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > MOST_TEXT_BYTES) throw new Error('too long an answer')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function refusal(answered: string): AppError {
  return new AppError('store-unavailable', { detail: `the bucket of the recordings answered ${answered}` })
}

export function unreachable(cause: NodeJS.ErrnoException): AppError {
  const detail = `the bucket of the recordings cannot be reached (${cause.code ?? 'connection broken'})`
  return new AppError('store-unavailable', { detail }, { cause })
}

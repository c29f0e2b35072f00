// The part of Asterisk's REST interface (ARI) that hands out recordings: lists them, gives one, deletes one. Plain HTTP with
// a user of ari.conf; every wait and every answer is bounded, and no redirect is followed, so that the password goes nowhere
// else. Called by ari-watch.ts and by doctor. Asterisk 22 rest-api/resources/recordings.json, res/ari/resource_recordings.c.
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** Where the ARI is, and who asks. */
export interface AriSettings {
  /** `http://pbx:8088/ari`, without a slash at the end. */
  url: string
  username: string
  password: string
}

/** A stored recording, as ARI names it: the path below Asterisk's folder `recording` without its ending, which is `format`. */
export interface StoredName {
  name: string
  format: string
}

export interface AriRecording {
  sizeBytes: number
  /** Its bytes; once. Ends with an error when nothing comes for a while. */
  audio: AsyncIterable<Uint8Array>
  /** Gives up what was not read. Safe to call twice. */
  close(): void
}

export interface AriRecordings {
  /** All there are, in no order. */
  list(): Promise<StoredName[]>
  /** null: there is none of that name. */
  find(name: string): Promise<StoredName | null>
  open(name: string): Promise<AriRecording | null>
  /** Removes it from the PBX; true also where it was gone already. */
  remove(name: string): Promise<void>
}

/**
 * `unreachable`: nothing answers, or not in time; `refused`: not with this user and password; `forbidden`: the user may not do
 * this (read_only); `strange`: what answers is no ARI, or one that fails.
 */
export type AriTrouble = 'unreachable' | 'refused' | 'forbidden' | 'strange'

export class AriFailure extends Error {
  readonly trouble: AriTrouble

  constructor(trouble: AriTrouble, message: string, options?: ErrorOptions) {
    super(message, options)
    this.trouble = trouble
  }
}

const ANSWER_MS = 15_000
/** Asterisk reads its whole folder before it answers. */
const LIST_MS = 120_000
const STALL_MS = 30_000
/** Of a list; some 60 bytes a recording. */
const LIST_BYTES = 64 * 1024 * 1024
const ANSWER_BYTES = 64 * 1024

const Stored = Type.Object({ name: Type.String(), format: Type.String() })
const storedCheck = Compile(Stored)
const listCheck = Compile(Type.Array(Type.Unknown()))

/** `signal`: ends what is under way. */
export function ariRecordings({ url, username, password }: AriSettings, signal: AbortSignal): AriRecordings {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

  /** null: 404. @throws AriFailure */
  async function ask(path: string, method: 'GET' | 'DELETE', withinMs: number): Promise<Answer | null> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), withinMs)
    const close = () => {
      clearTimeout(timer)
      stop.abort()
    }
    let response: Response
    try {
      const signals = AbortSignal.any([signal, stop.signal])
      response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization },
        redirect: 'error',
        signal: signals,
      })
    } catch (cause) {
      clearTimeout(timer)
      throw new AriFailure('unreachable', `${url} does not answer: ${reasonOf(cause, stop.signal)}`, { cause })
    }
    if (response.ok) return { response, timer, close, stop: stop.signal }
    close()
    await response.body?.cancel().catch(() => undefined)
    const { status } = response
    if (status === 404) return null
    if (status === 401) throw new AriFailure('refused', `${url} refuses the user ${username}`)
    if (status === 403) throw new AriFailure('forbidden', `the user ${username} of ${url} may not do this`)
    throw new AriFailure('strange', `${url} answers with status ${status}`)
  }

  /** @throws AriFailure */
  async function json(path: string, { withinMs, limitBytes }: { withinMs: number; limitBytes: number }) {
    const answer = await ask(path, 'GET', withinMs)
    if (!answer) return null
    const pieces: Uint8Array[] = []
    let bytes = 0
    try {
      for await (const piece of answer.response.body ?? []) {
        bytes += piece.length
        if (bytes > limitBytes) throw new AriFailure('strange', `${url} answers with more than ${limitBytes} bytes`)
        pieces.push(piece)
      }
      return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown
    } catch (cause) {
      if (cause instanceof AriFailure) throw cause
      if (cause instanceof SyntaxError) throw new AriFailure('strange', `what answers at ${url} is no ARI`, { cause })
      throw new AriFailure('unreachable', `${url} broke off: ${reasonOf(cause, answer.stop)}`, { cause })
    } finally {
      answer.close()
    }
  }

  return {
    list: async () => {
      const all = await json('/recordings/stored', { withinMs: LIST_MS, limitBytes: LIST_BYTES })
      if (!listCheck.Check(all)) throw new AriFailure('strange', `there is no list of recordings at ${url}`)
      return all.filter((one) => storedCheck.Check(one))
    },
    find: async (name) => {
      const one = await json(pathOf(name), { withinMs: ANSWER_MS, limitBytes: ANSWER_BYTES })
      if (one === null) return null
      if (!storedCheck.Check(one)) throw new AriFailure('strange', `what answers at ${url} is no ARI`)
      return one
    },
    open: async (name) => {
      const answer = await ask(`${pathOf(name)}/file`, 'GET', ANSWER_MS)
      if (!answer) return null
      const { response, timer, close, stop } = answer
      clearTimeout(timer)
      const sizeBytes = Number(response.headers.get('content-length') ?? Number.NaN)
      if (!Number.isSafeInteger(sizeBytes) || !response.body) {
        close()
        throw new AriFailure('strange', `${url} does not say how long a recording is`)
      }
      const failed = (cause: unknown) =>
        new AriFailure('unreachable', `${url} broke off: ${reasonOf(cause, stop)}`, { cause })
      return { sizeBytes, audio: bytesOf(response.body, { close, failed }), close }
    },
    remove: async (name) => {
      const answer = await ask(pathOf(name), 'DELETE', ANSWER_MS)
      await answer?.response.body?.cancel().catch(() => undefined)
      answer?.close()
    },
  }
}

interface Answer {
  response: Response
  timer: NodeJS.Timeout
  stop: AbortSignal
  close(): void
}

function pathOf(name: string): string {
  return `/recordings/stored/${encodeURIComponent(name)}`
}

/** The bytes of an answer; it is given up when the next piece does not come in time. */
async function* bytesOf(
  body: ReadableStream<Uint8Array>,
  { close, failed }: { close(): void; failed(cause: unknown): AriFailure },
): AsyncGenerator<Uint8Array> {
  let timer = setTimeout(close, STALL_MS)
  try {
    for await (const piece of body) {
      clearTimeout(timer)
      yield piece
      timer = setTimeout(close, STALL_MS)
    }
  } catch (cause) {
    throw failed(cause)
  } finally {
    clearTimeout(timer)
    close()
  }
}

/** Of fetch's errors the cause says what happened. */
function reasonOf(cause: unknown, stop: AbortSignal): string {
  if (stop.aborted) return 'no answer in time'
  const inner = (cause as { cause?: { code?: unknown; message?: unknown } }).cause
  return String(inner?.code ?? inner?.message ?? (cause as Error).message)
}

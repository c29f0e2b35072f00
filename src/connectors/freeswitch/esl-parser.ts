// The event socket's codec: bytes of a connection in, frames out; commands to bytes. Pure, works on bytes until a frame
// is whole, so that a character split between two chunks survives. Called by esl-socket.ts and the tests. It never throws
// on input: a frame that cannot be read is handed over as `unreadable` and the next one is read; where the place of the
// next one cannot be known, `lost` says so and nothing more is read: only a new connection helps.
//
//   frame = *( name ":" " " percent-encoded value LF ) LF [ body of Content-Length bytes ]
import { AppError } from '../../errors.ts'
import { type EslEvent, eventOf, listOf } from './esl-event.ts'

export type EslItem =
  | { type: 'event'; event: EslEvent }
  /** Anything else: answers to commands, the demand for a password, the announcement of the end. */
  | { type: 'frame'; contentType: string; headers: ReadonlyMap<string, string>; body: string }
  /** `raw`: the first bytes of it, capped. `lost`: where the next frame begins is not known. */
  | { type: 'unreadable'; raw: Uint8Array; cause: string; lost: boolean }

/** Headers beyond these are no frame. */
export const HEADER_MAX_BYTES = 64 * 1024
/** A body beyond these is skipped. */
export const BODY_MAX_BYTES = 16 * 1024 * 1024
/** How much of what cannot be read is kept. */
export const RAW_MAX_BYTES = 64 * 1024

const LF = 10
const CR = 13

/** What is done with the bytes that come next. */
type Reading =
  | { part: 'headers' }
  | { part: 'body'; frame: Head }
  | { part: 'skipped body'; left: number }
  | { part: 'nothing' }

interface Head {
  headers: Map<string, string>
  contentType: string
  bodyBytes: number
}

export class EslParser {
  #bytes = Buffer.allocUnsafe(4096)
  #start = 0
  #end = 0
  /** Bytes from the start in which no end of headers was found. */
  #scanned = 0
  #reading: Reading = { part: 'headers' }

  /** Takes the next bytes of the connection; returns what became whole with them. */
  push(chunk: Uint8Array): EslItem[] {
    const items: EslItem[] = []
    // In slices: what is kept of a frame without end stays within the caps, however large a chunk is.
    for (let from = 0; from < chunk.length && this.#reading.part !== 'nothing'; from += HEADER_MAX_BYTES) {
      this.#append(chunk.subarray(from, from + HEADER_MAX_BYTES))
      while (this.#step(items));
    }
    return items
  }

  #append(chunk: Uint8Array): void {
    const kept = this.#end - this.#start
    if (this.#end + chunk.length > this.#bytes.length) {
      const needed = kept + chunk.length
      const target =
        needed > this.#bytes.length ? Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2)) : this.#bytes
      this.#bytes.copy(target, 0, this.#start, this.#end)
      this.#bytes = target
      this.#start = 0
      this.#end = kept
    }
    this.#bytes.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** Takes one part, if it is whole; false: more bytes are needed. */
  #step(items: EslItem[]): boolean {
    const reading = this.#reading
    switch (reading.part) {
      case 'headers':
        return this.#takeHeaders(items)
      case 'body': {
        const { frame } = reading
        if (this.#end - this.#start < frame.bodyBytes) return false
        const body = this.#bytes.subarray(this.#start, this.#start + frame.bodyBytes)
        items.push(readFrame(frame, body))
        this.#advance(frame.bodyBytes)
        this.#reading = { part: 'headers' }
        return true
      }
      case 'skipped body': {
        const count = Math.min(reading.left, this.#end - this.#start)
        this.#advance(count)
        this.#reading =
          reading.left === count ? { part: 'headers' } : { part: 'skipped body', left: reading.left - count }
        return this.#reading.part === 'headers'
      }
      case 'nothing':
        return false
    }
  }

  #takeHeaders(items: EslItem[]): boolean {
    // Empty lines between frames say nothing.
    while (this.#start < this.#end && (this.#bytes[this.#start] === LF || this.#bytes[this.#start] === CR))
      this.#advance(1)
    const length = this.#endOfHeaders()
    // The same, however the bytes are cut: an end that happens to be here already comes too late, too.
    if (length === null ? this.#end - this.#start > HEADER_MAX_BYTES : length > HEADER_MAX_BYTES) {
      this.#lose(items, `No end of headers came within ${HEADER_MAX_BYTES} bytes.`)
      return false
    }
    if (length === null) return false
    const raw = this.#bytes.subarray(this.#start, this.#start + length)
    const head = readHead(raw)
    if (typeof head === 'string') {
      // Only the length of the body says where the next frame begins; without one, it begins here.
      if (/^content-length/im.test(raw.toString('latin1'))) {
        this.#lose(items, head)
        return false
      }
      items.push({ type: 'unreadable', raw: copyOf(raw), cause: head, lost: false })
      this.#advance(length)
      return true
    }
    if (head.bodyBytes > BODY_MAX_BYTES) {
      const cause = `The body is longer than ${BODY_MAX_BYTES} bytes.`
      items.push({ type: 'unreadable', raw: copyOf(raw), cause, lost: false })
      this.#reading = { part: 'skipped body', left: head.bodyBytes }
    } else {
      this.#reading = { part: 'body', frame: head }
    }
    this.#advance(length)
    return true
  }

  /** Bytes up to and with the empty line that ends the headers; null: it has not come. */
  #endOfHeaders(): number | null {
    for (let at = this.#start + this.#scanned; ; ) {
      const lf = this.#bytes.subarray(0, this.#end).indexOf(LF, at)
      if (lf < 0) break
      const next = this.#bytes[lf + 1]
      if (lf + 1 < this.#end && next === LF) return lf + 2 - this.#start
      if (lf + 2 < this.#end && next === CR && this.#bytes[lf + 2] === LF) return lf + 3 - this.#start
      at = lf + 1
    }
    // A line end at the very end may be followed by the empty line.
    this.#scanned = Math.max(0, this.#end - this.#start - 2)
    return null
  }

  #advance(count: number): void {
    this.#start += count
    this.#scanned = 0
    if (this.#start === this.#end) {
      this.#start = 0
      this.#end = 0
    }
  }

  #lose(items: EslItem[], cause: string): void {
    items.push({ type: 'unreadable', raw: copyOf(this.#bytes.subarray(this.#start, this.#end)), cause, lost: true })
    this.#reading = { part: 'nothing' }
    this.#start = 0
    this.#end = 0
  }
}

function copyOf(raw: Uint8Array): Uint8Array {
  return Uint8Array.from(raw.subarray(0, RAW_MAX_BYTES))
}

/** Headers of a frame; a string says why they are none. */
function readHead(raw: Buffer): Head | string {
  const headers = readHeaders(raw.toString('utf8'))
  const contentType = headers.get('content-type')
  if (contentType === undefined) return 'The frame has no Content-Type.'
  const length = headers.get('content-length') ?? '0'
  if (!/^\d{1,15}$/.test(length)) return `Content-Length is not a number of bytes: ${length.slice(0, 40)}`
  return { headers, contentType: contentType.toLowerCase(), bodyBytes: Number(length) }
}

/** Lines `name: value`; names in small letters. */
function readHeaders(lines: string): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of lines.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}

function readFrame({ headers, contentType }: Head, body: Buffer): EslItem {
  if (contentType !== 'text/event-json' && contentType !== 'text/event-plain') {
    return { type: 'frame', contentType, headers, body: body.toString('utf8') }
  }
  const event = contentType === 'text/event-json' ? readJson(body) : readPlain(body.toString('utf8'))
  if (typeof event !== 'string') return { type: 'event', event }
  return { type: 'unreadable', raw: copyOf(body), cause: event, lost: false }
}

function readJson(body: Buffer): EslEvent | string {
  try {
    return eventOf(JSON.parse(body.toString('utf8')))
  } catch (error) {
    return `The event is not JSON: ${(error as Error).message.slice(0, 200)}`
  }
}

/** Lines `name: percent-encoded value`, an empty line, and perhaps a body of the event's own, which says nothing of calls. */
function readPlain(lines: string): EslEvent | string {
  const event: Record<string, string | readonly string[]> = {}
  for (const line of lines.split(/\r?\n/)) {
    if (line === '') break
    const colon = line.indexOf(':')
    if (colon <= 0) return `A line of the event is not "name: value": ${line.slice(0, 80)}`
    const value = decodePercent(line.slice(colon + 1).trim())
    event[line.slice(0, colon)] = value.startsWith('ARRAY::') ? listOf(value) : value
  }
  return eventOf(event)
}

/** FreeSWITCH leaves a lone `%` as it is. */
export function decodePercent(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    // One bad sequence: the good ones around it are still worth having.
    return value.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
  }
}

/**
 * A command as bytes.
 * @throws AppError config-invalid for a line break: it would begin another command.
 */
export function encodeCommand(command: string): Uint8Array {
  if (/[\r\n]/.test(command)) {
    throw new AppError('config-invalid', { detail: 'A command of the event socket cannot carry a line break' })
  }
  return Buffer.from(`${command}\n\n`)
}

// The AMI codec: bytes of a connection in, messages out; actions to bytes. Pure, works on bytes until a message is whole,
// so that a character split between two chunks survives. Called by ami-socket.ts and, for captured bytes, by read-trace.ts.
// It never throws on input: what cannot be read is skipped up to its end and handed over as `unreadable`.
//
//   message = *( name ":" [" "] value CRLF ) CRLF      a lone LF is taken as well
//   a connection begins with one line, "Asterisk Call Manager/<version>", that no empty line follows
import { AppError } from '../../errors.ts'

/** One AMI message: header names as Asterisk writes them, each with all of its values in order. */
export type AmiMessage = ReadonlyMap<string, readonly string[]>

export type AmiItem =
  | { type: 'banner'; text: string }
  | { type: 'message'; message: AmiMessage }
  /** `raw`: the first bytes of what was skipped, capped. */
  | { type: 'unreadable'; raw: Uint8Array; cause: string }

/** A message beyond these is no AMI message. */
export const MESSAGE_MAX_BYTES = 64 * 1024
export const MESSAGE_MAX_HEADERS = 1_000

const LF = 10
const CR = 13
const BANNER = 'Asterisk Call Manager'

/** The first value of a header; '' when it is not there (AMI itself writes absent values as empty). */
export function header(message: AmiMessage, name: string): string {
  return message.get(name)?.[0] ?? ''
}

/** All values of a header that may be repeated. */
export function headers(message: AmiMessage, name: string): readonly string[] {
  return message.get(name) ?? []
}

export class AmiParser {
  #bytes = Buffer.allocUnsafe(4096)
  #length = 0
  /** Where the line now being read begins. */
  #lineStart = 0
  #scanned = 0
  #atConnectionStart = true
  /** A message that grew too long: its first bytes are kept, the rest is thrown away up to its end. */
  #skipping: { raw: Uint8Array; cause: string } | null = null

  /** Takes the next bytes of the connection; returns what became whole with them. */
  push(chunk: Uint8Array): AmiItem[] {
    const items: AmiItem[] = []
    // A chunk may be larger than a message may grow: taken in slices, so that the cap holds for what is kept.
    for (let from = 0; from < chunk.length; from += MESSAGE_MAX_BYTES) {
      this.#append(chunk.subarray(from, from + MESSAGE_MAX_BYTES))
      this.#scan(items)
    }
    return items
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    this.#bytes.set(chunk, this.#length)
    this.#length = needed
  }

  #scan(items: AmiItem[]): void {
    let messageStart = 0
    for (;;) {
      const end = this.#bytes.subarray(0, this.#length).indexOf(LF, this.#scanned)
      if (end < 0) break
      const lineEnd = end > this.#lineStart && this.#bytes[end - 1] === CR ? end - 1 : end
      const isEmpty = lineEnd === this.#lineStart
      if (this.#atConnectionStart && !isEmpty && this.#skipping === null) {
        this.#atConnectionStart = false
        const text = this.#bytes.toString('utf8', this.#lineStart, lineEnd)
        if (text.startsWith(BANNER)) {
          items.push({ type: 'banner', text: text.slice(0, 200) })
          messageStart = end + 1
        }
      } else if (isEmpty) {
        this.#finish(items, messageStart)
        messageStart = end + 1
      }
      this.#lineStart = end + 1
      this.#scanned = end + 1
    }
    this.#scanned = this.#length
    this.#drop(messageStart)
    this.#limit()
  }

  #finish(items: AmiItem[], messageStart: number): void {
    if (this.#skipping) {
      items.push({ type: 'unreadable', ...this.#skipping })
      this.#skipping = null
      return
    }
    // Several empty lines in a row end nothing.
    if (this.#lineStart === messageStart) return
    const raw = this.#bytes.subarray(messageStart, this.#lineStart)
    const result = raw.length > MESSAGE_MAX_BYTES ? tooLong() : parseMessage(raw)
    if (typeof result === 'string') {
      items.push({ type: 'unreadable', raw: Uint8Array.from(raw.subarray(0, MESSAGE_MAX_BYTES)), cause: result })
    } else {
      items.push({ type: 'message', message: result })
    }
  }

  /** Forgets the bytes before `count`. */
  #drop(count: number): void {
    if (count === 0) return
    this.#bytes.copyWithin(0, count, this.#length)
    this.#length -= count
    this.#lineStart -= count
    this.#scanned -= count
  }

  /** Keeps a message without end from filling the memory: only the line now being read is kept of it. */
  #limit(): void {
    if (this.#length <= MESSAGE_MAX_BYTES) return
    this.#skipping ??= { raw: Uint8Array.from(this.#bytes.subarray(0, MESSAGE_MAX_BYTES)), cause: tooLong() }
    this.#atConnectionStart = false
    // Of a long line its last bytes are enough to tell that it is not empty and whether a CR ends it.
    this.#drop(this.#length - this.#lineStart > 2 ? this.#length - 2 : this.#lineStart)
    this.#lineStart = Math.max(0, this.#lineStart)
  }
}

function tooLong(): string {
  return `The message is longer than ${MESSAGE_MAX_BYTES} bytes.`
}

/** A message's bytes, without the empty line, to headers; a string says why they are none. */
function parseMessage(raw: Buffer): AmiMessage | string {
  const message = new Map<string, string[]>()
  let count = 0
  for (const line of raw.toString('utf8').split('\n')) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    const colon = text.indexOf(':')
    // A value with a line break in it (a user event's body) goes on in a line without colon: the rest is still good.
    if (colon <= 0) continue
    if (++count > MESSAGE_MAX_HEADERS) return `The message has more than ${MESSAGE_MAX_HEADERS} headers.`
    const name = text.slice(0, colon)
    const value = text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    const values = message.get(name)
    if (values) values.push(value)
    else message.set(name, [value])
  }
  if (!message.has('Event') && !message.has('Response')) return 'It is neither an event nor a response.'
  return message
}

/**
 * An action as bytes.
 * @throws AppError config-invalid for a line break in a name or value: it would begin another header.
 */
export function encodeAction(action: string, fields: readonly (readonly [name: string, value: string])[]): Uint8Array {
  let text = ''
  for (const [name, value] of [['Action', action] as const, ...fields]) {
    if (/[\r\n:]/.test(name) || /[\r\n]/.test(value)) {
      throw new AppError('config-invalid', {
        detail: `An AMI action cannot carry a line break in ${name.slice(0, 40)}`,
      })
    }
    text += `${name}: ${value}\r\n`
  }
  return Buffer.from(`${text}\r\n`)
}

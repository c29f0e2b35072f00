// Reads a captured AMI session: JSON lines `{"rx": receive time in epoch s, "kind": "event|response|local", "m": {header:
// value or values}}`, or the bytes of the connection as they came. Called by `callbook derive`, the demo's replay and tests.

import { parseTimestamp } from './ami-order.ts'
import { type AmiItem, type AmiMessage, AmiParser, header } from './ami-parser.ts'

export interface ReceivedMessage {
  message: AmiMessage
  /** Epoch ms. */
  receivedAt: number
}

export interface Trace {
  messages: ReceivedMessage[]
  /** What could not be read: line (or number of the message), and why. */
  unreadable: { line: number; cause: string }[]
}

/** Reads a trace in either form. */
export function readTrace(bytes: Uint8Array): Trace {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  return start.startsWith('{') ? readLines(bytes) : readRaw(bytes)
}

function readLines(bytes: Uint8Array): Trace {
  const trace: Trace = { messages: [], unreadable: [] }
  const lines = new TextDecoder().decode(bytes).split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const read = readLine(line)
    if (typeof read === 'string') trace.unreadable.push({ line: index + 1, cause: read })
    else if (read) trace.messages.push(read)
  }
  return trace
}

/** One line; null: a line about the capture itself; a string: why it cannot be read. */
function readLine(line: string): ReceivedMessage | null | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    return `not JSON: ${(error as Error).message}`
  }
  if (!isRecord(value) || !isRecord(value['m'])) return 'not a line of a trace: it has no "m"'
  if (value['kind'] === 'local') return null
  const message = new Map<string, string[]>()
  for (const [name, one] of Object.entries(value['m'])) {
    message.set(name, (Array.isArray(one) ? one : [one]).map(String))
  }
  const receivedAt = Number(value['rx']) * 1000
  if (!Number.isFinite(receivedAt)) return 'not a line of a trace: "rx" is not a time'
  return { message, receivedAt }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Bytes carry no time of receipt: a message without timestamp came with the one before it. */
function readRaw(bytes: Uint8Array): Trace {
  const trace: Trace = { messages: [], unreadable: [] }
  const items: AmiItem[] = new AmiParser().push(bytes)
  const firstStamped = items.find((item) => item.type === 'message' && stampOf(item.message) !== null)
  let receivedAt = firstStamped?.type === 'message' ? (stampOf(firstStamped.message) ?? 0) : 0
  for (const [index, item] of items.entries()) {
    if (item.type === 'unreadable') trace.unreadable.push({ line: index + 1, cause: item.cause })
    if (item.type !== 'message') continue
    receivedAt = Math.max(receivedAt, stampOf(item.message) ?? receivedAt)
    trace.messages.push({ message: item.message, receivedAt })
  }
  return trace
}

function stampOf(message: AmiMessage): number | null {
  return parseTimestamp(header(message, 'Timestamp'))
}

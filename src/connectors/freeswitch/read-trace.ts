// Reads what was captured of a FreeSWITCH: events as JSON lines (with the receiver's clock in `recv_ms`, if it is there),
// the bytes of an event socket's connection, or documents of mod_json_cdr, one a file or one a line. Called by
// `callbook derive` and tests.
import { readCdr } from './cdr-document.ts'
import { type EslEvent, eventOf, instant } from './esl-event.ts'
import { EslParser } from './esl-parser.ts'

export interface ReceivedEvent {
  event: EslEvent
  /** Epoch ms. */
  receivedAt: number
}

export interface FreeswitchTrace {
  events: ReceivedEvent[]
  /** Parsed documents of mod_json_cdr. */
  cdrs: unknown[]
  /** What could not be read: line (or number of the frame), and why. */
  unreadable: { line: number; cause: string }[]
}

/** Reads a file in any of the forms. */
export function readTrace(bytes: Uint8Array): FreeswitchTrace {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  if (!start.startsWith('{')) return readFrames(bytes)
  const whole = parse(new TextDecoder().decode(bytes))
  // A document may be written over many lines.
  if (whole.error !== null || !isCdr(whole.value)) return readLines(bytes)
  const trace: FreeswitchTrace = { events: [], cdrs: [], unreadable: [] }
  takeCdr(trace, whole.value, 1)
  return trace
}

function readLines(bytes: Uint8Array): FreeswitchTrace {
  const trace: FreeswitchTrace = { events: [], cdrs: [], unreadable: [] }
  for (const [index, line] of new TextDecoder().decode(bytes).split('\n').entries()) {
    if (line.trim() === '') continue
    const { value, error } = parse(line)
    if (error !== null) trace.unreadable.push({ line: index + 1, cause: `not JSON: ${error}` })
    else if (isCdr(value)) takeCdr(trace, value, index + 1)
    else take(trace, eventOf(value), index + 1)
  }
  return trace
}

function readFrames(bytes: Uint8Array): FreeswitchTrace {
  const trace: FreeswitchTrace = { events: [], cdrs: [], unreadable: [] }
  for (const [index, item] of new EslParser().push(bytes).entries()) {
    if (item.type === 'event') take(trace, item.event, index + 1)
    else if (item.type === 'unreadable') trace.unreadable.push({ line: index + 1, cause: item.cause })
  }
  return trace
}

function takeCdr(trace: FreeswitchTrace, document: unknown, line: number): void {
  const cdr = readCdr(document)
  if (typeof cdr === 'string') trace.unreadable.push({ line, cause: cdr })
  else trace.cdrs.push(document)
}

/** Without a time of receipt an event came when it was made; without either, with the one before it. */
function take(trace: FreeswitchTrace, event: EslEvent | string, line: number): void {
  if (typeof event === 'string') {
    trace.unreadable.push({ line, cause: event })
    return
  }
  const received = Number(event['recv_ms'])
  const before = trace.events.at(-1)?.receivedAt ?? 0
  const receivedAt = Number.isFinite(received) ? received : (instant(event, 'Event-Date-Timestamp') ?? before)
  trace.events.push({ event, receivedAt })
}

function parse(json: string): { value: unknown; error: string | null } {
  try {
    return { value: JSON.parse(json), error: null }
  } catch (error) {
    return { value: null, error: (error as Error).message }
  }
}

function isCdr(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'variables' in value && 'callflow' in value
}

// `callbook derive asterisk|freeswitch FILE`: reads a captured trace of a PBX and prints the calls it tells of, offline, as JSON
// lines in order of their start: the bench for every question about a PBX. Nothing but calls on standard output.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { callToDetailJson } from '../calls/call-json.ts'
import { deriveCall } from '../calls/call-state.ts'
import { clockIn } from '../calls/instant.ts'
import { type ConnectorConfig, checkConnector, readTimeZone } from '../config.ts'
import { createAmiReader } from '../connectors/asterisk/ami-reader.ts'
import { type ReceivedMessage, readTrace } from '../connectors/asterisk/read-trace.ts'
import { AppError } from '../errors.ts'
import { freeswitchEventsOf, freeswitchFilesAt, readFreeswitchTrace } from './derive-freeswitch.ts'
import { printLine, say } from './print.ts'

/** A trace beyond this is not read into memory. */
const TRACE_MAX_BYTES = 512 * 1024 * 1024

/**
 * The command. `options.connector`: a JSON file with the connector as in callbook.config.json.
 * @throws AppError config-invalid; Error of the file system
 */
export async function derive(pbx: string, file: string, options: { connector?: string }): Promise<void> {
  if (pbx !== 'asterisk' && pbx !== 'freeswitch')
    throw new AppError('config-invalid', { detail: `There is no PBX "${pbx}": use asterisk or freeswitch` })
  const connector: ConnectorConfig = options.connector ? readConnector(options.connector) : { name: pbx, type: pbx }
  if (connector.type !== pbx)
    throw new AppError('config-invalid', { detail: `${options.connector}: the connector is of type ${connector.type}` })
  const events = pbx === 'asterisk' ? asteriskEvents(file, connector) : freeswitchEvents(file, connector)
  const clock = clockIn(readTimeZone())
  for (const call of callsOf(events, connector.name)) {
    printLine(JSON.stringify(callToDetailJson({ ...call, seq: 0 }, clock.write)))
  }
}

function asteriskEvents(file: string, connector: ConnectorConfig): CallEvent[] {
  const trace = readTrace(readBytes(file))
  sayUnreadable(file, trace.unreadable)
  if (trace.messages.length === 0)
    throw new AppError('config-invalid', { detail: `${file} holds no message of an Asterisk` })
  return eventsOf(trace.messages, connector)
}

function freeswitchEvents(path: string, connector: ConnectorConfig): CallEvent[] {
  const traces = freeswitchFilesAt(path).map((file) => {
    const trace = readFreeswitchTrace(readBytes(file))
    sayUnreadable(file, trace.unreadable)
    return trace
  })
  const events = traces.flatMap((trace) => trace.events)
  const cdrs = traces.flatMap((trace) => trace.cdrs)
  if (events.length === 0 && cdrs.length === 0)
    throw new AppError('config-invalid', { detail: `${path} holds no event and no document of a FreeSWITCH` })
  return freeswitchEventsOf({ events, cdrs, unreadable: [] }, connector)
}

function sayUnreadable(file: string, unreadable: { line: number; cause: string }[]): void {
  for (const { line, cause } of unreadable.slice(0, 20)) say(`${file}:${line}: ${cause}`)
  if (unreadable.length > 20) say(`${file}: ${unreadable.length - 20} more could not be read`)
}

export const DEFAULT_CONNECTOR: ConnectorConfig = { name: 'asterisk', type: 'asterisk' }

/** The calls that a trace tells of, in order of their start; consultations that became part of another call are not listed. */
export function deriveTrace(messages: readonly ReceivedMessage[], connector: ConnectorConfig): Call[] {
  return callsOf(eventsOf(messages, connector), connector.name)
}

/** The call events of a trace, as the connector would have sent them. */
export function eventsOf(messages: readonly ReceivedMessage[], connector: ConnectorConfig): CallEvent[] {
  const reader = createAmiReader(connector)
  const events: CallEvent[] = []
  for (const { message, receivedAt } of messages) {
    reader.push(message, receivedAt)
    events.push(...reader.read(null))
  }
  events.push(...reader.finish())
  return events
}

/** Folds events of any number of calls. */
export function callsOf(events: readonly CallEvent[], source: string): Call[] {
  const byCall = new Map<string, CallEvent[]>()
  const mergedInto = new Map<string, string>()
  for (const event of events) {
    byCall.set(event.callId, [...(byCall.get(event.callId) ?? []), event])
    if (event.type === 'calls-merged') mergedInto.set(event.mergedCallId, event.callId)
  }
  const histories = new Map<string, CallEvent[]>()
  for (const [callId, own] of byCall) {
    let target = callId
    // A call cannot end up inside itself; a source that says so is not followed in circles.
    for (let depth = 0; depth < 20; depth++) target = mergedInto.get(target) ?? target
    histories.set(target, [...(histories.get(target) ?? []), ...own])
  }
  return [...histories]
    .map(([callId, history]) => deriveCall({ callId, source, events: history }))
    .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
}

function readBytes(file: string): Uint8Array {
  const bytes = readFileSync(file)
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  return isGzip ? gunzipSync(bytes, { maxOutputLength: TRACE_MAX_BYTES }) : bytes
}

/** A connector as in callbook.config.json, from a file of its own. @throws AppError config-invalid; Error of the file system */
export function readConnector(file: string): ConnectorConfig {
  const text = readFileSync(file, 'utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AppError('config-invalid', { detail: `${file}: ${(cause as Error).message}` }, { cause })
  }
  return checkConnector(value)
}

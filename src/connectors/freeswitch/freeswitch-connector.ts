// The connector of a FreeSWITCH: connects to its event socket, logs in, subscribes, asks what is going on, turns what it
// hears into call events, and tries again when FreeSWITCH is gone. Run by main.ts. It knows neither store nor HTTP; what it
// tells goes through `output`. Documents of mod_json_cdr come in beside it and are read with what it has heard.
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEvent } from '../../calls/call-event.ts'
import type { ConnectorConfig } from '../../config.ts'
import type { Connector, ConnectorOutput, ConnectorState, PbxRecord } from '../connector.ts'
import { type ConnectionEnd, keepConnected, newConnectorState, type Report, type RetryTiming } from '../reconnect.ts'
import { askPicture, logIn, subscribe } from './esl-login.ts'
import { createEslReader, type EslReader } from './esl-reader.ts'
import { EslFailure, EslSocket } from './esl-socket.ts'
import { eventsOfCdr, identifyCdr } from './json-cdr.ts'
import { readTrace } from './read-trace.ts'

export interface FreeswitchTiming extends RetryTiming {
  connectMs: number
  /** For each command; the next `api status` goes out `pingMs` after the last one's answer. */
  answerMs: number
  pingMs: number
  /**
   * Call events that wait for the store before reading stops: FreeSWITCH drops a listener that does not read for 100,000
   * events, so that a store's short pause must not stop the reading.
   */
  waitingEvents: number
}

const TIMING: FreeswitchTiming = {
  connectMs: 10_000,
  answerMs: 10_000,
  pingMs: 10_000,
  waitingEvents: 20_000,
  firstRetryMs: 500,
  lastRetryMs: 30_000,
  refusedRetryMs: 60_000,
}

/** Events in one call of `emit`. */
const EMIT_EVENTS = 1_000
/** How often time alone is looked at, while something waits for it. */
const TICK_MS = 20

export function createFreeswitchConnector(
  config: ConnectorConfig & { secret: string | null },
  timing: Partial<FreeswitchTiming> = {},
): Connector {
  const times = { ...TIMING, ...timing }
  // One model for as long as the process lives: what was known before a gap is needed after it.
  const reader = createEslReader(config)
  const state = newConnectorState(config)
  const current: Session['current'] = { outlet: null }
  return {
    name: config.name,
    state: () => ({ ...state }),
    run: (output, signal) =>
      keepConnected({ state, output, timing: times, signal }, (report) =>
        runConnection({ config, reader, state, output, times, report, current }, signal),
      ),
    clockSkewMs: reader.clockSkewMs,
    readRecord: (document) => readRecord(reader, document),
    reread(raw, receivedAt) {
      const isTaken = rereadInto(reader, raw, receivedAt)
      current.outlet?.pump()
      return isTaken
    },
  }
}

/** A document of mod_json_cdr. */
function readRecord(reader: EslReader, document: unknown): PbxRecord | string {
  const cdr = identifyCdr(document, reader.callOf)
  if (typeof cdr === 'string') return cdr
  return { callId: cdr.callId, eventsBeside: (known) => eventsOfCdr(cdr, reader.surroundingsOf(cdr, known)) }
}

/** An event's body or a whole frame, kept aside as it came; or a document, whose events are then told like heard ones. */
function rereadInto(reader: EslReader, raw: Uint8Array, receivedAt: number): boolean {
  const { events, cdrs, unreadable } = readTrace(raw)
  if (unreadable.length > 0 || events.length + cdrs.length === 0) return false
  for (const { event } of events) reader.push(event, receivedAt)
  for (const document of cdrs) {
    const record = readRecord(reader, document)
    if (typeof record !== 'string') reader.tell(record.eventsBeside([]))
  }
  return true
}

interface Session {
  config: ConnectorConfig & { secret: string | null }
  reader: EslReader
  state: ConnectorState
  output: ConnectorOutput
  times: FreeswitchTiming
  report: Report
  current: { outlet: Outlet | null }
}

/** One connection, from opening it to its end. Never throws for what FreeSWITCH does. */
async function runConnection(session: Session, signal: AbortSignal): Promise<ConnectionEnd> {
  const { config, times, output, reader } = session
  const { host = '127.0.0.1', port = 8021, secret } = config
  if (secret === null) {
    const problem = 'The connector has no secretEnv that names the variable with the password of the event socket.'
    return { refused: true, wasConnected: false, problem }
  }
  let socket: EslSocket
  try {
    reader.expectCalls(await output.liveCallIds())
    socket = await EslSocket.open({ host, port, connectMs: times.connectMs, answerMs: times.answerMs }, signal)
  } catch (error) {
    return { refused: false, wasConnected: false, problem: `${capital((error as Error).message)}.` }
  }
  const stop = () => socket.close()
  signal.addEventListener('abort', stop, { once: true })
  const end: ConnectionEnd = { refused: false, wasConnected: false, problem: '' }
  const outlet = createOutlet(session, socket)
  session.current.outlet = outlet
  reader.connect()
  // Reading goes on while we ask: the answers come in between the events.
  const [heard] = await Promise.allSettled([
    listen(session, socket, outlet, signal),
    converse(session, socket, { secret, outlet }, end),
  ])
  signal.removeEventListener('abort', stop)
  session.current.outlet = null
  const own = heard.status === 'rejected' ? (heard.reason as Error) : socket.failure
  if (!end.problem) end.problem = `${capital(own?.message ?? 'the connection ended')} (${host}:${port}).`
  return end
}

/** Logs in, subscribes, takes the picture, and asks for a sign of life until the connection ends. */
async function converse(
  { times, report, reader }: Session,
  socket: EslSocket,
  { secret, outlet }: { secret: string; outlet: Outlet },
  end: ConnectionEnd,
): Promise<void> {
  try {
    await socket.greeted()
    await logIn(socket, secret)
    await subscribe(socket)
    const picture = await askPicture(socket)
    const problem = typeof picture === 'string' ? picture : null
    reader.snapshot(typeof picture === 'string' ? null : picture, Date.now())
    outlet.pump()
    end.wasConnected = true
    report('connected', problem)
    while (socket.failure === null) {
      await delay(times.pingMs, undefined, { signal: socket.ended })
      await socket.ask('api status')
    }
  } catch (error) {
    const failure = error instanceof EslFailure ? error : new EslFailure((error as Error).message, { cause: error })
    if (failure.refused && !end.wasConnected) {
      end.refused = true
      end.problem = refusalOf(failure)
    }
    socket.close(failure)
  }
}

function refusalOf({ message }: EslFailure): string {
  if (message.startsWith('auth'))
    return `FreeSWITCH refuses the password of the event socket (${message}): it is in event_socket.conf.xml.`
  return `FreeSWITCH refuses the connection (${message}): see apply-inbound-acl in event_socket.conf.xml.`
}

/** Reads the connection to its end. Rejects only when `output` no longer takes events. */
async function listen(session: Session, socket: EslSocket, outlet: Outlet, signal: AbortSignal): Promise<void> {
  const { reader, state, output } = session
  try {
    for await (const items of socket.batches()) {
      for (const item of items) {
        state.lastMessageAt = Date.now()
        if (item.type === 'event') {
          state.messages++
          reader.push(item.event, state.lastMessageAt)
        } else if (item.type === 'unreadable') {
          state.unreadable++
          output.reject(item.raw, item.cause)
        }
      }
      outlet.pump()
      await outlet.room()
    }
  } finally {
    socket.close()
    reader.disconnect(Date.now())
    // What was heard is told, whatever ended the connection; when stopping, once.
    const rest = outlet.finish()
    await (signal.aborted ? rest.catch(() => {}) : rest)
  }
}

/** The way from the reader to `output`: in order, in batches, with a bounded number waiting. */
interface Outlet {
  /** Takes what is due. */
  pump(): void
  /** Resolves when there is room again. Rejects when `output` no longer takes events. */
  room(): Promise<void>
  /** Takes all that is left and resolves when it is told. */
  finish(): Promise<void>
}

function createOutlet({ reader, output, times }: Session, socket: EslSocket): Outlet {
  const waiting: CallEvent[] = []
  let emitting: Promise<void> = Promise.resolve()
  let isEmitting = false
  let timer: NodeJS.Timeout | null = null

  function take(events: CallEvent[]): void {
    for (const event of events) waiting.push(event)
    if (isEmitting || waiting.length === 0) return
    isEmitting = true
    emitting = emit()
    // Whoever waits for room, or for the end, sees it fail.
    emitting.catch((cause: Error) => socket.close(new EslFailure(cause.message, { cause })))
  }

  async function emit(): Promise<void> {
    try {
      while (waiting.length > 0) await output.emit(waiting.splice(0, EMIT_EVENTS))
    } finally {
      isEmitting = false
    }
  }

  function pump(): void {
    take(reader.read(Date.now()))
    if (timer === null && reader.isWaiting() && socket.failure === null) {
      timer = setTimeout(() => {
        timer = null
        pump()
      }, TICK_MS)
    }
  }

  return {
    pump,
    room: async () => {
      if (waiting.length > times.waitingEvents) await emitting
    },
    finish: async () => {
      if (timer) clearTimeout(timer)
      // What a failed batch left behind belongs to the store's troubles, which ended the run.
      await emitting
      take(reader.drain())
      await emitting
    },
  }
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

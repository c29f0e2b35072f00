// The connector of an Asterisk: connects, logs in, asks what is going on, turns what it hears into call events, and tries
// again when the PBX is gone. Run by main.ts. It knows neither store nor HTTP; what it tells goes through `output`.
//
//   connecting ─▶ login ─▶ snapshot, what went by unheard ─▶ connected ──(closed, silent)──┐
//       ▲            └─ refused: a long wait ─┐                      │
//       └──────────── a growing wait ─────────┴──────────────────────┘
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEvent } from '../../calls/call-event.ts'
import type { ConnectorConfig, ConnectorSecrets } from '../../config.ts'
import type { Connector, ConnectorOutput, ConnectorState } from '../connector.ts'
import { askSnapshot, logIn } from './ami-login.ts'
import { AmiParser, header } from './ami-parser.ts'
import { type AmiReader, createAmiReader } from './ami-reader.ts'
import { AmiFailure, AmiSocket } from './ami-socket.ts'
import { fillGap } from './backfill/fill-gap.ts'
import type { GapSource } from './backfill/gap-source.ts'
import { gapSourceOf } from './backfill/gap-sources.ts'
import { eventsOfUnknown } from './backfill/logged-calls.ts'
import { readLoggedCalls } from './backfill/logged-calls-reader.ts'

export interface AsteriskTiming {
  connectMs: number
  /** For each action; the next ping goes out `pingMs` after the last one's answer. */
  answerMs: number
  pingMs: number
  /** The wait before trying again: doubled each time, with jitter, between these. */
  firstRetryMs: number
  lastRetryMs: number
  /** A wrong password does not become right by trying often, and may lock us out. */
  refusedRetryMs: number
}

const TIMING: AsteriskTiming = {
  connectMs: 10_000,
  answerMs: 10_000,
  pingMs: 10_000,
  firstRetryMs: 500,
  lastRetryMs: 30_000,
  refusedRetryMs: 60_000,
}

/** Events in one call of `emit`. */
const EMIT_EVENTS = 1_000
/** Messages kept back while what was missed is read. */
const HELD_MESSAGES = 50_000
/** Calls whose events are asked for at a time. */
const HISTORIES = 500
/** How often time alone is looked at, while something waits for it. */
const TICK_MS = 20

export function createAsteriskConnector(
  config: ConnectorConfig & ConnectorSecrets,
  timing: Partial<AsteriskTiming> = {},
): Connector {
  const times = { ...TIMING, ...timing }
  // One model for as long as the process lives: what was known before a gap is needed after it.
  const reader = createAmiReader(config)
  const gaps = gapSourceOf(config)
  const state: ConnectorState = {
    name: config.name,
    type: config.type,
    status: 'connecting',
    problem: null,
    since: Date.now(),
    lastMessageAt: null,
    messages: 0,
    unreadable: 0,
  }

  // What is to be called when the reader got something that no connection brought.
  const current = { wake: () => {} }
  /** While it runs: where events go, and when it stops. */
  let running: { output: ConnectorOutput; signal: AbortSignal } | null = null

  async function run(output: ConnectorOutput, signal: AbortSignal): Promise<void> {
    const report = (status: ConnectorState['status'], problem: string | null) => {
      if (state.status === status && state.problem === problem) return
      if (state.status !== status) state.since = Date.now()
      state.status = status
      state.problem = problem
      output.report({ ...state })
    }
    let retryMs = times.firstRetryMs
    running = { output, signal }
    try {
      while (!signal.aborted) {
        const session = { config, reader, gaps, state, output, times, report, current }
        const end = await runSession(session, signal)
        if (signal.aborted) break
        report(end.refused ? 'refused' : 'connecting', end.problem)
        if (end.wasConnected) retryMs = times.firstRetryMs
        // Half of the wait is left to chance, so that many connectors do not come back at the same moment.
        const wait = end.refused ? times.refusedRetryMs : retryMs * (0.5 + Math.random() / 2)
        retryMs = Math.min(retryMs * 2, times.lastRetryMs)
        await delay(wait, undefined, { signal }).catch(() => {})
      }
    } finally {
      running = null
      report('stopped', null)
    }
  }

  function reread(raw: Uint8Array, receivedAt: number): boolean {
    const items = new AmiParser().push(Buffer.concat([raw, Buffer.from('\r\n\r\n')]))
    const messages = items.flatMap((item) => (item.type === 'message' ? [item.message] : []))
    if (messages.length === 0 || items.some((item) => item.type === 'unreadable')) return false
    for (const message of messages) reader.push(message, receivedAt)
    current.wake()
    return true
  }

  const clockSkewMs = () => reader.clockSkewMs()

  async function loggedCallIds(from: number, to: number): Promise<string[] | null> {
    if (!gaps) return null
    const range = { from, to, now: Date.now() + (clockSkewMs() ?? 0) }
    const calls = await readLoggedCalls({ config, range }, running?.signal ?? new AbortController().signal)
    return calls && [...calls.keys()]
  }

  /** Calls that nobody has told of are told as far as the PBX's records go; of known ones nothing is told again. */
  async function backfill(from: number, to: number): Promise<boolean> {
    if (!gaps || !running) return false
    const { output, signal } = running
    const range = { from, to, now: Date.now() + (clockSkewMs() ?? 0) }
    const calls = await readLoggedCalls({ config, range }, signal)
    if (!calls) return false
    const known = new Set<string>()
    const ids = [...calls.keys()]
    for (let i = 0; i < ids.length; i += HISTORIES)
      for (const id of (await output.histories?.(ids.slice(i, i + HISTORIES)))?.keys() ?? []) known.add(id)
    const events = eventsOfUnknown(calls, (callId) => known.has(callId))
    await emitAll(output, events)
    return events.length > 0
  }

  const stateNow = () => ({ ...state, lagMs: reader.lag(Date.now()) })
  return { name: config.name, run, state: stateNow, reread, loggedCallIds, backfill, clockSkewMs }
}

interface Session {
  config: ConnectorConfig & { secret: string | null }
  reader: AmiReader
  /** Where what went by unheard is written down; null: nowhere that we know of. */
  gaps: GapSource | null
  state: ConnectorState
  output: ConnectorOutput
  times: AsteriskTiming
  report(status: ConnectorState['status'], problem: string | null): void
  current: { wake(): void }
}

interface SessionEnd {
  refused: boolean
  wasConnected: boolean
  /** A sentence for the administrator. */
  problem: string
}

/** One connection, from opening it to its end. Never throws for what the PBX does. */
async function runSession(session: Session, signal: AbortSignal): Promise<SessionEnd> {
  const { config, times } = session
  const { host = '127.0.0.1', port = 5038, username, secret } = config
  if (!username || secret === null) {
    const problem = 'The connector has no AMI username, or no secretEnv that names the variable with its secret.'
    return { refused: true, wasConnected: false, problem }
  }
  let socket: AmiSocket
  try {
    await expectCalls(session)
    socket = await AmiSocket.open({ host, port, connectMs: times.connectMs, answerMs: times.answerMs }, signal)
  } catch (error) {
    return { refused: false, wasConnected: false, problem: `${capital((error as Error).message)}.` }
  }
  const stop = () => socket.close()
  signal.addEventListener('abort', stop, { once: true })
  const end: SessionEnd = { refused: false, wasConnected: false, problem: '' }
  // Reading goes on while we ask: the answers come in between the events.
  const listening = listen(session, socket, signal)
  const asking = converse(session, socket, { username, secret, login: config.login ?? 'md5' }, { end, signal })
  const [heard, asked] = await Promise.allSettled([listening, asking])
  signal.removeEventListener('abort', stop)
  const cause = socket.failure ?? (asked.status === 'rejected' ? (asked.reason as Error) : null)
  const own = heard.status === 'rejected' ? (heard.reason as Error) : cause
  if (!end.problem) end.problem = `${capital(own?.message ?? 'the connection ended')} (${host}:${port}).`
  return end
}

/** The calls that the store has as live; of a reader that has not heard them itself, with what is known of them. */
async function expectCalls({ reader, output }: Session): Promise<void> {
  const ids = await output.liveCallIds()
  for (let i = 0; i < ids.length; i += HISTORIES) {
    const slice = ids.slice(i, i + HISTORIES)
    const stored = reader.heardUntil() === null ? await output.histories?.(slice) : undefined
    reader.expectCalls(slice, stored)
  }
}

/** Logs in, takes the snapshot, and pings until the connection ends. Closes the socket when the PBX does not answer. */
async function converse(
  session: Session,
  socket: AmiSocket,
  credentials: { username: string; secret: string; login: 'md5' | 'plain' },
  { end, signal }: { end: SessionEnd; signal: AbortSignal },
): Promise<void> {
  const { reader, gaps, output, times, report } = session
  try {
    await socket.greeted()
    // What is heard from now on comes after what went by unheard.
    if (gaps) reader.hold()
    await logIn(socket, credentials).catch((error: unknown) => {
      if (error instanceof AmiFailure && error.refused) {
        end.refused = true
        end.problem = `The PBX refuses the AMI user "${credentials.username}" (${error.message}): check the secret, and permit and deny in manager.conf.`
      }
      throw error
    })
    const to = reader.noteClock(header(await socket.ask('Ping'), 'Timestamp'), Date.now())
    let problem = await askSnapshot(socket)
    if (gaps) problem ??= await fillGap({ reader, output, source: gaps, to }, AbortSignal.any([signal, socket.ended]))
    reader.release()
    session.current.wake()
    end.wasConnected = true
    report('connected', problem)
    while (socket.failure === null) {
      await delay(times.pingMs, undefined, { signal: socket.ended })
      reader.noteClock(header(await socket.ask('Ping'), 'Timestamp'), Date.now())
    }
  } catch (error) {
    socket.close(error instanceof AmiFailure ? error : new AmiFailure((error as Error).message, { cause: error }))
  }
}

/** Reads the connection to its end and hands out what it says. Rejects only when `output` no longer takes events. */
async function listen(session: Session, socket: AmiSocket, signal: AbortSignal): Promise<void> {
  const { reader, state, output } = session
  let emitting: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | null = null

  /** Hands out what is due, one batch after the other. */
  function pump(): Promise<void> {
    emitting = emitting.then(async () => {
      await emitAll(output, reader.read(Date.now()))
      reader.committed(Date.now())
      if (timer === null && reader.isWaiting() && socket.failure === null) timer = setTimeout(tick, TICK_MS)
    })
    return emitting
  }

  function tick(): void {
    timer = null
    // The reading loop waits for the same promise and sees it fail.
    pump().catch((cause: Error) => socket.close(new AmiFailure(cause.message, { cause })))
  }

  session.current.wake = () => {
    timer ??= setTimeout(tick, 0)
  }
  try {
    for await (const items of socket.batches()) {
      for (const item of items) {
        state.lastMessageAt = Date.now()
        if (item.type === 'message') {
          state.messages++
          reader.push(item.message, state.lastMessageAt)
          noteTimestamps(session, item.message.has('Timestamp'), header(item.message, 'Event'))
        } else if (item.type === 'unreadable') {
          state.unreadable++
          output.reject(item.raw, item.cause)
        }
      }
      // More than that is not kept back: what is going on counts more than what was.
      if (reader.held > HELD_MESSAGES) reader.release()
      await pump()
    }
  } finally {
    session.current.wake = () => {}
    if (timer) clearTimeout(timer)
    socket.close()
    // What was heard is told, whatever ended the connection; when stopping, once.
    const rest = emitting.then(() => emitAll(output, reader.drain(Date.now())))
    await (signal.aborted ? rest.catch(() => {}) : rest)
  }
}

/** Without timestamps the order of events is a guess, and repeated ones cannot be known: the administrator is told. */
function noteTimestamps({ state, report }: Session, hasTimestamp: boolean, event: string): void {
  if (event !== 'Newchannel' || hasTimestamp || state.status !== 'connected' || state.problem !== null) return
  report('connected', 'Events carry no time: set timestampevents = yes in the general section of manager.conf.')
}

async function emitAll(output: ConnectorOutput, events: CallEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += EMIT_EVENTS) {
    await output.emit(events.slice(from, from + EMIT_EVENTS))
  }
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

// The whole way from AMI messages to call events, without a socket: order, model, events. The connector feeds it live,
// `callbook derive` feeds it a trace. Pure: the time is an argument.

import type { CallEvent } from '../../calls/call-event.ts'
import type { ConnectorConfig } from '../../config.ts'
import { createLagMeter, type LagFigures } from '../lag.ts'
import { learnMember } from './ami-legs.ts'
import { createAmiOrder, parseTimestamp, REORDER_WINDOW_MS } from './ami-order.ts'
import { type AmiMessage, header } from './ami-parser.ts'
import { applyMessage, applySilence, isUnsettled } from './ami-to-call-event.ts'
import { createWorld } from './ami-world.ts'
import type { GapRows, TimeRange } from './backfill/gap-source.ts'
import { expectStored, retellGap, type StoredHistory } from './backfill/retell-gap.ts'
import { createEndpoints } from './endpoints.ts'

export interface AmiReader {
  /** Takes a message that came at `receivedAt` (epoch ms). What it says is had by `read`. */
  push(message: AmiMessage, receivedAt: number): void
  /** The call events of all that need not wait any longer. `now` null: offline, the messages' own times count. */
  read(now: number | null): CallEvent[]
  /** Everything heard so far, without waiting for what might come in between: the connection ended at `now`. */
  drain(now: number): CallEvent[]
  /** The rest: nothing more will come, as if a minute had passed. */
  finish(): CallEvent[]
  /** What was read last is on disk, at `now`: how long that took is counted. */
  committed(now: number): void
  lag(now: number): LagFigures | null
  /** Something waits, in the order or in the model, for time to pass. */
  isWaiting(): boolean
  /**
   * The calls that the store holds as live: those that the next snapshot does not have are over. `stored`: what it has of
   * them, for a reader that has not heard them itself.
   */
  expectCalls(ids: readonly string[], stored?: ReadonlyMap<string, StoredHistory>): void
  expectedCalls(): string[]

  /** What comes from now on is kept until `release`: what went by before it has to be told first. */
  hold(): void
  /** Messages that are kept. */
  readonly held: number
  release(): void
  /** When the PBX made the last message heard, before those that are held; null: nothing was heard yet. PBX's clock. */
  heardUntil(): number | null
  /** The PBX said what time it has (`Timestamp` of an answer): until then all is heard. Returns its time now, as far as it is known. */
  noteClock(timestamp: string, receivedAt: number): number
  /** How far the PBX's clock is ahead of ours, ms; null: not known yet. */
  clockSkewMs(): number | null
  /** When the oldest call began that was going on when it fell silent; null: there is none. */
  oldestCallAt(): number | null
  /**
   * Tells what went by unheard, in its place before what is held. `stored`: what the store has of calls, by id, after a
   * restart. false: nothing is held any more, it is too late.
   */
  retell(rows: GapRows, gap: TimeRange, stored: ReadonlyMap<string, StoredHistory> | null, receivedAt: number): boolean
}

/** After an interruption, what only waited for a moment to pass is decided. */
const SHORTLY_MS = 1_000

/** Events that come in thousands and say nothing about calls that others do not. */
const NOISE = new Set([
  'VarSet',
  'Newexten',
  'CEL',
  'RTCPSent',
  'RTCPReceived',
  'DeviceStateChange',
  'TestEvent',
  'Cdr',
])

export function createAmiReader(config: ConnectorConfig): AmiReader {
  const order = createAmiOrder()
  const world = createWorld(createEndpoints(config))
  const meter = createLagMeter()
  /** When the messages of the last `read` were made. */
  let uncommitted: number[] = []
  let heardUntil: number | null = null
  /** While messages are held: which channels the PBX has, and when it was started, as far as it said. */
  let holding: { present: Map<string, string>; bootedAt: number | null; until: number | null } | null = null

  function hearUntil(at: number): void {
    if (holding) holding.until = Math.max(holding.until ?? at, at)
    else heardUntil = Math.max(heardUntil ?? at, at)
  }

  function note(message: AmiMessage, event: string, receivedAt: number): void {
    const stamped = parseTimestamp(header(message, 'Timestamp'))
    meter.heard(stamped ?? order.pbxTime(receivedAt), receivedAt)
    // Answers carry no time, and before the first that does nobody knows what time the PBX has.
    const isDated = stamped !== null || (message.has('Uniqueid') && !message.has('ActionID'))
    if (isDated) hearUntil(stamped ?? order.pbxTime(receivedAt))
    if (!holding) return
    // Whose name is whose is needed for what is told before.
    if (event === 'QueueMember') learnMember(world, message)
    if (event === 'CoreShowChannel') {
      holding.present.set(header(message, 'Uniqueid'), header(message, 'Channel'))
    } else if (event === 'FullyBooted') {
      const uptimeMs = Number(header(message, 'Uptime') || Number.NaN) * 1000
      holding.bootedAt = Number.isNaN(uptimeMs) ? null : receivedAt - uptimeMs
    }
  }

  return {
    push(message, receivedAt) {
      const event = header(message, 'Event')
      if (event === '' || NOISE.has(event)) return
      note(message, event, receivedAt)
      order.push(message, receivedAt)
    },
    read(now) {
      if (holding) return []
      const released = order.release(now)
      const events = released.flatMap((timed) => applyMessage(world, timed))
      uncommitted = released.flatMap(({ at, isRetold }) => (isRetold ? [] : [at]))
      // With nothing on its way, time has passed on the PBX as it has here, but for what may just be coming.
      if (now !== null && order.waiting === 0 && isUnsettled(world))
        events.push(...applySilence(world, order.pbxTime(now) - REORDER_WINDOW_MS))
      return events
    },
    committed(now) {
      for (const at of uncommitted) meter.committed(at, now)
      uncommitted = []
    },
    lag: (now) => meter.figures(now),
    drain(now) {
      world.lostAt ??= order.pbxTime(now)
      // What is held goes by as unheard, and is told with the rest of the gap next time.
      if (holding) order.clear()
      holding = null
      const events = order.flush().flatMap((timed) => applyMessage(world, timed))
      events.push(...applySilence(world, world.now + SHORTLY_MS))
      return events
    },
    finish() {
      const events = order.flush().flatMap((timed) => applyMessage(world, timed))
      events.push(...applySilence(world, world.now + 60_000))
      return events
    },
    isWaiting: () => !holding && (order.waiting > 0 || isUnsettled(world)),
    expectCalls(ids, stored) {
      for (const id of ids) world.storedCalls.add(id)
      for (const history of stored?.values() ?? []) expectStored(world, history)
    },
    expectedCalls: () => [...world.storedCalls],
    hold() {
      holding ??= { present: new Map(), bootedAt: null, until: null }
    },
    get held() {
      return holding ? order.waiting : 0
    },
    release() {
      if (holding?.until != null) heardUntil = Math.max(heardUntil ?? holding.until, holding.until)
      holding = null
    },
    heardUntil: () => heardUntil,
    noteClock(timestamp, receivedAt) {
      const at = parseTimestamp(timestamp)
      if (at !== null) {
        order.noteClock(at, receivedAt)
        hearUntil(at)
      }
      return order.pbxTime(receivedAt)
    },
    clockSkewMs: () => order.clockSkewMs(),
    oldestCallAt() {
      const begins = [...world.calls.values()].map((call) => call.createdAt)
      for (const { events } of world.retoldCalls.values()) begins.push(Math.min(...events.map(({ at }) => at)))
      return begins.length === 0 ? null : Math.min(...begins)
    },
    retell(rows, gap, stored, receivedAt) {
      if (!holding) return false
      const { present, bootedAt } = holding
      const messages = retellGap(world, rows, {
        ...gap,
        stored,
        present,
        bootedAt: bootedAt === null ? null : order.pbxTime(bootedAt),
      })
      order.insert(messages, receivedAt)
      return true
    },
  }
}

// The whole way from events of FreeSWITCH to call events, without a socket: order, model, events. The connector feeds it
// live, `callbook derive` feeds it a trace. Pure: the time is an argument.
import type { CallEvent } from '../../calls/call-event.ts'
import type { ConnectorConfig } from '../../config.ts'
import { createEndpoints } from './endpoints.ts'
import { type EslEvent, text } from './esl-event.ts'
import { createEslOrder } from './esl-order.ts'
import { applyEvent, applySilence, takeOut } from './esl-to-call-event.ts'
import { applySnapshot, beginConnection, type LiveChannel } from './fs-snapshot.ts'
import { callOf, createWorld, legOf } from './fs-world.ts'
import type { CdrCall, CdrSurroundings } from './json-cdr.ts'

export interface EslReader {
  /** A connection begins: events are kept until `snapshot` has been given, or given up. */
  connect(): void
  /** The connection has ended, at a time here. */
  disconnect(at: number): void
  /** What is going on, as of `receivedAt` (epoch ms here); null: FreeSWITCH does not say. */
  snapshot(taken: { channels: readonly LiveChannel[]; core: string } | null, receivedAt: number): void
  /** Takes an event that came at `receivedAt`. What it says is had by `read`. */
  push(event: EslEvent, receivedAt: number): void
  /** The call events of all that need not wait any longer. `now` null: offline, the events' own times count. */
  read(now: number | null): CallEvent[]
  /** Everything heard so far, without waiting for what might come in between: the connection has ended. */
  drain(): CallEvent[]
  /** The rest: nothing more will come, as if a minute had passed. */
  finish(): CallEvent[]
  /** Something waits, in the order or in the model, for time to pass. */
  isWaiting(): boolean
  /** The calls that the store holds as live: those that the next snapshot does not have are over. */
  expectCalls(ids: readonly string[]): void
  /** How far FreeSWITCH's clock is ahead of ours, ms; null: not known. */
  clockSkewMs(): number | null
  /** Call events from elsewhere, to be handed out with the next ones. */
  tell(events: readonly CallEvent[]): void
  /** The call that a leg belongs to, as far as it is remembered. */
  callOf(leg: string): string | null
  /** What a document of mod_json_cdr is read with. */
  surroundingsOf(cdr: CdrCall, known: readonly CallEvent[]): CdrSurroundings
}

/** After an interruption, what only waited for a moment to pass is decided. */
const SHORTLY_MS = 1_000
/** Events that wait for the picture. */
const HELD_MAX = 50_000
/** Queue news about the wallboard, not about calls. */
const NOISE = new Set(['members-count', 'agent-state-change', 'agent-status-change', 'agent-contact-change'])

export function createEslReader(config: ConnectorConfig): EslReader {
  const order = createEslOrder()
  const world = createWorld(createEndpoints(config))
  let awaitsSnapshot = false
  let isConnected = false
  let disconnectedAt: number | null = null

  const applyAll = (timed: { event: EslEvent; at: number }[]) =>
    timed.flatMap(({ event, at }) => applyEvent(world, event, at))

  function callIdOf(uuid: string): string | null {
    let call = legOf(world, uuid)?.call ?? callOf(world, uuid)
    while (call?.mergedInto) call = call.mergedInto
    return call?.id ?? null
  }

  return {
    connect() {
      awaitsSnapshot = true
      isConnected = true
      beginConnection(world)
    },
    disconnect(at) {
      isConnected = false
      awaitsSnapshot = false
      disconnectedAt = order.pbxTime(at)
    },
    snapshot(taken, receivedAt) {
      awaitsSnapshot = false
      if (taken) applySnapshot(world, taken.channels, { ...taken, at: order.pbxTime(receivedAt), disconnectedAt })
    },
    push(event, receivedAt) {
      if (!NOISE.has(text(event, 'CC-Action'))) order.push(event, receivedAt)
      // A picture that takes so long is not waited for: what it says is learnt from the events as they come.
      if (order.waiting > HELD_MAX) awaitsSnapshot = false
    },
    read(now) {
      if (awaitsSnapshot) return []
      const events = [...takeOut(world), ...applyAll(order.release(now))]
      // With nothing on its way, time has passed on the PBX as it has here.
      if (now !== null && order.waiting === 0 && world.unsettled.size > 0)
        events.push(...applySilence(world, order.pbxTime(now)))
      return events
    },
    drain() {
      awaitsSnapshot = false
      return [...takeOut(world), ...applyAll(order.flush()), ...applySilence(world, world.now + SHORTLY_MS)]
    },
    finish: () => [...takeOut(world), ...applyAll(order.flush()), ...applySilence(world, world.now + 60_000)],
    isWaiting: () => order.waiting > 0 || world.unsettled.size > 0,
    expectCalls(ids) {
      for (const id of ids) world.storedCalls.add(id)
    },
    clockSkewMs: () => order.clockSkewMs,
    tell(events) {
      world.out.push(...events)
    },
    callOf: callIdOf,
    surroundingsOf(cdr, known) {
      const isInSight = isConnected && !awaitsSnapshot && callOf(world, cdr.callId)?.ended === false
      const leg = legOf(world, cdr.leg.uuid)
      const wasHeard = !leg?.complete ? 'no' : leg.end ? 'whole' : isConnected ? 'so far' : 'no'
      return { endpoints: world.endpoints, callOf: callIdOf, known, isInSight, wasHeard }
    },
  }
}

// The connector on a real socket, with CEL and queue_log as real files that grow and are rotated while it is away, or
// while Callbook itself is.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Call } from '../../../calls/call.ts'
import type { CallEvent } from '../../../calls/call-event.ts'
import { callsOf } from '../../../cli/derive.ts'
import type { ConnectorConfig } from '../../../config.ts'
import { createAmiReader } from '../ami-reader.ts'
import { createAsteriskConnector } from '../asterisk-connector.ts'
import { encodeMessage, FakeAmiServer } from '../fake-ami-server.ts'
import { readTrace } from '../read-trace.ts'
import { storedCalls } from './trace-gaps.ts'

const FOLDER = new URL('../../../../test/traces/asterisk/', import.meta.url)
const QUICK = { connectMs: 2_000, answerMs: 5_000, pingMs: 50, firstRetryMs: 20, lastRetryMs: 50, refusedRetryMs: 100 }

/** In order of time: one with a talk, one that was busy, one whose talk the system ended. */
const TALK = 'in_normal_agent_hangup'
const BUSY = 'out_busy'
const TIMEOUT = 'pred_queue_timeout'

const read = (name: string, file: string) => readFileSync(new URL(`${name}/${file}`, FOLDER), 'utf8')
const messages = (name: string) =>
  readTrace(readFileSync(new URL(`${name}/ami.jsonl`, FOLDER))).messages.filter(({ message }) =>
    message.has('Timestamp'),
  )
const whole = (name: string) => callsOf(eventsOfWhole(name), 'pbx1')[0]

function eventsOfWhole(name: string): CallEvent[] {
  const events: CallEvent[] = []
  const reader = createAmiReader({ name: 'pbx1', type: 'asterisk' })
  for (const { message, receivedAt } of messages(name)) {
    reader.push(message, receivedAt)
    events.push(...reader.read(null))
  }
  return [...events, ...reader.finish()]
}

interface Away {
  pbx: FakeAmiServer
  cel: string
  queueLog: string
  /** Callbook's store, as far as a connector sees it. */
  events: CallEvent[]
  /** Starts a connector, as Callbook does when it starts. */
  start(backfill?: ConnectorConfig['backfill']): Running
  /** From now on the PBX's clock shows this (epoch ms). */
  setClock(at: number): void
}

interface Running {
  state: ReturnType<typeof createAsteriskConnector>['state']
  stop(): Promise<void>
}

async function away(t: TestContext): Promise<Away> {
  const folder = mkdtempSync(join(tmpdir(), 'callbook-gap-'))
  const [cel, queueLog] = [join(folder, 'cel.csv'), join(folder, 'queue_log')]
  let clock = { at: (messages(TALK)[0]?.receivedAt ?? 0) - 1_000, since: Date.now() }
  const stamp = () => ((clock.at + Date.now() - clock.since) / 1000).toFixed(6)
  const pbx = new FakeAmiServer({
    otherActions: { Ping: () => [{ Response: 'Success', Ping: 'Pong', Timestamp: stamp() }] },
  })
  await pbx.start()
  const events: CallEvent[] = []
  const running: Running[] = []
  t.after(async () => {
    for (const one of running) await one.stop()
    await pbx.stop()
    rmSync(folder, { recursive: true })
  })
  const histories = () => storedCalls(events)
  const start = (backfill: ConnectorConfig['backfill'] = { cel, queueLog }) => {
    const config = { name: 'pbx1', type: 'asterisk', port: pbx.port, username: 'callbook', secret: 'right' } as const
    const connector = createAsteriskConnector({ ...config, ...(backfill ? { backfill } : {}) }, QUICK)
    const stopping = new AbortController()
    const run = connector.run(
      {
        emit: async (batch) => void events.push(...batch),
        liveCallIds: async () => callsOf(events, 'pbx1').flatMap(({ id, endedAt }) => (endedAt === null ? [id] : [])),
        lastHeardAt: async () => (events.length === 0 ? null : Math.max(...events.map(({ at }) => at))),
        histories: async (ids) =>
          new Map(
            [...histories()]
              .filter(([id]) => ids.includes(id))
              .map(([id, one]) => [id, { ...one, events: [...one.events] }]),
          ),
        report: () => {},
        reject: () => {},
      },
      stopping.signal,
    )
    const one = {
      state: connector.state,
      stop: async () => {
        stopping.abort()
        await run
      },
    }
    running.push(one)
    return one
  }
  return { pbx, cel, queueLog, events, start, setClock: (at) => (clock = { at, since: Date.now() }) }
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 10) {
    if (waited > 15_000) assert.fail(`${what} did not happen`)
    await delay(10)
  }
}

/** Says the messages of a trace until one, and lets the PBX's clock show its time. */
function say(one: Away, name: string, until: string | null): void {
  const all = messages(name)
  const end = until === null ? all.length : all.findIndex(({ message }) => message.get('Event')?.[0] === until)
  for (const { message } of all.slice(0, end)) one.pbx.sendBytes(encodeMessage(message))
  one.setClock(all[end - 1]?.receivedAt ?? 0)
}

const endOf = (name: string) => messages(name).at(-1)?.receivedAt ?? 0

function assertAsWhole(call: Call | undefined, name: string): void {
  const right = whole(name)
  assert.ok(call && right)
  assert.deepEqual(
    [call.id, call.type, call.hangupReason, call.notConnectedCause, call.releasedBy, call.agent, call.keys],
    [right.id, right.type, right.hangupReason, right.notConnectedCause, right.releasedBy, right.agent, right.keys],
  )
  assert.deepEqual([call.endEstimated, call.reconstructed], [false, true])
  for (const field of ['startedAt', 'answeredAt', 'endedAt'] as const)
    assert.ok(Math.abs((call[field] ?? 0) - (right[field] ?? 0)) < 100, `${field} of ${name}`)
  assert.ok(Math.abs(call.talkMs - right.talkMs) < 100, `talk of ${name}`)
}

test('a call that ended and calls that came and went while the connection was away are made whole from the files', async (t) => {
  const one = await away(t)
  writeFileSync(one.cel, read(TALK, 'cel.csv').split('\n').slice(0, 12).join('\n'))
  writeFileSync(one.queueLog, '')
  const { state } = one.start()
  await until('connected', () => state().status === 'connected')
  say(one, TALK, 'HangupRequest')
  await until('an answer', () => one.events.some(({ type }) => type === 'agent-answered'))
  await one.pbx.stop()
  await until('gone', () => state().status === 'connecting')
  // While it is away the logs grow, and are rotated twice.
  appendFileSync(one.cel, `\n${read(TALK, 'cel.csv').split('\n').slice(12).join('\n')}`)
  appendFileSync(one.queueLog, read(TALK, 'queue_log'))
  writeFileSync(`${one.cel}.2.gz`, gzipSync(readFileSync(one.cel)))
  renameSync(one.queueLog, `${one.queueLog}.1`)
  writeFileSync(`${one.cel}.1`, read(BUSY, 'cel.csv'))
  writeFileSync(one.cel, read(TIMEOUT, 'cel.csv'))
  writeFileSync(one.queueLog, read(TIMEOUT, 'queue_log'))
  one.setClock(endOf(TIMEOUT) + 60_000)
  await one.pbx.start()
  await until('the last end', () => one.events.filter(({ type }) => type === 'call-ended').length === 3)
  await until('connected', () => state().status === 'connected')
  assert.equal(state().problem, null)
  const calls = callsOf(one.events, 'pbx1')
  assert.equal(calls.length, 3)
  assertAsWhole(calls[0], TALK)
  assertAsWhole(calls[1], BUSY)
  assertAsWhole(calls[2], TIMEOUT)
  const told = one.events.find(({ type }) => type === 'call-reconstructed')
  assert.deepEqual(told?.type === 'call-reconstructed' && told.sources, ['cel', 'queue-log'])
})

test('when Callbook itself was away, what it has stored is not told twice, and the rest is read from the files', async (t) => {
  const one = await away(t)
  writeFileSync(one.cel, `${read(TALK, 'cel.csv')}${read(BUSY, 'cel.csv')}`)
  writeFileSync(one.queueLog, read(TALK, 'queue_log'))
  const before = one.start()
  await until('connected', () => before.state().status === 'connected')
  say(one, TALK, 'HangupRequest')
  await until('an answer', () => one.events.some(({ type }) => type === 'agent-answered'))
  await before.stop()
  const heard = one.events.length
  one.setClock(endOf(BUSY) + 60_000)
  const after = one.start()
  await until('the last end', () => one.events.filter(({ type }) => type === 'call-ended').length === 2)
  await until('connected', () => after.state().status === 'connected')
  const calls = callsOf(one.events, 'pbx1')
  assertAsWhole(calls[0], TALK)
  assertAsWhole(calls[1], BUSY)
  const flow = (events: CallEvent[]) => events.filter(({ callId }) => callId === calls[0]?.id).map(({ type }) => type)
  assert.deepEqual(flow(one.events.slice(heard)), [
    'call-reconstructed',
    'hangup-requested',
    'agent-left',
    'recording-ready',
    'call-ended',
  ])
  // And once more: nothing is left to be told.
  const all = one.events.length
  await after.stop()
  const again = one.start()
  await until('connected', () => again.state().status === 'connected')
  await delay(200)
  assert.deepEqual(one.events.slice(all), [])
})

test('logs that cannot be read are a problem to be told, and the calls are closed by the snapshot alone', async (t) => {
  const one = await away(t)
  const { state } = one.start({ cel: '/nowhere/cel.csv', queueLog: one.queueLog })
  await until('connected', () => state().status === 'connected')
  // Nothing was missed yet, so nothing was looked for.
  assert.equal(state().problem, null)
  say(one, TALK, 'HangupRequest')
  await until('an answer', () => one.events.some(({ type }) => type === 'agent-answered'))
  await one.pbx.stop()
  await until('gone', () => state().status === 'connecting')
  one.setClock(endOf(TALK) + 60_000)
  await one.pbx.start()
  await until('the end', () => one.events.some(({ type }) => type === 'call-ended'))
  await until('connected', () => state().status === 'connected')
  assert.match(state().problem ?? '', /\/nowhere\/cel\.csv cannot be read/)
  assert.match(state().problem ?? '', /queue_log cannot be read: there is no such file/)
  const [call] = callsOf(one.events, 'pbx1')
  assert.deepEqual([call?.endEstimated, call?.reconstructed, call?.hangupReason], [true, false, 'normal'])
})

test('a connection that breaks while what was missed is read loses nothing: it is read again', async (t) => {
  const one = await away(t)
  writeFileSync(one.cel, read(TALK, 'cel.csv'))
  writeFileSync(one.queueLog, read(TALK, 'queue_log'))
  const { state } = one.start()
  await until('connected', () => state().status === 'connected')
  say(one, TALK, 'HangupRequest')
  await until('an answer', () => one.events.some(({ type }) => type === 'agent-answered'))
  await one.pbx.stop()
  await until('gone', () => state().status === 'connecting')
  one.setClock(endOf(TALK) + 60_000)
  const asked = one.pbx.actions.length
  await one.pbx.start()
  const asksChannels = () => one.pbx.actions.slice(asked).filter((name) => name === 'CoreShowChannels').length
  for (let n = 1; n <= 3; n++) {
    await until('the snapshot', () => asksChannels() >= n)
    one.pbx.drop()
  }
  await until('the end', () => one.events.some(({ type }) => type === 'call-ended'))
  assertAsWhole(callsOf(one.events, 'pbx1')[0], TALK)
  assert.equal(new Set(one.events.map(({ id }) => id)).size, one.events.length)
})

test('a PBX that was started anew ends its calls when it was last heard of, not when it came back', async (t) => {
  const one = await away(t)
  writeFileSync(one.cel, '')
  writeFileSync(one.queueLog, '')
  const { state } = one.start()
  await until('connected', () => state().status === 'connected')
  say(one, TALK, 'HangupRequest')
  await until('an answer', () => one.events.some(({ type }) => type === 'agent-answered'))
  const lastAt = Math.max(...one.events.map(({ at }) => at))
  await one.pbx.stop()
  await until('gone', () => state().status === 'connecting')
  // Half an hour later, up for a minute.
  one.setClock(endOf(TALK) + 30 * 60_000)
  one.pbx.settings.uptimeSeconds = 60
  await one.pbx.start()
  await until('the end', () => one.events.some(({ type }) => type === 'call-ended'))
  const [call] = callsOf(one.events, 'pbx1')
  assert.deepEqual([call?.endEstimated, call?.hangupReason], [true, 'normal'])
  const late = (call?.endedAt ?? 0) - lastAt
  assert.ok(late >= -1 && late < 30_000, `it ends ${late} ms after the last that was told of it`)
})

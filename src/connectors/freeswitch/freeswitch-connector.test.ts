// The connector against an event socket on a real socket: logging in, the picture on connect, gaps, nonsense, slowness.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEvent } from '../../calls/call-event.ts'
import { callsOf } from '../../cli/derive.ts'
import { freeswitchEventsOf } from '../../cli/derive-freeswitch.ts'
import type { ConnectorConfig } from '../../config.ts'
import type { Connector, ConnectorState } from '../connector.ts'
import { text } from './esl-event.ts'
import { BODY_MAX_BYTES, HEADER_MAX_BYTES } from './esl-parser.ts'
import { encodeEvent, FakeEslServer, type FakeEslSettings, pictureOf } from './fake-esl-server.ts'
import { createFreeswitchConnector } from './freeswitch-connector.ts'
import { readTrace } from './read-trace.ts'

const FOLDER = new URL('../../../test/traces/freeswitch/', import.meta.url)
const QUICK = {
  connectMs: 2_000,
  answerMs: 2_000,
  pingMs: 50,
  firstRetryMs: 20,
  lastRetryMs: 50,
  refusedRetryMs: 100,
  waitingEvents: 20_000,
}

const trace = (name: string) => readTrace(readFileSync(new URL(`${name}/events.jsonl`, FOLDER))).events

interface Running {
  pbx: FakeEslServer
  connector: Connector
  events: CallEvent[]
  states: ConnectorState[]
  rejected: { raw: Uint8Array; cause: string }[]
  state(): ConnectorState
  stop(): Promise<void>
}

interface Given {
  settings?: Partial<FakeEslSettings>
  config?: Partial<ConnectorConfig & { secret: string | null }>
  timing?: Partial<typeof QUICK>
  emit?: (events: CallEvent[]) => Promise<void>
  live?: string[]
}

/** A FreeSWITCH and a connector that runs against it until the test is over. */
async function running(t: TestContext, given: Given = {}): Promise<Running> {
  const pbx = new FakeEslServer(given.settings)
  await pbx.start()
  const config = { name: 'fs1', type: 'freeswitch', port: pbx.port, secret: 'right' } as const
  const connector = createFreeswitchConnector({ ...config, ...given.config }, { ...QUICK, ...given.timing })
  const events: CallEvent[] = []
  const states: ConnectorState[] = []
  const rejected: Running['rejected'] = []
  const stopping = new AbortController()
  const run = connector.run(
    {
      emit: async (batch) => {
        await given.emit?.(batch)
        events.push(...batch)
      },
      liveCallIds: async () => given.live ?? [],
      report: (state) => states.push(state),
      reject: (raw, cause) => rejected.push({ raw, cause }),
    },
    stopping.signal,
  )
  const stop = async () => {
    stopping.abort()
    await run
    await pbx.stop()
  }
  t.after(stop)
  return { pbx, connector, events, states, rejected, state: connector.state, stop }
}

/** Waits until something is so; fails after a while. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!isSo()) {
    if (Date.now() > deadline) assert.fail(`not within 60 s: ${what}`)
    await delay(5)
  }
}

const isConnected = (one: Running) => until('connected', () => one.state().status === 'connected')
const hasEnded = (one: Running) => one.events.some((event) => event.type === 'call-ended')

test('it logs in, subscribes by name before it asks what is going on, and asks for signs of life', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const [auth, subscription, ...rest] = one.pbx.commands
  assert.equal(auth, 'auth')
  assert.match(subscription ?? '', /^event json CHANNEL_CREATE .* CUSTOM callcenter::info menu::enter menu::exit /)
  assert.ok(rest.includes('api show channels as json'))
  await until('two pings', () => one.pbx.commands.filter((name) => name === 'api status').length >= 2)
  assert.equal(one.state().problem, null)
})

test('a recorded call that comes over the wire is told as it is told offline', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const events = trace('transfer-blind-refer-external')
  for (const { event } of events) one.pbx.send(event)
  await until('the end of the call', () => hasEnded(one))
  const offline = freeswitchEventsOf({ events, cdrs: [], unreadable: [] }, { name: 'fs1', type: 'freeswitch' })
  const bySense = (all: CallEvent[]) => all.map(({ id, at }) => `${id} ${at}`).sort()
  assert.deepEqual(bySense(one.events), bySense(offline))
  // Told again, as after a proxy's hiccup: nothing new.
  const told = one.events.length
  const seen = one.state().messages
  for (const { event } of events) one.pbx.send(event)
  await until('all read', () => one.state().messages >= seen + events.length)
  await delay(100)
  assert.equal(one.events.length, told)
})

test('a wrong password is a state with a clear sentence, and is tried again slowly', async (t) => {
  const one = await running(t, { config: { secret: 'wrong' } })
  await until('refused', () => one.state().status === 'refused')
  assert.match(one.state().problem ?? '', /refuses the password.*-ERR invalid.*event_socket\.conf\.xml/)
  assert.doesNotMatch(JSON.stringify(one.states), /"wrong"|auth wrong/)
  one.pbx.settings.password = 'wrong'
  await isConnected(one)
})

test('an address that FreeSWITCH does not let in is refused with a sentence about its list', async (t) => {
  const greeting = 'Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n'
  const one = await running(t, { settings: { greeting } })
  await until('refused', () => one.state().status === 'refused')
  assert.match(one.state().problem ?? '', /does not let this address in.*apply-inbound-acl/)
})

test('without a password nothing is tried', async (t) => {
  const one = await running(t, { config: { secret: null } })
  await until('refused', () => one.state().status === 'refused')
  assert.match(one.state().problem ?? '', /no secretEnv/)
  assert.deepEqual(one.pbx.commands, [])
})

test('a FreeSWITCH that goes away and comes back is found again; a call that ended meanwhile is closed', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const events = trace('inbound-queue-answered')
  const hangup = events.findIndex(({ event }) => event['Event-Name'] === 'CHANNEL_HANGUP')
  for (const { event } of events.slice(0, hangup)) one.pbx.send(event)
  await until('an answer', () => one.events.some((event) => event.type === 'agent-answered'))
  await one.pbx.stop()
  await until('why', () => /cannot reach FreeSWITCH at 127\.0\.0\.1:\d+.*refused/i.test(one.state().problem ?? ''))
  await one.pbx.start()
  await isConnected(one)
  await until('the end', () => hasEnded(one))
  const [call] = callsOf(one.events, 'fs1')
  assert.deepEqual([call?.endEstimated, call?.hangupReason, call?.phase], [true, 'normal', null])
})

test('an announced end of the connection is followed by a new one', async (t) => {
  const one = await running(t)
  await isConnected(one)
  one.pbx.sayGoodbye()
  await until('why', () => /said goodbye/.test(JSON.stringify(one.states)))
  await isConnected(one)
})

test('a restart ends every call at the time of the break, not of the return', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const events = trace('inbound-queue-answered')
  const hangup = events.findIndex(({ event }) => event['Event-Name'] === 'CHANNEL_HANGUP')
  for (const { event } of events.slice(0, hangup)) one.pbx.send(event)
  await until('an answer', () => one.events.some((event) => event.type === 'agent-answered'))
  await one.pbx.stop()
  one.pbx.settings.core = 'core-2'
  await delay(1_500)
  await one.pbx.start()
  await until('the end', () => hasEnded(one))
  const [call] = callsOf(one.events, 'fs1')
  const lastAt = Math.max(...one.events.filter(({ type }) => type !== 'call-ended').map(({ at }) => at))
  assert.ok(
    call?.endEstimated && (call.endedAt ?? 0) - lastAt < 1_400,
    `ended ${(call?.endedAt ?? 0) - lastAt} ms after`,
  )
})

test('calls that the store holds as live and FreeSWITCH no longer has are closed', async (t) => {
  const one = await running(t, { live: ['11111111-2222-3333-4444-555555555555'] })
  await until('the end', () => hasEnded(one))
  const [end] = one.events
  assert.equal(end?.type === 'call-ended' && end.estimated, true)
  assert.equal(end?.callId, '11111111-2222-3333-4444-555555555555')
})

test('calls in progress on connect become known, with the facts they would have had', async (t) => {
  const events = trace('inbound-queue-answered')
  const talk = events.findIndex(({ event }) => event['Event-Name'] === 'CHANNEL_HOLD')
  const one = await running(t, { settings: pictureOf(events.slice(0, talk)) })
  await until('the talk', () => one.events.some((event) => event.type === 'agent-answered'))
  for (const { event } of events.slice(talk)) one.pbx.send(event)
  await until('the end', () => hasEnded(one))
  const [call] = callsOf(one.events, 'fs1')
  const [whole] = callsOf(
    freeswitchEventsOf({ events, cdrs: [], unreadable: [] }, { name: 'fs1', type: 'freeswitch' }),
    '',
  )
  assert.ok(call && whole)
  for (const field of [
    'id',
    'type',
    'customer',
    'dialledNumber',
    'startedAt',
    'answeredAt',
    'talkMs',
    'holdMs',
  ] as const)
    assert.deepEqual(call[field], whole[field], field)
  assert.deepEqual([call.agent?.id, call.hangupReason, call.skillGroup?.id], ['1001', 'normal', 'support'])
  const known = new Set(
    freeswitchEventsOf({ events, cdrs: [], unreadable: [] }, { name: 'fs1', type: 'freeswitch' }).map((e) => e.id),
  )
  assert.deepEqual(
    one.events.filter(({ id }) => !known.has(id)).map(({ id }) => id),
    [],
    'no fact under another name',
  )
})

test('a caller who waits on connect is known to wait, and rings through', async (t) => {
  const events = trace('ringing-abandoned')
  const hangup = events.findIndex(({ event }) => event['Event-Name'] === 'CHANNEL_HANGUP')
  const one = await running(t, { settings: pictureOf(events.slice(0, hangup)) })
  await until('the ring', () => one.events.some((event) => event.type === 'agent-ringing'))
  assert.ok(one.events.some((event) => event.type === 'queue-entered'))
  for (const { event } of events.slice(hangup)) one.pbx.send(event)
  await until('the end', () => hasEnded(one))
  assert.equal(callsOf(one.events, 'fs1')[0]?.hangupReason, 'abandoned-while-ringing')
})

test('what happens between the subscription and the picture is neither lost nor doubled', async (t) => {
  const events = trace('ring-no-answer-then-answered')
  for (const count of [12, 25, 40, 52]) {
    const one = await running(t, { settings: pictureOf(events.slice(0, count)) })
    // Events that the picture holds already, and the rest, all while we ask.
    one.pbx.drop()
    one.pbx.settings.beforePicture = () => {
      one.pbx.settings.beforePicture = null
      for (const { event } of events.slice(Math.max(0, count - 4))) one.pbx.send(event)
    }
    await until('the end', () => one.events.some((event) => event.type === 'call-ended' && !event.estimated))
    const calls = callsOf(one.events, 'fs1').map((call) => [call.hangupReason, call.agent?.id, call.releasedBy])
    // The agent had hung up before we came: that she was there is known, not that she ended it.
    assert.deepEqual(calls, [['normal', '1001', count === 52 ? 'system' : 'agent']], `${count}`)
    await one.stop()
  }
})

test('a FreeSWITCH that does not list its channels is listened to all the same, and says so', async (t) => {
  const one = await running(t, { settings: { denied: ['api show'] } })
  await isConnected(one)
  assert.match(one.state().problem ?? '', /does not say which calls are in progress/)
  for (const { event } of trace('ivr-abandoned')) one.pbx.send(event)
  await until('the end', () => hasEnded(one))
})

test('a silent FreeSWITCH is given up and tried again', async (t) => {
  const one = await running(t, { settings: { answersPings: false }, timing: { answerMs: 100 } })
  await until('given up', () => /no answer to api status/i.test(JSON.stringify(one.states)))
  one.pbx.settings.answersPings = true
  await isConnected(one)
})

test('something that is no event socket is given up with a sentence', async (t) => {
  const one = await running(t, { settings: { greeting: '' }, timing: { answerMs: 50 } })
  await until('why', () => /it is no event socket/i.test(one.state().problem ?? ''))
})

test('frames that cannot be read are kept aside, and the calls around them are told', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const events = trace('outbound-answered')
  for (const [i, { event }] of events.entries()) {
    one.pbx.send(event)
    if (i === 5) one.pbx.sendBytes('Content-Length: 3\nContent-Type: text/event-json\n\n{x}')
    if (i === 9) one.pbx.sendBytes('what is this\n\n')
  }
  await until('the end', () => hasEnded(one))
  assert.equal(one.rejected.length, 2)
  assert.equal(one.state().unreadable, 2)
  assert.equal(Buffer.from(one.rejected[0]?.raw ?? []).toString(), '{x}')
  assert.equal(callsOf(one.events, 'fs1')[0]?.hangupReason, 'normal')
})

test('when the place in the stream is lost, a new connection is made and the call goes on', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const events = trace('outbound-answered')
  const half = 12
  for (const { event } of events.slice(0, half)) one.pbx.send(event)
  await until('read', () => one.state().messages >= half)
  Object.assign(one.pbx.settings, pictureOf(events.slice(0, half)))
  one.pbx.sendBytes(Buffer.alloc(HEADER_MAX_BYTES + 10, 'x'))
  await until('rejected', () => one.rejected.length === 1)
  await until('again', () => one.pbx.commands.filter((name) => name === 'auth').length === 2)
  await isConnected(one)
  for (const { event } of events.slice(half)) one.pbx.send(event)
  await until('the end', () => hasEnded(one))
  const calls = callsOf(one.events, 'fs1')
  assert.deepEqual(
    calls.map((call) => [call.type, call.hangupReason, call.releasedBy]),
    [['outbound', 'normal', 'agent']],
  )
})

test('a frame too large is skipped, and what follows is read', async (t) => {
  const one = await running(t)
  await isConnected(one)
  one.pbx.sendBytes(`Content-Length: ${BODY_MAX_BYTES + 1}\nContent-Type: text/event-json\n\n`)
  one.pbx.sendBytes(Buffer.alloc(BODY_MAX_BYTES + 1, 'x'))
  for (const { event } of trace('ivr-abandoned')) one.pbx.send(event)
  await until('the end', () => hasEnded(one))
  assert.equal(one.rejected.length, 1)
})

test('a store that pauses does not stop the reading at once, and in the end slows FreeSWITCH', async (t) => {
  let let_go = () => {}
  const paused = new Promise<void>((resolve) => {
    let_go = resolve
  })
  const one = await running(t, {
    emit: () => paused,
    timing: { pingMs: 60_000, answerMs: 60_000, waitingEvents: 2_000 },
  })
  await isConnected(one)
  const call = trace('ivr-abandoned').map(({ event }) => event)
  let sent = 0
  let sequence = 1_000
  const sendCall = () => {
    sent++
    const renamed = (uuid: string) => `${String(sent).padStart(8, '0')}${uuid.slice(8)}`
    const frames = call.map((event) => {
      const uuid = text(event, 'Unique-ID')
      return encodeEvent({
        ...event,
        'Event-Sequence': String(sequence++),
        ...(uuid ? { 'Unique-ID': renamed(uuid) } : {}),
      })
    })
    one.pbx.sendBytes(Buffer.concat(frames))
  }
  for (let i = 0; i < 200; i++) sendCall()
  await until('read though nothing is stored', () => one.state().messages >= 200 * call.length)
  assert.equal(one.events.length, 0)
  while (one.pbx.untaken < 4 * 1024 * 1024 && sent < 20_000) {
    for (let i = 0; i < 50; i++) sendCall()
    await delay(1)
  }
  assert.ok(sent < 20_000, 'the socket filled up')
  let_go()
  await until('all told', () => one.events.filter((event) => event.type === 'call-ended').length === sent)
})

test('a document that comes while the event socket has the call in sight does not end it', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const events = trace('outbound-answered')
  const hangup = events.findIndex(({ event }) => event['Event-Name'] === 'CHANNEL_HANGUP_COMPLETE')
  for (const { event } of events.slice(0, hangup)) one.pbx.send(event)
  await until('read', () => one.events.some((event) => event.type === 'agent-answered'))
  const file = 'a_0486a80e-3863-4971-8d47-82851cc38329.cdr.json'
  const document = JSON.parse(readFileSync(new URL(`outbound-answered/json_cdr/${file}`, FOLDER), 'utf8'))
  const record = one.connector.readRecord?.(document)
  assert.ok(record && typeof record !== 'string')
  const added = record.eventsBeside(one.events)
  assert.ok(!added.some(({ type }) => type === 'call-ended' || type === 'call-reconstructed'))
  for (const { event } of events.slice(hangup)) one.pbx.send(event)
  await until('the end', () => hasEnded(one))
  assert.deepEqual(record.eventsBeside(one.events), [])
})

test('a message that was kept aside is read once more, as if it came now', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const reread = (raw: string | Uint8Array) => one.connector.reread?.(Buffer.from(raw), Date.now())
  assert.deepEqual([reread('{x}'), reread('what is this\n\n'), reread('')], [false, false, false])
  for (const { event } of trace('ivr-abandoned')) assert.equal(reread(JSON.stringify(event)), true)
  await until('the end', () => hasEnded(one))
  const [file] = readdirSync(new URL('queue-timeout/json_cdr/', FOLDER))
  assert.equal(reread(readFileSync(new URL(`queue-timeout/json_cdr/${file}`, FOLDER))), true)
  await until('both', () => callsOf(one.events, 'fs1').length === 2)
  assert.deepEqual(
    callsOf(one.events, 'fs1')
      .map((call) => call.hangupReason)
      .sort(),
    ['abandoned-in-ivr', 'queue-timeout'],
  )
})

// The connector against an AMI server on a real socket: logging in, the picture on connect, gaps, nonsense, slowness.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEvent } from '../../calls/call-event.ts'
import { callsOf, eventsOf } from '../../cli/derive.ts'
import type { ConnectorConfig } from '../../config.ts'
import { listChannels, listStatus, takeSnapshot } from '../../demo/pbx-snapshot.ts'
import type { ConnectorState } from '../connector.ts'
import { createAsteriskConnector } from './asterisk-connector.ts'
import { encodeMessage, FakeAmiServer, type FakeAmiSettings, messageOf } from './fake-ami-server.ts'
import { readTrace } from './read-trace.ts'

const FOLDER = new URL('../../../test/traces/asterisk/', import.meta.url)
const QUICK = { connectMs: 2_000, answerMs: 2_000, pingMs: 50, firstRetryMs: 20, lastRetryMs: 50, refusedRetryMs: 100 }

const trace = (name: string) => readTrace(readFileSync(new URL(`${name}/ami.jsonl`, FOLDER))).messages

interface Running {
  pbx: FakeAmiServer
  events: CallEvent[]
  states: ConnectorState[]
  rejected: { raw: Uint8Array; cause: string }[]
  state(): ConnectorState
  stop(): Promise<void>
  reread(text: string): boolean
}

interface Given {
  settings?: Partial<FakeAmiSettings>
  config?: Partial<ConnectorConfig & { secret: string | null }>
  timing?: Partial<typeof QUICK>
  emit?: (events: CallEvent[]) => Promise<void>
  live?: string[]
}

/** A PBX and a connector that runs against it until the test is over. */
async function running(t: TestContext, given: Given = {}): Promise<Running> {
  const pbx = new FakeAmiServer(given.settings)
  await pbx.start()
  const config = { name: 'pbx1', type: 'asterisk', port: pbx.port, username: 'callbook', secret: 'right' } as const
  const connector = createAsteriskConnector({ ...config, ...given.config }, { ...QUICK, ...given.timing })
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
  const reread = (text: string) => connector.reread?.(Buffer.from(text), Date.now()) ?? false
  return { pbx, events, states, rejected, state: connector.state, stop, reread }
}

/** Waits until something is so; fails after a while. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000
  while (!isSo()) {
    if (Date.now() > deadline) assert.fail(`not within 2 min: ${what}`)
    await delay(5)
  }
}

const isConnected = (one: Running) => until('connected', () => one.state().status === 'connected')

test('it logs in with a challenge, so that the secret does not cross the wire, and pings', async (t) => {
  const one = await running(t)
  await isConnected(one)
  assert.deepEqual(one.pbx.logins, ['md5'])
  await until('two pings', () => one.pbx.actions.filter((name) => name === 'Ping').length >= 2)
  assert.equal(one.state().problem, null)
})

test('it logs in plainly where the configuration says so', async (t) => {
  const one = await running(t, { config: { login: 'plain' } })
  await isConnected(one)
  assert.deepEqual(one.pbx.logins, ['plain'])
})

test('a recorded call that comes over the wire is told as it is told offline', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const messages = trace('in_attended_transfer').filter(({ message }) => message.has('Timestamp'))
  for (const { message } of messages) one.pbx.sendBytes(encodeMessage(message))
  await until('the end of the call', () => one.events.filter((event) => event.type === 'call-ended').length === 2)
  const offline = eventsOf(messages, { name: 'pbx1', type: 'asterisk' })
  const bySense = (events: CallEvent[]) => events.map(({ id, at }) => `${id} ${at}`).sort()
  assert.deepEqual(bySense(one.events), bySense(offline))
  assert.deepEqual(callsOf(one.events, 'pbx1'), callsOf(offline, 'pbx1'))
  // Told again, as after a proxy's hiccup: nothing new.
  const told = one.events.length
  for (const { message } of messages) one.pbx.sendBytes(encodeMessage(message))
  const seen = one.state().messages
  await until('all read', () => one.state().messages >= seen + messages.length)
  assert.equal(one.events.length, told)
})

test('a wrong password is a state with a clear sentence, and is tried again slowly', async (t) => {
  const one = await running(t, { config: { secret: 'wrong' } })
  await until('refused', () => one.state().status === 'refused')
  assert.match(one.state().problem ?? '', /refuses the AMI user "callbook".*Authentication failed.*manager\.conf/)
  assert.doesNotMatch(one.state().problem ?? '', /wrong/)
  one.pbx.settings.secret = 'wrong'
  await isConnected(one)
})

test('without a username or secret nothing is tried', async (t) => {
  const one = await running(t, { config: { secret: null } })
  await until('refused', () => one.state().status === 'refused')
  assert.match(one.state().problem ?? '', /no AMI username, or no secretEnv/)
  assert.deepEqual(one.pbx.actions, [])
})

test('a PBX that goes away and comes back is found again; a call that ended meanwhile is closed', async (t) => {
  const one = await running(t)
  await isConnected(one)
  const [first] = trace('in_normal_agent_hangup')
  assert.ok(first)
  const messages = trace('in_normal_agent_hangup').filter(({ message }) => message.has('Timestamp'))
  const talk = messages.findIndex(({ message }) => message.get('Event')?.[0] === 'HangupRequest')
  for (const { message } of messages.slice(0, talk)) one.pbx.sendBytes(encodeMessage(message))
  await until('an answer', () => one.events.some((event) => event.type === 'agent-answered'))
  await one.pbx.stop()
  await until('gone', () => one.state().status === 'connecting')
  await until('why', () => /cannot reach the PBX at 127\.0\.0\.1:\d+.*refused/i.test(one.state().problem ?? ''))
  await one.pbx.start()
  await isConnected(one)
  await until('the end', () => one.events.some((event) => event.type === 'call-ended'))
  const [call] = callsOf(one.events, 'pbx1')
  assert.equal(call?.endEstimated, true)
  assert.equal(call?.hangupReason, 'normal')
})

test('calls in progress on connect become known, with who talks and who waits', async (t) => {
  const rows = trace('in_still_up').map(({ message }) => message)
  const fields = (event: string) =>
    rows
      .filter((message) => message.get('Event')?.[0] === event)
      .map((message) => Object.fromEntries([...message].filter(([name]) => name !== 'Event' && name !== 'ActionID')))
  const settings = {
    channels: fields('CoreShowChannel'),
    statuses: fields('Status'),
    queueEntries: fields('QueueEntry'),
    queueMembers: fields('QueueMember'),
  }
  const one = await running(t, { settings })
  await until('both calls', () => new Set(one.events.map((event) => event.callId)).size === 2)
  await until('the talk', () => one.events.some((event) => event.type === 'agent-answered'))
  await until('the queue', () => one.events.some((event) => event.type === 'queue-entered'))
  const [talking, waiting] = callsOf(one.events, 'pbx1')
  assert.deepEqual(
    [talking, waiting].map((call) => [call?.type, call?.phase, call?.customer, call?.dialledNumber, call?.agent?.name]),
    [
      ['inbound', 'talking', '13800138000', '02150001000', '张三'],
      ['inbound', 'queued', '13700137001', '02150001000', undefined],
    ],
  )
  assert.equal(talking?.skillGroup?.id, 'sales')
  assert.equal(waiting?.skillGroup?.id, 'sales')
  const age = Date.now() - (talking?.startedAt ?? 0)
  assert.ok(age >= 6_000 && age < 8_000, `started ${age} ms ago`)
})

test('a phone that rings for a queue on connect, and is answered, ends the wait there', async (t) => {
  const flat = (message: ReadonlyMap<string, readonly string[]>): [string, string][] =>
    [...message].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]))
  const told = trace('in_normal_agent_hangup')
    .map(({ message }) => message)
    .filter((message) => message.has('Timestamp'))
  const rings = told.findIndex((message) => message.get('Event')?.[0] === 'QueueMemberStatus')
  const isOf = (event: string) => (message: ReadonlyMap<string, readonly string[]>) =>
    message.get('Event')?.[0] === event
  const answer = told.slice(told.findIndex(isOf('DialEnd')), told.findIndex(isOf('HangupRequest')))
  const snapshot = takeSnapshot(told.slice(0, rings).map(flat))
  const rows = (list: [string, string][][]) =>
    list.map((headers) => Object.fromEntries(headers.filter(([name]) => name !== 'Event' && name !== 'ActionID')))
  const queueEntries = snapshot.waiting.map(({ queue, uniqueId }) => ({ Queue: queue, Uniqueid: uniqueId, Wait: '1' }))
  const now = Date.now()
  const settings = {
    channels: rows(listChannels(snapshot, now)),
    statuses: rows(listStatus(snapshot, now)),
    queueEntries,
  }
  const one = await running(t, { settings })
  await until('the ringing', () => one.events.some((event) => event.type === 'agent-ringing'))
  for (const message of answer) one.pbx.send({ ...Object.fromEntries(message), Timestamp: `${Date.now() / 1000}` })
  await until('the answer', () => one.events.some((event) => event.type === 'agent-answered'))
  const left = one.events.find((event) => event.type === 'queue-left')
  assert.equal(left?.type === 'queue-left' && left.outcome, 'answered')
})

test('of calls that the store has as live, those that the PBX has go on and the others are closed', async (t) => {
  const live = ['1795398963.134', '1795390000.1']
  const rows = trace('in_still_up').map(({ message }) => message)
  const channels = rows
    .filter((message) => message.get('Event')?.[0] === 'CoreShowChannel')
    .filter((message) => message.get('Linkedid')?.[0] === live[0])
    .map((message) => Object.fromEntries([...message].filter(([name]) => name !== 'Event' && name !== 'ActionID')))
  const one = await running(t, { settings: { channels }, live })
  await until('the end', () => one.events.some((event) => event.type === 'call-ended'))
  const told = one.events.map((event) => [event.callId, event.type])
  assert.deepEqual(told.sort(), [
    ['1795390000.1', 'call-ended'],
    ['1795398963.134', 'agent-answered'],
  ])
  one.pbx.send({
    Event: 'Hangup',
    Timestamp: `${Math.floor(Date.now() / 1000)}.500000`,
    Channel: 'PJSIP/1001-0000004e',
    Uniqueid: '1795398965.135',
    Linkedid: '1795398963.134',
    Cause: '16',
  })
  await until('she left', () => one.events.some((event) => event.type === 'agent-left'))
})

test('a PBX that does not say what is going on is used all the same, and the administrator is told', async (t) => {
  const one = await running(t, { settings: { denied: ['CoreShowChannels', 'Status'] } })
  await isConnected(one)
  assert.match(one.state().problem ?? '', /does not say which calls are in progress.*Permission denied.*write = /)
})

test('nonsense and messages without end are kept aside, and the calls go on', async (t) => {
  const one = await running(t)
  await isConnected(one)
  one.pbx.sendBytes(Buffer.from('nonsense\r\n\r\n'))
  one.pbx.sendBytes(Buffer.from(`Event: Huge\r\n${'Header: x\r\n'.repeat(20_000)}\r\n`))
  const messages = trace('in_ivr_abandon').filter(({ message }) => message.has('Timestamp'))
  for (const { message } of messages) one.pbx.sendBytes(encodeMessage(message))
  await until('the end', () => one.events.some((event) => event.type === 'call-ended'))
  assert.equal(one.state().unreadable, 2)
  assert.deepEqual(
    one.rejected.map(({ raw, cause }) => [raw.length <= 65_536, /neither|longer/.test(cause)]),
    [
      [true, true],
      [true, true],
    ],
  )
  assert.equal(one.state().status, 'connected')
})

test('a message that was kept aside can be read again once it can be read, and its events leave as any other', async (t) => {
  const one = await running(t)
  await until('it is connected', () => one.state().status === 'connected')
  assert.equal(one.reread('this is no message'), false)
  const begun = [
    'Event: Newchannel',
    'Timestamp: 1795399913.179000',
    'Channel: PJSIP/customers-00000000',
    'ChannelStateDesc: Ring',
    'CallerIDNum: 13800138000',
    'Exten: 02150001000',
    'Uniqueid: 1795399913.0',
    'Linkedid: 1795399913.0',
  ]
  assert.equal(one.reread(begun.join('\r\n')), true)
  await until('the call is told', () =>
    one.events.some(({ type, callId }) => type === 'call-started' && callId === '1795399913.0'),
  )
})

test('a store that is slow slows the reading; nothing is lost and the connection stands', async (t) => {
  const gate = Promise.withResolvers<void>()
  const one = await running(t, { emit: () => gate.promise, timing: { answerMs: 1_500, pingMs: 20 } })
  await isConnected(one)
  const calls = 3_000
  const template = trace('in_ivr_abandon').filter(({ message }) => message.has('Timestamp'))
  for (let i = 0; i < calls; i++) {
    for (const { message } of template) {
      const fields = Object.fromEntries([...message].map(([name, values]) => [name, [...values]]))
      for (const name of ['Uniqueid', 'Linkedid']) if (fields[name]) fields[name] = [`179540${i}.1`]
      one.pbx.sendBytes(encodeMessage(messageOf(fields)))
    }
  }
  await until('the socket is full', () => one.pbx.untaken > 0)
  const read = one.state().messages
  await delay(2_000)
  assert.ok(one.state().messages - read < 500, 'it does not go on reading')
  assert.ok(one.pbx.untaken > 0, 'the PBX still has most of it')
  assert.equal(one.state().status, 'connected', 'an unread answer is no silence')
  gate.resolve()
  await until('all ends', () => one.events.filter((event) => event.type === 'call-ended').length === calls)
  assert.equal(new Set(one.events.map((event) => event.id)).size, one.events.length)
})

test('a PBX that stops answering is left and tried again', async (t) => {
  const one = await running(t, { settings: { answersPings: false }, timing: { answerMs: 60, pingMs: 20 } })
  await until('a problem', () => /no answer to Ping/i.test(one.state().problem ?? ''))
  one.pbx.settings.answersPings = true
  await isConnected(one)
})

test('something that is not a PBX is named as such', async (t) => {
  const one = await running(t, { settings: { banner: '' }, timing: { answerMs: 60 } })
  await until('a problem', () => /does not speak AMI/.test(one.state().problem ?? ''))
})

test('a PBX without timestamps is read, and the administrator is told what is missing', async (t) => {
  const one = await running(t)
  await isConnected(one)
  for (const { message } of trace('in_ivr_abandon')) {
    const bare = [...message].filter(([name]) => name !== 'Timestamp')
    if (message.has('Timestamp')) one.pbx.sendBytes(encodeMessage(new Map(bare)))
  }
  await until('the end', () => one.events.some((event) => event.type === 'call-ended'))
  assert.match(one.state().problem ?? '', /timestampevents = yes/)
  assert.equal(callsOf(one.events, 'pbx1')[0]?.hangupReason, 'abandoned-in-ivr')
})

test('it stops at once when told to, connected or waiting', async (t) => {
  const connected = await running(t)
  await isConnected(connected)
  await connected.stop()
  assert.equal(connected.state().status, 'stopped')
  const away = await running(t, { timing: { firstRetryMs: 60_000, lastRetryMs: 60_000 } })
  await isConnected(away)
  await away.pbx.stop()
  await until('gone', () => away.state().status === 'connecting')
  await away.stop()
  assert.equal(away.state().status, 'stopped')
})

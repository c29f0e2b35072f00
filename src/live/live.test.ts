// The live feed over real sockets: what is told, in which order, to whom, and what happens when a reader goes or dawdles.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { logIn, startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { openFeed } from '../../test/support/feed.ts'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { changeUser, createUser } from '../access/users.ts'
import { limits } from '../config.ts'
import { Ingest } from '../ingest/ingest.ts'
import { LiveFeed } from './live-feed.ts'
import { liveRoutes } from './live-routes.ts'

let server: TestCallbook
before(async () => {
  server = await startCallbook()
})
after(() => server.close())

let counter = 0
const nextId = () => `live-${counter++}`

async function tell(callId: string, ...events: Record<string, unknown>[]): Promise<void> {
  const body = events.map((event, i) => ({ id: `${event.type}-${i}`, callId, at: Date.now(), ...event }))
  const answer = await server.post('/events', body)
  const { rejected } = (await answer.json()) as { rejected: unknown[] }
  assert.deepEqual(rejected, [])
}

const started = { type: 'call-started', callType: 'inbound', customer: '13800138000' }
const agent = { id: '1001', name: '张三' }

test('a call is told when it begins, changes and ends, each time whole', async () => {
  const feed = await openFeed(server, '')
  const id = nextId()
  await tell(id, started)
  assert.equal((await feed.call(id)).phase, 'ivr')
  await tell(id, { type: 'agent-ringing', agent })
  const ringing = await feed.call(id)
  assert.equal(ringing.phase, 'ringing')
  assert.equal(ringing.caller, '13800138000')
  await tell(id, { type: 'call-ended', releasedBy: 'customer' })
  assert.equal((await feed.call(id)).hangupReason, 'abandoned-while-ringing')
  const ids = feed.messages.map((message) => message.id)
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => a - b),
  )
  feed.close()
})

test('it is said how old the changes are, and how many were missed', async () => {
  const feed = await openFeed(server, '')
  const id = nextId()
  const before = Date.now()
  await tell(id, started)
  await feed.call(id)
  const [opened, first] = feed.timings
  assert.equal(opened?.past, 0)
  assert.ok(first?.changedAt !== undefined && first.sentAt !== undefined)
  assert.ok(before <= first.changedAt && first.changedAt <= first.sentAt && first.sentAt <= Date.now())
  feed.close()
  await tell(id, { type: 'agent-ringing', agent })
  await tell(nextId(), started)
  const back = await openFeed(server, '', { 'last-event-id': String(feed.lastId) })
  await back.call(id)
  assert.equal(back.timings[0]?.past, 2)
  back.close()
})

test('changes of one call that come quickly are told once, with the newest state', async () => {
  const feed = await openFeed(server, '')
  const id = nextId()
  await tell(id, started)
  for (let i = 0; i < 20; i++) await tell(id, { type: 'key-pressed', key: '1', id: `k${i}` })
  await tell(id, { type: 'call-ended', releasedBy: 'customer' })
  await feed.until(
    (message) => message.event === 'call' && message.body.id === id && message.body.hangupReason !== null,
  )
  const told = feed.messages.filter((message) => message.body.id === id)
  assert.ok(told.length < 15, `told ${told.length} times`)
  assert.equal(told.at(-1)?.body.keys.length, 20)
  feed.close()
})

test('filters hold as in the list; a call that no longer fits is gone', async () => {
  const feed = await openFeed(server, '?live=true&agent=1001')
  const [mine, other] = [nextId(), nextId()]
  await tell(other, started, { type: 'agent-ringing', agent: { id: '1002' } })
  await tell(mine, started, { type: 'agent-answered', agent })
  assert.equal((await feed.call(mine)).phase, 'talking')
  await tell(mine, { type: 'call-ended' })
  const gone = await feed.until((message) => message.event === 'gone')
  assert.equal(gone.body.id, mine)
  assert.ok(!feed.messages.some((message) => message.body.id === other))
  feed.close()
})

test('a reader who comes back with the last number gets exactly what was missed', async () => {
  const first = await openFeed(server, '')
  const seen = nextId()
  await tell(seen, started)
  await first.call(seen)
  const lastId = first.lastId
  first.close()
  const missed = [nextId(), nextId()]
  for (const id of missed) await tell(id, started)
  await tell(missed[0] ?? '', { type: 'call-ended' })
  const second = await openFeed(server, '', { 'last-event-id': String(lastId) })
  await second.until((message) => message.body.id === missed[0])
  const now = nextId()
  await tell(now, started)
  await second.call(now)
  assert.deepEqual(
    second.messages.map((message) => message.body.id),
    [missed[1], missed[0], now],
  )
  second.close()
})

test('a number from another data folder, or one too long ago, means: start over', async () => {
  const feed = await openFeed(server, '', { 'last-event-id': '999999999' })
  const reset = await feed.until((message) => message.event === 'reset')
  assert.ok(reset.id < 999_999_999)
  const id = nextId()
  await tell(id, started)
  await feed.call(id)
  feed.close()

  const small = await startCallbook({ limits: { ...limits, liveResumeCalls: 2 } })
  const many = Array.from({ length: 5 }, (_, i) => ({ id: 'a', callId: `x${i}`, at: Date.now(), ...started }))
  await small.post('/events', many)
  const late = await openFeed(small, '?since=1')
  assert.equal((await late.until(() => true)).event, 'reset')
  late.close()
  await small.close()
})

test('the list and the feed meet without a gap by the list’s change number', async () => {
  const before = nextId()
  await tell(before, started)
  const page = (await (await server.api('/calls')).json()) as { lastSeq: number }
  const between = nextId()
  await tell(between, started)
  const feed = await openFeed(server, `?since=${page.lastSeq}`)
  await feed.call(between)
  assert.ok(!feed.messages.some((message) => message.body.id === before))
  feed.close()
})

test('an agent is told only of calls she takes part in', async () => {
  await createUser(
    server.store.access,
    {
      instance: 'default',
      name: '张三',
      role: 'agent',
      agentId: '1001',
      password: 'password-1001',
      mustChangePassword: false,
    },
    Date.now(),
  )
  const cookie = await logIn(server, '张三', 'password-1001')
  const feed = await openFeed(server, '?since=0', { cookie })
  const [theirs, hers] = [nextId(), nextId()]
  await tell(theirs, started, { type: 'agent-answered', agent: { id: '1002' } })
  await tell(hers, started, { type: 'agent-ringing', agent })
  await feed.call(hers)
  await tell(theirs, { type: 'call-ended' })
  await tell(hers, { type: 'call-ended' })
  await feed.until((message) => message.body.id === hers && message.body.phase === null)
  for (const { event, body } of feed.messages) {
    assert.equal(event, 'call')
    assert.ok(
      body.agents.some((part) => part.id === '1001'),
      `call ${body.id} is not hers`,
    )
  }
  feed.close()
})

test('without a login there is no feed; with a wrong filter there is a clear refusal', async () => {
  assert.equal((await server.api('/calls/live', { headers: {} })).status, 401)
  const key = await server.makeKey(['events:write'])
  assert.equal((await server.api('/calls/live', { headers: { authorization: `Bearer ${key}` } })).status, 403)
  const wrong = await server.api('/calls/live?from=yesterday')
  assert.equal(wrong.status, 400)
  assert.equal(((await wrong.json()) as { code: string }).code, 'bad-time')
})

test('a feed ends when its user is disabled', async () => {
  const strict = await startCallbook({ liveHeartbeatMs: 50 })
  const user = await createUser(
    strict.store.access,
    {
      instance: 'default',
      name: 'manager',
      role: 'manager',
      agentId: null,
      password: 'password-m',
      mustChangePassword: false,
    },
    Date.now(),
  )
  const feed = await openFeed(strict, '', { cookie: await logIn(strict, 'manager', 'password-m') })
  await delay(200)
  assert.equal(feed.ended, false)
  await changeUser(strict.store.access, user, { disabled: true }, Date.now())
  await feed.closed
  await strict.close()
})

test('a reader who does not read is dropped, and the others go on', async () => {
  const tight = await startCallbook({ limits: { ...limits, liveFeedBufferBytes: 4096 } })
  const { hostname, port } = new URL(tight.address)
  const deaf = connect(Number(port), hostname)
  deaf.on('error', () => {})
  deaf.pause()
  deaf.write(`GET /api/v1/calls/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tight.key}\r\n\r\n`)
  const feed = await openFeed(tight, '')
  const many = (round: number) =>
    Array.from({ length: 2000 }, (_, i) => ({
      id: `r${round}`,
      callId: `x${i}`,
      at: Date.now(),
      type: 'key-pressed',
      key: '1',
    }))
  const dropped = new Promise((resolve) => deaf.once('close', resolve))
  for (let round = 0; round < 30 && !deaf.destroyed; round++) {
    await tight.post('/events', many(round))
    await delay(150)
    // A paused socket learns of its end only by reading on.
    if (round === 29 || round > 8) deaf.resume()
  }
  await dropped
  await tight.post('/events', [{ id: 'last', callId: 'after', at: Date.now(), ...started }])
  const fresh = await openFeed(tight, '?since=0')
  fresh.close()
  feed.close()
  await tight.close()
})

test('a call that changes just while a feed is being opened is told, and without its steps', async (t) => {
  const feed = new LiveFeed({ pendingCalls: 100 })
  let begin = async () => {}
  const own: TestServer = await startTestServer({
    routes: [
      (app) => {
        const { calls, access } = own.store
        const config = { timeZone: 'Asia/Shanghai', searchWindowDays: 30, limits, liveHeartbeatMs: 60_000 }
        // The call begins between the reading of the change number and the watching.
        const lastSeq = async (instance: string) => {
          const seq = await calls.lastSeq(instance)
          await begin()
          return seq
        }
        const changesSince: typeof calls.changesSince = (...asked) => calls.changesSince(...asked)
        return liveRoutes({ feed, calls: { lastSeq, changesSince }, access, config, now: () => own.clock.now })(app)
      },
    ],
  })
  t.after(() => own.close())
  const ingest = new Ingest({ calls: own.store.calls, publish: (changes) => feed.publish(changes), limits })
  const address = await own.app.listen({ host: '127.0.0.1', port: 0 })
  const headers = await own.key('calls:read')
  const reader = {
    key: '',
    api: (path: string, init: RequestInit = {}) => fetch(`${address}/api/v1${path}`, { ...init, headers }),
  }
  begin = async () => {
    const event = { id: 's', callId: 'between', at: own.clock.now, type: 'call-started', callType: 'inbound' } as const
    await ingest.append({ instance: 'default', source: 'test' }, [event])
  }
  const opened = await openFeed(reader, '?since=0')
  const call = await opened.call('between')
  assert.ok(!('steps' in call) && !('reasonBecause' in call))
  opened.close()
})

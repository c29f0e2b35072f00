// Who sees which unreached customers over HTTP, page by page.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { clockIn } from '../calls/instant.ts'
import type { UnreachedStore } from './unreached.ts'
import { UnreachedLists } from './unreached-lists.ts'
import { type UnreachedPageJson, unreachedRoutes } from './unreached-routes.ts'

const NOON = Date.parse('2026-11-23T12:00:00+08:00')
const DAY_MS = 86_400_000
const clock = { now: NOON }
let server: TestServer
let key: Record<string, string>

before(async () => {
  let store: UnreachedStore | null = null
  const asked = (): UnreachedStore => {
    assert.ok(store)
    return store
  }
  const lists = new UnreachedLists(
    {
      lines: (...args) => asked().lines(...args),
      count: (...args) => asked().count(...args),
      skillGroupsOfAgent: (...args) => asked().skillGroupsOfAgent(...args),
    },
    () => clock.now,
  )
  const routes = unreachedRoutes({ lists, clock: clockIn('Asia/Shanghai'), searchWindowDays: 30, now: () => clock.now })
  server = await startTestServer({ routes: [routes] })
  store = server.store.unreached
  server.clock.now = NOON
  key = await server.key('calls:read')

  await missed('sales-1', 'sales', '13800138000', NOON - 3_600_000)
  await missed('sales-2', 'sales', '13800138000', NOON - 1_800_000)
  await missed('support-1', 'support', '13900139000', NOON - 7_200_000)
  await missed('old', 'sales', '13700137000', NOON - 10 * DAY_MS)
  await missed('elsewhere', 'sales', '13600136000', NOON - 60_000, 'other')
  await tell('in-ivr', NOON - 60_000, [{ type: 'call-started', callType: 'inbound', customer: '13500135000' }, end])
  await tell('served', NOON - 5 * 3_600_000, [
    { type: 'call-started', callType: 'inbound', customer: '13400134000' },
    { type: 'queue-entered', skillGroup: { id: 'support' } },
    { type: 'agent-answered', agent: { id: '1001' } },
    end,
  ])
})
after(() => server.close())

const end = { type: 'call-ended', releasedBy: 'customer' }

async function tell(callId: string, startedAt: number, list: Record<string, unknown>[], instance = 'default') {
  const events = list.map((event, i) => ({ id: `${i}`, callId, at: startedAt + i * 1000, ...event })) as CallEvent[]
  const call = deriveCall({ callId, source: 'test', events })
  await server.store.calls.commit([{ instance, call, events, seq: null }])
}

async function missed(callId: string, skillGroup: string, customer: string, at: number, instance?: string) {
  const start = { type: 'call-started', callType: 'inbound', customer }
  await tell(callId, at, [start, { type: 'queue-entered', skillGroup: { id: skillGroup } }, end], instance)
}

async function numbers(query: string, headers = key): Promise<string[]> {
  const page = await server.app.inject({ url: `/api/v1/unreached${query}`, headers })
  assert.equal(page.statusCode, 200, page.body)
  const found = page.json<UnreachedPageJson>().items.map(({ number }) => number)
  const count = await server.app.inject({ url: `/api/v1/unreached/count${query}`, headers })
  assert.deepEqual(count.json(), { count: found.length })
  return found
}

test('one line for each customer: first missed first, or missed last first; the last seven days unless asked', async () => {
  assert.deepEqual(await numbers(''), ['13900139000', '13800138000'])
  assert.deepEqual(await numbers('?order=latest'), ['13800138000', '13900139000'])
  assert.deepEqual(await numbers('?days=30'), ['13700137000', '13900139000', '13800138000'])
  assert.deepEqual(await numbers('?skillGroup=support'), ['13900139000'])
  assert.deepEqual(await numbers('?reason=abandoned-in-ivr'), ['13500135000'])
  const page = await server.app.inject({ url: '/api/v1/unreached?skillGroup=sales', headers: key })
  assert.deepEqual(page.json<UnreachedPageJson>().items, [
    {
      number: '13800138000',
      missed: 2,
      firstAt: '2026-11-23T11:00:00.000+08:00',
      lastAt: '2026-11-23T11:30:00.000+08:00',
      longestWaitMs: 1000,
      lastReason: 'abandoned-in-queue',
      lastCallId: 'sales-2',
      skillGroups: [{ id: 'sales', name: null }],
      callbacks: 0,
      lastCallbackAt: null,
      live: null,
    },
  ])
})

test('pages follow one another; nonsense is refused', async () => {
  const ask = async (query: string) => server.app.inject({ url: `/api/v1/unreached${query}`, headers: key })
  const first = (await ask('?limit=1')).json<UnreachedPageJson>()
  const second = (await ask(`?limit=1&cursor=${first.nextCursor}`)).json<UnreachedPageJson>()
  assert.deepEqual(
    [first, second].map(({ items }) => items.map(({ number }) => number)),
    [['13900139000'], ['13800138000']],
  )
  assert.equal(second.nextCursor, null)
  assert.equal((await ask('?cursor=nonsense')).json().code, 'bad-cursor')
  for (const query of ['?days=31', '?reason=normal', '?order=loudest', '?limit=9999'])
    assert.equal((await ask(query)).statusCode, 400, query)
})

test('an agent sees the customers of the skill groups she serves, a manager all, other keys none', async () => {
  const agent = await server.sessionOf(await server.user('unreached-agent', 'agent', '1001'))
  assert.deepEqual(await numbers('', agent), ['13900139000'])
  assert.deepEqual(await numbers('?skillGroup=sales', agent), [])
  const stranger = await server.sessionOf(await server.user('unreached-new', 'agent', '1002'))
  assert.deepEqual(await numbers('', stranger), [])
  const nobody = await server.sessionOf(await server.user('unreached-none', 'agent'))
  assert.deepEqual(await numbers('', nobody), [])
  const manager = await server.sessionOf(await server.user('unreached-manager', 'manager'))
  assert.deepEqual(await numbers('', manager), ['13900139000', '13800138000'])
  const writer = await server.app.inject({ url: '/api/v1/unreached', headers: await server.key('events:write') })
  assert.equal(writer.statusCode, 403)
})

test('the list follows within seconds when a customer is reached', async () => {
  await tell('called-back', NOON - 30_000, [
    { type: 'call-started', callType: 'outbound', customer: '13900139000', agent: { id: '1001' } },
    { type: 'customer-answered' },
    end,
  ])
  clock.now += 2_000
  assert.deepEqual(await numbers(''), ['13800138000'])
})

// Who may see the board, and that its figures are those of the moment, counted once for everybody.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { clockIn } from '../calls/instant.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'
import type { CallStore } from '../store/store.ts'
import { Board } from './board.ts'
import type { BoardJson } from './board-json.ts'
import { boardRoutes } from './board-routes.ts'

const NOON = Date.parse('2026-11-23T12:00:00+08:00')
let server: TestServer
let board: Board
/** What the board asked the store for. */
const asked: string[] = []

before(async () => {
  const clock = { now: NOON }
  let calls: CallStore | null = null
  const store = (): CallStore => {
    assert.ok(calls)
    return calls
  }
  board = new Board({
    calls: {
      tally: (...args) => {
        asked.push('tally')
        return store().tally(...args)
      },
      liveTally: (...args) => {
        asked.push('liveTally')
        return store().liveTally(...args)
      },
      skillGroups: (instance) => store().skillGroups(instance),
    },
    clock: clockIn('Asia/Shanghai'),
    timeZone: 'Asia/Shanghai',
    searchWindowDays: 30,
    serviceLevelSeconds: 20,
    now: () => clock.now,
  })
  server = await startTestServer({ routes: [boardRoutes(board)] })
  calls = server.store.calls
  Object.defineProperty(server.clock, 'now', { get: () => clock.now, set: (at: number) => (clock.now = at) })
})
after(() => server.close())

async function read(headers: Record<string, string>): Promise<BoardJson> {
  const answer = await server.app.inject({ url: '/api/v1/board', headers })
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}

/** Commits a call as ingest does, and tells the board. */
async function commit(callId: string, startedAt: number, events: Record<string, unknown>[], instance = 'default') {
  const told = events.map((event, i) => ({ id: `${i}`, callId, at: startedAt + i * 1000, ...event })) as CallEvent[]
  const call = deriveCall({ callId, source: 'test', events: told })
  const committed = await server.store.calls.commit([{ instance, call, events: told, seq: null }])
  board.changed(committed.map((one) => ({ ...one, previous: null })))
}

const start = { type: 'call-started', callType: 'inbound', customer: '13800138000' }
const queue = { type: 'queue-entered', skillGroup: { id: 'sales', name: '销售' } }
const end = { type: 'call-ended', releasedBy: 'customer' }

test('managers, administrators and reading keys see the board, agents and other keys do not', async () => {
  const of = async (role: 'admin' | 'manager' | 'agent') =>
    server.sessionOf(await server.user(`board-${role}`, role, role === 'agent' ? '1001' : undefined))
  for (const headers of [await of('admin'), await of('manager'), await server.key('calls:read')]) await read(headers)
  for (const headers of [await of('agent'), await server.key('events:write')]) {
    const answer = await server.app.inject({ url: '/api/v1/board', headers })
    assert.deepEqual([answer.statusCode, answer.json().code], [403, 'not-allowed'])
  }
  assert.equal((await server.app.inject({ url: '/api/v1/board' })).statusCode, 401)
})

test('a call counts as soon as it is committed, in its hour, in its skill group, and in no other instance', async () => {
  const key = await server.key('calls:read')
  server.clock.now += 1_000
  assert.equal((await read(key)).today.figures.inbound, 0)
  await commit('a', NOON - 7_200_000, [start, queue, end])
  await commit('b', NOON - 60_000, [start, queue])
  await commit('elsewhere', NOON - 60_000, [start, queue, end], 'other')
  server.clock.now += 1_000
  const { today, hours, groups, live } = await read(key)
  assert.deepEqual([today.figures.inbound, today.figures.inboundEnded, today.figures.abandonedInQueue], [2, 1, 1])
  assert.equal(today.rates.abandonRate, 1)
  assert.equal(today.rates.serviceLevel, 0)
  assert.equal(today.waits.averageMs, null)
  assert.equal(hours.find(({ from }) => from.startsWith('2026-11-23T10:00'))?.counts.inbound, 1)
  assert.deepEqual([live.calls, live.phases.queued, live.waiting.calls, live.waiting.callId], [1, 1, 1, 'b'])
  assert.equal(live.waiting.since, '2026-11-23T11:59:00.000+08:00')
  assert.deepEqual(
    groups.map(({ id, name, waiting, counts }) => [id, name, waiting.calls, counts.inbound]),
    [['sales', '销售', 1, 2]],
  )
})

test('however many watch, it is counted once a second; hours in which nothing changed are not counted again', async () => {
  const key = await server.key('calls:read')
  server.clock.now += 1_000
  await read(key)
  asked.length = 0
  server.clock.now += 1_000
  const answers = await Promise.all(Array.from({ length: 20 }, () => read(key)))
  assert.equal(new Set(answers.map(({ at }) => at)).size, 1)
  // Last week's hour that is not over yet by its time of day.
  assert.deepEqual(asked.toSorted(), ['liveTally', 'tally'])
  await commit('c', NOON - 3_600_000, [start, queue, end])
  asked.length = 0
  server.clock.now += 1_000
  assert.equal((await read(key)).today.figures.abandoned, 2)
  assert.deepEqual(asked.toSorted(), ['liveTally', 'tally', 'tally'])
})

test('what another process wrote is counted within the minute', async () => {
  const key = await server.key('calls:read')
  const other = await openEmbeddedStore({ folder: server.folder, readers: 1 })
  const events = [{ id: '1', callId: 'd', at: NOON - 5_400_000, ...start }] as CallEvent[]
  const call = deriveCall({ callId: 'd', source: 'test', events })
  await other.calls.commit([{ instance: 'default', call, events, seq: null }])
  await other.close()
  server.clock.now += 60_000
  assert.equal((await read(key)).today.figures.inbound, 4)
})

// What the fields of a search are offered over HTTP, and to whom.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { clockIn } from '../calls/instant.ts'
import { type SuggestionStore, Suggestions } from './suggestion.ts'
import { type NumberSuggestionsJson, type SuggestionsJson, suggestionRoutes } from './suggestion-routes.ts'

const NOON = Date.parse('2026-11-23T12:00:00+08:00')
const DAY_MS = 86_400_000
let server: TestServer
let key: Record<string, string>
let agent: Record<string, string>
let asked = 0

before(async () => {
  let store: SuggestionStore | null = null
  const kept = (): SuggestionStore => {
    assert.ok(store)
    return store
  }
  const suggestions = new Suggestions(
    {
      frequent: (looked) => {
        asked += 1
        return kept().frequent(looked)
      },
      numbersLike: (...args) => kept().numbersLike(...args),
    },
    () => server.clock.now,
  )
  const routes = suggestionRoutes({
    suggestions,
    clock: clockIn('Asia/Shanghai'),
    searchWindowDays: 30,
    now: () => NOON,
  })
  server = await startTestServer({ routes: [routes] })
  store = server.store.suggestions
  server.clock.now = NOON
  key = await server.key('calls:read')
  agent = await server.sessionOf(await server.user('wang', 'agent', '1002'))

  for (let n = 0; n < 3; n++) await inbound(`often-${n}`, n, '13800138000', 'sales', '1001')
  await inbound('once', 10, '13900139000', 'support', '1002')
  await inbound('old', 20 * DAY_MS, '13811112222', 'sales', '1001')
  await inbound('too-old', 40 * DAY_MS, '13833334444', 'sales', '1001')
  await inbound('elsewhere', 5, '13855556666', 'sales', '1001', 'other')
  await tell('inside', 3, [
    { type: 'call-started', callType: 'internal', agent: { id: '1001' }, dialledNumber: '1003' },
  ])
})
after(() => server.close())

async function tell(callId: string, before: number, list: Record<string, unknown>[], instance = 'default') {
  const events = list.map((event, i) => ({ id: `${i}`, callId, at: NOON - before - 60_000 + i * 1000, ...event }))
  const call = deriveCall({ callId, source: 'test', events: events as CallEvent[] })
  await server.store.calls.commit([{ instance, call, events: events as CallEvent[], seq: null }])
}

function inbound(id: string, before: number, customer: string, group: string, agentId: string, instance?: string) {
  const events = [
    { type: 'call-started', callType: 'inbound', customer, dialledNumber: '02150001000' },
    { type: 'queue-entered', skillGroup: { id: group } },
    { type: 'agent-answered', agent: { id: agentId } },
    { type: 'call-ended', releasedBy: 'customer' },
  ]
  return tell(id, before, events, instance)
}

async function get<Answer>(path: string, headers: Record<string, string>): Promise<Answer> {
  const answer = await server.app.inject({ url: `/api/v1/suggestions${path}`, headers })
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}
const numbers = async (query: string, headers = key) =>
  get<Partial<NumberSuggestionsJson>>(`/numbers?${query}`, headers)

test('what calls have most comes first, of this instance and its last 30 days, internal calls left out', async () => {
  const { caller, agents, skillGroups, number } = await get<SuggestionsJson>('', key)
  assert.deepEqual(caller, [
    { value: '13800138000', calls: 3 },
    { value: '13811112222', calls: 1 },
    { value: '13900139000', calls: 1 },
  ])
  assert.deepEqual(agents, [
    { value: '1001', calls: 4 },
    { value: '1002', calls: 1 },
  ])
  assert.deepEqual(skillGroups[0], { value: 'sales', calls: 4 })
  assert.ok(number.some(({ value }) => value === '02150001000'))
  assert.ok(!number.some(({ value }) => value === '1003'))
})

test('it is counted once a minute for all who may see the same', async () => {
  const before = asked
  await Promise.all([get('', key), get('', key)])
  assert.equal(asked, before)
  server.clock.now += 61_000
  await Promise.all([get('', key), get('', key)])
  assert.equal(asked, before + 1)
})

test('numbers that go with what is typed: those that begin with it first', async () => {
  const callers = async (typed: string) =>
    (await numbers(`field=caller&typed=${typed}`)).caller?.map(({ value }) => value)
  assert.deepEqual(await callers('138'), ['13800138000', '13811112222'])
  assert.deepEqual(await callers('139*'), ['13900139000'])
  assert.deepEqual(await callers('*8000'), ['13800138000'])
  assert.deepEqual(await callers('9000'), ['13900139000'])
  assert.deepEqual(await callers('777'), [])
})

test('an agent is offered what her own calls have, and nobody else', async () => {
  const { caller, agents, skillGroups } = await get<SuggestionsJson>('', agent)
  assert.deepEqual(
    [caller, skillGroups].map((list) => list.map(({ value }) => value)),
    [['13900139000'], ['support']],
  )
  assert.deepEqual(agents, [])
  assert.deepEqual((await numbers('field=caller&typed=138', agent)).caller, [])
  assert.equal((await numbers('field=number&typed=139', agent)).number?.length, 1)
})

test('whoever may not see numbers is offered none, masked or not', async () => {
  const user = await server.user('masked', 'manager')
  await server.store.access.updateUser({ ...user, masksNumbers: true })
  const masked = await server.sessionOf(user)
  const { caller, callee, number, agents } = await get<SuggestionsJson>('', masked)
  assert.deepEqual([caller, callee, number], [[], [], []])
  assert.ok(agents.length > 0)
  assert.deepEqual(await numbers('field=caller&typed=138', masked), { caller: [] })
})

test('nonsense is refused, and nobody is told anything without a login', async () => {
  for (const query of ['field=caller&typed=', "field=caller&typed='--", 'field=body&typed=138'])
    assert.equal(
      (await server.app.inject({ url: `/api/v1/suggestions/numbers?${query}`, headers: key })).statusCode,
      400,
    )
  assert.equal((await server.app.inject({ url: '/api/v1/suggestions' })).statusCode, 401)
})

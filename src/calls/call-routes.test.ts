// The list, its count and the detail over real HTTP, as different people see them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { logIn, startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { createUser } from '../access/users.ts'
import type { CallDetailJson, CallJson } from './call-json.ts'
import type { CallPageJson } from './call-routes.ts'

const DAY = 86_400_000
const NOON = Date.parse('2026-11-23T12:00:00+08:00')
let server: TestCallbook

const zhang = { id: '1001', name: '张三' }
const li = { id: '1002', name: '李四' }
const sales = { id: 'sales', name: '销售' }
const support = { id: 'support', name: '技术支持' }

/** id, when it started, and what happened, a second apart. */
const calls: [id: string, startedAt: number, events: Record<string, unknown>[]][] = [
  [
    'answered',
    NOON,
    [
      { type: 'call-started', callType: 'inbound', customer: '13800138000', dialledNumber: '02150001000' },
      { type: 'queue-entered', skillGroup: sales },
      { type: 'agent-ringing', agent: zhang },
      { type: 'agent-answered', agent: zhang },
      { type: 'call-ended', releasedBy: 'agent' },
    ],
  ],
  [
    'abandoned',
    NOON + 60_000,
    [
      { type: 'call-started', callType: 'inbound', customer: '13900139000', dialledNumber: '02150001000' },
      { type: 'queue-entered', skillGroup: support },
      { type: 'call-ended', releasedBy: 'customer' },
    ],
  ],
  [
    'busy',
    NOON - DAY,
    [
      { type: 'call-started', callType: 'outbound', customer: '13700138000', agent: li },
      { type: 'customer-not-connected', cause: 'busy' },
      { type: 'call-ended', releasedBy: 'system' },
    ],
  ],
  [
    'old',
    NOON - 20 * DAY,
    [
      { type: 'call-started', callType: 'inbound', customer: '13800138000' },
      { type: 'call-ended', releasedBy: 'customer' },
    ],
  ],
  [
    'inside',
    NOON + 120_000,
    [
      { type: 'call-started', callType: 'internal', agent: zhang, otherAgent: li },
      { type: 'call-ended', releasedBy: 'agent' },
    ],
  ],
]

before(async () => {
  server = await startCallbook({}, () => NOON + 3_600_000)
  const events = calls.flatMap(([callId, startedAt, list]) =>
    list.map((event, i) => ({ id: `e${i}`, callId, at: startedAt + i * 1000, ...event })),
  )
  const answer = (await (await server.post('/events', events)).json()) as { rejected: unknown[] }
  assert.deepEqual(answer.rejected, [])
})
after(() => server.close())

async function ids(query: string): Promise<string[]> {
  const answer = await server.api(`/calls${query}`)
  assert.equal(answer.status, 200, await answer.clone().text())
  const { items } = (await answer.json()) as CallPageJson
  const { count, exact } = (await (await server.api(`/calls/count${query}`)).json()) as {
    count: number
    exact: boolean
  }
  assert.deepEqual({ count, exact }, { count: items.length, exact: true })
  return items.map((call) => call.id)
}

async function refusal(path: string): Promise<[status: number, code: string]> {
  const answer = await server.api(path)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  return [answer.status, ((await answer.json()) as { code: string }).code]
}

test('without a question the list is today’s, newest first, without internal calls', async () => {
  assert.deepEqual(await ids(''), ['abandoned', 'answered'])
})

test('the day, several days and the whole window', async () => {
  assert.deepEqual(await ids('?from=2026-11-22&to=2026-11-22'), ['busy'])
  assert.deepEqual(await ids('?from=2026-11-22'), ['abandoned', 'answered', 'busy'])
  assert.deepEqual(await ids('?from=2026-10-25'), ['abandoned', 'answered', 'busy', 'old'])
  assert.deepEqual(await ids(`?from=${NOON + 1}`), ['abandoned'])
  assert.deepEqual(await ids('?from=2026-11-23T12:00:30%2B08:00'), ['abandoned'])
  assert.deepEqual(await ids('?from=2026-11-23T04:00:30Z'), ['abandoned'])
})

test('each criterion, and several together', async () => {
  const all = 'from=2026-10-25'
  assert.deepEqual(await ids(`?${all}&caller=13800138000`), ['answered', 'old'])
  assert.deepEqual(await ids(`?${all}&caller=139*`), ['abandoned'])
  assert.deepEqual(await ids(`?${all}&callee=*138000`), ['busy'])
  assert.deepEqual(await ids(`?${all}&callee=1001`), ['answered'])
  assert.deepEqual(await ids(`?${all}&number=*38000*`), ['answered', 'busy', 'old'])
  assert.deepEqual(await ids(`?${all}&number=02150001000`), ['abandoned', 'answered'])
  assert.deepEqual(await ids(`?${all}&agent=${encodeURIComponent('张')}`), ['answered'])
  assert.deepEqual(await ids(`?${all}&agent=1001&agent=1002`), ['answered', 'busy'])
  assert.deepEqual(await ids(`?${all}&skillGroup=sales`), ['answered'])
  assert.deepEqual(await ids(`?${all}&skillGroup=${encodeURIComponent('技术支持')}&skillGroup=sales`), [
    'abandoned',
    'answered',
  ])
  assert.deepEqual(await ids(`?${all}&type=outbound&type=internal`), ['inside', 'busy'])
  assert.deepEqual(await ids(`?${all}&hangupReason=normal&hangupReason=abandoned-in-queue`), ['abandoned', 'answered'])
  assert.deepEqual(await ids(`?${all}&releasedBy=agent`), ['answered'])
  assert.deepEqual(await ids(`?${all}&talkMs=1000-`), ['answered'])
  assert.deepEqual(await ids(`?${all}&recorded=true`), [])
  assert.deepEqual(await ids(`?${all}&live=true`), [])
  assert.deepEqual(await ids(`?${all}&q=abandoned`), ['abandoned'])
  assert.deepEqual(
    await ids(
      `?${all}&skillGroup=sales&skillGroup=support&type=inbound&hangupReason=normal&caller=138*&from=2026-11-23`.replace(
        `${all}&`,
        '',
      ),
    ),
    ['answered'],
  )
})

test('pages follow each other by cursor, and the last says so', async () => {
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: CallPageJson = (await (
      await server.api(`/calls?from=2026-10-25&limit=1${cursor ? `&cursor=${cursor}` : ''}`)
    ).json()) as CallPageJson
    seen.push(...page.items.map((call) => call.id))
    cursor = page.nextCursor
  }
  assert.deepEqual(seen, ['abandoned', 'answered', 'busy', 'old'])
})

test('a list row has what the console shows, times with zone', async () => {
  const { items } = (await (await server.api('/calls?caller=13800138000')).json()) as CallPageJson
  const call = items[0] as CallJson
  assert.equal(call.startedAt, '2026-11-23T12:00:00.000+08:00')
  assert.equal(call.establishedAt, '2026-11-23T12:00:00.000+08:00')
  assert.equal(call.answeredAt, '2026-11-23T12:00:03.000+08:00')
  assert.equal(call.callee, '1001')
  assert.equal(call.talkMs, 1000)
  assert.deepEqual(call.agent, zhang)
  assert.deepEqual(call.skillGroup, sales)
  assert.ok(!('steps' in call))
})

test('the detail tells every step and why the call ended as it did', async () => {
  const call = (await (await server.api('/calls/answered')).json()) as CallDetailJson
  assert.deepEqual(
    call.steps.map((step) => [step.type, step.offsetMs]),
    [
      ['call-started', 0],
      ['queue-entered', 1000],
      ['agent-ringing', 2000],
      ['agent-answered', 3000],
      ['call-ended', 4000],
    ],
  )
  assert.equal(call.steps[2]?.durationMs, 1000)
  assert.deepEqual(call.reasonBecause, { rule: 'agent-talked', steps: ['e3'] })
})

test('what makes no sense is refused with a stable code', async () => {
  assert.deepEqual(await refusal('/calls?from=tomorrow'), [400, 'bad-time'])
  assert.deepEqual(await refusal('/calls?from=2026-11-23&to=2026-11-20'), [422, 'search-range-reversed'])
  assert.deepEqual(await refusal('/calls?from=2026-10-24'), [422, 'search-too-wide'])
  assert.deepEqual(await refusal('/calls?from=2026-02-31'), [400, 'bad-time'])
  assert.deepEqual(await refusal("/calls?caller=1'%20OR%201=1"), [400, 'bad-number-term'])
  assert.deepEqual(await refusal('/calls?caller=*'), [400, 'bad-number-term'])
  assert.deepEqual(await refusal('/calls?cursor=%00'), [400, 'bad-cursor'])
  assert.deepEqual(await refusal('/calls?cursor=e30'), [400, 'bad-cursor'])
  assert.deepEqual(await refusal('/calls?limit=0'), [400, 'bad-request'])
  assert.deepEqual(await refusal('/calls?limit=100000'), [400, 'bad-request'])
  assert.deepEqual(await refusal('/calls?type=sideways'), [400, 'bad-request'])
  assert.deepEqual(await refusal('/calls/nobody'), [404, 'call-not-found'])
})

test('an agent sees, counts and opens only her own calls', async () => {
  await createUser(
    server.store.access,
    {
      instance: 'default',
      name: '李四',
      role: 'agent',
      agentId: '1002',
      password: 'password-1002',
      mustChangePassword: false,
    },
    Date.now(),
  )
  const headers = { cookie: await logIn(server, '李四', 'password-1002') }
  const list = (await (await server.api('/calls?from=2026-10-25', { headers })).json()) as CallPageJson
  assert.deepEqual(
    list.items.map((call) => call.id),
    ['busy'],
  )
  const count = await server.api('/calls/count?from=2026-10-25', { headers })
  assert.deepEqual(await count.json(), { count: 1, exact: true })
  assert.equal((await server.api('/calls/busy', { headers })).status, 200)
  assert.equal((await server.api('/calls/answered', { headers })).status, 404)
  assert.equal((await server.api('/calls/answered/recordings/1', { headers })).status, 404)
  const agents = (await (await server.api('/agents', { headers })).json()) as { items: { id: string }[] }
  assert.deepEqual(
    agents.items.map((agent) => agent.id),
    ['1002'],
  )
  assert.equal((await server.api('/connectors', { headers })).status, 403)
})

test('names to pick from', async () => {
  const groups = (await (await server.api('/skill-groups')).json()) as { items: unknown[] }
  assert.deepEqual(groups.items, [support, sales])
  const agents = (await (await server.api('/agents')).json()) as { items: unknown[] }
  assert.deepEqual(agents.items, [li, zhang])
})

test('NDJSON is taken line by line; a bad line refuses only itself', async () => {
  const line = (id: string) => JSON.stringify({ id, callId: 'nd', at: NOON, type: 'key-pressed', key: '1' })
  const answer = await server.post('/events', `${line('a')}\n{oops\n\n${line('b')}\r\n"text"\n${line('a')}`, {
    'content-type': 'application/x-ndjson',
  })
  assert.equal(answer.status, 200)
  const { accepted, duplicates, rejected } = (await answer.json()) as {
    accepted: number
    duplicates: number
    rejected: { index: number; code: string }[]
  }
  assert.deepEqual({ accepted, duplicates }, { accepted: 2, duplicates: 1 })
  assert.deepEqual(
    rejected.map(({ index, code }) => [index, code]),
    [
      [1, 'event-malformed-json'],
      [3, 'event-not-an-object'],
    ],
  )
})

// What readers ask that makes no sense, or means harm: refused with a clear code, or an honest empty answer.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ErrorCode } from '../../src/errors.ts'
import { startCallbook, type TestCallbook } from '../support/callbook.ts'
import { assertRefused } from './refusals.ts'

let server: TestCallbook
before(async () => {
  server = await startCallbook()
  const call = {
    id: 's',
    callId: 'one',
    at: Date.now(),
    type: 'call-started',
    callType: 'inbound',
    customer: '13800138000',
  }
  assert.equal((await server.post('/events', [call])).status, 200)
})
after(() => server.close())

const SQL = "1'; DROP TABLE call;--"

test('list, count and feed refuse the same nonsense with the same codes', async () => {
  const refusals: [query: string, code: ErrorCode][] = [
    [`caller=${encodeURIComponent(SQL)}`, 'bad-number-term'],
    ['callee=*', 'bad-number-term'],
    ['number=13%25', 'bad-number-term'],
    [`number=${'1'.repeat(65)}`, 'bad-number-term'],
    [`number=${'1'.repeat(101)}`, 'bad-request'],
    ['from=soon', 'bad-time'],
    ['from=2026-02-31', 'bad-time'],
    ['to=2026-11-23T10:00:00', 'bad-time'],
    ['from=2000-01-01', 'search-too-wide'],
    ['from=3000-01-01&to=2999-01-01', 'search-range-reversed'],
    ['type=telepathy', 'bad-request'],
    ['hangupReason=', 'bad-request'],
    ['talkMs=-', 'bad-request'],
    ['talkMs=1-2-3', 'bad-request'],
    ['talkMs=1e9', 'bad-request'],
    ['recorded=perhaps', 'bad-request'],
    [`q=${'x'.repeat(101)}`, 'bad-request'],
    [Array.from({ length: 51 }, (_, i) => `agent=${i}`).join('&'), 'bad-request'],
  ]
  for (const path of ['/calls', '/calls/count', '/calls/live']) {
    for (const [query, code] of refusals) {
      // `talkMs=-` leaves both ends open; it is listed to see that nobody falls over it.
      const answer = await server.api(`${path}?${query}`)
      if (query === 'talkMs=-' && answer.status === 200) await answer.body?.cancel()
      else await assertRefused(answer, code, `${path}?${query}`)
    }
  }
})

test('pages with a limit or a cursor that nobody gave out are refused', async () => {
  for (const limit of ['0', '-1', '201', '1.5', 'all'])
    await assertRefused(await server.api(`/calls?limit=${limit}`), 'bad-request', limit)
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  for (const cursor of ['x', forged([SQL, 'id']), forged([1, 2]), forged({}), forged([1, 'id', 3]), forged(null)])
    await assertRefused(await server.api(`/calls?cursor=${cursor}`), 'bad-cursor', cursor)
  const withSql = await server.api(`/calls?cursor=${forged([Date.now() + 1e9, SQL])}`)
  assert.equal(((await withSql.json()) as { items: unknown[] }).items.length, 1)
})

test('SQL, wildcards and patterns are looked for as they stand, and find nothing', async () => {
  for (const value of [
    SQL,
    "' OR '1'='1",
    '%',
    '_',
    '"',
    '\\',
    '*',
    '\u0000',
    '[',
    "%' UNION SELECT password_hash FROM user--",
  ]) {
    for (const field of ['q', 'agent', 'skillGroup']) {
      const query = `${field}=${encodeURIComponent(value)}`
      const answer = await server.api(`/calls?${query}`)
      const text = await answer.text()
      assert.equal(answer.status, 200, `${query} ${text}`)
      assert.deepEqual((JSON.parse(text) as { items: unknown[] }).items, [], query)
    }
  }
  assert.equal(((await (await server.api('/calls/count')).json()) as { count: number }).count, 1)
})

test('addresses that lead nowhere, with odd characters or without an end, are refused', async () => {
  await assertRefused(await server.api('/calls/nobody'), 'call-not-found')
  await assertRefused(await server.api(`/calls/${encodeURIComponent(SQL)}`), 'call-not-found')
  await assertRefused(await server.api(`/calls/${encodeURIComponent('../../etc/passwd')}`), 'call-not-found')
  await assertRefused(await server.api('/calls/one/recordings/1'), 'recording-not-found')
  await assertRefused(await server.api('/nowhere'), 'not-found')
  for (const path of [
    '/calls/%',
    '/calls/%ff%fe',
    `/calls/${'x'.repeat(5_000)}`,
    '/calls/one/recordings/0',
    '/calls/one/recordings/x',
  ]) {
    const answer = await server.api(path)
    assert.ok(answer.status === 400 || answer.status === 404 || answer.status === 414, `${path} ${answer.status}`)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, path)
  }
})

test('a feed asked to go on from nonsense is refused or begins anew', async () => {
  await assertRefused(await server.api('/calls/live?since=-1'), 'bad-request')
  await assertRefused(await server.api('/calls/live?since=now'), 'bad-request')
  const authorization = `Bearer ${server.key}`
  const answer = await server.api('/calls/live', { headers: { authorization, 'last-event-id': SQL } })
  assert.equal(answer.status, 200)
  await answer.body?.cancel()
})

test('a wrong key, half a key and no key see nothing', async () => {
  for (const authorization of ['Bearer cbk_wrong', 'Bearer', `Bearer ${server.key.slice(0, -1)}`, `Bearer ${SQL}`])
    await assertRefused(await server.api('/calls', { headers: { authorization } }), 'key-refused', authorization)
  await assertRefused(
    await server.api('/calls', { headers: { authorization: 'Basic eA==' } }),
    'authentication-required',
  )
  await assertRefused(await server.api('/calls', { headers: {} }), 'authentication-required')
})

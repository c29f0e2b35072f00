// What cannot be taken is kept with its bytes, shown, and can be taken again: over real HTTP and the real store.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { logIn, startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { createUser } from '../access/users.ts'

interface Page {
  items: { id: number; source: string; kind: string; cause: string; detail: string; text: string; base64: string }[]
  nextBefore: number | null
  kept: number
  ever: { source: string; count: number }[]
}

let server: TestCallbook
let now = Date.parse('2026-11-23T10:00:00+08:00')
before(async () => {
  server = await startCallbook({}, () => now)
})
after(() => server.close())

const page = async (query = '') => (await (await server.api(`/rejected${query}`)).json()) as Page
const event = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  callId: 'c',
  at: now,
  type: 'key-pressed',
  key: '1',
  ...more,
})

test('refused events are kept with what was sent, when and why; good ones beside them are not', async () => {
  await server.post('/events', [event('good'), event('bad', { key: '' }), { ...event('odd'), type: 'no-such-type' }])
  await server.post('/events', `${JSON.stringify(event('line'))}\n{half a li\xe9ne`, {
    'content-type': 'application/x-ndjson',
  })
  const { items, kept, ever } = await page()
  assert.deepEqual(
    items.map(({ kind, cause }) => [kind, cause]),
    [
      ['event', 'event-malformed-json'],
      ['event', 'unknown-event-type'],
      ['event', 'invalid-event'],
    ],
  )
  assert.equal(items[0]?.text, '{half a liéne')
  assert.deepEqual(JSON.parse(items[1]?.text ?? ''), { ...event('odd'), type: 'no-such-type' })
  assert.equal(kept, 3)
  assert.deepEqual(ever, [{ source: 'test', count: 3 }])
})

test('a message of a PBX that cannot be read is kept with its very bytes', async () => {
  const raw = Uint8Array.from([0x45, 0xff, 0x00, 0x0d, 0x0a])
  await server.store.rejected.keepRejected('default', [
    { source: 'pbx1', kind: 'message', at: now, cause: 'unreadable', detail: 'no colon', raw },
  ])
  const [item] = (await page('?limit=1')).items
  assert.equal(item?.source, 'pbx1')
  assert.deepEqual(Buffer.from(item?.base64 ?? '', 'base64'), Buffer.from(raw))
})

test('taken again after a fix, an event counts and leaves the list; what is still wrong stays with today’s reason', async () => {
  const future = now + 3 * 86_400_000
  await server.post('/events', [event('early', { callId: 'later', at: future }), event('never', { key: 7 })])
  const ids = (await page('?limit=2')).items.map(({ id }) => id)
  now = future
  const answer = await (await server.post('/rejected/replay', { ids })).json()
  assert.deepEqual(answer, {
    taken: 1,
    still: [
      {
        id: ids.find((id) => id === Math.max(...ids)),
        code: 'invalid-event',
        detail: (await page('?limit=1')).items[0]?.detail,
      },
    ],
  })
  assert.equal((await server.api('/calls/later')).status, 200)
  assert.ok(!(await page()).items.some(({ id }) => id === Math.min(...ids)))
})

test('pages go back, and what is thrown away is gone while its count stays', async () => {
  const first = await page('?limit=2')
  const second = await page(`?limit=200&before=${first.nextBefore}`)
  assert.equal(second.nextBefore, null)
  const all = [...first.items, ...second.items].map(({ id }) => id)
  assert.deepEqual(
    all,
    [...new Set(all)].sort((a, b) => b - a),
  )
  const ever = first.ever.reduce((sum, { count }) => sum + count, 0)
  assert.deepEqual(await (await server.post('/rejected/forget', { ids: all })).json(), { forgotten: all.length })
  const after = await page()
  assert.deepEqual([after.items, after.kept], [[], 0])
  assert.equal(
    after.ever.reduce((sum, { count }) => sum + count, 0),
    ever,
  )
})

test('the list is bounded: the oldest give way', async () => {
  const rows = (from: number) =>
    Array.from({ length: 500 }, (_, i) => ({
      source: 'flood',
      kind: 'event' as const,
      at: now,
      cause: 'x',
      detail: String(from + i),
      raw: new Uint8Array(3),
    }))
  for (let i = 0; i < 10_500; i += 500) await server.store.rejected.keepRejected('flooded', rows(i))
  const { kept, ever } = await server.store.rejected.rejectedCounts('flooded')
  assert.deepEqual([kept, ever[0]?.count], [10_000, 10_500])
  assert.equal((await server.store.rejected.rejected('flooded', { before: null, limit: 1 }))[0]?.detail, '10499')
})

test('a manager may look but not touch, an agent may do neither', async () => {
  for (const [role, agentId, look] of [
    ['manager', null, 200],
    ['agent', '1001', 403],
  ] as const) {
    await createUser(
      server.store.access,
      { instance: 'default', name: role, role, agentId, password: 'password-123', mustChangePassword: false },
      now,
    )
    const headers = {
      cookie: await logIn(server, role, 'password-123'),
      origin: server.address,
      'content-type': 'application/json',
    }
    assert.equal((await server.api('/rejected', { headers })).status, look)
    const body = JSON.stringify({ ids: [1] })
    assert.equal((await server.api('/rejected/replay', { method: 'POST', headers, body })).status, 403)
  }
})

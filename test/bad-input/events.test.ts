// What sources send that is wrong: each is refused with a clear code, alone, and whatever was good beside it is kept.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import type { CallDetailJson } from '../../src/calls/call-json.ts'
import { startCallbook, type TestCallbook } from '../support/callbook.ts'
import { assertRefused, type EventsAnswer, refusedEvents } from './refusals.ts'

let server: TestCallbook
before(async () => {
  server = await startCallbook()
})
after(() => server.close())

let counter = 0
const nextId = () => `bad-${counter++}`
const start = (callId: string, changed: Record<string, unknown> = {}) => ({
  id: 's',
  callId,
  at: Date.now(),
  type: 'call-started',
  callType: 'inbound',
  customer: '13800138000',
  ...changed,
})
const NDJSON = { 'content-type': 'application/x-ndjson' }

async function send(body: unknown, headers: Record<string, string> = {}): Promise<EventsAnswer> {
  const answer = await server.post('/events', body, headers)
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  return JSON.parse(text) as EventsAnswer
}

async function detail(callId: string): Promise<CallDetailJson> {
  const answer = await server.api(`/calls/${encodeURIComponent(callId)}`)
  assert.equal(answer.status, 200, callId)
  return (await answer.json()) as CallDetailJson
}

async function isKept(callId: string): Promise<boolean> {
  return (await server.api(`/calls/${encodeURIComponent(callId)}`)).status === 200
}

test('a body that is not JSON is refused whole', async () => {
  const id = nextId()
  const good = JSON.stringify([start(id)])
  for (const body of ['', ' ', '{', good.slice(0, -1), `${good}}`, "[{'id':'s'}]", 'id=s&type=call-started', '\u0000'])
    await assertRefused(await server.post('/events', body), 'malformed-json', body)
  assert.equal(await isKept(id), false)
})

test('a line of NDJSON that is not JSON is refused alone', async () => {
  const [a, b] = [nextId(), nextId()]
  const lines = [JSON.stringify(start(a)), '{"id":', '', 'hello', `  ${JSON.stringify(start(b))}\r`]
  const answer = await send(lines.join('\n'), NDJSON)
  assert.equal(answer.accepted, 2)
  assert.deepEqual(refusedEvents(answer), [
    [1, 'event-malformed-json'],
    [2, 'event-malformed-json'],
  ])
  assert.ok((await isKept(a)) && (await isKept(b)))
})

test('events of an unknown type, without an object, of year 3000 and half filled in are refused one by one', async () => {
  const [a, b] = [nextId(), nextId()]
  const answer = await send([
    start(a),
    start(a, { id: 'x', type: 'call-exploded' }),
    null,
    42,
    [start(a)],
    start(a, { id: 'y', at: '3000-01-01T00:00:00Z' }),
    start(a, { id: 'z', at: 'yesterday' }),
    start(a, { id: '' }),
    start(a, { id: 'w', callType: 'telepathy' }),
    start(a, { id: 'r', type: 'recording-stored', n: 1 }),
    start(b),
  ])
  assert.equal(answer.accepted, 2)
  assert.deepEqual(refusedEvents(answer), [
    [1, 'unknown-event-type'],
    [2, 'event-not-an-object'],
    [3, 'event-not-an-object'],
    [4, 'event-not-an-object'],
    [5, 'event-time-out-of-range'],
    [6, 'invalid-event'],
    [7, 'invalid-event'],
    [8, 'invalid-event'],
    [9, 'event-type-reserved'],
  ])
  assert.deepEqual((await detail(a)).steps.length, 1)
  assert.ok(await isKept(b))
})

test('a line of 10 MB is refused, and the lines around it are taken', async () => {
  const [a, b, c] = [nextId(), nextId(), nextId()]
  const large = JSON.stringify(start(b, { customer: '1'.repeat(10 * 1024 * 1024) }))
  const answer = await send([JSON.stringify(start(a)), large, JSON.stringify(start(c))].join('\n'), NDJSON)
  assert.equal(answer.accepted, 2)
  assert.deepEqual(refusedEvents(answer), [[1, 'event-too-large']])
  const asArray = await send([start(a), start(b, { hobby: 'x'.repeat(10 * 1024 * 1024) }), start(c, { id: 't' })])
  assert.deepEqual(refusedEvents(asArray), [[1, 'event-too-large']])
  assert.deepEqual([asArray.accepted, asArray.duplicates], [1, 1])
  assert.equal(await isKept(b), false)
})

test('a body of 20 MB is refused, whether its size is announced or not', async () => {
  const id = nextId()
  const body = Buffer.from(`[${JSON.stringify(start(id))},${' '.repeat(20 * 1024 * 1024)}1]`)
  const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' }
  const announced = await server.api('/events', { method: 'POST', headers, body }).catch(cutOff)
  if (announced) await assertRefused(announced, 'body-too-large')
  const chunks = new Blob([body]).stream()
  const streamed = await server
    .api('/events', { method: 'POST', headers, body: chunks, duplex: 'half' } as RequestInit)
    .catch(cutOff)
  if (streamed) await assertRefused(streamed, 'body-too-large')
  assert.equal(await isKept(id), false)
  assert.equal((await send([start(nextId())])).accepted, 1)
})

/** The server may hang up on a sender who goes on sending; what matters then is that it lives. */
function cutOff(error: unknown): null {
  assert.ok(error instanceof TypeError, String(error))
  return null
}

test('more events than one request may have are refused whole', async () => {
  const id = nextId()
  const many = Array.from({ length: 10_001 }, (_, i) => start(id, { id: `s${i}` }))
  await assertRefused(await server.post('/events', many), 'too-many-events')
  const lines = many.map((event) => JSON.stringify(event)).join('\n')
  await assertRefused(await server.post('/events', lines, NDJSON), 'too-many-events')
  assert.equal(await isKept(id), false)
})

test('a call to which too much is told takes no more, and says so', async () => {
  const id = nextId()
  const key = (i: number) => ({ id: `k${i}`, callId: id, at: Date.now(), type: 'key-pressed', key: '1' })
  assert.equal((await send([start(id), ...Array.from({ length: 4_998 }, (_, i) => key(i))])).accepted, 4_999)
  const answer = await send([key(5_000), key(5_001), key(5_002)])
  assert.equal(answer.accepted, 1)
  assert.deepEqual(refusedEvents(answer), [
    [1, 'call-too-long'],
    [2, 'call-too-long'],
  ])
})

test('another content type is refused, and none at all too', async () => {
  const body = JSON.stringify([start(nextId())])
  for (const type of [
    'text/html',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'json',
  ])
    await assertRefused(await server.post('/events', body, { 'content-type': type }), 'unsupported-media-type', type)
})

test('nesting deeper than any event is refused at once, even where a body holds nothing else', async () => {
  const a = nextId()
  const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  for (const shape of [arrays(900), objects(900), `{"id":${arrays(900)}}`]) {
    const answer = await send(`[${shape},${JSON.stringify(start(a))}]`)
    assert.deepEqual([answer.accepted + answer.duplicates, answer.rejected.length], [1, 1])
  }
  for (const shape of [arrays(7_500_000), objects(2_500_000), `[{"id":${arrays(60_000)}}]`])
    await assertRefused(await server.post('/events', shape), 'malformed-json')
  const line = JSON.stringify(start(a)).replace('"13800138000"', arrays(20_000))
  const answer = await send(`${line}\n${JSON.stringify(start(a))}`, NDJSON)
  assert.deepEqual(refusedEvents(answer), [[0, 'event-malformed-json']])
  assert.equal(answer.duplicates, 1)
})

test('SQL in a number, a name and an id is a number, a name and an id', async () => {
  const id = `1'; DROP TABLE call;-- ${nextId()}`
  const sql = "1'; DROP TABLE call;--"
  await send([
    start(id, { customer: sql }),
    { id: `"';--`, callId: id, at: Date.now(), type: 'queue-entered', skillGroup: { id: sql, name: sql } },
    { id: 'a', callId: id, at: Date.now(), type: 'agent-answered', agent: { id: sql, name: sql } },
  ])
  const call = await detail(id)
  assert.equal(call.customer, sql)
  assert.equal(call.agent?.name, sql)
  for (const query of [
    `q=${encodeURIComponent(sql)}`,
    `agent=${encodeURIComponent(sql)}`,
    `skillGroup=${encodeURIComponent(sql)}`,
    `q=${encodeURIComponent(id)}`,
  ]) {
    const { items } = (await (await server.api(`/calls?${query}`)).json()) as { items: { id: string }[] }
    assert.deepEqual(
      items.map((item) => item.id),
      [id],
      query,
    )
    const counted = (await (await server.api(`/calls/count?${query}`)).json()) as unknown
    assert.deepEqual(counted, { count: 1, exact: true }, query)
  }
})

test('names with NUL, emoji, right-to-left marks and half characters are kept, found and given back', async () => {
  const names = ['张\u0000三', '😀 团队', '\u202eabc', 'O\'Brien "%_\\', 'e\u0301', '\u{20BB7}野家']
  for (const name of names) {
    const id = `${nextId()}/${name}`
    await send([
      start(id),
      { id: 'a', callId: id, at: Date.now(), type: 'agent-answered', agent: { id: `agent ${id}`, name } },
    ])
    assert.equal((await detail(id)).agent?.name, name)
    const found = (await (await server.api(`/calls?agent=${encodeURIComponent(name)}`)).json()) as {
      items: { id: string }[]
    }
    assert.deepEqual(
      found.items.map((item) => item.id),
      [id],
      JSON.stringify(name),
    )
  }
})

test('ids that differ only by halves of characters are one id, before a restart as after it', async () => {
  const id = nextId()
  const half = (n: number, lone: string) => ({
    id: `k${lone}`,
    callId: id,
    at: Date.now(),
    type: 'key-pressed',
    key: String(n),
  })
  const body = JSON.stringify([half(1, '\ud83d'), half(2, '\ud83e')])
  assert.match(body, /\\ud83d/)
  const { accepted, duplicates } = await send(body)
  assert.deepEqual([accepted, duplicates], [1, 1])
  const before = await detail(id)
  await server.restart()
  assert.equal((await send(body)).duplicates, 2)
  assert.deepEqual(await detail(id), before)
  await send([start(`${id}\ud83d`, { customer: '5' })])
  assert.equal((await detail(`${id}\ufffd`)).customer, '5')
})

test('a sender that breaks off in the middle, or does not speak HTTP, harms nobody', async () => {
  const { port } = new URL(server.address)
  const id = nextId()
  const half = `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n[${JSON.stringify(start(id))},`
  for (const bytes of [
    half,
    '\u0000\u0001\u0002 nonsense\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `POST /api/v1/events HTTP/1.1\r\nContent-Length: -1\r\n\r\n`,
  ]) {
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.write(bytes)
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
  }
  assert.equal(await isKept(id), false)
  assert.equal((await send([start(id)])).accepted, 1)
})

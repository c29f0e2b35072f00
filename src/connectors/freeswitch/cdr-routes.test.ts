// mod_json_cdr's door over HTTP, with the real store and ingest: who may send, in which forms, and what comes of it.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { startTestServer, type TestServer } from '../../../test/support/test-server.ts'
import { deriveCall } from '../../calls/call-state.ts'
import { DEFAULT_INSTANCE, limits } from '../../config.ts'
import type { RouteSet } from '../../http/app.ts'
import { Ingest } from '../../ingest/ingest.ts'
import { cdrRoutes } from './cdr-routes.ts'
import { createFreeswitchConnector } from './freeswitch-connector.ts'

const FOLDER = new URL('../../../test/traces/freeswitch/', import.meta.url)
const URL_OF_DOOR = '/api/v1/connectors/freeswitch/cdr'

interface Door {
  server: TestServer
  kept: { cause: string; raw: string }[]
  ingest: Ingest
  post(
    payload: string | Buffer,
    headers: Record<string, string>,
    query?: string,
  ): Promise<{ statusCode: number; body: Record<string, unknown> }>
}

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  'content-type': 'application/json',
})
const connectors = ['fs1', 'fs2'].map((name) => ({
  connector: createFreeswitchConnector({ name, type: 'freeswitch', agents: ['1???'], secret: `${name}-secret` }),
  instance: DEFAULT_INSTANCE,
  secret: `${name}-secret`,
}))

async function open(t: TestContext, count = 2): Promise<Door> {
  const kept: Door['kept'] = []
  let routes: RouteSet = () => {}
  const server = await startTestServer({ routes: [(app) => routes(app)] })
  const ingest = new Ingest({ calls: server.store.calls, publish: () => {}, limits })
  routes = cdrRoutes({
    connectors: () => connectors.slice(0, count),
    append: (from, events) => ingest.append(from, events),
    known: async (instance, callId) =>
      (await server.store.calls.histories(instance, [callId])).get(callId)?.events ?? [],
    reject: async (_from, raw, cause) => void kept.push({ raw: Buffer.from(raw).toString(), cause }),
    now: () => server.clock.now,
  })
  t.after(async () => {
    await ingest.drain()
    await server.close()
  })
  const post: Door['post'] = async (payload, headers, query = '') => {
    const answer = await server.app.inject({ method: 'POST', url: `${URL_OF_DOOR}${query}`, payload, headers })
    return { statusCode: answer.statusCode, body: answer.json() }
  }
  return { server, kept, ingest, post }
}

const documentsOf = (name: string) =>
  readdirSync(new URL(`${name}/json_cdr/`, FOLDER)).map((file) =>
    readFileSync(new URL(`${name}/json_cdr/${file}`, FOLDER), 'utf8'),
  )

async function storedCall({ server }: Door, callId: string) {
  const history = (await server.store.calls.histories(DEFAULT_INSTANCE, [callId])).get(callId)
  assert.ok(history, `${callId} is stored`)
  return { call: deriveCall(history), events: history.events.length }
}

test('documents sent by their connector become the call, once, however often they come', async (t) => {
  const door = await open(t)
  const documents = documentsOf('transfer-blind-refer-external')
  const callId = 'd16056ff-133f-44d0-bfd1-23a943237975'
  for (const document of documents) {
    const { statusCode, body } = await door.post(document, basic('fs1', 'fs1-secret'), '?uuid=whatever')
    assert.deepEqual([statusCode, body['callId']], [200, callId])
  }
  const { call, events } = await storedCall(door, callId)
  assert.deepEqual(
    [call.source, call.hangupReason, call.agent?.id, call.transfers, call.recordings.length, call.reconstructed],
    ['fs1', 'normal', '1001', 1, 2, true],
  )
  for (const document of documents) await door.post(document, basic('fs1', 'fs1-secret'))
  assert.equal((await storedCall(door, callId)).events, events)
})

test('all forms in which mod_json_cdr sends are read', async (t) => {
  const door = await open(t)
  const [document = ''] = documentsOf('queue-timeout')
  const callId = '5ca0d778-7596-43b2-b341-6420a36c8bb4'
  const encoded = JSON.parse(document) as { variables: Record<string, string> }
  for (const [name, value] of Object.entries(encoded.variables)) encoded.variables[name] = encodeURIComponent(value)
  const forms: [string, string][] = [
    ['application/json', document],
    ['application/json', JSON.stringify(encoded)],
    ['application/x-www-form-urlencoded', `cdr=${encodeURIComponent(document)}`],
    ['application/x-www-form-base64-encoded', `cdr=${Buffer.from(document).toString('base64')}`],
    // Its own content type is lost with disable-100-continue.
    ['application/x-www-form-urlencoded', document],
  ]
  for (const [type, payload] of forms) {
    const { statusCode, body } = await door.post(payload, { ...basic('fs1', 'fs1-secret'), 'content-type': type })
    assert.deepEqual([statusCode, body['callId']], [200, callId], type)
  }
  const { call } = await storedCall(door, callId)
  assert.deepEqual([call.hangupReason, call.skillGroup?.id, call.customer], ['queue-timeout', 'short', '13800138000'])
})

test('who sends shows the connector’s secret or an API key that may write events', async (t) => {
  const door = await open(t)
  const [document = ''] = documentsOf('ivr-abandoned')
  const may = await door.server.key('events:write')
  const mayNot = await door.server.key('calls:read')
  const json = { 'content-type': 'application/json' }
  const keyOf = (headers: Record<string, string>) => (headers['authorization'] ?? '').slice('Bearer '.length)
  const tried = async (headers: Record<string, string>, query = '') => {
    const { statusCode, body } = await door.post(document, { ...json, ...headers }, query)
    return [statusCode, body['code'] ?? null]
  }
  assert.deepEqual(await tried({}), [401, 'authentication-required'])
  assert.deepEqual(await tried(basic('fs1', 'wrong')), [401, 'key-refused'])
  assert.deepEqual(await tried(basic('fs1', 'fs2-secret')), [401, 'key-refused'])
  assert.deepEqual(await tried(basic('fs1', '')), [401, 'key-refused'])
  assert.deepEqual(await tried(basic('fs1', keyOf(mayNot))), [403, 'not-allowed'])
  assert.deepEqual(await tried(basic('fs2', keyOf(may))), [200, null])
  assert.deepEqual(await tried(basic('fs3', keyOf(may))), [404, 'connector-not-found'])
  assert.deepEqual(await tried(may), [404, 'connector-not-found'])
  assert.deepEqual(await tried(may, '?connector=fs1'), [200, null])
  assert.deepEqual(await tried(mayNot, '?connector=fs1'), [403, 'not-allowed'])
  // Basic authentication elsewhere is a proxy's, and opens nothing here.
  const other = await door.server.app.inject({ url: '/api/v1/session', headers: basic('fs1', 'fs1-secret') })
  const byKey = await door.server.app.inject({ url: '/api/v1/session', headers: basic('x', keyOf(may)) })
  assert.deepEqual([other.statusCode, byKey.statusCode], [401, 401])
})

test('where there is one FreeSWITCH, no name is needed', async (t) => {
  const door = await open(t, 1)
  const [document = ''] = documentsOf('ivr-abandoned')
  const key = await door.server.key('events:write')
  assert.equal((await door.post(document, { ...key, 'content-type': 'application/json' })).statusCode, 200)
})

test('what is no document is refused with a reason, and kept', async (t) => {
  const door = await open(t)
  const [document = ''] = documentsOf('ivr-abandoned')
  for (const payload of ['', '{', '[]', '{"variables":{}}', 'cdr=%7B', document.slice(0, 1_000)]) {
    const { statusCode, body } = await door.post(payload, basic('fs1', 'fs1-secret'))
    assert.deepEqual([statusCode, body['code']], [422, 'cdr-unreadable'], payload.slice(0, 40))
  }
  assert.equal(door.kept.length, 6)
  const large = await door.post(Buffer.alloc(5 * 1024 * 1024, ' '), basic('fs1', 'fs1-secret'))
  assert.deepEqual([large.statusCode, large.body['code']], [413, 'body-too-large'])
})

test('a document from the future tells nothing, and what it said is kept', async (t) => {
  const door = await open(t)
  const [document = ''] = documentsOf('ivr-abandoned')
  door.server.clock.now = Date.parse('2026-11-01T00:00:00Z')
  const { statusCode, body } = await door.post(document, basic('fs1', 'fs1-secret'))
  assert.deepEqual([statusCode, body['accepted']], [200, 0])
  assert.ok(door.kept.length > 0)
})

test('both legs’ documents at the same moment make one call', async (t) => {
  const door = await open(t)
  const documents = ['inbound-queue-answered', 'outbound-answered', 'ring-no-answer-then-answered'].flatMap(documentsOf)
  const answers = await Promise.all(documents.map((document) => door.post(document, basic('fs1', 'fs1-secret'))))
  assert.deepEqual([...new Set(answers.map(({ statusCode }) => statusCode))], [200])
  assert.equal(new Set(answers.map(({ body }) => body['callId'])).size, 3)
  const { call } = await storedCall(door, '25c15aca-2147-4949-9a18-cb93074690a6')
  assert.deepEqual([call.agent?.id, call.releasedBy, call.hangupReason], ['1001', 'agent', 'normal'])
})

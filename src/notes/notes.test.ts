// Notes on calls over HTTP, against the real store: who may read, write, change and remove them, and what they may hold.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { clockIn } from '../calls/instant.ts'
import { NOTE_LIMITS, tidyTags } from './note.ts'
import { noteRoutes } from './note-routes.ts'

const T0 = Date.parse('2026-11-23T09:00:00+08:00')
let server: TestServer
let manager: Record<string, string>
let admin: Record<string, string>
let zhang: Record<string, string>
let li: Record<string, string>

before(async () => {
  const late: { server?: TestServer } = {}
  server = await startTestServer({
    routes: [
      (app) => {
        // The store is there once requests come.
        const store = () => late.server?.store ?? assert.fail('no store yet')
        const needs = {
          get calls() {
            return store().calls
          },
          get notes() {
            return store().notes
          },
        }
        return noteRoutes({ store: needs, clock: clockIn('Asia/Shanghai'), now: () => server.clock.now })(app)
      },
    ],
  })
  late.server = server
  for (const [callId, agent] of [
    ['c1', '1001'],
    ['c2', '1001'],
    ['c3', '1002'],
  ] as const) {
    const events: CallEvent[] = [
      { id: 'a', callId, at: T0, type: 'call-started', callType: 'inbound', customer: '138' },
      { id: 'b', callId, at: T0 + 1000, type: 'agent-answered', agent: { id: agent } },
      { id: 'c', callId, at: T0 + 9000, type: 'call-ended' },
    ]
    const call = { ...deriveCall({ callId, source: 'test', events }), mergedInto: null }
    await server.store.calls.commit([{ instance: 'default', events, seq: null, call }])
  }
  manager = await server.sessionOf(await server.user('王主管', 'manager'))
  admin = await server.sessionOf(await server.user('root', 'admin'))
  zhang = await server.sessionOf(await server.user('张三', 'agent', '1001'))
  li = await server.sessionOf(await server.user('李四', 'agent', '1002'))
})
after(() => server.close())

async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  headers: Record<string, string>,
  payload?: object,
) {
  const answer = await server.app.inject({ method, url: `/api/v1${url}`, headers, ...(payload ? { payload } : {}) })
  return { status: answer.statusCode, body: answer.body === '' ? null : JSON.parse(answer.body) }
}

test('a note is written under one’s own name and read by whoever sees the call, oldest first', async () => {
  const first = await ask('POST', '/calls/c1/notes', manager, {
    text: ' 承诺周五前回电 \n',
    tags: [' 投诉 ', '投诉', '回访'],
    offsetMs: 4200,
  })
  assert.equal(first.status, 201)
  server.clock.now += 1000
  assert.equal((await ask('POST', '/calls/c1/notes', zhang, { tags: ['已回电'] })).status, 201)
  const { body } = await ask('GET', '/calls/c1/notes', zhang)
  assert.deepEqual(
    body.items.map((note: Record<string, unknown>) => [note.text, note.tags, note.offsetMs, note.author, note.isMine]),
    [
      ['承诺周五前回电', ['投诉', '回访'], 4200, '王主管', false],
      ['', ['已回电'], null, '张三', true],
    ],
  )
  assert.equal('authorId' in body.items[0], false)
  assert.match(body.items[0].at, /^2026-11-23T\d\d:\d\d:\d\d\.\d{3}\+08:00$/)
  assert.deepEqual((await ask('GET', '/note-tags', manager)).body.items, ['已回电', '回访', '投诉'])
})

test('who may not see the call knows nothing of its notes', async () => {
  for (const [method, payload] of [
    ['GET', undefined],
    ['POST', { text: 'x' }],
  ] as const) {
    const { status, body } = await ask(method, '/calls/c1/notes', li, payload)
    assert.deepEqual([status, body.code], [404, 'call-not-found'])
  }
  assert.equal((await ask('GET', '/calls/c1/notes', {})).status, 401)
  const reads = await server.key('calls:read')
  assert.equal((await ask('GET', '/calls/c1/notes', reads)).status, 200)
  assert.equal((await ask('POST', '/calls/c1/notes', reads, { text: 'x' })).body.code, 'not-allowed')
})

test('only the writer changes a note; she or an administrator removes it', async () => {
  const { body: note } = await ask('POST', '/calls/c2/notes', zhang, { text: 'before' })
  const url = `/calls/c2/notes/${note.id}`
  assert.equal((await ask('PUT', url, admin, { text: 'mine now' })).body.code, 'not-allowed')
  const changed = await ask('PUT', url, zhang, { text: 'after', tags: ['x'] })
  assert.deepEqual([changed.body.text, changed.body.author, changed.body.editedAt !== null], ['after', '张三', true])
  assert.equal((await ask('DELETE', url, manager)).body.code, 'not-allowed')
  assert.equal((await ask('DELETE', `/calls/c1/notes/${note.id}`, zhang)).body.code, 'note-not-found')
  assert.equal((await ask('DELETE', url, admin)).status, 204)
  assert.deepEqual((await ask('GET', '/calls/c2/notes', zhang)).body.items, [])
  assert.equal((await ask('PUT', url, zhang, { text: 'late' })).body.code, 'note-not-found')
})

test('empty, too long and too many notes are refused', async () => {
  const post = (payload: object) => ask('POST', '/calls/c3/notes', manager, payload)
  assert.equal((await post({ text: '  ', tags: [' '] })).body.code, 'note-empty')
  assert.equal((await post({ text: 'x'.repeat(NOTE_LIMITS.textCharacters + 1) })).status, 400)
  assert.equal((await post({ text: 'x', offsetMs: -1 })).status, 400)
  assert.equal((await post({ tags: Array.from({ length: NOTE_LIMITS.tagsOfNote + 1 }, String) })).status, 400)
  for (let i = 0; i < NOTE_LIMITS.notesOfCall; i++) assert.equal((await post({ text: `n${i}` })).status, 201)
  assert.equal((await post({ text: 'one more' })).body.code, 'too-many-notes')
})

test('tags are tidied', () => {
  assert.deepEqual(tidyTags([' a  b ', 'A B', '', '投诉', '投诉 ']), ['a b', '投诉'])
})

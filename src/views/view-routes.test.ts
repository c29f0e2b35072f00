// Saved searches over real HTTP: whose they are, who may change them, and what is refused.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { logIn, startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import type { Role } from '../access/permissions.ts'
import { createUser } from '../access/users.ts'
import { DEFAULT_INSTANCE, limits } from '../config.ts'
import type { PreferencesJson, ViewJson } from './view-json.ts'

const PASSWORD = 'a password for views'
const MOST = 4
let server: TestCallbook
let boss: string
let other: string
let agent: string
before(async () => {
  server = await startCallbook({ limits: { ...limits, viewsPerUser: MOST } })
  const cookie = async (name: string, role: Role) => {
    const user = {
      instance: DEFAULT_INSTANCE,
      name,
      role,
      agentId: role === 'agent' ? '1001' : null,
      password: PASSWORD,
    }
    await createUser(server.store.access, { ...user, mustChangePassword: false }, Date.now())
    return await logIn(server, name, PASSWORD)
  }
  ;[boss, other, agent] = [
    await cookie('boss', 'manager'),
    await cookie('other', 'manager'),
    await cookie('anna', 'agent'),
  ]
})
after(() => server.close())

async function ask(cookie: string, method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { cookie, origin: server.address }
  if (body !== undefined) headers['content-type'] = 'application/json'
  return await server.api(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}

async function viewsOf(cookie: string): Promise<ViewJson[]> {
  return ((await (await ask(cookie, 'GET', '/views')).json()) as { items: ViewJson[] }).items
}

async function codeOf(answer: Response): Promise<[number, unknown]> {
  return [answer.status, ((await answer.json()) as { code?: unknown }).code]
}

test('a search is saved for oneself, renamed, shared with everybody, and deleted', async () => {
  const made = await ask(boss, 'POST', '/views', {
    name: ' 排队放弃 ',
    query: 'range=7d&hangupReason=abandoned-in-queue',
  })
  assert.equal(made.status, 201)
  const view = (await made.json()) as ViewJson
  assert.deepEqual([view.name, view.shared, view.own, view.mayChange], ['排队放弃', false, true, true])
  assert.deepEqual(await viewsOf(agent), [])
  const path = `/views/${view.id}`
  // Whether it exists is told only to those who may see it.
  assert.deepEqual(await codeOf(await ask(other, 'PUT', path, { name: 'x', query: '' })), [404, 'view-not-found'])
  const shared = await ask(boss, 'PUT', path, { name: 'Given up', query: 'range=30d', shared: true })
  assert.equal(shared.status, 200)
  assert.deepEqual(await viewsOf(agent), [{ ...((await shared.json()) as ViewJson), own: false, mayChange: false }])
  assert.deepEqual(await codeOf(await ask(other, 'DELETE', path)), [403, 'not-allowed'])
  assert.equal((await ask(boss, 'DELETE', path)).status, 204)
  assert.deepEqual(await viewsOf(boss), [])
})

test('agents do not share, keys own nothing, and a view is nothing but a search', async () => {
  const view = { name: 'mine', query: 'q=1', shared: true }
  assert.deepEqual(await codeOf(await ask(agent, 'POST', '/views', view)), [403, 'not-allowed'])
  assert.deepEqual(await codeOf(await server.post('/views', { ...view, shared: false })), [403, 'not-allowed'])
  for (const query of ['cursor=abc', 'evil=1', 'a b', '\u4e2d'])
    assert.equal((await ask(boss, 'POST', '/views', { name: 'x', query })).status, 400, query)
  for (const name of ['', '   ', 'x'.repeat(61)])
    assert.equal((await ask(boss, 'POST', '/views', { name, query: '' })).status, 400, name)
})

test('there is a bound to how many one may save', async () => {
  for (let n = 0; n < MOST; n++)
    assert.equal((await ask(agent, 'POST', '/views', { name: `view ${n}`, query: '' })).status, 201)
  assert.deepEqual(await codeOf(await ask(agent, 'POST', '/views', { name: 'one more', query: '' })), [
    409,
    'too-many-views',
  ])
  assert.equal((await viewsOf(agent)).length, MOST)
})

test('what one has arranged is found again by oneself alone', async () => {
  const columns = [
    { key: 'caller', width: 140 },
    { key: 'reason', width: null },
  ]
  const views = { order: ['a', 'b'], default: 'b' }
  assert.equal((await ask(boss, 'PUT', '/preferences/columns', columns)).status, 204)
  assert.equal((await ask(boss, 'PUT', '/preferences/views', views)).status, 204)
  const kept = async (cookie: string) => (await (await ask(cookie, 'GET', '/preferences')).json()) as PreferencesJson
  assert.deepEqual(await kept(boss), { columns, views, recent: null })
  assert.deepEqual(await kept(other), { columns: null, views: null, recent: null })
  for (const nonsense of [[{ key: 'no such-key!', width: 1 }], { order: [] }, Array(61).fill(columns[0])])
    assert.equal((await ask(boss, 'PUT', '/preferences/columns', nonsense)).status, 400)
})

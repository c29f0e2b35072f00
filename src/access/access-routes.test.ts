import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startTestServer, TEST_PASSWORD, type TestServer } from '../../test/support/test-server.ts'
import type { CallbookApp } from '../http/app.ts'
import type { UserRow } from '../store/store.ts'
import { stillAllowed } from './credentials.ts'
import { ROLE_SCOPES, SCOPES } from './permissions.ts'
import { hashSecret } from './secrets.ts'
import { SESSION_IDLE_MS, SESSION_LONGEST_MS } from './sessions.ts'

const MINUTE = 60_000

describe('access', () => {
  let server: TestServer
  let app: CallbookApp
  let admin: UserRow
  let manager: UserRow
  let agent: UserRow
  before(async () => {
    server = await startTestServer()
    app = server.app
    admin = await server.user('admin', 'admin')
    manager = await server.user('张经理', 'manager')
    agent = await server.user('李四', 'agent', '1001')
  })
  after(() => server.close())

  const login = (username: string, password: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: '/api/v1/session', payload: { username, password }, headers })
  const get = (url: string, headers: Record<string, string>) => app.inject({ url, headers })

  describe('a login', () => {
    test('answers who it is and sets a cookie that scripts cannot read', async () => {
      const answer = await login('张经理', TEST_PASSWORD)
      assert.equal(answer.statusCode, 200)
      assert.deepEqual(answer.json(), {
        user: {
          id: manager.id,
          name: '张经理',
          role: 'manager',
          agentId: null,
          mustChangePassword: false,
          masksNumbers: false,
        },
      })
      const cookie = String(answer.headers['set-cookie'])
      assert.match(cookie, /^callbook_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
      assert.equal(answer.headers['cache-control'], 'no-store')
      const session = await get('/api/v1/session', { cookie: cookie.split(';')[0] ?? '' })
      assert.deepEqual(session.json(), {
        user: {
          id: manager.id,
          name: '张经理',
          role: 'manager',
          agentId: null,
          mustChangePassword: false,
          masksNumbers: false,
        },
        scopes: [...ROLE_SCOPES.manager],
        instance: 'default',
        isSample: false,
        timeZone: 'Asia/Shanghai',
        today: { day: '2026-11-23', from: '2026-11-23T00:00:00.000+08:00', to: '2026-11-24T00:00:00.000+08:00' },
        searchWindowDays: 30,
      })
    })

    test('over TLS at the proxy makes the cookie Secure, but only where the proxy is trusted', async () => {
      const flagsWith = async (trustProxy: boolean) => {
        const behind = await startTestServer({ trustProxy })
        await behind.user('tls', 'manager')
        const answer = await behind.app.inject({
          method: 'POST',
          url: '/api/v1/session',
          headers: { 'x-forwarded-proto': 'https' },
          payload: { username: 'tls', password: TEST_PASSWORD },
        })
        await behind.close()
        return String(answer.headers['set-cookie'])
      }
      assert.match(await flagsWith(true), /; Secure/)
      assert.doesNotMatch(await flagsWith(false), /; Secure/)
    })

    test('answers alike for a wrong password, an unknown name and a disabled account', async () => {
      const gone = await server.user('gone', 'manager')
      await server.store.access.updateUser({ ...gone, disabledAt: server.clock.now })
      const answers = [
        await login('张经理', 'wrong password'),
        await login('nobody', 'wrong password'),
        await login('gone', TEST_PASSWORD),
        await login("' OR 1=1 --", 'wrong password'),
      ]
      for (const answer of answers) {
        assert.equal(answer.statusCode, 401)
        assert.deepEqual(answer.json(), answers[0]?.json())
        assert.equal(answer.headers['set-cookie'], undefined)
      }
      assert.equal(answers[0]?.json().code, 'login-refused')
    })

    test('takes the password as typed on any keyboard: composed and decomposed letters are the same', async () => {
      const user = await server.user('accents', 'manager')
      const admined = await app.inject({
        method: 'PATCH',
        url: `/api/v1/users/${user.id}`,
        headers: await server.sessionOf(admin),
        payload: { password: 'caf\u00e9 caf\u00e9' },
      })
      assert.equal(admined.statusCode, 200)
      assert.equal((await login('accents', 'cafe\u0301 cafe\u0301')).statusCode, 200)
    })

    test('ends the session that was shown with it', async () => {
      const before = await server.sessionOf(manager)
      await login('张经理', TEST_PASSWORD, before)
      assert.equal((await get('/api/v1/session', before)).statusCode, 401)
    })
  })

  describe('guessing', () => {
    test('is slowed down per name after ten tries, even for the right password, and for that name only', async () => {
      await server.user('guessed', 'manager')
      for (let i = 0; i < 10; i++) assert.equal((await login('guessed', `wrong ${i}`)).statusCode, 401)
      const limited = await login('guessed', TEST_PASSWORD)
      assert.equal(limited.statusCode, 429)
      assert.equal(limited.json().code, 'too-many-requests')
      assert.equal(limited.headers['retry-after'], '30')
      assert.equal((await login('张经理', TEST_PASSWORD)).statusCode, 200)
      server.clock.now += 31_000
      assert.equal((await login('guessed', TEST_PASSWORD)).statusCode, 200)
    })

    test('many at once do not slip through', async () => {
      await server.user('stormed', 'manager')
      const answers = await Promise.all(Array.from({ length: 30 }, () => login('stormed', 'wrong password')))
      assert.equal(answers.filter((answer) => answer.statusCode === 401).length, 10)
      assert.equal(answers.filter((answer) => answer.statusCode === 429).length, 20)
    })

    test('is slowed down per address over all names, by the address that the proxy saw', async () => {
      const behind = await startTestServer({ trustProxy: true })
      const from = (address: string, i: number) =>
        behind.app.inject({
          method: 'POST',
          url: '/api/v1/session',
          headers: { 'x-forwarded-for': `10.9.9.${i}, ${address}` },
          payload: { username: `name${i}`, password: 'x'.repeat(600) },
        })
      for (let i = 0; i < 50; i++) assert.equal((await from('192.0.2.1', i)).statusCode, 401)
      assert.equal((await from('192.0.2.1', 50)).statusCode, 429)
      assert.equal((await from('192.0.2.2', 51)).statusCode, 401)
      await behind.close()
    })
  })

  describe('a session', () => {
    test('ends 12 hours after its last use', async () => {
      const headers = await server.sessionOf(manager)
      server.clock.now += SESSION_IDLE_MS - MINUTE
      const used = await get('/api/v1/session', headers)
      assert.equal(used.statusCode, 200)
      assert.match(String(used.headers['set-cookie']), /Max-Age=43200/, 'the cookie slides with it')
      server.clock.now += SESSION_IDLE_MS - MINUTE
      assert.equal((await get('/api/v1/session', headers)).statusCode, 200)
      server.clock.now += SESSION_IDLE_MS
      const late = await get('/api/v1/session', headers)
      assert.deepEqual([late.statusCode, late.json().code], [401, 'authentication-required'])
    })

    test('ends 30 days after the login, however often it is used', async () => {
      const headers = await server.sessionOf(manager)
      const end = server.clock.now + SESSION_LONGEST_MS
      while (server.clock.now + SESSION_IDLE_MS / 2 < end) {
        server.clock.now += SESSION_IDLE_MS / 2
        assert.equal((await get('/api/v1/session', headers)).statusCode, 200)
      }
      server.clock.now = end
      assert.equal((await get('/api/v1/session', headers)).statusCode, 401)
    })

    test('ends at logout, and logging out twice is no mistake', async () => {
      const headers = await server.sessionOf(manager)
      for (let i = 0; i < 2; i++) {
        const answer = await app.inject({ method: 'DELETE', url: '/api/v1/session', headers })
        assert.equal(answer.statusCode, 204)
        assert.match(String(answer.headers['set-cookie']), /^callbook_session=; .*Expires=Thu, 01 Jan 1970/)
      }
      assert.equal((await get('/api/v1/session', headers)).statusCode, 401)
    })

    test('is in the store as a hash only', async () => {
      const { cookie = '' } = await server.sessionOf(manager)
      const token = cookie.split('=')[1] ?? ''
      assert.equal(await server.store.access.session(token, server.clock.now), null)
      assert.ok(await server.store.access.session(hashSecret(token), server.clock.now))
    })

    test('ends at once when the account is disabled, and all others of the user when she changes her password', async () => {
      const user = await server.user('王五', 'manager')
      const here = await server.sessionOf(user)
      const elsewhere = await server.sessionOf(user)
      const put = (current: string, next: string) =>
        app.inject({ method: 'PUT', url: '/api/v1/session/password', headers: here, payload: { current, next } })
      assert.equal((await put('wrong password', 'another one')).json().code, 'password-wrong')
      assert.equal((await put(TEST_PASSWORD, 'short')).json().code, 'password-too-short')
      assert.equal((await put(TEST_PASSWORD, 'another one')).statusCode, 204)
      assert.equal((await get('/api/v1/session', here)).statusCode, 200)
      assert.equal((await get('/api/v1/session', elsewhere)).statusCode, 401)
      assert.equal((await login('王五', TEST_PASSWORD)).statusCode, 401)
      assert.equal((await login('王五', 'another one')).statusCode, 200)
      await patchUser(user.id, { disabled: true })
      assert.equal((await get('/api/v1/session', here)).statusCode, 401)
    })

    test('is asked again while a feed runs: role, agent and end count at once', async () => {
      const user = await server.user('赵六', 'agent', '1006')
      const { cookie = '' } = await server.sessionOf(user)
      const credential = { kind: 'session', tokenHash: hashSecret(cookie.split('=')[1] ?? '') } as const
      const ask = () => stillAllowed(server.store.access, credential, 'calls:read', server.clock.now)
      assert.equal((await ask())?.agentId, '1006')
      await patchUser(user.id, { agentId: '1007' })
      assert.equal((await ask())?.agentId, '1007')
      await patchUser(user.id, { disabled: true })
      assert.equal(await ask(), null)
    })
  })

  async function patchUser(id: string, payload: Record<string, unknown>, headers?: Record<string, string>) {
    return app.inject({
      method: 'PATCH',
      url: `/api/v1/users/${id}`,
      headers: headers ?? (await server.sessionOf(admin)),
      payload,
    })
  }

  describe('users', () => {
    test('are for administrators: managers, agents and keys without the scope are refused', async () => {
      const others = [await server.sessionOf(manager), await server.sessionOf(agent), await server.key('calls:read')]
      for (const headers of others) {
        for (const [method, url] of [
          ['GET', '/api/v1/users'],
          ['POST', '/api/v1/users'],
          ['PATCH', `/api/v1/users/${agent.id}`],
          ['GET', '/api/v1/keys'],
          ['POST', '/api/v1/keys'],
          ['DELETE', '/api/v1/keys/x'],
        ] as const) {
          const answer = await app.inject({ method, url, headers })
          assert.deepEqual([method, url, answer.statusCode, answer.json().code], [method, url, 403, 'not-allowed'])
        }
      }
    })

    test('are made with a password, or with a one-time one that is answered once', async () => {
      const headers = await server.sessionOf(admin)
      const make = (payload: Record<string, unknown>) =>
        app.inject({ method: 'POST', url: '/api/v1/users', headers, payload })
      const made = await make({ name: '孙七', role: 'agent', agentId: '1010' })
      assert.equal(made.statusCode, 201)
      const { id, oneTimePassword, createdAt, mustChangePassword } = made.json()
      assert.equal(mustChangePassword, true)
      assert.match(createdAt, /\+08:00$/)
      assert.equal((await login('孙七', oneTimePassword)).json().user.mustChangePassword, true)

      const given = await make({ name: 'given', role: 'manager', password: 'long enough' })
      assert.equal(given.json().oneTimePassword, null)
      assert.equal((await login('given', 'long enough')).json().user.mustChangePassword, false)

      const list = await get('/api/v1/users', headers)
      assert.ok(list.json().items.some((user: { id: string }) => user.id === id))
      assert.doesNotMatch(list.body, /argon2|password_?hash|oneTime/i)
      assert.deepEqual([(await make({ name: 'given', role: 'agent' })).json().code], ['user-exists'])
      assert.equal(
        (await make({ name: 'short', role: 'agent', password: '1234567' })).json().code,
        'password-too-short',
      )
      assert.equal((await make({ name: ' x', role: 'agent' })).json().code, 'bad-request')
      assert.equal((await make({ name: 'x\u200by', role: 'agent' })).json().code, 'bad-request')
      assert.equal((await make({ name: 'x', role: 'root' })).json().field, 'role')
    })

    test('change and are found by id; one that is not there, or in another contact centre, is not-found', async () => {
      const other = { ...agent, id: 'other-instance-user', name: 'elsewhere', instance: 'other' }
      await server.store.access.addUser(other)
      for (const id of ['nope', other.id])
        assert.equal((await patchUser(id, { role: 'manager' })).json().code, 'user-not-found')
      assert.equal((await patchUser(agent.id, { role: 'manager', agentId: null })).json().role, 'manager')
      assert.equal((await patchUser(agent.id, { role: 'agent', agentId: '1001' })).json().agentId, '1001')
      assert.equal((await patchUser(agent.id, {})).json().code, 'bad-request')
      assert.ok((await patchUser(agent.id, { disabled: true })).json().disabledAt)
      assert.equal((await patchUser(agent.id, { disabled: false })).json().disabledAt, null)
    })

    test('always have one administrator who can log in', async () => {
      assert.equal((await patchUser(admin.id, { role: 'manager' })).json().code, 'last-admin')
      assert.equal((await patchUser(admin.id, { disabled: true })).json().code, 'last-admin')
      const second = await server.user('second', 'admin')
      assert.equal((await patchUser(second.id, { disabled: true })).statusCode, 200)
    })

    test('cannot be made or taken over by a key that lacks their scopes', async () => {
      const key = await server.key('users:write', ...ROLE_SCOPES.agent)
      const make = (role: string) =>
        app.inject({ method: 'POST', url: '/api/v1/users', headers: key, payload: { name: `by-key-${role}`, role } })
      assert.equal((await make('agent')).statusCode, 201)
      assert.equal((await make('admin')).json().code, 'not-allowed')
      assert.equal((await patchUser(manager.id, { role: 'admin' }, key)).json().code, 'not-allowed')
      assert.equal((await patchUser(admin.id, { password: 'taken over' }, key)).json().code, 'not-allowed')
    })
  })

  describe('keys', () => {
    test('work from when they are made until they are revoked, and show their secret once', async () => {
      const headers = await server.sessionOf(admin)
      const made = await app.inject({
        method: 'POST',
        url: '/api/v1/keys',
        headers,
        payload: { name: 'PBX 1', scopes: ['events:write', 'calls:read'] },
      })
      assert.equal(made.statusCode, 201)
      const { id, key } = made.json()
      assert.match(key, /^cbk_[\w-]{43}$/)
      const bearer = { authorization: `Bearer ${key}` }
      const session = await get('/api/v1/session', bearer)
      assert.deepEqual([session.json().user, session.json().scopes], [null, ['events:write', 'calls:read']])

      const list = await get('/api/v1/keys', headers)
      const listed = list.json().items.find((item: { id: string }) => item.id === id)
      assert.equal(listed.name, 'PBX 1')
      assert.equal(Date.parse(listed.lastUsedAt), server.clock.now)
      assert.ok(!list.body.includes(key))

      const revoke = () => app.inject({ method: 'DELETE', url: `/api/v1/keys/${id}`, headers })
      assert.equal((await revoke()).statusCode, 204)
      assert.equal((await get('/api/v1/session', bearer)).json().code, 'key-refused')
      assert.equal((await revoke()).json().code, 'key-not-found')
    })

    test('write down their last use once a minute', async () => {
      const headers = await server.key('keys:write')
      const lastUse = async () => {
        const mine = (await get('/api/v1/keys', headers)).json().items
        return Math.max(...mine.map((item: { lastUsedAt: string | null }) => Date.parse(item.lastUsedAt ?? '') || 0))
      }
      const first = await lastUse()
      server.clock.now += 59_000
      assert.equal(await lastUse(), first)
      server.clock.now += 1_000
      assert.equal(await lastUse(), server.clock.now)
    })

    test('hand out no scope they do not have; an administrator hands out any', async () => {
      const make = (headers: Record<string, string>, scopes: readonly string[]) =>
        app.inject({ method: 'POST', url: '/api/v1/keys', headers, payload: { name: 'k', scopes } })
      const key = await server.key('keys:write', 'calls:read')
      assert.equal((await make(key, ['calls:read'])).statusCode, 201)
      assert.equal((await make(key, ['events:write'])).json().code, 'not-allowed')
      assert.equal((await make(await server.sessionOf(admin), SCOPES)).statusCode, 201)
      assert.equal((await make(key, ['calls:everything'])).json().code, 'bad-request')
      assert.equal((await make(key, [])).json().code, 'bad-request')
    })

    test('have no password to change', async () => {
      const answer = await app.inject({
        method: 'PUT',
        url: '/api/v1/session/password',
        headers: await server.key('users:write'),
        payload: { current: TEST_PASSWORD, next: 'another one' },
      })
      assert.equal(answer.json().code, 'not-allowed')
    })
  })
})

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { Type } from 'typebox'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { AppError } from '../errors.ts'
import { type CallbookApp, principalOf, type RouteSet } from './app.ts'

/** Routes that show what the server does around every route. */
const probes: RouteSet = (app) => {
  app.get('/api/v1/probe/open', { config: { needs: 'public' } }, async (request) => ({ who: request.principal }))
  app.get('/api/v1/probe/me', { config: { needs: 'signed-in' } }, async (request) => ({
    name: principalOf(request).name,
  }))
  app.get('/api/v1/probe/calls', { config: { needs: 'calls:read' } }, async () => ({ ok: true }))
  app.post(
    '/api/v1/probe/body',
    {
      config: { needs: 'recordings:write' },
      bodyLimit: 100,
      schema: {
        body: Type.Object(
          { size: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]), kind: Type.Optional(Type.Enum(['a', 'b'])) },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => request.body,
  )
  app.get(
    '/api/v1/probe/query',
    {
      config: { needs: 'public' },
      schema: {
        querystring: Type.Object(
          { limit: Type.Optional(Type.Integer({ maximum: 200 })), agent: Type.Optional(Type.Array(Type.String())) },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => request.query,
  )
  app.get('/api/v1/probe/bug', { config: { needs: 'public' } }, async () => {
    throw new Error('the secret inside is 4711')
  })
  app.get('/api/v1/probe/busy', { config: { needs: 'public' } }, async () => {
    throw new AppError('store-unavailable', { detail: 'disk full' })
  })
}

describe('every request', () => {
  let server: TestServer
  let app: CallbookApp
  before(async () => {
    server = await startTestServer({ routes: [probes] })
    app = server.app
  })
  after(() => server.close())

  test('a route that does not say what it needs keeps the server from starting', async () => {
    const careless = await startTestServer({
      routes: [(scope) => void scope.get('/api/v1/careless', async () => 'hi')],
    })
    await assert.rejects(async () => await careless.app.ready(), /GET \/api\/v1\/careless does not say what it needs/)
    await careless.close()
  })

  test('without session or key a guarded route answers 401, and says how to ask', async () => {
    const answer = await app.inject('/api/v1/probe/calls')
    assert.equal(answer.statusCode, 401)
    assert.equal(answer.json().code, 'authentication-required')
    assert.match(String(answer.headers['www-authenticate']), /^Bearer/)
  })

  test('an unknown key answers 401 key-refused, also when a good session comes along', async () => {
    const session = await server.sessionOf(await server.user('both', 'manager'))
    for (const key of ['cbk_unknown', '', 'x'.repeat(5_000)]) {
      const answer = await app.inject({
        url: '/api/v1/probe/calls',
        headers: { ...session, authorization: `Bearer ${key}` },
      })
      assert.deepEqual([answer.statusCode, answer.json().code], [401, 'key-refused'])
    }
  })

  test('the login of a proxy in front (Basic) does not get in the way of the session', async () => {
    const session = await server.sessionOf(await server.user('proxied', 'manager'))
    const answer = await app.inject({ url: '/api/v1/probe/me', headers: { ...session, authorization: 'Basic eDp5' } })
    assert.deepEqual(answer.json(), { name: 'proxied' })
  })

  test('a key without the scope answers 403 and names the scope', async () => {
    const answer = await app.inject({ url: '/api/v1/probe/calls', headers: await server.key('events:write') })
    assert.equal(answer.statusCode, 403)
    assert.equal(answer.json().code, 'not-allowed')
    assert.equal(answer.json().needs, 'calls:read')
  })

  test('a public route does not look at who asks', async () => {
    const answer = await app.inject({ url: '/api/v1/probe/open', headers: { authorization: 'Bearer nonsense' } })
    assert.deepEqual([answer.statusCode, answer.json()], [200, { who: null }])
  })

  test('a refused upload is refused before its body is read', async () => {
    const answer = await app.inject({ method: 'POST', url: '/api/v1/probe/body', payload: { size: 'x'.repeat(500) } })
    assert.equal(answer.statusCode, 401)
  })

  test('answers carry the security headers and a request id, and HSTS only behind TLS', async () => {
    const answer = await app.inject('/api/v1/health')
    assert.deepEqual([answer.statusCode, answer.json()], [200, { status: 'ok' }])
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    assert.equal(answer.headers['referrer-policy'], 'no-referrer')
    assert.match(String(answer.headers['content-security-policy']), /frame-ancestors 'none'/)
    assert.match(String(answer.headers['x-request-id']), /^[0-9a-f-]{36}$/)
    assert.equal(answer.headers['strict-transport-security'], undefined)

    const behindTls = await startTestServer({ trustProxy: true })
    const secure = await behindTls.app.inject({ url: '/api/v1/health', headers: { 'x-forwarded-proto': 'https' } })
    assert.match(String(secure.headers['strict-transport-security']), /^max-age=/)
    await behindTls.close()
  })

  test('a caller finds its own request id again, unless it is no id', async () => {
    const given = async (id: string) =>
      (await app.inject({ url: '/api/v1/health', headers: { 'x-request-id': id } })).headers['x-request-id']
    assert.equal(await given('abc-123'), 'abc-123')
    assert.notEqual(await given('a b\tc'), 'a b\tc')
  })

  test('ready asks the store, and answers 503 when it is gone', async () => {
    const short = await startTestServer()
    assert.equal((await short.app.inject('/api/v1/ready')).statusCode, 200)
    await short.store.close()
    const answer = await short.app.inject('/api/v1/ready')
    assert.deepEqual([answer.statusCode, answer.json().code], [503, 'store-unavailable'])
    await short.close()
  })

  test('the log has paths and statuses, but no numbers searched for, keys or cookies', async () => {
    const key = await server.key('calls:read')
    const cookie = (await server.sessionOf(await server.user('logged', 'manager'))).cookie ?? ''
    await app.inject({ url: '/api/v1/probe/calls?caller=13800138000', headers: { ...key, cookie } })
    const log = server.logged.join('')
    assert.match(log, /"path":"\/api\/v1\/probe\/calls","status":200/)
    assert.doesNotMatch(log, /13800138000/)
    assert.ok(!log.includes(key.authorization?.slice(7) ?? '?'))
    assert.ok(!log.includes(cookie.split('=')[1] ?? '?'))
  })

  test('the API describes itself to whoever is signed in', async () => {
    assert.equal((await app.inject('/api/v1/openapi.json')).statusCode, 401)
    const answer = await app.inject({ url: '/api/v1/openapi.json', headers: await server.key('calls:read') })
    const description = answer.json()
    assert.equal(description.openapi, '3.1.0')
    assert.ok(description.paths['/api/v1/session'].post.requestBody)
    assert.match(description.paths['/api/v1/users'].get.description, /users:write/)
    assert.equal(description.paths['/*'], undefined)
  })

  describe('problems', () => {
    const post = async (payload: string, type = 'application/json') =>
      app.inject({
        method: 'POST',
        url: '/api/v1/probe/body',
        headers: { ...(await server.key('recordings:write')), 'content-type': type },
        payload,
      })

    test('have the shape of RFC 9457 with a stable code', async () => {
      const answer = await app.inject('/api/v1/nothing')
      assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
      assert.deepEqual(answer.json(), {
        type: 'urn:callbook:error:not-found',
        title: 'Not Found',
        status: 404,
        code: 'not-found',
        detail: 'There is nothing here.',
      })
    })

    test('an unknown address is not-found for every method', async () => {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const)
        assert.equal((await app.inject({ method, url: '/api/v1/nothing' })).json().code, 'not-found')
      assert.equal((await app.inject({ method: 'POST', url: '/' })).json().code, 'not-found')
      assert.equal((await app.inject('/api/v1/%zz')).json().code, 'bad-request')
    })

    test('a body that is not JSON, is empty, too large or of another kind is told apart', async () => {
      assert.deepEqual(problemOf(await post('{"size":')), [400, 'malformed-json'])
      assert.deepEqual(problemOf(await post('')), [400, 'malformed-json'])
      assert.deepEqual(problemOf(await post(JSON.stringify({ size: 1, kind: 'x'.repeat(200) }))), [
        413,
        'body-too-large',
      ])
      assert.deepEqual(problemOf(await post('size=1', 'text/csv')), [415, 'unsupported-media-type'])
      assert.equal((await post(JSON.stringify({ size: 1, kind: 'x'.repeat(200) }))).json().limit, 100)
    })

    test('a wrong field is named', async () => {
      const said = async (body: unknown) => (await post(JSON.stringify(body))).json()
      assert.equal((await said({})).field, 'size')
      assert.match((await said({})).detail, /body size: is missing/)
      assert.match((await said({ size: 1, kind: 'c' })).detail, /body kind: .*a, b/)
      assert.equal((await said({ size: 1, other: 2 })).field, 'other')
      assert.equal((await said({ size: '5' })).code, 'bad-request')
      const query = await app.inject('/api/v1/probe/query?limit=many')
      assert.equal(query.json().field, 'limit')
      assert.equal((await app.inject('/api/v1/probe/query?lmit=5')).json().field, 'lmit')
    })

    test('a body means what it says, a query is converted', async () => {
      assert.deepEqual((await post('{"size":null}')).json(), { size: null })
      const query = await app.inject('/api/v1/probe/query?limit=5&agent=1001')
      assert.deepEqual(query.json(), { limit: 5, agent: ['1001'] })
    })

    test('a bug answers 500 without its details and is logged with its stack', async () => {
      const answer = await app.inject('/api/v1/probe/bug')
      assert.equal(answer.statusCode, 500)
      assert.equal(answer.json().code, 'internal-error')
      assert.equal(answer.json().requestId, answer.headers['x-request-id'])
      assert.doesNotMatch(answer.body, /4711/)
      assert.match(server.logged.join(''), /4711.*server\.test\.ts/)
    })

    test('a store that cannot take it says when to come again', async () => {
      const answer = await app.inject('/api/v1/probe/busy')
      assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '1'])
    })

    test('bytes that are no HTTP do no harm to the server', async () => {
      await app.listen({ host: '127.0.0.1', port: 0 })
      const address = app.server.address()
      assert.ok(address && typeof address === 'object')
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect(address.port, '127.0.0.1', () => socket.end('\x00\x01 nonsense\r\n\r\n'))
        let text = ''
        socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
        socket.on('close', () => resolve(text)).on('error', reject)
      })
      assert.match(answer, /^HTTP\/1\.1 400/)
      assert.equal((await fetch(`http://127.0.0.1:${address.port}/api/v1/health`)).status, 200)
    })
  })

  describe('changes that a foreign page could make a browser ask for', () => {
    const change = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/v1/probe/body', headers, payload: { size: 1 } })

    test('are refused with a session cookie, and let through from our own pages', async () => {
      const own = await server.sessionOf(await server.user('origin', 'admin'))
      assert.equal((await change(own)).statusCode, 200)
      for (const foreign of ['https://evil.example', 'null', 'http://localhost:8081'])
        assert.deepEqual(problemOf(await change({ ...own, origin: foreign })), [403, 'origin-refused'])
      for (const site of ['cross-site', 'same-site', 'none'])
        assert.deepEqual(problemOf(await change({ ...own, 'sec-fetch-site': site })), [403, 'origin-refused'])
      assert.equal((await change({ ...own, 'sec-fetch-site': 'same-origin' })).statusCode, 200)
    })

    test('are no matter with a key, which no browser sends by itself', async () => {
      const key = await server.key('recordings:write')
      assert.equal((await change({ ...key, origin: 'https://evil.example' })).statusCode, 200)
    })

    test('include the login itself', async () => {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/v1/session',
        headers: { origin: 'https://evil.example' },
        payload: { username: 'x', password: 'y' },
      })
      assert.deepEqual(problemOf(answer), [403, 'origin-refused'])
    })
  })
})

function problemOf(answer: { statusCode: number; json(): { code: string } }): [number, string] {
  return [answer.statusCode, answer.json().code]
}

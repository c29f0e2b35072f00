import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { type Config, limits } from '../config.ts'
import { FakeAmiServer } from '../connectors/asterisk/fake-ami-server.ts'
import { connectorFor } from '../connectors/connectors.ts'
import { ConsoleConnectors } from '../connectors/console-connectors.ts'
import { RunningConnectors } from '../connectors/running-connectors.ts'
import { doctorRoutes } from './doctor-routes.ts'

describe('GET /api/v1/connectors/{name}/doctor', () => {
  let server: TestServer
  let pbx: FakeAmiServer
  before(async () => {
    pbx = new FakeAmiServer()
    await pbx.start()
    const own: Config['connectors'][number] = {
      name: 'pbx1',
      type: 'asterisk',
      host: '127.0.0.1',
      port: pbx.port,
      username: 'callbook',
      secret: 'right',
      agents: [],
    }
    const foreign = { ...own, name: 'pbx2', instance: 'another' }
    const running = new RunningConnectors({ create: async (one) => connectorFor(one), run: async () => {} })
    for (const one of [own, foreign]) await running.add(one, 'file')
    const config = { dataFolder: '/nowhere', connectorsInConsole: true, limits }
    const inConsole = new ConsoleConnectors({ running, config, check: () => {} })
    server = await startTestServer({ routes: [doctorRoutes({ running, inConsole, limits })] })
  })
  after(async () => {
    await server.close()
    await pbx.stop()
  })

  const get = (headers: Record<string, string>, name = 'pbx1') =>
    server.app.inject({ method: 'GET', url: `/api/v1/connectors/${name}/doctor`, headers })

  test('administrators and managers are told what was found', async () => {
    for (const role of ['admin', 'manager'] as const) {
      const answer = await get(await server.sessionOf(await server.user(`a ${role}`, role)))
      assert.equal(answer.statusCode, 200)
      const { connector, type, findings } = answer.json()
      assert.deepEqual([connector, type], ['pbx1', 'asterisk'])
      assert.deepEqual(Object.keys(findings[0]), ['check', 'severity', 'code', 'sentence', 'sentenceZh', 'fix'])
      assert.equal(findings[0].code, 'connected')
      assert.equal(findings[1].code, 'logged-in')
      assert.doesNotMatch(answer.body, /right"/)
    }
  })

  test('who asks while it is looked over is given the same', async () => {
    const headers = await server.sessionOf(await server.user('two pages', 'admin'))
    const before = pbx.logins.length
    const [one, two] = await Promise.all([get(headers), get(headers)])
    assert.equal(one.body, two.body)
    assert.equal(pbx.logins.length, before + 1)
  })

  test('agents, keys and strangers are not told', async () => {
    assert.equal((await get(await server.sessionOf(await server.user('an agent', 'agent', '1001')))).statusCode, 403)
    assert.equal((await get(await server.key('calls:read'))).statusCode, 403)
    assert.equal((await get({})).statusCode, 401)
  })

  test('a connector that is not there, or belongs to another contact centre', async () => {
    const headers = await server.sessionOf(await server.user('curious', 'admin'))
    for (const name of ['nobody', 'pbx2']) {
      const answer = await get(headers, name)
      assert.equal(answer.statusCode, 404)
      assert.equal(answer.json().code, 'connector-not-found')
    }
  })
})

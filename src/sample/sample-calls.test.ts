// Sample calls, through the real server: filled in beside real calls, looked at by one session, removed without a trace.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ADMIN_PASSWORD, logIn, startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { DEFAULT_INSTANCE, sampleInstanceOf } from '../config.ts'

describe('sample calls', () => {
  let server: TestCallbook
  let cookie = ''
  const from = new Date(Date.now() - 8 * 86_400_000).toISOString()

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = { cookie }) {
    const answer = await server.api(path, {
      method,
      headers: {
        ...headers,
        origin: server.address,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    // biome-ignore lint/suspicious/noExplicitAny: answers of several routes, looked at field by field.
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as any }
  }
  const countSeen = async (headers?: Record<string, string>) =>
    (await ask('GET', `/calls/count?from=${from}`, undefined, headers)).body.count as number
  async function becomes(state: string): Promise<void> {
    for (const end = Date.now() + 120_000; ; await delay(50)) {
      const { body } = await ask('GET', '/sample')
      if (body.state === state) return
      assert.ok(Date.now() < end, `it stayed ${body.state}`)
    }
  }
  const files = () =>
    readdirSync(join(server.folder, 'recordings'), { recursive: true }).filter((name) => String(name).endsWith('.wav'))

  before(async () => {
    server = await startCallbook()
    cookie = await logIn(server, 'admin', ADMIN_PASSWORD)
    const at = Date.now() - 60_000
    await server.post('/events', [
      { id: 'a', callId: 'real', at, type: 'call-started', callType: 'inbound', customer: '13800138000' },
      { id: 'b', callId: 'real', at: at + 1_000, type: 'call-ended', releasedBy: 'customer' },
    ])
  })
  after(() => server.close())

  test('they are filled in apart: nobody sees them before asking, and no key ever does', async () => {
    assert.deepEqual((await ask('GET', '/sample')).body, { state: 'none', part: 0, shown: false })
    assert.equal((await ask('PUT', '/session/sample', { shown: true })).body.code, 'sample-absent')
    assert.equal((await ask('POST', '/sample', { language: 'en' })).status, 202)
    assert.equal((await ask('POST', '/sample', {})).body.code, 'sample-busy')
    await becomes('ready')
    assert.equal(await countSeen(), 1)
    assert.equal((await ask('PUT', '/session/sample', { shown: true })).status, 204)
    assert.ok((await countSeen()) > 100)
    assert.equal((await ask('GET', '/calls/real')).status, 404)
    assert.deepEqual(
      [(await ask('GET', '/session')).body.isSample, (await ask('GET', '/sample')).body.shown],
      [true, true],
    )
    const another = await logIn(server, 'admin', ADMIN_PASSWORD)
    assert.equal(await countSeen({ cookie: another }), 1)
    assert.equal(await countSeen({ authorization: `Bearer ${server.key}` }), 1)
  })

  test('they can be heard, speak the language asked for, and have a board', async () => {
    const { items } = (await ask('GET', `/calls?from=${from}&recorded=true`)).body
    const call = items.find(({ agent }: { agent: object | null }) => agent !== null)
    assert.match(call.agent.name, /^[A-Z][a-z]+ [A-Z][a-z]+$/)
    const answer = await server.api(`/calls/${call.id}/recordings/1`, { headers: { cookie } })
    assert.equal(answer.status, 200)
    assert.equal(Buffer.from(await answer.arrayBuffer()).toString('latin1', 0, 4), 'RIFF')
    assert.equal((await ask('GET', '/board')).status, 200)
  })

  test('accounts and keys are those of the contact centre all the while', async () => {
    assert.ok((await ask('GET', '/keys')).body.items.length > 0)
    assert.equal((await ask('GET', '/users')).body.items.length, 1)
  })

  test('agents do not see them', async () => {
    await ask('POST', '/users', { name: 'agent', role: 'agent', agentId: '1001', password: ADMIN_PASSWORD })
    const own = { cookie: await logIn(server, 'agent', ADMIN_PASSWORD) }
    assert.equal((await ask('PUT', '/session/sample', { shown: true }, own)).status, 403)
    assert.equal((await ask('GET', '/sample', undefined, own)).status, 403)
    assert.equal((await ask('DELETE', '/sample', undefined, own)).status, 403)
  })

  test('removed, not a call, file or figure is left, and who looked at them is back at her own', async () => {
    assert.ok(files().length > 5)
    const made = await ask('POST', '/exports', { kind: 'csv', search: { from } })
    assert.ok(made.status < 300)
    assert.equal((await ask('DELETE', '/sample')).status, 204)
    assert.deepEqual(files(), [])
    assert.equal(await countSeen(), 1)
    assert.deepEqual((await ask('GET', '/sample')).body, { state: 'none', part: 0, shown: false })
    const instance = sampleInstanceOf(DEFAULT_INSTANCE)
    const { calls, retention, exports } = server.store
    assert.deepEqual(
      [
        await calls.lastSeq(instance),
        await retention.recordingTotals(instance),
        await exports.exports(instance, null, 9),
      ],
      [0, [], []],
    )
    assert.equal((await ask('DELETE', '/sample')).status, 204)
  })

  test('while it is filled it can be removed, and filled again', async () => {
    await ask('POST', '/sample', { language: 'zh-CN' })
    assert.equal((await ask('DELETE', '/sample')).status, 204)
    assert.deepEqual((await ask('GET', '/sample')).body.state, 'none')
    await ask('POST', '/sample', { language: 'zh-CN' })
    await becomes('ready')
    await ask('DELETE', '/sample')
  })
})

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { createKey } from '../access/keys.ts'
import { SCOPES, type Scope } from '../access/permissions.ts'
import { DEFAULT_INSTANCE, readConfig } from '../config.ts'
import { type Running, serve } from '../main.ts'
import { FakeAmiServer } from './asterisk/fake-ami-server.ts'

interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of several routes, looked at field by field.
  body: any
}

describe('connectors made in the console', () => {
  const pbx = new FakeAmiServer({ secret: 'the-secret-of-the-pbx' })
  const folder = mkdtempSync(join(tmpdir(), 'callbook-console-connectors-'))
  const file = join(folder, 'data', 'connectors.json')
  let running: Running
  let key = ''

  const start = () =>
    serve(
      readConfig(
        { CALLBOOK_PORT: '0', CALLBOOK_DATA: join(folder, 'data'), CALLBOOK_ADMIN_PASSWORD: 'a long password' },
        folder,
      ),
      { log: pino({ level: 'silent' }), print: () => {} },
    )
  const keyWith = async (scopes: readonly Scope[]) =>
    (await createKey(running.store.access, { instance: DEFAULT_INSTANCE, name: 'a key', scopes }, Date.now())).key

  async function ask(method: string, path: string, body?: unknown, as = key): Promise<Answer> {
    const answer = await fetch(`${running.address}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  }
  const wanted = () => ({
    name: 'pbx1',
    type: 'asterisk',
    host: '127.0.0.1',
    port: pbx.port,
    username: 'callbook',
    secret: 'the-secret-of-the-pbx',
  })
  async function statusOf(name: string): Promise<string | undefined> {
    const { body } = await ask('GET', '/connectors')
    return body.items.find((one: { name: string }) => one.name === name)?.status
  }
  async function becomes(status: string | undefined): Promise<void> {
    for (const end = Date.now() + 20_000; (await statusOf('pbx1')) !== status; await delay(20))
      assert.ok(Date.now() < end, `pbx1 never became ${status}`)
  }

  before(async () => {
    await pbx.start()
    running = await start()
    key = await keyWith(SCOPES)
  })
  after(async () => {
    await running.close()
    await pbx.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('one is tried out before it is made: right, with a wrong secret, and where nobody listens', async () => {
    const right = await ask('POST', '/connectors/test', wanted())
    assert.equal(right.status, 200)
    assert.deepEqual(
      right.body.findings.slice(0, 2).map(({ code }: { code: string }) => code),
      ['connected', 'logged-in'],
    )
    const wrong = await ask('POST', '/connectors/test', { ...wanted(), secret: 'wrong' })
    assert.ok(
      wrong.body.findings.some(
        ({ severity, check }: Record<string, string>) => severity === 'error' && check === 'login',
      ),
    )
    const nobody = await ask('POST', '/connectors/test', { ...wanted(), port: 1 })
    assert.ok(
      nobody.body.findings.some(
        ({ severity, check }: Record<string, string>) => severity === 'error' && check === 'connection',
      ),
    )
    assert.equal(await statusOf('pbx1'), undefined)
  })

  test('it connects without a restart, its secret is never answered, and its file is for its owner alone', async () => {
    assert.equal((await ask('POST', '/connectors', wanted())).status, 201)
    await becomes('connected')
    const listed = await ask('GET', '/connectors')
    assert.deepEqual([listed.body.items[0].origin, listed.body.items[0].settings.hasSecret], ['console', true])
    assert.doesNotMatch(JSON.stringify(listed.body), /the-secret-of-the-pbx/)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal((await ask('POST', '/connectors', wanted())).body.code, 'connector-exists')
  })

  test('it is there again after a restart', async () => {
    await running.close()
    running = await start()
    await becomes('connected')
  })

  test('a change holds at once; the kept secret goes on, but to no other host', async () => {
    const { secret: _, ...same } = wanted()
    assert.equal((await ask('PUT', '/connectors/pbx1', { ...same, agents: ['PJSIP/1???'] })).status, 200)
    await becomes('connected')
    const [kept] = JSON.parse(readFileSync(file, 'utf8')).connectors
    assert.deepEqual([kept.agents, kept.secret], [['PJSIP/1???'], 'the-secret-of-the-pbx'])
    for (const change of [{ host: 'localhost' }, { port: pbx.port + 1 }, { username: 'other' }])
      for (const [method, path] of [
        ['PUT', '/connectors/pbx1'],
        ['POST', '/connectors/test'],
      ] as const)
        assert.equal((await ask(method, path, { ...same, ...change })).body.code, 'connector-secret-needed')
    assert.equal((await ask('PUT', '/connectors/pbx1', { ...same, name: 'pbx2' })).body.code, 'connector-invalid')
    assert.equal((await ask('PUT', '/connectors/nobody', same)).body.code, 'connector-not-found')
  })

  test('what reaches beyond a connection, and what makes no sense, is refused', async () => {
    const bad = [
      { ...wanted(), name: 'x', secretEnv: 'HOME' },
      { ...wanted(), name: 'x', instance: 'another' },
      { ...wanted(), name: 'x', backfill: { cel: '/etc/passwd' } },
      { ...wanted(), name: 'x/../y' },
      { ...wanted(), name: 'x', port: 99_999 },
      { ...wanted(), name: 'x', host: '' },
      { ...wanted(), name: 'x', username: undefined },
      { ...wanted(), name: 'x', type: 'freeswitch' },
      { ...wanted(), name: 'x', recordings: { folder: 'not/absolute' } },
      { ...wanted(), name: 'x', recordings: { folder: '/tmp', names: 'nothing in it' } },
      {},
    ]
    for (const one of bad)
      assert.equal((await ask('POST', '/connectors', one)).body.code, 'connector-invalid', JSON.stringify(one))
    assert.equal((await ask('POST', '/connectors', [])).status, 400)
  })

  test('who may not write connectors neither makes, nor tries, nor sees how they are set', async () => {
    const weak = await keyWith(['calls:read', 'keys:write'])
    for (const [method, path] of [
      ['POST', '/connectors'],
      ['POST', '/connectors/test'],
      ['PUT', '/connectors/pbx1'],
    ] as const)
      assert.equal((await ask(method, path, wanted(), weak)).status, 403)
    assert.equal((await ask('DELETE', '/connectors/pbx1', undefined, weak)).status, 403)
    assert.equal((await ask('GET', '/connectors', undefined, weak)).body.items[0].settings, null)
  })

  test('removed, it is gone at once and after a restart', async () => {
    assert.equal((await ask('DELETE', '/connectors/pbx1')).status, 204)
    assert.equal(await statusOf('pbx1'), undefined)
    for (const end = Date.now() + 10_000; pbx.connections > 0; await delay(20)) assert.ok(Date.now() < end)
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { connectors: [] })
  })
})

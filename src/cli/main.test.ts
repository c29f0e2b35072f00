import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'

const CALLBOOK = fileURLToPath(new URL('../../callbook.js', import.meta.url))

interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

function run(args: string[], options: { env?: Record<string, string>; stdin?: string; cwd?: string } = {}) {
  const child = spawn(process.execPath, [CALLBOOK, ...args], {
    env: { ...process.env, CALLBOOK_LOG_LEVEL: 'silent', ...options.env },
    cwd: options.cwd ?? tmpdir(),
  })
  child.stdin.end(options.stdin ?? '')
  const outcome: Outcome = { code: null, stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (outcome.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (outcome.stderr += text))
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ ...outcome, code }))
  })
  return { child, ended, outcome }
}

const callbook = (args: string[], options?: Parameters<typeof run>[1]) => run(args, options).ended

describe('the command line', () => {
  let server: TestServer
  let env: Record<string, string>
  let folder: string
  before(async () => {
    server = await startTestServer()
    env = { CALLBOOK_DATA: server.folder }
    folder = await mkdtemp(join(tmpdir(), 'callbook-cli-'))
  })
  after(async () => {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })

  const whoAmI = (key: string) =>
    server.app.inject({ url: '/api/v1/session', headers: { authorization: `Bearer ${key}` } })

  test('writes receipts out and checks them, in the store and from a file', async () => {
    const body = { kind: 'hold-placed', callId: 'x', n: 1, reason: '投诉' } as const
    const receipt = { instance: 'default', at: Date.now(), actor: 'user:王芳', body }
    await server.store.receipts.appendReceipts([receipt, receipt, receipt])
    const head = (await server.store.receipts.receiptHead('default'))?.hash ?? ''
    const exported = await callbook(['receipts', 'export'], { env })
    assert.equal(exported.code, 0, exported.stderr)
    assert.ok(exported.stderr.includes(head))
    const stored = await callbook(['receipts', 'verify', '--json', '--head', head], { env })
    assert.deepEqual([stored.code, JSON.parse(stored.stdout).receipts], [0, 3])
    const file = join(folder, 'receipts.ndjson')
    await writeFile(file, exported.stdout)
    // Without the data folder: a file proves itself.
    const offline = { env: { CALLBOOK_DATA: '/nowhere' } }
    assert.equal((await callbook(['receipts', 'verify', '--file', file], offline)).code, 0)
    const cut = exported.stdout.split('\n').slice(0, 2).join('\n')
    assert.equal((await callbook(['receipts', 'verify', '--file', '-'], { ...offline, stdin: cut })).code, 0)
    const known = await callbook(['receipts', 'verify', '--file', '-', '--head', head], { ...offline, stdin: cut })
    assert.deepEqual([known.code, known.stdout.includes('cut off')], [1, true])
    const forged = exported.stdout.replace('投诉', '无')
    const found = await callbook(['receipts', 'verify', '--file', '-'], { ...offline, stdin: forged })
    assert.match(found.stdout, /Receipt 1 .* was changed/)
    assert.equal(found.code, 1)
    const absent = await callbook(['receipts', 'verify', '--file', join(folder, 'absent')], offline)
    assert.equal(absent.code, 1)
    assert.match(absent.stderr, /absent/)
  })

  test('sets, rehearses and does retention', async () => {
    const set = await callbook(
      [
        'retention',
        'set',
        '--capacity',
        '1.5TB',
        '--days',
        '90',
        '--skill-group',
        'vip:days=off,capacity=200GB',
        '--json',
      ],
      { env },
    )
    assert.equal(set.code, 0, set.stderr)
    const { capacityBytes, ageDays, skillGroups, changedBy } = JSON.parse(set.stdout)
    assert.deepEqual([capacityBytes, ageDays, changedBy], [1.5e12, 90, 'command-line'])
    assert.deepEqual(skillGroups, [{ id: 'vip', ageDays: null, capacityBytes: 2e11 }])
    // What is not named stays.
    const next = await callbook(['retention', 'set', '--days', 'off', '--json'], { env })
    assert.deepEqual([JSON.parse(next.stdout).capacityBytes, JSON.parse(next.stdout).ageDays], [1.5e12, null])
    const shown = await callbook(['retention'], { env })
    assert.match(shown.stdout, /capacity +1\.50 TB +0 B\n/)
    const rehearsed = await callbook(['retention', 'rehearse', '--capacity', '1GB', '--json'], { env })
    assert.deepEqual(JSON.parse(rehearsed.stdout).now.recordings, 0)
    assert.equal(JSON.parse(rehearsed.stdout).days.length, 7)
    const swept = await callbook(['retention', 'sweep', '--json'], { env })
    assert.deepEqual([swept.code, JSON.parse(swept.stdout).recordings], [0, 0])
    const refused = await callbook(['retention', 'set', '--capacity', 'lots'], { env })
    assert.deepEqual([refused.code, refused.stderr.includes('500GB')], [1, true])
  })

  test('makes a key before the first start and prints the key alone', async () => {
    const { code, stdout, stderr } = await callbook(['key', 'create', '--name', 'x', '--scopes', 'calls:read'], {
      env: { CALLBOOK_DATA: join(folder, 'fresh') },
    })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^cbk_[\w-]{43}\n$/)
  })

  test('makes and revokes keys beside a running server, which knows at once', async () => {
    const made = await callbook(['key', 'create', '--name', 'PBX', '--scopes', 'events:write, calls:read', '--json'], {
      env,
    })
    const { id, key, scopes } = JSON.parse(made.stdout)
    assert.deepEqual(scopes, ['events:write', 'calls:read'])
    assert.deepEqual((await whoAmI(key)).json().scopes, scopes)

    const list = await callbook(['key', 'list', '--json'], { env })
    const [listed] = JSON.parse(list.stdout)
    assert.deepEqual([listed.id, listed.name, listed.revokedAt], [id, 'PBX', null])
    assert.ok(!list.stdout.includes(key))

    assert.equal((await callbook(['key', 'revoke', id], { env })).code, 0)
    assert.equal((await whoAmI(key)).json().code, 'key-refused')
    const again = await callbook(['key', 'revoke', id], { env })
    assert.deepEqual([again.code, again.stderr], [1, `callbook: There is no key ${id}.\n`])
    assert.match((await callbook(['key', 'list'], { env })).stdout, /PBX +events:write,calls:read +\S+ +revoked/)
  })

  test('makes, lists, disables users and sets their passwords, while the server runs', async () => {
    const login = (username: string, password: string) =>
      server.app.inject({ method: 'POST', url: '/api/v1/session', payload: { username, password } })

    const made = await callbook(['user', 'create', '--name', '张三', '--role', 'agent', '--agent', '1001'], { env })
    assert.equal(made.code, 0, made.stderr)
    const first = await login('张三', made.stdout.trim())
    assert.deepEqual([first.json().user.agentId, first.json().user.mustChangePassword], ['1001', true])

    const set = await callbook(['user', 'password', '张三'], { env, stdin: 'a better one\n' })
    assert.deepEqual([set.code, set.stdout], [0, ''])
    assert.equal((await login('张三', 'a better one')).json().user.mustChangePassword, false)
    const forgotten = await callbook(['user', 'password', '张三'], { env })
    assert.equal((await login('张三', forgotten.stdout.trim())).statusCode, 200)

    const piped = ['user', 'create', '--name', 'boss', '--role', 'manager', '--password-stdin']
    assert.equal((await callbook(piped, { env, stdin: 'long enough\n' })).code, 0)
    assert.equal((await login('boss', 'long enough')).statusCode, 200)
    assert.match((await callbook(piped, { env, stdin: 'long enough' })).stderr, /named boss already/)
    assert.match((await callbook(piped, { env, stdin: '' })).stderr, /No password came/)

    assert.equal((await callbook(['user', 'disable', 'boss'], { env })).code, 0)
    assert.equal((await login('boss', 'long enough')).statusCode, 401)
    const list = JSON.parse((await callbook(['user', 'list', '--json'], { env })).stdout)
    assert.deepEqual(
      list.map((user: { name: string; disabledAt: string | null }) => [user.name, user.disabledAt !== null]),
      [
        ['boss', true],
        ['张三', false],
      ],
    )
  })

  test('ends with 1 and one clear sentence when something fails', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, 'not a folder')
    const failures: [string[], Record<string, string>, RegExp][] = [
      [['key', 'list'], { CALLBOOK_DATA: join(file, 'below') }, /The data folder .* cannot be written/],
      [['serve'], { CALLBOOK_DATA: join(file, 'below'), CALLBOOK_PORT: '0' }, /The data folder .* cannot be written/],
      [
        ['serve'],
        { CALLBOOK_PORT: 'eighty', CALLBOOK_TIME_ZONE: 'Mars/Olympus' },
        /CALLBOOK_PORT: .*CALLBOOK_TIME_ZONE/,
      ],
      [['serve'], { CALLBOOK_CONFIG: join(folder, 'none.json') }, /CALLBOOK_CONFIG: there is no file/],
      [['key', 'create', '--name', 'x', '--scopes', 'calls:all'], env, /There is no scope calls:all\. Scopes are: /],
      [['key', 'create', '--name', ' ', '--scopes', 'calls:read'], env, /1 to 64 characters/],
      [['user', 'disable', 'nobody'], env, /There is no user nobody\./],
      [['user', 'create', '--name', 'x', '--role', 'agent'], env, /needs --agent/],
    ]
    for (const [args, settings, sentence] of failures) {
      const { code, stdout, stderr } = await callbook(args, { env: settings })
      assert.deepEqual([code, stdout], [1, ''], `${args.join(' ')}: ${stderr}`)
      assert.match(stderr, sentence)
      assert.match(stderr, /^callbook: [^\n]+\n$/, 'one line, no stack')
    }
  })

  test('ends with 2 when it is called wrongly, and with 0 when asked for help', async () => {
    for (const args of [
      ['nope'],
      ['key'],
      ['key', 'create'],
      ['user', 'create', '--name', 'x', '--role', 'king'],
      ['demo', '--days', '-1'],
    ])
      assert.equal((await callbook(args, { env })).code, 2, args.join(' '))
    const help = await callbook(['--help'])
    assert.equal(help.code, 0)
    for (const command of ['serve', 'demo', 'derive', 'key', 'user'])
      assert.match(help.stdout, new RegExp(`^  ${command}`, 'm'))
    assert.match((await callbook(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
  })

  test('says so when the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const address = taken.address()
    assert.ok(address && typeof address === 'object')
    const { code, stderr } = await callbook(['serve'], {
      env: { CALLBOOK_DATA: join(folder, 'taken'), CALLBOOK_PORT: String(address.port) },
    })
    taken.close()
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`Port ${address.port} on 127\\.0\\.0\\.1 is in use`))
    assert.doesNotMatch(stderr, /\n +at /)
  })

  test('serves until SIGTERM, and then ends with 0', async () => {
    const { child, ended, outcome } = run(['serve'], {
      env: { CALLBOOK_DATA: join(folder, 'served'), CALLBOOK_PORT: '0', CALLBOOK_ADMIN_PASSWORD: 'long enough' },
    })
    const address = await new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = /http:\/\/[\w.:[\]]+/.exec(outcome.stdout + outcome.stderr)
        if (found) resolve(found[0])
      }
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      child.on('close', () => reject(new Error(`it ended: ${outcome.stderr}`)))
    })
    assert.equal((await fetch(`${address}/api/v1/ready`)).status, 200)
    child.kill('SIGTERM')
    assert.equal((await ended).code, 0)
  })
})

// `callbook doctor` as its user meets it: a process, its output in two languages, its exit code.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { FakeAmiServer } from '../connectors/asterisk/fake-ami-server.ts'

const CALLBOOK = resolve(import.meta.dirname, '../../callbook.js')

interface Answer {
  exitCode: number
  stdout: string
  stderr: string
}

describe('callbook doctor', () => {
  let pbx: FakeAmiServer
  let folder: string

  before(async () => {
    pbx = new FakeAmiServer()
    await pbx.start()
    folder = await mkdtemp(join(tmpdir(), 'callbook-doctor-cli-'))
    const common = { type: 'asterisk', host: '127.0.0.1', port: pbx.port, username: 'callbook' }
    const connectors = [
      { ...common, name: 'pbx1', secretEnv: 'RIGHT' },
      { ...common, name: 'pbx2', secretEnv: 'WRONG' },
    ]
    await writeFile(join(folder, 'callbook.config.json'), JSON.stringify({ connectors }))
  })
  after(async () => {
    await pbx.stop()
    await rm(folder, { recursive: true, force: true })
  })

  function doctor(options: string[], { language = 'C', cwd = folder } = {}): Promise<Answer> {
    const { PATH = '', HOME = '' } = process.env
    const env = { PATH, HOME, LANG: language, RIGHT: 'right', WRONG: 'not-the-secret' }
    const { promise, resolve: settle } = Promise.withResolvers<Answer>()
    execFile(
      process.execPath,
      [CALLBOOK, 'doctor', ...options],
      { cwd, env, timeout: 60_000 },
      (error, stdout, stderr) => settle({ exitCode: error ? Number(error.code) : 0, stdout, stderr }),
    )
    return promise
  }

  test('a table for people, what to change beneath what is wrong, and no secret', async () => {
    const { exitCode, stdout } = await doctor([])
    assert.equal(exitCode, 1)
    assert.match(stdout, /^pbx1 \(asterisk\)\nok {7}connection {2,}AMI answers at 127\.0\.0\.1:\d+\.$/m)
    assert.match(stdout, /^pbx2 \(asterisk\)$/m)
    assert.match(stdout, /^ERROR {4}login +The PBX refuses the AMI user "callbook"\./m)
    assert.match(stdout, /^ +in manager\.conf:\n +\[callbook\]$/m)
    assert.doesNotMatch(stdout, /not-the-secret/)
    for (const line of stdout.split('\n')) assert.equal(line, line.trimEnd())
  })

  test('one connector alone; without errors the exit code is 0', async () => {
    const { exitCode, stdout } = await doctor(['--connector', 'pbx1'])
    assert.equal(exitCode, 0)
    assert.doesNotMatch(stdout, /pbx2/)
  })

  test('in Chinese where the terminal is', async () => {
    const { stdout } = await doctor(['--connector', 'pbx2'], { language: 'zh_CN.UTF-8' })
    assert.match(stdout, /^正常 {2}连接 {2}AMI 在 127\.0\.0\.1:\d+ 应答。$/m)
    assert.match(stdout, /^错误 {2}登录/m)
    assert.match(stdout, /错误 1，警告 0/)
  })

  test('for programs, nothing but JSON', async () => {
    const { exitCode, stdout } = await doctor(['--json'], { language: 'zh_CN.UTF-8' })
    assert.equal(exitCode, 1)
    const { connectors } = JSON.parse(stdout)
    assert.deepEqual(
      connectors.map(({ connector, type }: { connector: string; type: string }) => [connector, type]),
      [
        ['pbx1', 'asterisk'],
        ['pbx2', 'asterisk'],
      ],
    )
    assert.equal(connectors[1].findings[1].code, 'login-refused')
  })

  test('a connector that is not there, or none at all', async () => {
    const unknown = await doctor(['--connector', 'pbx9'])
    assert.equal(unknown.exitCode, 1)
    assert.match(unknown.stderr, /There is no connector pbx9\./)
    const empty = await mkdtemp(join(tmpdir(), 'callbook-doctor-none-'))
    try {
      const none = await doctor([], { cwd: empty })
      assert.equal(none.exitCode, 1)
      assert.match(none.stderr, /docs\/connect-asterisk\.md/)
      assert.match((await doctor([], { cwd: empty, language: 'zh_CN.UTF-8' })).stderr, /没有配置任何接入器/)
    } finally {
      await rm(empty, { recursive: true, force: true })
    }
  })
})

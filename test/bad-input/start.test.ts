// Places where the server cannot start: one clear sentence on standard error, exit code 1, nothing broken, no stack.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { sentenceOf } from '../../src/errors.ts'
import { mountReadOnly } from '../support/mounts.ts'

const CALLBOOK = resolve(import.meta.dirname, '../../callbook.js')
const NOBODY = 65_534
let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'callbook-start-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `callbook <command>`, expects it to fail, and gives back what it said. */
async function failure(
  settings: Record<string, string>,
  { command = ['serve'], uid }: { command?: string[]; uid?: number } = {},
): Promise<string> {
  const { promise, resolve: ended } = Promise.withResolvers<{ code: unknown; stderr: string }>()
  const env = { CALLBOOK_PORT: '0', CALLBOOK_ADMIN_PASSWORD: 'a long test password', ...settings }
  const asWhom = uid === undefined ? {} : { uid, gid: uid }
  execFile(
    process.execPath,
    [CALLBOOK, ...command],
    { cwd: folder, env, timeout: 30_000, ...asWhom },
    (error, _stdout, stderr) => ended({ code: error?.code ?? null, stderr }),
  )
  const { code, stderr } = await promise
  assert.equal(code, 1, stderr)
  assert.match(stderr, /^callbook: [^\n]+\n$/, 'not one sentence')
  assert.doesNotMatch(stderr, /bug in Callbook|\.ts:\d+|undefined/)
  return stderr
}

const fresh = (name: string) => {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

test('a port in use', async () => {
  const other = createServer()
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const said = await failure({ CALLBOOK_DATA: fresh('port'), CALLBOOK_PORT: String(port) })
  assert.equal(said, `callbook: ${sentenceOf('port-in-use', { port, host: '127.0.0.1' })}\n`)
  other.close()
})

test('a data folder that is a file, lies below a file, or cannot be made', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, 'not a folder')
  const nowhere = join(folder, 'link-to-nowhere')
  symlinkSync(join(folder, 'unplugged'), nowhere)
  for (const path of [file, join(file, 'below'), '/proc/callbook', nowhere, join(nowhere, 'data')]) {
    const said = await failure({ CALLBOOK_DATA: path })
    assert.ok(said.includes(`The data folder ${path} cannot be written`), said)
    assert.ok(said.includes('CALLBOOK_DATA'), said)
  }
  const key = await failure(
    { CALLBOOK_DATA: file },
    { command: ['key', 'create', '--name', 'x', '--scopes', 'calls:read'] },
  )
  assert.ok(key.includes('cannot be written'), key)
})

test('a data folder on a medium that cannot be written', async (t) => {
  const path = fresh('read-only')
  const mounted = mountReadOnly(path)
  if (!mounted) return t.skip('mounting needs root')
  t.after(() => mounted.unmount())
  const said = await failure({ CALLBOOK_DATA: path })
  assert.ok(said.includes(`The data folder ${path} cannot be written`), said)
})

test('a data folder that belongs to somebody else', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can become somebody else')
  chmodSync(folder, 0o755)
  const asNobody = { cwd: folder, uid: NOBODY, gid: NOBODY, stdio: 'ignore' } as const
  if (spawnSync(process.execPath, [CALLBOOK, '--version'], asNobody).status !== 0)
    return t.skip('this checkout is closed to others')
  const path = fresh('theirs')
  const said = await failure({ CALLBOOK_DATA: path }, { uid: NOBODY })
  assert.ok(said.includes(`The data folder ${path} cannot be written`), said)
  assert.ok(said.includes('permission denied'), said)
})

test('a database that is none, is damaged, or was made by a newer Callbook', async () => {
  const text = fresh('text')
  writeFileSync(
    join(text, 'callbook.db'),
    'this is not a database, but a text of more than sixteen bytes\n'.repeat(200),
  )
  const saidOfText = await failure({ CALLBOOK_DATA: text })
  assert.match(saidOfText, /not a database/)
  const newer = fresh('newer')
  const db = new DatabaseSync(join(newer, 'callbook.db'))
  db.exec('PRAGMA user_version = 9999')
  db.close()
  assert.match(await failure({ CALLBOOK_DATA: newer }), /newer Callbook/)
})

test('settings and a configuration file that make no sense, all mistakes at once', async () => {
  const data = fresh('settings')
  const said = await failure({
    CALLBOOK_DATA: data,
    CALLBOOK_PORT: 'eighty',
    CALLBOOK_TIME_ZONE: 'Mars/Base',
    CALLBOOK_CONFIG: 'nowhere.json',
  })
  assert.match(said, /CALLBOOK_PORT.*CALLBOOK_TIME_ZONE.*CALLBOOK_CONFIG/)
  const file = join(folder, 'broken.json')
  writeFileSync(file, '{"connectors": [')
  assert.match(await failure({ CALLBOOK_DATA: data, CALLBOOK_CONFIG: file }), /broken\.json/)
  writeFileSync(file, JSON.stringify({ connectors: [{ name: 'pbx1', type: 'telex' }] }))
  assert.match(await failure({ CALLBOOK_DATA: data, CALLBOOK_CONFIG: file }), /type/)
})

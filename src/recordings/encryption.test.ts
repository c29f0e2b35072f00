// Encrypted recordings as an administrator meets them: the real server as a process, with a file of keys that is turned on over
// plain recordings, rotated, lost and put back.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ServerProcess } from '../../test/support/server-process.ts'
import { tone, wavFile } from '../../test/support/wav-files.ts'
import type { CallDetailJson } from '../calls/call-json.ts'
import type { ExportJson } from '../exports/export-json.ts'

const WAV = Buffer.from(wavFile({ seconds: 20, audio: tone(20 * 16_000) }))

describe('recordings that are encrypted', () => {
  let server: ServerProcess
  let temporary: string
  let keyFile: string
  let settings: Record<string, string>
  const lines = () => readFileSync(keyFile, 'utf8').trim().split('\n')

  const callbook = (...words: string[]) =>
    spawnSync(process.execPath, ['callbook.js', ...words], {
      env: { ...process.env, CALLBOOK_DATA: server.folder, ...settings },
      encoding: 'utf8',
    })
  const answered = <T>(...words: string[]): T => JSON.parse(callbook('recordings', ...words, '--json').stdout) as T
  const makeKey = () => execFileSync(process.execPath, ['callbook.js', 'recordings', 'key', '--file', keyFile])
  const restart = async () => {
    await server.stop()
    await server.start()
  }
  const json = (body: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const take = async (id: string) => {
    const at = Date.now() - 60_000
    await server.api('/events', json([{ id: 's', callId: id, at, type: 'call-started', callType: 'inbound' }]))
    const sent = { method: 'PUT', body: WAV, headers: { 'content-type': 'audio/wav' } }
    assert.equal((await server.api(`/calls/${id}/recordings/1`, sent)).status, 201)
  }
  const get = (id: string, what = '', headers = {}) => server.api(`/calls/${id}/recordings/1${what}`, { headers })
  const heard = async (id: string) => {
    const answer = await get(id)
    assert.equal(answer.status, 200, await answer.clone().text())
    return Buffer.from(await answer.arrayBuffer())
  }
  const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code]
  const detail = async (id: string) =>
    ((await (await server.api(`/calls/${id}`)).json()) as CallDetailJson).recordings[0]
  const storedFiles = () => {
    const folder = join(server.folder, 'recordings')
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  }
  const isSealed = (path: string) => readFileSync(path).subarray(1, 9).toString() === 'CBSEALED'

  before(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'callbook-keys-'))
    const folder = join(temporary, 'data')
    server = await ServerProcess.start({ folder })
    await take('plain')
    assert.deepEqual(await heard('plain'), WAV)
    await server.close()
    keyFile = join(temporary, 'recordings.keys')
    makeKey()
    settings = { CALLBOOK_RECORDINGS_KEYS_FILE: keyFile, CALLBOOK_SCRUB_KB_PER_SECOND: '100000' }
    server = await ServerProcess.start({ folder, settings })
  })
  after(async () => {
    await server.close()
    rmSync(temporary, { recursive: true, force: true })
  })

  test('a key file is for its owner alone, and grows by a line for each key', () => {
    assert.equal(statSync(keyFile).mode & 0o777, 0o600)
    assert.equal(lines().length, 1)
    assert.match(lines()[0] ?? '', /^[A-Za-z0-9+/]{43}= {2}# \d{4}-\d\d-\d\d [0-9a-f]{16}$/)
  })

  test('taking in, hearing, ranges, peaks, silencing, verifying and exporting all work, and no file can be read', async () => {
    for (const id of ['a', 'b']) await take(id)
    assert.deepEqual(await heard('a'), WAV)
    for (let i = 0; i < 100; i++) {
      const first = Math.floor(Math.random() * WAV.length)
      const last = Math.min(WAV.length - 1, first + Math.floor(Math.random() * 150_000))
      const answer = await get('a', '', { range: `bytes=${first}-${last}` })
      assert.equal(answer.status, 206)
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), WAV.subarray(first, last + 1))
    }
    const peaks = (await (await get('a', '/peaks')).json()) as { data: number[] }
    assert.ok(peaks.data.some((value) => value !== 0))
    const silence = await server.api(
      '/calls/b/recordings/1/silence',
      json({ fromMs: 1_000, toMs: 2_000, reason: 'card number' }),
    )
    assert.equal(silence.status, 200, await silence.text())
    const silenced = await heard('b')
    assert.deepEqual(silenced.subarray(0, 44), WAV.subarray(0, 44))
    assert.ok(silenced.subarray(44 + 16_000, 44 + 32_000).every((byte) => byte === 0))
    for (const id of ['a', 'b', 'plain']) {
      const verified = await (await server.api(`/calls/${id}/recordings/1/verify`, { method: 'POST' })).json()
      assert.equal((verified as { outcome: string }).outcome, 'intact')
    }
    const asked = await server.api(
      '/exports',
      json({ kind: 'audio', search: { from: new Date(Date.now() - 86_400_000).toISOString() } }),
    )
    assert.ok(asked.ok, await asked.clone().text())
    let made = (await asked.json()) as ExportJson
    for (let i = 0; i < 200 && made.state !== 'done' && made.state !== 'failed'; i++) {
      await delay(50)
      made = (await (await server.api(`/exports/${made.id}`)).json()) as ExportJson
    }
    assert.equal(made.state, 'done', JSON.stringify(made))
    const zip = Buffer.from(await (await server.api(`/exports/${made.id}/file`)).arrayBuffer())
    assert.ok(zip.includes(WAV), 'the ZIP has the audio as it was taken in')
    for (const path of storedFiles()) if (!path.includes('plain')) assert.ok(isSealed(path), path)
  })

  test('turned on over plain recordings, all become encrypted beside the running server', async () => {
    const before = storedFiles().filter((path) => !isSealed(path))
    assert.ok(before.length > 0)
    const dry = answered<Record<string, number>>('rekey', '--dry-run')
    assert.deepEqual([dry['recordings'], dry['rekeyed']], [1, 0])
    assert.deepEqual(answered<Record<string, number>>('rekey')['rekeyed'], 1)
    assert.ok(storedFiles().every(isSealed))
    assert.deepEqual(await heard('plain'), WAV)
    assert.equal(answered<Record<string, number>>('rekey')['recordings'], 0)
    assert.equal(answered<Record<string, number>>('verify')['intact'], 3)
  })

  test('a lost key is told by a code of its own, changes no state, and is found by doctor; put back, all is well', async () => {
    const kept = readFileSync(keyFile, 'utf8')
    const [, keyId = ''] = / ([0-9a-f]{16})$/.exec(lines()[0] ?? '') ?? []
    writeFileSync(keyFile, '')
    makeKey()
    await restart()
    assert.deepEqual(await codeOf(await get('a')), [503, 'recording-key-missing'])
    assert.deepEqual(await codeOf(await get('a', '', { range: 'bytes=0-9' })), [503, 'recording-key-missing'])
    const verify = await server.api('/calls/a/recordings/1/verify', { method: 'POST' })
    assert.deepEqual(await codeOf(verify), [503, 'recording-key-missing'])
    const silence = json({ fromMs: 1, toMs: 2_000, reason: 'x' })
    assert.deepEqual(await codeOf(await server.api('/calls/a/recordings/1/silence', silence)), [
      503,
      'recording-key-missing',
    ])
    // Its peaks are under the lost key, too.
    assert.deepEqual(await codeOf(await get('a', '/peaks')), [503, 'recording-key-missing'])
    // The scrub passes it by.
    await delay(1_500)
    const told = await detail('a')
    assert.deepEqual([told?.state, told?.lockedBy], ['available', keyId])
    const checked = answered<Record<string, number>>('verify')
    assert.deepEqual([checked['locked'], checked['damaged'], checked['missing']], [3, 0, 0])
    const rekeyed = answered<Record<string, number>>('rekey')
    assert.deepEqual([rekeyed['locked'], rekeyed['rekeyed']], [3, 0])
    const keys = callbook('recordings', 'keys', '--json')
    assert.equal(keys.status, 1)
    const found = (JSON.parse(keys.stdout) as { keys: { keyId: string; isThere: boolean; recordings: number }[] }).keys
    assert.deepEqual(
      found.filter(({ isThere }) => !isThere).map(({ keyId, recordings }) => [keyId, recordings]),
      [[keyId, 3]],
    )
    const doctor = callbook('doctor')
    assert.match(doctor.stdout, new RegExp(`3 recordings are encrypted with key ${keyId}`))
    assert.match(server.log(), new RegExp(`"keyId":"${keyId}"`))
    // New ones come in under the new key meanwhile.
    await take('meanwhile')
    assert.deepEqual(await heard('meanwhile'), WAV)

    writeFileSync(keyFile, `${kept}${readFileSync(keyFile, 'utf8')}`)
    await restart()
    assert.deepEqual(await heard('a'), WAV)
    assert.equal((await detail('a'))?.lockedBy, null)
  })

  test('rotation: the new key writes, the old one can go once no recording names it', async () => {
    assert.equal(lines().length, 2)
    assert.deepEqual(answered<Record<string, number>>('rekey')['rekeyed'], 3)
    const [, newest = ''] = lines()
    writeFileSync(keyFile, `${newest}\n`)
    await restart()
    for (const id of ['a', 'plain', 'meanwhile']) assert.deepEqual(await heard(id), WAV)
    assert.equal(callbook('recordings', 'keys').status, 0)
    assert.equal((await get('a', '/peaks')).status, 200)
  })

  test('an encrypted file that was changed is damaged, from the first listener on', async () => {
    const path = storedFiles().find((one) => /\/a-1\.wav$/.test(one)) ?? ''
    const bytes = readFileSync(path)
    const changed = Buffer.from(bytes)
    changed[200] = (changed[200] ?? 0) ^ 1
    writeFileSync(path, changed)
    assert.deepEqual(await codeOf(await get('a')), [409, 'recording-damaged'])
    assert.equal((await detail('a'))?.state, 'damaged')
    writeFileSync(path, bytes)
    await server.api('/calls/a/recordings/1/verify', { method: 'POST' })
    assert.deepEqual(await heard('a'), WAV)
  })

  test('turned off, new ones are plain, the others are read, and rekey decrypts them', async () => {
    settings = { ...settings, CALLBOOK_RECORDINGS_ENCRYPTION: 'off' }
    const { folder } = server
    await server.close()
    server = await ServerProcess.start({ folder, settings })
    await take('off')
    for (const id of ['a', 'off']) assert.deepEqual(await heard(id), WAV)
    assert.ok(answered<Record<string, number>>('rekey')['rekeyed'] === 4)
    assert.ok(!storedFiles().some(isSealed))
    assert.deepEqual(await heard('a'), WAV)
  })

  test('no key was ever written to a log', () => {
    for (const line of lines()) {
      const [key = ''] = line.split(' ')
      assert.ok(!server.log().includes(key))
      assert.ok(!server.log().includes(Buffer.from(key, 'base64').toString('hex')))
    }
  })
})

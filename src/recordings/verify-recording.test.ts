import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { wavFile } from '../../test/support/wav-files.ts'
import { AppError } from '../errors.ts'
import { Scrub } from './scrub.ts'
import type { RecordingStorage } from './storage/recording-storage.ts'
import type { VerificationJson } from './verify-routes.ts'

const silent = pino({ level: 'silent' })

describe('verifying recordings', () => {
  let server: RecordingServer
  let headers: Record<string, string>
  const wav = wavFile({ seconds: 3 })
  const urlOf = (id: string, what = '') => `${server.origin}/api/v1/calls/${id}/recordings/1${what}`
  const pathOf = (id: string) => join(server.folder, 'recordings', 'default', '2026-11-23', `${id}-1.wav`)
  const verify = (id: string) => fetch(urlOf(id, '/verify'), { method: 'POST', headers })
  const outcomeOf = async (id: string) => ((await (await verify(id)).json()) as VerificationJson).outcome
  const stateOf = async (id: string) => (await server.store.calls.call('default', id))?.recordings[0]?.state
  const take = async (id: string) => {
    await server.call(id)
    const sent = { ...headers, 'content-type': 'audio/wav' }
    assert.equal((await fetch(urlOf(id), { method: 'PUT', body: wav, headers: sent })).status, 201)
  }
  const change = async (id: string) => {
    const bytes = await readFile(pathOf(id))
    bytes[1_000] = (bytes[1_000] ?? 0) ^ 1
    await writeFile(pathOf(id), bytes)
  }

  before(async () => {
    server = await startRecordingServer()
    headers = await server.key('recordings:read', 'recordings:write')
  })
  after(() => server.close())

  test('an untouched file is intact, and the answer says by which hash and since when', async () => {
    await take('intact')
    const answer = (await (await verify('intact')).json()) as VerificationJson
    const row = await server.store.recordings.recording('default', 'intact', 1)
    assert.equal(answer.outcome, 'intact')
    assert.equal(answer.sha256, row?.sha256)
    assert.equal(answer.expectedSha256, row?.sha256)
    assert.equal(Date.parse(answer.storedAt), row?.storedAt)
    assert.equal(await stateOf('intact'), 'available')
  })

  test('one changed bit makes it damaged, which is told in its record; put right again it is available', async () => {
    await take('bit')
    await change('bit')
    assert.equal(await outcomeOf('bit'), 'damaged')
    assert.equal(await stateOf('bit'), 'damaged')
    const refused = await fetch(urlOf('bit'), { headers })
    assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [409, 'recording-damaged'])
    const call = await server.store.calls.call('default', 'bit')
    assert(call?.steps.some(({ type }) => type === 'recording-damaged'))
    await writeFile(pathOf('bit'), wav)
    assert.equal(await outcomeOf('bit'), 'intact')
    assert.equal(await stateOf('bit'), 'available')
    assert.equal((await fetch(urlOf('bit'), { headers })).status, 200)
  })

  test('a file that is gone is missing, and available again when it is back', async () => {
    await take('gone')
    await rename(pathOf('gone'), `${pathOf('gone')}.away`)
    assert.equal(await outcomeOf('gone'), 'missing')
    assert.equal(await stateOf('gone'), 'missing')
    await rename(`${pathOf('gone')}.away`, pathOf('gone'))
    assert.equal(await outcomeOf('gone'), 'intact')
    assert.equal(await stateOf('gone'), 'available')
  })

  test('a deleted one, one that never was, and a call nobody may see are refused', async () => {
    assert.equal((await verify('nowhere')).status, 404)
    await server.call('none')
    assert.equal((await verify('none')).status, 404)
    await take('deleted')
    const row = await server.store.recordings.recording('default', 'deleted', 1)
    assert(row)
    await server.ingest.append(
      { instance: 'default', source: 'test' },
      [{ id: 'd', callId: 'deleted', at: server.clock.now, type: 'recording-deleted', n: 1, because: 'asked for' }],
      [{ ...row, state: 'deleted' }],
    )
    assert.equal((await verify('deleted')).status, 410)
    assert.equal((await fetch(urlOf('intact', '/verify'), { method: 'POST' })).status, 401)
  })

  test('the scrub looks at every recording, those looked at longest ago first, and tells what it finds', async () => {
    for (const id of ['scrub-1', 'scrub-2', 'scrub-3']) await take(id)
    await change('scrub-2')
    await rename(pathOf('scrub-3'), `${pathOf('scrub-3')}.away`)
    const { recordings } = server.store
    const due = async () =>
      (await recordings.recordingsToVerify('default', { storage: 'folder', keyId: null }, Date.now() + 1_000, 100)).map(
        (r) => r.callId,
      )
    const before = await due()
    // Those that were verified above come after those that never were.
    assert(before.indexOf('scrub-1') < before.length)
    const scrub = new Scrub({
      instances: ['default'],
      store: server.store,
      ingest: server.ingest,
      storages: server.recordings.storages,
      bytesPerSecond: 100_000_000,
      log: silent,
      now: Date.now,
      everyMs: -1_000,
    })
    assert.equal(await scrub.pass('default'), before.length)
    assert.deepEqual(await Promise.all(['scrub-1', 'scrub-2', 'scrub-3'].map(stateOf)), [
      'available',
      'damaged',
      'missing',
    ])
    await scrub.close()
    assert.deepEqual(
      await recordings.recordingsToVerify('default', { storage: 'folder', keyId: null }, Date.now() - 60_000, 100),
      [],
    )
  })

  test('what lies in a storage that is away, and a file that cannot be read, keep no other from the scrub', async () => {
    const { store, ingest, recordings } = server
    const [folder] = recordings.storages.all
    assert(folder)
    const gone = (): never => {
      throw new AppError('store-unavailable', { detail: 'the bucket cannot be reached' })
    }
    const bucket: RecordingStorage = {
      ...folder,
      name: 's3',
      open: async () => gone(),
      health: async () => ({ away: 'the bucket cannot be reached', freeBytes: null }),
    }
    for (const id of ['far', 'unreadable', 'changed']) await take(id)
    const rowOf = async (id: string) => {
      const row = await store.recordings.recording('default', id, 1)
      assert(row)
      return row
    }
    // Older than all others, and more than are looked at in one go.
    for (let i = 0; i < 25; i++)
      await ingest.append(
        { instance: 'default', source: 'test' },
        [],
        [{ ...(await rowOf('far')), callId: `far-${i}`, path: `far-${i}`, storage: 's3', storedAt: 1_000 + i }],
      )
    await store.recordings.noteUnread(await rowOf('unreadable'), 1)
    await change('changed')
    const unreadable = (await rowOf('unreadable')).path
    const home: RecordingStorage = { ...folder, open: async (key) => (key === unreadable ? gone() : folder.open(key)) }
    const all = [bucket, home]
    const scrub = new Scrub({
      instances: ['default'],
      store,
      ingest,
      storages: { all, of: ({ storage }) => (storage === 's3' ? bucket : home) },
      bytesPerSecond: 100_000_000,
      log: silent,
      now: Date.now,
      everyMs: -60_000,
    })
    let passes = 0
    while ((await stateOf('changed')) !== 'damaged' && passes < 5) {
      await scrub.pass('default')
      passes++
    }
    await scrub.close()
    assert(passes <= 2, `after ${passes} passes`)
    assert.equal(await stateOf('unreadable'), 'available', 'a file that cannot be read is not damaged')
    assert.equal((await rowOf('far-0')).state, 'available')
    const [first] = await store.recordings.recordingsToVerify(
      'default',
      { storage: 'folder', keyId: null },
      Date.now() + 99_000,
      1,
    )
    assert.notEqual(first?.callId, 'unreadable', 'it stands behind others now')
  })

  test('the file as it came, kept beside a decoded one, is held against its hash too', async () => {
    await take('decoded')
    const row = await server.store.recordings.recording('default', 'decoded', 1)
    assert(row)
    const original = Buffer.from('as it came')
    const originalSha256 = createHash('sha256').update(original).digest('hex')
    await server.ingest.append({ instance: 'default', source: 'test' }, [], [{ ...row, originalSha256 }])
    const verified = async () => {
      const { outcome, original } = (await (await verify('decoded')).json()) as VerificationJson
      return [outcome, original]
    }
    assert.deepEqual(await verified(), ['intact', 'missing'])
    await writeFile(`${pathOf('decoded')}.original`, original)
    assert.deepEqual(await verified(), ['intact', 'intact'])
    await writeFile(`${pathOf('decoded')}.original`, 'something else')
    assert.deepEqual(await verified(), ['intact', 'damaged'])
    assert.equal(await stateOf('decoded'), 'available')
  })
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startRecordingServer } from '../../../test/support/recording-server.ts'
import { ServerProcess } from '../../../test/support/server-process.ts'
import { bucketIn, noSwiftBecause, type SwiftServer, startSwift } from '../../../test/support/swift-server.ts'
import { wavFile } from '../../../test/support/wav-files.ts'
import { type BucketSettings, readBucketAddress } from '../../bucket-address.ts'
import { makeRecordingKey } from '../../recording-keys.ts'
import { openEmbeddedStore } from '../../store/embedded/embedded-store.ts'
import type { S3Times } from './s3-requests.ts'
import { s3Storage } from './s3-storage.ts'
import { putBytes, spoolIn } from './spool.ts'

const skip = noSwiftBecause()
const impatient: S3Times = { stillMs: 20_000, tries: 2, waitMs: 1 }

describe('a bucket of recordings', skip === null ? {} : { skip }, () => {
  let swift: SwiftServer
  let settings: BucketSettings
  let folder: string
  before(async () => {
    swift = await startSwift()
    settings = await bucketIn(swift, 'heard')
    folder = await mkdtemp(join(tmpdir(), 'callbook-s3-'))
  })
  after(async () => {
    await swift?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  test('a file too large for one request goes up in parts and comes back as it was', async (t) => {
    const storage = s3Storage(settings, { partsAboveBytes: 6_000_000, partBytes: 5 * 1024 ** 2 })
    t.after(() => storage.close())
    const bytes = randomBytes(12_000_000)
    await putBytes({ storage, spool: spoolIn(folder) }, 'default/large-1.wav', bytes)
    const file = await storage.open('default/large-1.wav')
    assert.equal(file?.sizeBytes, bytes.length)
    const pieces: Uint8Array[] = []
    for await (const piece of file.read({ offset: 5_000_000, length: 1_000_000 })) pieces.push(piece)
    assert.deepEqual(Buffer.concat(pieces), bytes.subarray(5_000_000, 6_000_000))
  })

  test('bytes that are not what was announced are refused by the bucket', async (t) => {
    const storage = s3Storage(settings, { times: impatient })
    t.after(() => storage.close())
    const spooled = await spoolIn(folder).newFile()
    await spooled.file.writeFile('what came')
    const facts = { sizeBytes: 9, sha256: '0'.repeat(64) }
    await assert.rejects(storage.put('default/other-1.wav', spooled.path, facts), { code: 'store-unavailable' })
    assert.equal(await storage.stat('default/other-1.wav'), null)
    await spooled.discard()
  })

  test('a wrong key, and a bucket that is not there, are states and say nothing about a file', async (t) => {
    const wrongKey = { ...settings, keys: { ...settings.keys, secretKey: 'another' } }
    for (const [wrong, why] of [
      [wrongKey, /403 SignatureDoesNotMatch/],
      [{ ...settings, bucket: 'nowhere' }, /404/],
    ] as const) {
      const storage = s3Storage(wrong, { times: impatient })
      t.after(() => storage.close())
      await assert.rejects(storage.stat('default/a-1.wav'), { code: 'store-unavailable' })
      await assert.rejects(storage.open('default/a-1.wav'), { code: 'store-unavailable' })
      await assert.rejects(
        (async () => {
          for await (const _ of storage.list(''));
        })(),
        why,
      )
      assert.notEqual((await storage.health()).away, null)
    }
  })

  test('a server with a bucket takes in, hands out and waits for it while it is away', async (t) => {
    const server = await startRecordingServer({ bucket: { ...settings, prefix: 'server/' } })
    t.after(() => server.close())
    const wav = wavFile({ seconds: 60 })
    const headers = { ...(await server.key('recordings:write', 'recordings:read')), 'content-type': 'audio/wav' }
    const urlOf = (id: string) => `${server.origin}/api/v1/calls/${id}/recordings/1`
    const put = (id: string) => fetch(urlOf(id), { method: 'PUT', body: wav, headers })
    await server.call('kept')
    await server.call('waits')
    assert.equal((await put('kept')).status, 201)
    assert.equal((await server.store.recordings.recording('default', 'kept', 1))?.storage, 's3')
    assert.deepEqual(await server.stored(), [], 'nothing stays in the spool')
    const heard = async (range: string) => {
      const answer = await fetch(urlOf('kept'), { headers: { ...headers, range } })
      assert.equal(answer.status, 206)
      return Buffer.from(await answer.arrayBuffer())
    }
    assert.deepEqual(await heard('bytes=1000-200999'), Buffer.from(wav.subarray(1_000, 201_000)))
    await swift.pause()
    assert.equal((await fetch(urlOf('kept'), { headers })).status, 503)
    assert.equal((await put('waits')).status, 503)
    assert.deepEqual(await server.stored(), [])
    const kept = await server.store.calls.call('default', 'kept')
    assert.equal(kept?.recordings[0]?.state, 'available', 'a bucket that is away says nothing about a file')
    await swift.resume()
    assert.equal((await put('waits')).status, 201)
    assert.deepEqual(await heard('bytes=-44'), Buffer.from(wav.subarray(-44)))
  })

  for (const isEncrypted of [false, true])
    test(`${isEncrypted ? 'encrypted ' : ''}recordings are moved to the bucket and back beside a running server, by the command line`, async (t) => {
      const [first, second] = [makeRecordingKey().line, makeRecordingKey().line]
      const keysOf = (text: string) => (isEncrypted ? { CALLBOOK_RECORDINGS_KEYS: text } : undefined)
      const keys = keysOf(`${first},${second}`)
      const server = await ServerProcess.start({ settings: { ...moveSettings(settings), ...keys } })
      t.after(() => server.close())
      const wav = wavFile({ seconds: 5 })
      const ids = ['move-1', 'move-2', 'move-3']
      const heard = async (id: string) => {
        const answer = await server.api(`/calls/${id}/recordings/1`)
        assert.equal(answer.status, 200, await answer.clone().text())
        return Buffer.from(await answer.arrayBuffer())
      }
      for (const id of ids) {
        const at = Date.now() - 60_000
        const event = { id: 's', callId: id, at, type: 'call-started', callType: 'inbound' }
        const headers = { 'content-type': 'application/json' }
        await server.api('/events', { method: 'POST', headers, body: JSON.stringify([event]) })
        const sent = { method: 'PUT', body: wav, headers: { 'content-type': 'audio/wav' } }
        assert.equal((await server.api(`/calls/${id}/recordings/1`, sent)).status, 201)
      }
      const env = { ...process.env, CALLBOOK_DATA: server.folder, ...moveSettings(settings), ...keys }
      const callbook = (...words: string[]) =>
        JSON.parse(
          execFileSync(process.execPath, ['callbook.js', 'recordings', ...words, '--json'], { env }).toString(),
        )
      const counted = ({ recordings, moved, missing, damaged }: Record<string, number>) => [
        recordings,
        moved,
        missing,
        damaged,
      ]
      assert.deepEqual(counted(callbook('move', '--to', 's3', '--dry-run')), [3, 0, 0, 0])
      assert.deepEqual(counted(callbook('move', '--to', 's3')), [3, 3, 0, 0])
      for (const id of ids) assert.deepEqual(await heard(id), Buffer.from(wav))
      const { looked, intact } = callbook('verify')
      assert.deepEqual([looked, intact], [3, 3])
      const bucket = s3Storage({ ...settings, prefix: 'moved/' })
      t.after(() => bucket.close())
      const beginnings: string[] = []
      for await (const { key } of bucket.list('')) {
        const file = await bucket.open(key)
        assert(file)
        const pieces = await Array.fromAsync(file.read({ offset: 0, length: 9 }))
        beginnings.push(Buffer.concat(pieces).toString('latin1').slice(1))
      }
      const isWav = (text: string) => text.startsWith('IFF')
      assert.ok(beginnings.length >= 3)
      if (isEncrypted) {
        assert.ok(beginnings.every((text) => text === 'CBSEALED'))
        // The other key is the newest now; what is in the bucket gets it.
        const env = {
          ...process.env,
          CALLBOOK_DATA: server.folder,
          ...moveSettings(settings),
          ...keysOf(`${second},${first}`),
        }
        const rekey = ['callbook.js', 'recordings', 'rekey', '--json']
        const { rekeyed, keyId } = JSON.parse(execFileSync(process.execPath, rekey, { env }).toString())
        assert.equal(rekeyed, 3)
        for (const id of ids) assert.deepEqual(await heard(id), Buffer.from(wav))
        assert.equal((await storeRow(server.folder, 'move-1'))?.keyId, keyId)
      } else assert.ok(beginnings.filter(isWav).length === 3)
      assert.deepEqual(counted(callbook('move', '--to', 'folder')), [3, 3, 0, 0])
      for (const id of ids) assert.deepEqual(await heard(id), Buffer.from(wav))
      const storage = s3Storage({ ...settings, prefix: 'moved/' })
      t.after(() => storage.close())
      for await (const file of storage.list('')) assert.fail(`${file.key} was left in the bucket`)
    })

  test('a server that went away and came back is used again', async (t) => {
    const storage = s3Storage(settings, { times: impatient })
    t.after(() => storage.close())
    const put = () => putBytes({ storage, spool: spoolIn(folder) }, 'default/again-1.wav', randomBytes(1_000))
    await put()
    await swift.pause()
    await assert.rejects(put(), { code: 'store-unavailable', message: /cannot be reached \(ECONNREFUSED\)/ })
    assert.match((await storage.health()).away ?? '', /cannot be reached/)
    await swift.resume()
    await put()
    assert.equal((await storage.health()).away, null)
  })
})

test('the address of a bucket says where it is, and mistakes in it are told', () => {
  assert.deepEqual(readBucketAddress('s3://calls/main/2026?endpoint=http://127.0.0.1:9000&region=eu-1'), {
    bucket: 'calls',
    prefix: 'main/2026/',
    endpoint: new URL('http://127.0.0.1:9000'),
    region: 'eu-1',
    style: 'path',
  })
  assert.deepEqual(readBucketAddress('s3://calls'), {
    bucket: 'calls',
    prefix: '',
    endpoint: new URL('https://s3.us-east-1.amazonaws.com'),
    region: 'us-east-1',
    style: 'host',
  })
  for (const wrong of [
    'calls',
    'http://calls',
    's3://',
    's3://A_b',
    's3://calls/../x?',
    's3://calls/a b',
    's3://key:secret@calls',
    's3://calls?endpoint=ftp://x',
    's3://calls?endpoint=http://x/y',
    's3://calls?style=odd',
    's3://calls?endpiont=http://x',
  ]) {
    const read = readBucketAddress(wrong)
    if (wrong.includes('..')) assert.deepEqual('mistake' in read ? null : read.prefix, 'x/')
    else assert('mistake' in read, wrong)
    assert(!JSON.stringify(read).includes('secret@'), wrong)
  }
})

async function storeRow(folder: string, callId: string) {
  const store = await openEmbeddedStore({ folder, readers: 1 })
  try {
    return await store.recordings.recording('default', callId, 1)
  } finally {
    await store.close()
  }
}

/** New recordings go to the folder, and the bucket is there to be moved to. */
function moveSettings({ bucket, endpoint, keys }: BucketSettings): Record<string, string> {
  return {
    CALLBOOK_RECORDINGS_URL: `s3://${bucket}/moved?endpoint=${endpoint.origin}`,
    CALLBOOK_RECORDINGS_IN: 'folder',
    CALLBOOK_S3_ACCESS_KEY: keys.accessKey,
    CALLBOOK_S3_SECRET_KEY: keys.secretKey,
  }
}

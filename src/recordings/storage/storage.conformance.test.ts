// One suite for every storage of recordings: what a storage must do. Run against real ones.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { bucketIn, noSwiftBecause, startSwift } from '../../../test/support/swift-server.ts'
import { makeRecordingKey, readRecordingKeys } from '../../recording-keys.ts'
import { encryptedStorage } from './encrypted-storage.ts'
import { folderStorage } from './folder-storage.ts'
import { companionKey, type RecordingStorage, removeRecording } from './recording-storage.ts'
import { s3Storage } from './s3-storage.ts'
import { putBytes, type Spool, spoolIn } from './spool.ts'

interface Opened {
  storage: RecordingStorage
  close(): Promise<void>
}

interface Implementation {
  name: string
  /** Why it cannot be tried here. */
  skip: string | null
  /** What is held open stays as it was when another takes its key. */
  keepsHeld: boolean
  open(folder: string): Promise<Opened>
}

const kept: Implementation[] = [
  {
    name: 'folder',
    skip: null,
    keepsHeld: true,
    open: async (folder) => ({ storage: folderStorage(folder), close: async () => undefined }),
  },
  {
    name: 'bucket',
    skip: noSwiftBecause(),
    keepsHeld: false,
    open: async () => {
      const swift = await startSwift()
      const bucket = await bucketIn(swift, 'recordings')
      const storage = s3Storage({ ...bucket, prefix: 'callbook/main/' })
      const close = async () => {
        storage.close()
        await swift.close()
      }
      return { storage, close }
    },
  },
]

/** The same, encrypted. */
const encrypted = kept.map((one): Implementation => {
  const open = async (folder: string) => {
    const { storage, close } = await one.open(folder)
    const keys = readRecordingKeys(makeRecordingKey().line)
    assert(!('mistake' in keys))
    return { storage: encryptedStorage(storage, { keys, spool: spoolIn(join(folder, '.spool-sealed')) }), close }
  }
  return { ...one, name: `${one.name}, encrypted`, open }
})
const implementations = [...kept, ...encrypted]

for (const { name, skip, keepsHeld, open } of implementations) {
  describe(`recordings in a ${name}`, skip === null ? {} : { skip }, () => {
    let folder: string
    let spool: Spool
    let opened: Opened
    let storage: RecordingStorage
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'callbook-storage-'))
      spool = spoolIn(join(folder, '.spool'))
      opened = await open(folder)
      storage = opened.storage
    })
    after(async () => {
      await opened?.close()
      await rm(folder, { recursive: true, force: true })
    })

    const put = (key: string, bytes: Uint8Array) => putBytes({ storage, spool }, key, bytes)
    const whole = (key: string) => readWhole(storage, key)
    const keysBelow = async (prefix: string) => {
      const keys: string[] = []
      for await (const file of storage.list(prefix)) keys.push(file.key)
      return keys.sort()
    }

    test('what was put is there whole, and what comes again takes its place', async () => {
      const key = 'default/2026-11-23/1795399913.0-1.wav'
      const bytes = randomBytes(300_000)
      assert.equal(await storage.stat(key), null)
      assert.equal(await storage.open(key), null)
      await put(key, bytes)
      assert.deepEqual(await storage.stat(key), { key, sizeBytes: bytes.length })
      assert.deepEqual(await whole(key), bytes)
      const other = randomBytes(1_000)
      await put(key, other)
      assert.deepEqual(await whole(key), other)
    })

    test('an empty file is a file', async () => {
      const key = 'default/2026-11-23/empty-1.wav'
      await put(key, new Uint8Array(0))
      assert.deepEqual(await storage.stat(key), { key, sizeBytes: 0 })
      assert.deepEqual(await whole(key), Buffer.alloc(0))
    })

    test('any piece is the slice of the whole', async () => {
      const key = 'default/2026-11-23/pieces-1.wav'
      const bytes = randomBytes(400_003)
      await put(key, bytes)
      const file = await storage.open(key)
      assert(file)
      const pieces = [
        [0, 1],
        [400_002, 1],
        [131_071, 2],
        [131_072, 131_072],
        [7, 399_000],
        [399_999, 4],
        [5, 0],
      ] as const
      for (const [offset, length] of pieces)
        assert.deepEqual(await collect(file.read({ offset, length })), bytes.subarray(offset, offset + length))
      await file.close()
      await file.close()
    })

    test('a file held open is never mixed with another that takes its key', async () => {
      const key = 'default/2026-11-23/held-1.wav'
      const bytes = randomBytes(200_000)
      await put(key, bytes)
      const file = await storage.open(key)
      assert(file)
      await put(key, randomBytes(10))
      // A folder keeps the old one as long as it is held, a bucket does not.
      const heard = collect(file.read({ offset: 0, length: bytes.length }))
      if (keepsHeld) assert.deepEqual(await heard, bytes)
      else await assert.rejects(heard, { code: 'store-unavailable' })
      await file.close()
    })

    test('reading ends when it is aborted', async () => {
      const key = 'default/2026-11-23/aborted-1.wav'
      await put(key, randomBytes(1_000_000))
      const file = await storage.open(key)
      assert(file)
      const stop = new AbortController()
      let seen = 0
      for await (const bytes of file.read({ offset: 0, length: 1_000_000 }, stop.signal)) {
        seen += bytes.length
        stop.abort()
      }
      assert(seen > 0 && seen < 1_000_000, `${seen} bytes`)
      await file.close()
    })

    test('what is removed is gone, and removing it again is fine', async () => {
      const key = 'default/2026-11-24/removed-1.wav'
      await put(key, randomBytes(100))
      await storage.remove(key)
      assert.equal(await storage.stat(key), null)
      await storage.remove(key)
      await storage.remove('default/2026-11-25/never-there-1.wav')
    })

    test('a recording is removed with all that lies beside it, and nothing else is', async () => {
      const key = 'gone/2026-11-23/a-1.wav'
      await put(key, randomBytes(100))
      await put(companionKey(key, 'peaks'), randomBytes(10))
      await put(companionKey(key, 'original'), randomBytes(10))
      await put('gone/2026-11-23/a-11.wav', randomBytes(10))
      const storages = { of: () => storage }
      for (let i = 0; i < 2; i++) await removeRecording(storages, { storage: storage.name, path: key })
      assert.deepEqual(await keysBelow('gone/'), ['gone/2026-11-23/a-11.wav'])
    })

    test('lists what lies below a prefix, and nothing half there', async () => {
      const keys = ['listed/2026-11-23/a-1.wav', 'listed/2026-11-23/a-1.wav.peaks', 'listed/2026-11-24/b-1.wav']
      for (const key of keys) await put(key, randomBytes(10))
      const half = await spool.newFile()
      await half.file.write('half')
      assert.deepEqual(await keysBelow('listed/'), keys)
      assert.deepEqual(await keysBelow('listed/2026-11-23/a-1.wav.'), [keys[1]])
      assert.deepEqual(await keysBelow('nothing/here'), [])
      const all = await keysBelow('')
      for (const key of keys) assert(all.includes(key))
      assert(!all.some((key) => key.includes('spool')))
      await half.discard()
    })

    test('many puts at once, and to one key, each leave whole files', async () => {
      const files = Array.from({ length: 20 }, (_, i) => ({
        key: `many/2026-11-23/${i}-1.wav`,
        bytes: randomBytes(5_000 + i),
      }))
      await Promise.all(files.map(({ key, bytes }) => put(key, bytes)))
      for (const { key, bytes } of files) assert.deepEqual(await whole(key), bytes)
      const rivals = Array.from({ length: 5 }, () => randomBytes(50_000))
      await Promise.all(rivals.map((bytes) => put('many/2026-11-23/one-1.wav', bytes)))
      const won = await whole('many/2026-11-23/one-1.wav')
      assert(rivals.some((bytes) => won?.equals(bytes)))
    })

    test('says that it is well', async () => {
      assert.equal((await storage.health()).away, null)
    })
  })
}

describe('a folder of recordings', () => {
  test('keys that leave it are refused, whoever wrote them down', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'callbook-storage-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const storage = folderStorage(folder)
    for (const key of ['../x', '/etc/passwd', 'a/../../x', '', '.'])
      await assert.rejects(storage.open(key), /leaves its folder/, key)
  })

  test('when it is away no file counts as gone', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'callbook-storage-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const storage = folderStorage(join(folder, 'away'))
    await assert.rejects(storage.stat('default/x-1.wav'), { code: 'store-unavailable' })
    await assert.rejects(storage.open('default/x-1.wav'), { code: 'store-unavailable' })
    await assert.rejects(storage.remove('default/x-1.wav'), { code: 'store-unavailable' })
    assert.match((await storage.health()).away ?? '', /away/)
  })

  test('a link is not followed', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'callbook-storage-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    await writeFile(join(folder, 'secret'), 'not a recording')
    await symlink(join(folder, 'secret'), join(folder, 'a-1.wav'))
    assert.equal(await folderStorage(folder).open('a-1.wav'), null)
  })
})

async function readWhole(storage: RecordingStorage, key: string): Promise<Buffer | null> {
  const file = await storage.open(key)
  if (!file) return null
  try {
    return await collect(file.read({ offset: 0, length: file.sizeBytes }))
  } finally {
    await file.close()
  }
}

async function collect(audio: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of audio) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

// What an attacker with the storage in hand can do to encrypted recordings, and what the keys give away.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, beforeEach, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { readConfig } from '../../config.ts'
import { AppError } from '../../errors.ts'
import { makeRecordingKey, NO_KEYS, type RecordingKeys, readRecordingKeys } from '../../recording-keys.ts'
import { type EncryptedStorage, encryptedStorage } from './encrypted-storage.ts'
import { folderStorage } from './folder-storage.ts'
import type { RecordingStorage } from './recording-storage.ts'
import { CHUNK_BYTES, HEADER_BYTES, SEALED_CHUNK_BYTES } from './sealed-format.ts'
import { putBytes, type Spool, spoolIn } from './spool.ts'

const KEY = 'default/2026-11-23/a-1.wav'
const [first, second] = [makeRecordingKey().line, makeRecordingKey().line]
let folder: string
let spool: Spool
let plain: RecordingStorage
let storage: EncryptedStorage

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbook-sealed-'))
  spool = spoolIn(join(folder, '.spool'))
  plain = folderStorage(folder)
})
beforeEach(() => {
  storage = withKeys(first)
})
process.once('exit', () => void rm(folder, { recursive: true, force: true }))

function keysOf(...lines: string[]): RecordingKeys {
  const keys = readRecordingKeys(lines.join('\n'))
  assert(!('mistake' in keys))
  return keys
}

function withKeys(...lines: string[]): EncryptedStorage {
  return encryptedStorage(plain, { keys: keysOf(...lines), spool })
}

const pathOf = (key: string) => join(folder, key)
const put = (bytes: Uint8Array, key = KEY, to: RecordingStorage = storage) =>
  putBytes({ storage: to, spool }, key, bytes)

async function read(from: RecordingStorage, key = KEY, piece?: { offset: number; length: number }): Promise<Buffer> {
  const file = await from.open(key)
  assert(file)
  try {
    const bytes = file.read(piece ?? { offset: 0, length: file.sizeBytes })
    return Buffer.concat((await Array.fromAsync(bytes)).map((one) => Buffer.from(one)))
  } finally {
    await file.close()
  }
}

test('any piece of a file of any length is the slice of what was put', async () => {
  const around = (n: number) => fc.integer({ min: Math.max(0, n - 2), max: n + 2 })
  const sizes = fc.oneof(around(0), around(CHUNK_BYTES), around(2 * CHUNK_BYTES), fc.integer({ min: 0, max: 400_000 }))
  await fc.assert(
    fc.asyncProperty(sizes, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }), async (size, pieces) => {
      const bytes = randomBytes(size)
      await put(bytes)
      assert.deepEqual(await read(storage), bytes)
      assert.deepEqual(await storage.stat(KEY), { key: KEY, sizeBytes: size })
      for (const [a, b] of pieces) {
        const offset = a % (size + 1)
        const length = b % (size - offset + 1)
        assert.deepEqual(await read(storage, KEY, { offset, length }), bytes.subarray(offset, offset + length))
      }
    }),
    { numRuns: 40 },
  )
})

test('nothing of what was put can be read from the storage, and the same again is not the same there', async () => {
  const bytes = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(200_000, 'card number 4111')])
  await put(bytes)
  const once = await readFile(pathOf(KEY))
  assert(!once.includes('RIFF') && !once.includes('4111'))
  await put(bytes)
  const again = await readFile(pathOf(KEY))
  for (let at = HEADER_BYTES; at + 16 < again.length; at += SEALED_CHUNK_BYTES)
    assert(!again.subarray(at, at + 16).equals(once.subarray(at, at + 16)), 'no nonce comes twice under one key')
})

test('whatever is changed, moved, exchanged, added or cut off is found, and is damage, not a lost key', async () => {
  const [bytes, others] = [randomBytes(3 * CHUNK_BYTES), randomBytes(3 * CHUNK_BYTES)]
  await put(bytes)
  const sealed = await readFile(pathOf(KEY))
  await put(others, 'default/2026-11-23/b-1.wav')
  const other = await readFile(pathOf('default/2026-11-23/b-1.wav'))
  const chunk = (of: Buffer, i: number) =>
    of.subarray(HEADER_BYTES + i * SEALED_CHUNK_BYTES, HEADER_BYTES + (i + 1) * SEALED_CHUNK_BYTES)
  const header = sealed.subarray(0, HEADER_BYTES)
  const flipped = (at: number) => {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    return changed
  }
  const attacks: Record<string, Buffer> = {
    'chunks in another order': Buffer.concat([header, chunk(sealed, 1), chunk(sealed, 0), chunk(sealed, 2)]),
    'a chunk of another file': Buffer.concat([header, chunk(sealed, 0), chunk(other, 1), chunk(sealed, 2)]),
    'a chunk twice': Buffer.concat([header, chunk(sealed, 0), chunk(sealed, 0), chunk(sealed, 2)]),
    'cut off after a chunk': sealed.subarray(0, HEADER_BYTES + 2 * SEALED_CHUNK_BYTES),
    'cut off in a chunk': sealed.subarray(0, HEADER_BYTES + 2 * SEALED_CHUNK_BYTES + 100),
    'cut off in a tag': sealed.subarray(0, HEADER_BYTES + 2 * SEALED_CHUNK_BYTES + 7),
    'cut off after the header': header,
    'something added': Buffer.concat([sealed, randomBytes(16)]),
    'a chunk added': Buffer.concat([sealed, chunk(sealed, 2)]),
    'the header of another file': Buffer.concat([other.subarray(0, HEADER_BYTES), sealed.subarray(HEADER_BYTES)]),
    'the key id': flipped(20),
    'the file id': flipped(30),
    'the check of the header': flipped(60),
    'a bit of the audio': flipped(100_000),
    'a bit of a tag': flipped(HEADER_BYTES + SEALED_CHUNK_BYTES - 3),
    'the whole file for another': other,
  }
  for (const [what, changed] of Object.entries(attacks)) {
    await writeFile(pathOf(KEY), changed)
    await assert.rejects(read(storage), { code: 'file-damaged' }, what)
  }
  await writeFile(pathOf(KEY), sealed)
  await copyFile(pathOf(KEY), pathOf('default/2026-11-23/c-1.wav'))
  await assert.rejects(read(storage, 'default/2026-11-23/c-1.wav'), { code: 'file-damaged' }, 'under another name')
  assert.deepEqual(await read(storage), bytes)
  // A part that nobody touched is heard all the same.
  await writeFile(pathOf(KEY), attacks['a bit of the audio'] ?? '')
  assert.deepEqual(await read(storage, KEY, { offset: 10, length: 500 }), bytes.subarray(10, 510))
})

test('a key that is not there is told as such, with and without others; older keys are read, the newest writes', async () => {
  const bytes = randomBytes(100_000)
  await put(bytes)
  const { keyId } = storage
  for (const without of [withKeys(second), encryptedStorage(plain, { keys: NO_KEYS, spool })]) {
    for (const ask of [() => without.open(KEY), () => without.stat(KEY)])
      await assert.rejects(ask, (cause: AppError) => {
        assert.deepEqual([cause.code, cause.status, cause.details.keyId], ['recording-key-missing', 503, keyId])
        return true
      })
    assert.equal(without.hasKey(String(keyId)), false)
  }
  const both = withKeys(first, second)
  assert.deepEqual(await read(both), bytes)
  await put(bytes, KEY, both)
  assert.notEqual(both.keyId, keyId)
  await assert.rejects(read(withKeys(first)), { code: 'recording-key-missing' })
  // What lay there before there was encryption.
  await put(bytes, KEY, plain)
  assert.deepEqual(await read(both), bytes)
})

test('a file gets the newest key only when it is whole, and never half', async () => {
  const bytes = randomBytes(200_000)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await put(bytes, KEY, plain)
  const [one, both] = [withKeys(first), withKeys(first, second)]
  assert.equal(await one.reseal(KEY, 'f'.repeat(64)), 'damaged')
  assert.deepEqual(await readFile(pathOf(KEY)), bytes, 'it stays as it was')
  assert.equal(await one.reseal(KEY, sha256), 'resealed')
  assert.equal(await one.reseal(KEY, sha256), 'current')
  assert.equal(await one.reseal('default/none-1.wav', null), 'missing')
  const failing = encryptedStorage(
    { ...plain, put: () => Promise.reject(new AppError('store-unavailable', { detail: 'full' })) },
    { keys: keysOf(first, second), spool },
  )
  await assert.rejects(failing.reseal(KEY, sha256), { code: 'store-unavailable' })
  assert.deepEqual(await read(one), bytes)
  assert.equal(await both.reseal(KEY, sha256), 'resealed')
  assert.deepEqual(await read(withKeys(second)), bytes)
  const off = encryptedStorage(plain, { keys: { ...keysOf(first, second), newest: null }, spool })
  assert.equal(await off.reseal(KEY, sha256), 'resealed')
  assert.deepEqual(await readFile(pathOf(KEY)), bytes)
  await one.reseal(KEY, sha256)
  const changed = await readFile(pathOf(KEY))
  changed[70_000] = (changed[70_000] ?? 0) ^ 1
  await writeFile(pathOf(KEY), changed)
  assert.equal(await both.reseal(KEY, sha256), 'damaged')
  await assert.rejects(withKeys(second).reseal(KEY, sha256), { code: 'recording-key-missing' })
})

test('keys are read from lines, the last is the newest, and neither mistakes nor logs repeat one', async () => {
  const hex = randomBytes(32).toString('hex')
  const keys = keysOf('# keys of recordings', '', `${first}  # 2026`, `${hex},${second}`)
  assert.equal(keys.byId.size, 3)
  assert.equal(keys.newest?.id, withKeys(second).keyId)
  assert.equal(keysOf(first, second, first).newest?.id, withKeys(first).keyId)
  for (const shown of [inspect(keys, { depth: 9, showHidden: true }), JSON.stringify([...keys.byId.values()])])
    for (const line of [first, second, hex])
      for (const encoding of ['base64', 'hex'] as const)
        assert(
          !shown.includes(
            Buffer.from(line, line === hex ? 'hex' : 'base64')
              .toString(encoding)
              .slice(0, 20),
          ),
        )
  const wrong = first.slice(2)
  const mistake = readRecordingKeys(`${first}\n${wrong}`)
  assert('mistake' in mistake)
  assert.match(mistake.mistake, /^line 2 /)
  assert(!mistake.mistake.includes(wrong.slice(0, 8)))
  const file = join(folder, 'keys')
  await writeFile(file, `${first}\n${second}\n`)
  const config = (env: NodeJS.ProcessEnv) => readConfig(env, folder)
  assert.equal(config({ CALLBOOK_RECORDINGS_KEYS_FILE: file }).recordingKeys.newest?.id, withKeys(second).keyId)
  const off = config({ CALLBOOK_RECORDINGS_KEYS: first, CALLBOOK_RECORDINGS_ENCRYPTION: 'off' })
  assert.deepEqual([off.recordingKeys.newest, off.recordingKeys.byId.size], [null, 1])
  assert.equal(config({}).recordingKeys.newest, null)
  for (const [env, said] of [
    [{ CALLBOOK_RECORDINGS_KEYS: wrong }, /CALLBOOK_RECORDINGS_KEYS: line 1/],
    [{ CALLBOOK_RECORDINGS_KEYS_FILE: join(folder, 'none') }, /CALLBOOK_RECORDINGS_KEYS_FILE: ENOENT/],
    [{ CALLBOOK_RECORDINGS_KEYS: first, CALLBOOK_RECORDINGS_KEYS_FILE: file }, /both set/],
    [{ CALLBOOK_RECORDINGS_ENCRYPTION: 'on' }, /needs CALLBOOK_RECORDINGS_KEYS_FILE/],
    [{ CALLBOOK_RECORDINGS_KEYS: first, CALLBOOK_RECORDINGS_ENCRYPTION: 'maybe' }, /neither on nor off/],
  ] as const)
    assert.throws(
      () => config(env),
      (cause: AppError) => said.test(cause.message) && !cause.message.includes(wrong.slice(0, 12)),
    )
})

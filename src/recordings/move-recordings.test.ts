import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { limits } from '../config.ts'
import { Ingest } from '../ingest/ingest.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { removeLooseFiles } from './loose-files.ts'
import { type MoveNeeds, moveRecording, settleMoves } from './move-recordings.ts'
import { replaceRecording } from './replace-recording.ts'
import { folderStorage } from './storage/folder-storage.ts'
import { companionKey, type RecordingStorage, type Storages } from './storage/recording-storage.ts'
import { putBytes, spoolIn } from './storage/spool.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')

/** Two places to lie in: a folder, and another that takes the part of the bucket. */
async function places(t: { after(work: () => Promise<void>): void }) {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-move-'))
  const store = await openEmbeddedStore({ folder: join(folder, 'data') })
  t.after(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  for (const name of ['here', 'there']) await mkdir(join(folder, name))
  const here = folderStorage(join(folder, 'here'))
  const there: RecordingStorage = { ...folderStorage(join(folder, 'there')), name: 's3' }
  const storages: Storages = { home: there, all: [here, there], of: ({ storage }) => (storage === 's3' ? there : here) }
  const spool = spoolIn(join(folder, 'spool'))
  const needs: MoveNeeds = { store, storages, spool, now: Date.now }
  return { folder, store, here, there, storages, spool, needs }
}

async function recordingIn(
  { store, here, spool }: { store: Store; here: RecordingStorage; spool: MoveNeeds['spool'] },
  callId: string,
): Promise<{ row: RecordingRow; bytes: Buffer; peaks: Buffer }> {
  const [bytes, peaks] = [randomBytes(300_000), randomBytes(500)]
  const path = `default/2026-11-23/${callId}-1.wav`
  await putBytes({ storage: here, spool }, path, bytes)
  await putBytes({ storage: here, spool }, companionKey(path, 'peaks'), peaks)
  const row: RecordingRow = {
    instance: 'default',
    callId,
    n: 1,
    state: 'available',
    storage: 'folder',
    keyId: null,
    path,
    durationMs: 1_000,
    sizeBytes: bytes.length,
    channels: 1,
    sampleRate: 8_000,
    format: 1,
    bitsPerSample: 16,
    dataOffset: 44,
    dataBytes: bytes.length - 44,
    headerSound: true,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    originalSha256: null,
    conversion: null,
    sound: 'made',
    talk: null,
    callStartedAt: T0,
    storedAt: T0,
    origin: null,
  }
  const events: CallEvent[] = [{ id: 'a', callId, at: T0, type: 'call-started', callType: 'inbound' }]
  const call = { ...deriveCall({ callId, source: 'test', events }), mergedInto: null }
  await store.calls.commit([{ instance: 'default', call, events, seq: null }], [row])
  return { row, bytes, peaks }
}

const keysIn = async (storage: RecordingStorage) => {
  const keys: string[] = []
  for await (const { key } of storage.list('')) keys.push(key)
  return keys.sort()
}

test('a recording goes with all that lies beside it, and its row says where it lies now', async (t) => {
  const all = await places(t)
  const { row, bytes, peaks } = await recordingIn(all, '1.1')
  assert.equal(await moveRecording(all.needs, row, all.there), 'moved')
  assert.deepEqual(await all.store.recordings.recording('default', '1.1', 1), { ...row, storage: 's3' })
  assert.deepEqual(await keysIn(all.here), [])
  assert.deepEqual(await keysIn(all.there), [row.path, companionKey(row.path, 'peaks')])
  assert.deepEqual(await readFile(join(all.folder, 'there', row.path)), bytes)
  assert.deepEqual(await readFile(join(all.folder, 'there', `${row.path}.peaks`)), peaks)
})

test('a damaged or missing one stays where it is, and is told apart', async (t) => {
  const all = await places(t)
  const damaged = await recordingIn(all, '1.1')
  await writeFile(join(all.folder, 'here', damaged.row.path), 'something else')
  assert.equal(await moveRecording(all.needs, damaged.row, all.there), 'damaged')
  const missing = await recordingIn(all, '1.2')
  await rm(join(all.folder, 'here', missing.row.path))
  assert.equal(await moveRecording(all.needs, missing.row, all.there), 'missing')
  assert.equal((await all.store.recordings.recording('default', '1.1', 1))?.storage, 'folder')
  assert((await keysIn(all.here)).includes(damaged.row.path))
})

test('one that was deleted meanwhile is not brought back', async (t) => {
  const all = await places(t)
  const { row } = await recordingIn(all, '1.1')
  const remove = async () => {
    const events: CallEvent[] = [
      { id: 'd', callId: '1.1', at: T0 + 1, type: 'recording-deleted', n: 1, because: 'capacity' },
    ]
    const [history] = [...(await all.store.calls.histories('default', ['1.1'])).values()]
    assert(history)
    const call = {
      ...deriveCall({ callId: '1.1', source: 'test', events: [...history.events, ...events] }),
      mergedInto: null,
    }
    await all.store.calls.commit(
      [{ instance: 'default', call, events, seq: history.seq }],
      [{ ...row, state: 'deleted' }],
    )
  }
  const there: RecordingStorage = {
    ...all.there,
    put: async (...given) => {
      await all.there.put(...given)
      if (given[0] === row.path) await remove()
    },
  }
  assert.equal(await moveRecording(all.needs, row, there), 'changed')
  assert.deepEqual(await keysIn(all.there), [])
  assert.equal((await all.store.recordings.recording('default', '1.1', 1))?.state, 'deleted')
})

test('cut off after any step and begun again, every recording lies whole in exactly one place', async (t) => {
  const all = await places(t)
  for (let steps = 0; ; steps++) {
    const callId = `1.${steps}`
    const { row, bytes } = await recordingIn(all, callId)
    let left = steps
    /** The process is gone after so many steps that leave something behind. */
    const orDie = <A extends unknown[], R>(step: (...given: A) => Promise<R>) => {
      return async (...given: A): Promise<R> => {
        if (left-- <= 0) throw new Error('cut off')
        return step(...given)
      }
    }
    const mortal = (storage: RecordingStorage): RecordingStorage => ({
      ...storage,
      put: orDie(storage.put),
      remove: orDie(storage.remove),
      open: orDie(storage.open),
    })
    const [here, there] = [mortal(all.here), mortal(all.there)]
    const needs: MoveNeeds = {
      ...all.needs,
      storages: { home: there, all: [here, there], of: ({ storage }) => (storage === 's3' ? there : here) },
      store: {
        recordings: {
          ...all.store.recordings,
          noteMoved: orDie(all.store.recordings.noteMoved),
          noteLoose: orDie(all.store.recordings.noteLoose),
          looseRemoved: orDie(all.store.recordings.looseRemoved),
        },
      },
    }
    const outcome = await moveRecording(needs, row, there).catch(() => 'cut off')
    // Between the two runs one copy at least is whole, where the row points.
    const between = await all.store.recordings.recording('default', callId, 1)
    assert(between)
    const file = await all.storages.of(between).open(row.path)
    assert.equal(file?.sizeBytes, bytes.length, `after ${steps} steps`)
    await file.close()
    // Also what the dead had taken on.
    await settleMoves({ ...all.needs, now: () => Date.now() + 600_000 }, 'default')
    const present = await all.store.recordings.recording('default', callId, 1)
    assert(present)
    if (present.storage === 'folder') assert.equal(await moveRecording(all.needs, present, all.there), 'moved')
    assert.deepEqual(await keysIn(all.here), [], `after ${steps} steps`)
    assert.deepEqual(await keysIn(all.there), [row.path, companionKey(row.path, 'peaks')], `after ${steps} steps`)
    assert.deepEqual(await readFile(join(all.folder, 'there', row.path)), bytes)
    for (const key of await keysIn(all.there)) await all.there.remove(key)
    if (outcome === 'moved') {
      assert(steps > 8, `only ${steps} steps were tried`)
      return
    }
  }
})

/** Another file in the place of a recording, as when a part of it is silenced. */
async function silenced(all: Awaited<ReturnType<typeof places>>, row: RecordingRow, storages = all.storages) {
  const bytes = Buffer.alloc(row.sizeBytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const ingest = new Ingest({ calls: all.store.calls, publish: () => undefined, limits })
  const needs = { store: all.store, storages, ingest, now: Date.now, log: { warn: () => undefined } }
  const put = (path: string) => putBytes({ storage: all.storages.home, spool: all.spool }, path, bytes)
  const replaced = await replaceRecording(needs, row, { row: { ...row, sha256 }, events: () => [], put })
  await ingest.drain()
  return replaced
}

test('one that is silenced while it moves leaves nothing to be heard, whoever is first', async (t) => {
  const all = await places(t)
  // The silencing comes while the copy is made.
  const first = await recordingIn(all, '1.1')
  const during: RecordingStorage = {
    ...all.there,
    put: async (...given) => {
      await all.there.put(...given)
      if (given[0] === first.row.path) await silenced(all, first.row)
    },
  }
  assert.equal(await moveRecording(all.needs, first.row, during), 'changed')
  const after = await all.store.recordings.recording('default', '1.1', 1)
  assert.equal(after?.path, first.row.path.replace('.wav', '.r2.wav'))
  assert.deepEqual([await keysIn(all.here), await keysIn(all.there)], [[], [after?.path]])
  // The move ends while the silenced file is made: by then the row says another storage than the one that was read.
  const second = await recordingIn(all, '1.2')
  assert.equal(await moveRecording(all.needs, second.row, all.there), 'moved')
  const replaced = await silenced(all, second.row)
  assert.deepEqual([await keysIn(all.here), await keysIn(all.there)], [[], [after?.path, replaced?.path]])
})

test('a run that died on the copy of a recording that was silenced meanwhile leaves it for no longer than its time', async (t) => {
  const all = await places(t)
  const { row } = await recordingIn(all, '1.1')
  const dies: MoveNeeds = {
    ...all.needs,
    store: {
      recordings: {
        ...all.store.recordings,
        noteMoved: () => Promise.reject(new Error('killed')),
        noteLoose: () => Promise.reject(new Error('killed')),
      },
    },
  }
  await assert.rejects(moveRecording(dies, row, all.there), /killed/)
  const replaced = await silenced(all, row)
  assert.deepEqual(await keysIn(all.there), [row.path, companionKey(row.path, 'peaks'), replaced?.path].sort())
  const sweeping = { store: all.store, storages: all.storages, now: () => Date.now() + 2 * 3_600_000 }
  await removeLooseFiles(sweeping, { instance: 'default', storage: all.there })
  assert.deepEqual(await keysIn(all.there), [replaced?.path])
})

// Retention as an administrator meets it: a policy, what it would do, what it did, and why a recording is gone.
import assert from 'node:assert/strict'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { tone, wavFile } from '../../test/support/wav-files.ts'
import type { CallRecordingJson } from '../calls/call-json.ts'
import { AppError } from '../errors.ts'
import { allReceipts } from '../receipts/receipt-lines.ts'
import { verifyReceipts } from '../receipts/verify-receipts.ts'
import type { RecordingStorage } from '../recordings/storage/recording-storage.ts'
import { Retention } from './retention.ts'
import type { RehearsalJson, RetentionJson, SweepJson } from './retention-json.ts'
import { removeStrayFiles } from './stray-files.ts'

const WAV = wavFile({ audio: tone(16_000) })
const DAY_MS = 86_400_000

let server: RecordingServer
let admin: Record<string, string>
let manager: Record<string, string>
let agent: Record<string, string>

before(async () => {
  server = await startRecordingServer()
  // Files come in by the machine's clock; nothing is held before its file was there.
  server.clock.now = Date.now() + 60_000
  admin = await server.sessionOf(await server.user('admin', 'admin'))
  manager = await server.sessionOf(await server.user('manager', 'manager'))
  agent = await server.sessionOf(await server.user('agent', 'agent', '1001'))
})
after(() => server.close())

async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  headers = admin,
): Promise<{ status: number; body: T }> {
  const answer = await server.app.inject({
    method: method as 'GET',
    url: `/api/v1${path}`,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  })
  return { status: answer.statusCode, body: answer.body === '' ? (null as T) : answer.json() }
}

/** A call of so many days ago with a recording. */
async function recorded(id: string, daysAgo: number): Promise<void> {
  await server.call(id, { startedAt: server.clock.now - daysAgo * DAY_MS })
  const headers = await server.key('recordings:write', 'calls:read')
  const url = `${server.origin}/api/v1/calls/${id}/recordings/1`
  const answer = await fetch(url, { method: 'PUT', body: WAV, headers: { ...headers, 'content-type': 'audio/wav' } })
  assert.equal(answer.status, 201)
}

const recordingOf = async (id: string) => (await server.store.calls.call('default', id))?.recordings[0]

test('a recording that is held is passed by; the next oldest goes; its call says why, and a receipt proves it', async () => {
  for (const [id, daysAgo] of [
    ['a', 5],
    ['b', 4],
    ['c', 3],
    ['d', 2],
  ] as const)
    await recorded(id, daysAgo)
  const held = await ask<CallRecordingJson>('PUT', '/calls/a/recordings/1/hold', { reason: '投诉 2041' }, manager)
  assert.equal(held.status, 200)
  assert.deepEqual([held.body.heldBy, held.body.holdReason], ['user:manager', '投诉 2041'])
  assert.equal((await ask('PUT', '/calls/a/recordings/1/hold', { reason: 'mine' }, agent)).status, 403)
  assert.equal((await ask('PUT', '/calls/a/recordings/1/hold', { reason: '  ' }, manager)).status, 400)
  assert.equal((await ask('PUT', '/calls/a/recordings/7/hold', { reason: 'x' })).status, 404)
  assert.equal((await ask('PUT', '/calls/none/recordings/1/hold', { reason: 'x' })).status, 404)

  const policy = { capacityBytes: WAV.length * 2, ageDays: null, minFreeBytes: null }
  const rehearsal = (await ask<RehearsalJson>('POST', '/retention/rehearsal', policy, manager)).body
  assert.deepEqual(
    rehearsal.now.items.map(({ callId, rule, insteadOfHeld }) => [callId, rule, insteadOfHeld]),
    [
      ['b', 'capacity', false],
      ['c', 'capacity', true],
    ],
  )
  assert.deepEqual(
    rehearsal.held.items.map(({ callId }) => callId),
    ['a'],
  )
  assert.equal((await recordingOf('b'))?.state, 'available', 'a rehearsal changes nothing')

  assert.equal((await ask('PUT', '/retention', policy, manager)).status, 403)
  const put = await ask<RetentionJson>('PUT', '/retention', policy)
  assert.deepEqual([put.status, put.body.capacityBytes, put.body.changedBy], [200, WAV.length * 2, 'user:admin'])
  const swept = (await ask<SweepJson>('POST', '/retention/sweep')).body
  assert.deepEqual(swept.byRule, [{ rule: 'capacity', recordings: 2, bytes: WAV.length * 2 }])
  assert.equal(swept.complete, true)
  const state = (await ask<RetentionJson>('GET', '/retention', undefined, manager)).body
  assert.deepEqual([state.use.recordings, state.use.bytes, state.use.heldRecordings], [2, WAV.length * 2, 1])
  assert.deepEqual(state.lastSweep, swept)

  const gone = await recordingOf('b')
  assert.deepEqual(
    [gone?.state, gone?.deletedRule, gone?.deletedLimit, gone?.deletedBecause],
    ['deleted', 'capacity', WAV.length * 2, `over the capacity of ${WAV.length * 2} bytes`],
  )
  assert.deepEqual(
    (await server.stored())
      .map((file) => file.split('/').at(-1))
      .filter((name) => name?.endsWith('.wav'))
      .sort(),
    ['a-1.wav', 'd-1.wav'],
  )
  assert.equal((await ask('GET', '/calls/b/recordings/1')).status, 410)
  assert.equal((await ask('PUT', '/calls/b/recordings/1/hold', { reason: 'too late' })).status, 410)

  // Released, it is the oldest again.
  const released = await ask<CallRecordingJson>('DELETE', '/calls/a/recordings/1/hold', undefined, manager)
  assert.deepEqual([released.status, released.body.heldAt], [200, null])
  assert.equal((await ask('DELETE', '/calls/a/recordings/1/hold', undefined, manager)).status, 200)
  await ask('PUT', '/retention', { ageDays: 3 })
  assert.equal((await ask<SweepJson>('POST', '/retention/sweep')).body.recordings, 1)
  assert.equal((await recordingOf('a'))?.deletedRule, 'age')

  const { receipts } = server.store
  const kinds = (await receipts.receiptsAfter('default', 0, 50)).map(({ actor, body }) => `${actor} ${body.kind}`)
  assert.deepEqual(kinds, [
    'user:manager hold-placed',
    'user:admin retention-changed',
    'user:admin recording-deleted',
    'user:admin recording-deleted',
    'user:manager hold-released',
    'user:admin retention-changed',
    'user:admin recording-deleted',
  ])
  assert.equal((await verifyReceipts(allReceipts(receipts, 'default'))).ok, true)
})

test('a policy that cannot be is refused with the field that is wrong, and nothing changes', async () => {
  const before = (await ask<RetentionJson>('GET', '/retention')).body
  const refused = async (policy: unknown) => {
    const { status, body } = await ask<{ code: string; field: string }>('PUT', '/retention', policy)
    return [status, body.code, body.field]
  }
  assert.deepEqual(await refused({ capacityBytes: 0 }), [422, 'retention-invalid', 'capacityBytes'])
  assert.deepEqual(await refused({ capacityBytes: '500' }), [422, 'retention-invalid', 'capacityBytes'])
  assert.deepEqual(await refused({ ageDays: 1.5 }), [422, 'retention-invalid', 'ageDays'])
  assert.deepEqual(await refused({ minFreeBytes: -1 }), [422, 'retention-invalid', 'minFreeBytes'])
  assert.deepEqual(await refused({ days: 30 }), [422, 'retention-invalid', 'days'])
  assert.deepEqual(await refused([]), [422, 'retention-invalid', 'policy'])
  const twice = { skillGroups: [{ id: 'vip' }, { id: 'vip', ageDays: 3 }] }
  assert.deepEqual(await refused(twice), [422, 'retention-invalid', 'skillGroups'])
  assert.deepEqual(await refused({ skillGroups: [{ id: 'vip', ageDays: 0 }] }), [
    422,
    'retention-invalid',
    'skillGroups.0.ageDays',
  ])
  const { changedAt, ageDays } = (await ask<RetentionJson>('GET', '/retention')).body
  assert.deepEqual([changedAt, ageDays], [before.changedAt, before.ageDays])
  assert.equal((await ask('GET', '/retention', undefined, agent)).status, 403)
  assert.equal((await ask('POST', '/retention/rehearsal', {}, agent)).status, 403)
  assert.equal((await ask('POST', '/retention/sweep', undefined, manager)).status, 403)
})

test('what a consultation recorded before it was merged is held and deleted by the call it became a part of', async () => {
  await ask('PUT', '/retention', {})
  await recorded('main', 9)
  await recorded('consult', 9)
  const merge = {
    id: 'm',
    callId: 'main',
    at: server.clock.now,
    type: 'calls-merged',
    mergedCallId: 'consult',
  } as const
  await server.ingest.append({ instance: 'default', source: 'test' }, [merge])
  const held = await ask<CallRecordingJson>('PUT', '/calls/main/recordings/2/hold', { reason: 'dispute' })
  assert.deepEqual([held.body.n, held.body.holdReason], [2, 'dispute'])
  await ask('PUT', '/retention', { ageDays: 7 })
  const swept = (await ask<SweepJson>('POST', '/retention/sweep')).body
  assert.equal(swept.recordings, 1)
  const states = async () =>
    (await server.store.calls.call('default', 'main'))?.recordings.map(({ n, state }) => [n, state])
  assert.deepEqual(await states(), [
    [1, 'deleted'],
    [2, 'available'],
  ])
  assert.equal((await ask('DELETE', '/calls/main/recordings/2/hold')).status, 200)
  assert.equal((await ask<SweepJson>('POST', '/retention/sweep')).body.recordings, 1)
  assert.deepEqual(await states(), [
    [1, 'deleted'],
    [2, 'deleted'],
  ])
})

test('what one sweep marked and did not remove, the next one removes', async () => {
  await ask('PUT', '/retention', {})
  await recorded('half', 1)
  const row = await server.store.recordings.recording('default', 'half', 1)
  assert.ok(row)
  // As a process that died between its commit and the removal leaves it.
  await server.store.calls.commit([], [{ ...row, state: 'deleted' }])
  assert.ok((await server.stored()).includes(row.path))
  const swept = await server.retention.sweepNow('default', 'system')
  assert.deepEqual([swept.recordings, swept.files], [0, 1])
  assert.ok(!(await server.stored()).includes(row.path))
  assert.equal((await server.retention.sweepNow('default', 'system')).files, 0)
})

test('a file that no recording answers for goes once it is a day old; those of recordings stay', async () => {
  await recorded('kept', 1)
  const row = await server.store.recordings.recording('default', 'kept', 1)
  assert.ok(row)
  const folder = join(server.folder, 'recordings')
  const stray = row.path.replace('kept-1', 'stray-1')
  const young = row.path.replace('kept-1', 'young-1')
  const beside = `${row.path}.original`
  for (const name of [stray, young, beside]) await writeFile(join(folder, name), WAV)
  const old = Date.now() / 1000 - 2 * 86_400
  for (const name of [stray, beside, row.path]) await utimes(join(folder, name), old, old)
  const warned: unknown[] = []
  const log = { warn: (...said: unknown[]) => void warned.push(said) }
  const { store, recordings } = server
  const needs = { store, storages: recordings.storages, log, now: Date.now, pauseMs: 0 }
  assert.equal(await removeStrayFiles(needs, 'default'), 1)
  const left = await server.stored()
  assert.ok(!left.includes(stray))
  for (const name of [young, beside, row.path]) assert.ok(left.includes(name), name)
  assert.equal(warned.length, 1)
})

test('a file in a storage whose row says another is a stray; a storage that is away is left out of the walk', async () => {
  await recorded('moved-away', 1)
  const row = await server.store.recordings.recording('default', 'moved-away', 1)
  assert(row)
  const folder = join(server.folder, 'recordings')
  const old = new Date(server.clock.now - 3 * DAY_MS)
  await utimes(join(folder, row.path), old, old)
  const copy = { instance: 'default', storage: 's3', path: row.path } as const
  const [here] = server.recordings.storages.all
  assert(here)
  const away: RecordingStorage = {
    ...here,
    name: 's3',
    health: async () => ({ away: 'gone', freeBytes: null }),
    list: () => {
      throw new AppError('store-unavailable', { detail: 'gone' })
    },
  }
  const log = { warn: () => undefined }
  const needs = { store: server.store, storages: { all: [away, here] }, log, now: () => server.clock.now, pauseMs: 0 }
  const there = async () => (await server.stored()).includes(row.path)
  await removeStrayFiles(needs, 'default')
  assert.equal(await there(), true)
  await server.store.recordings.noteArriving(copy, server.clock.now + DAY_MS)
  assert.equal(await server.store.recordings.noteMoved(row, { storage: 's3', keyId: null }, server.clock.now), true)
  await removeStrayFiles(needs, 'default')
  assert.equal(await there(), false)
})

test('files in a storage that is not configured any more, or away, keep no others waiting, and are shown', async () => {
  // One after the other by name: those that cannot be removed come first.
  for (const id of ['x-1', 'x-2', 'x-3', 'x-4', 'x-5']) await recorded(id, 9)
  const { store, ingest } = server
  const rowOf = async (id: string) => {
    const row = await store.recordings.recording('default', id, 1)
    assert(row)
    return row
  }
  for (const id of ['x-1', 'x-2']) {
    const { path } = await rowOf(id)
    await store.recordings.noteArriving({ instance: 'default', storage: 's3', path }, server.clock.now + DAY_MS)
    assert.ok(await store.recordings.noteMoved(await rowOf(id), { storage: 's3', keyId: null }, server.clock.now))
  }
  await ask('PUT', '/retention', { ageDays: 5 })
  const due = async () => (await ask<RetentionJson>('GET', '/retention')).body.filesDue
  const { body } = await ask<SweepJson>('POST', '/retention/sweep')
  assert.ok(body.recordings >= 5 && body.complete)
  assert.ok(!(await server.stored()).some((name) => /x-[345]/.test(name)))
  const bytes = 2 * WAV.length
  assert.deepEqual(await due(), [{ storage: 's3', recordings: 2, bytes, because: null }])

  // The bucket is configured again, and away: it is tried now and then, and its reason is shown.
  const [here] = server.recordings.storages.all
  assert(here)
  let tries = 0
  let isAway = true
  const bucket: RecordingStorage = {
    ...here,
    name: 's3',
    remove: async () => {
      tries++
      if (isAway) throw new AppError('store-unavailable', { detail: 'the bucket cannot be reached' })
    },
  }
  const storages = {
    home: here,
    all: [bucket, here],
    of: (row: { storage: string }) => (row.storage === 's3' ? bucket : here),
  }
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const now = () => server.clock.now
  const keeping = new Retention({ store, ingest, storages, timeZone: 'Asia/Shanghai', now, instances: [], log })
  await recorded('x-6', 9)
  assert.equal((await keeping.sweepNow('default', 'system')).recordings, 1)
  assert.ok(!(await server.stored()).some((name) => /x-6/.test(name)))
  assert.equal(keeping.awayBecause('s3'), 'the bucket cannot be reached')
  const before = tries
  await keeping.sweepNow('default', 'system')
  assert.equal(tries, before, 'it rests')
  isAway = false
  server.clock.now += 3_600_000
  await keeping.sweepNow('default', 'system')
  assert.deepEqual([keeping.awayBecause('s3'), await due()], [null, []])
  await keeping.close()
})

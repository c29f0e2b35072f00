import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { pino } from 'pino'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { MissingRecordings } from './missing-recordings.ts'

const REAL = readFileSync(new URL('../../test/recordings/1795399913.0.wav', import.meta.url))
const MINUTE = 60_000
let server: RecordingServer
before(async () => {
  server = await startRecordingServer()
})
after(() => server.close())

const stateOf = async (id: string) => (await server.store.calls.call('default', id))?.recordings[0]?.state

function search(now: () => number, takesIn = () => true): MissingRecordings {
  return new MissingRecordings({
    instance: 'default',
    calls: server.store.calls,
    ingest: server.ingest,
    takesIn,
    log: pino({ level: 'silent' }),
    now,
  })
}

test('a recording that never came is missing ten minutes after its call, and available if it comes after all', async () => {
  // In the past, so that what comes afterwards comes later than the giving up.
  let now = Date.now() - 15 * MINUTE
  const missing = search(() => now)
  await server.call('m1', { startedAt: now - 30_000, recording: true })
  await server.call('m2', { startedAt: now - 30_000, recording: true, live: true })
  await server.call('m3', { startedAt: now - 30_000 })
  assert.equal(await missing.sweep(), 0)
  now += 9 * MINUTE
  assert.equal(await missing.sweep(), 0)
  assert.equal(await stateOf('m1'), 'recording')
  now += MINUTE
  assert.equal(await missing.sweep(), 1)
  assert.equal(await stateOf('m1'), 'missing')
  assert.equal(await stateOf('m2'), 'recording')
  assert.equal(await missing.sweep(), 0)
  const headers = { ...(await server.key('recordings:write', 'recordings:read')), 'content-type': 'audio/wav' }
  const url = `${server.origin}/api/v1/calls/m1/recordings/1`
  assert.equal((await fetch(url, { headers })).status, 404)
  assert.equal((await fetch(url, { method: 'PUT', body: REAL, headers })).status, 201)
  assert.equal(await stateOf('m1'), 'available')
})

test('while recordings cannot be taken in none is given up, and afterwards each gets its time', async () => {
  let now = Date.now()
  let full = true
  const missing = search(
    () => now,
    () => !full,
  )
  await server.call('f1', { startedAt: now - 30_000, recording: true })
  await missing.sweep()
  now += 60 * MINUTE
  assert.equal(await missing.sweep(), 0)
  full = false
  assert.equal(await missing.sweep(), 0)
  now += 9 * MINUTE
  assert.equal(await missing.sweep(), 0)
  assert.equal(await stateOf('f1'), 'recording')
  now += MINUTE
  assert((await missing.sweep()) >= 1)
  assert.equal(await stateOf('f1'), 'missing')
})

test('a recording that came in time is left alone', async () => {
  let now = Date.now()
  const missing = search(() => now)
  await server.call('t1', { startedAt: now - 30_000, recording: true })
  await missing.sweep()
  const headers = { ...(await server.key('recordings:write')), 'content-type': 'audio/wav' }
  const url = `${server.origin}/api/v1/calls/t1/recordings/1`
  assert.equal((await fetch(url, { method: 'PUT', body: REAL, headers })).status, 201)
  now += 20 * MINUTE
  await missing.sweep()
  assert.equal(await stateOf('t1'), 'available')
  await missing.close()
  await missing.close()
})

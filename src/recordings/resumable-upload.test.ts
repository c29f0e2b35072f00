import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { type ClientRequest, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { ServerProcess } from '../../test/support/server-process.ts'
import { tone, wavFile } from '../../test/support/wav-files.ts'
import { uploadParts } from './upload-parts.ts'

const WAV = wavFile({ seconds: 30 })
const THIRD = Math.floor(WAV.length / 3)

interface Target {
  url: string
  headers: Record<string, string>
}

function digestOf(bytes: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
}

function partHeaders({ headers }: Target, whole: Uint8Array, range: string): Record<string, string> {
  return {
    ...headers,
    'content-type': 'audio/wav',
    'content-range': `bytes ${range}/${whole.length}`,
    'repr-digest': digestOf(whole),
  }
}

async function send(target: Target, whole: Uint8Array, from: number, to: number, more: Record<string, string> = {}) {
  const headers = { ...partHeaders(target, whole, `${from}-${to - 1}`), ...more }
  const answer = await fetch(target.url, { method: 'PUT', headers, body: whole.slice(from, to) })
  const body = (await answer.json()) as { code?: string; receivedBytes?: number }
  return { ...body, status: answer.status, offset: answer.headers.get('upload-offset') }
}

async function offsetOf(target: Target, whole: Uint8Array): Promise<number> {
  const answer = await fetch(target.url, { method: 'PUT', headers: partHeaders(target, whole, '*') })
  await answer.arrayBuffer()
  assert.equal(answer.status, 202)
  return Number(answer.headers.get('upload-offset'))
}

/** A part of which only the beginning is sent; the connection stays open until the test ends it. */
async function beginPart(target: Target, whole: Uint8Array, from: number, sent: number): Promise<ClientRequest> {
  const headers = {
    ...partHeaders(target, whole, `${from}-${whole.length - 1}`),
    'content-length': whole.length - from,
  }
  const begun = request(target.url, { method: 'PUT', headers })
  begun.on('error', () => undefined)
  begun.write(whole.slice(from, from + sent))
  await once(begun, 'socket')
  return begun
}

describe('an upload in parts', () => {
  let server: RecordingServer
  let headers: Record<string, string>
  const of = (callId: string): Target => ({ url: `${server.origin}/api/v1/calls/${callId}/recordings/1`, headers })
  const heard = async (callId: string) => Buffer.from(await (await fetch(of(callId).url, { headers })).arrayBuffer())
  const waiting = async () => (await server.stored()).filter((name) => name.endsWith('.part'))

  before(async () => {
    server = await startRecordingServer()
    headers = await server.key('recordings:read', 'recordings:write')
  })
  after(() => server.close())

  test('is a recording once all has come, and the last part again changes nothing', async () => {
    await server.call('parts')
    const target = of('parts')
    const first = await send(target, WAV, 0, THIRD, { 'content-digest': digestOf(WAV.subarray(0, THIRD)) })
    assert.deepEqual([first.status, first.offset, first.receivedBytes], [202, String(THIRD), THIRD])
    assert.equal((await send(target, WAV, THIRD, 2 * THIRD)).status, 202)
    assert.equal((await waiting()).length, 1)
    assert.equal((await send(target, WAV, 2 * THIRD, WAV.length)).status, 201)
    assert.equal((await send(target, WAV, 2 * THIRD, WAV.length)).status, 200)
    assert.deepEqual(await heard('parts'), WAV)
    assert.deepEqual(await waiting(), [])
  })

  test('goes on after a break from what has come, also while the broken connection still looks alive', async () => {
    await server.call('broken')
    const target = of('broken')
    const silent = await beginPart(target, WAV, 0, THIRD)
    let offset = 0
    while (offset === 0) {
      await pause(50)
      offset = await offsetOf(target, WAV)
    }
    silent.destroy()
    assert.equal(offset, THIRD)
    const gone = await beginPart(target, WAV, offset, 1_000)
    await pause(100)
    gone.destroy()
    offset = await offsetOf(target, WAV)
    assert(offset >= THIRD && offset <= THIRD + 1_000)
    assert.equal((await send(target, WAV, offset, WAV.length)).status, 201)
    assert.deepEqual(await heard('broken'), WAV)
  })

  test('refuses a part that does not fit, and says where to go on', async () => {
    await server.call('unfit')
    const target = of('unfit')
    await send(target, WAV, 0, 1_000)
    const gap = await send(target, WAV, 2_000, 3_000)
    assert.deepEqual([gap.status, gap.code, gap.offset], [409, 'upload-offset-wrong', '1000'])
    const damaged = await send(target, WAV, 1_000, 2_000, { 'content-digest': digestOf(tone(10)) })
    assert.deepEqual([damaged.status, damaged.code], [422, 'digest-mismatch'])
    assert.equal(await offsetOf(target, WAV), 1_000)
    for (const range of ['bytes 5-1/100', 'bytes 0-100/100', 'bytes 0-9/*', 'lines 0-1/2', 'bytes */0']) {
      const odd = { ...partHeaders(target, WAV, ''), 'content-range': range }
      const answer = await fetch(target.url, { method: 'PUT', headers: odd, body: 'x' })
      assert.equal(answer.status, 400, range)
      await answer.arrayBuffer()
    }
    const { 'repr-digest': _, ...nameless } = partHeaders(target, WAV, '1000-1999')
    const body = WAV.slice(1_000, 2_000)
    assert.equal((await fetch(target.url, { method: 'PUT', headers: nameless, body })).status, 400)
  })

  test('whose whole is not what was announced is refused, and begins anew', async () => {
    await server.call('other')
    const target = of('other')
    const announced = { 'repr-digest': digestOf(tone(10)) }
    assert.equal((await send(target, WAV, 0, THIRD, announced)).status, 202)
    const last = await send(target, WAV, THIRD, WAV.length, announced)
    assert.deepEqual([last.status, last.code], [422, 'digest-mismatch'])
    assert.deepEqual((await waiting()).length, 1, 'only the one of the test before')
  })

  test('two senders of different recordings do not mix: the first to end is kept', async () => {
    await server.call('two')
    const target = of('two')
    const other = wavFile({ audio: Buffer.alloc(WAV.length - 44, 7) })
    assert.equal(other.length, WAV.length)
    await send(target, WAV, 0, THIRD)
    await send(target, other, 0, THIRD)
    await send(target, WAV, THIRD, 2 * THIRD)
    assert.equal((await send(target, other, THIRD, other.length)).status, 201)
    const late = await send(target, WAV, 2 * THIRD, WAV.length)
    assert.deepEqual([late.status, late.code], [409, 'recording-exists'])
    assert.deepEqual(await heard('two'), other)
  })

  test('has a bound on how many wait', async () => {
    const small = await startRecordingServer({ limits: { uploadsInPartsBytes: WAV.length + 10 } })
    try {
      await small.call('a')
      await small.call('b')
      const key = await small.key('recordings:write')
      const target = (id: string) => ({ url: `${small.origin}/api/v1/calls/${id}/recordings/1`, headers: key })
      assert.equal((await send(target('a'), WAV, 0, 10)).status, 202)
      assert.equal((await send(target('b'), WAV, 0, 10)).status, 503)
      assert.equal((await send(target('a'), WAV, 10, WAV.length)).status, 201)
      assert.equal((await send(target('b'), WAV, 0, 10)).status, 202)
    } finally {
      await small.close()
    }
  })
})

test('what nobody finishes is removed after a day, and not before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-parts-'))
  try {
    let now = Date.now()
    const limits = { uploadsInParts: 5, uploadsInPartsBytes: 1_000_000 }
    const parts = uploadParts({ folder, limits, now: () => now })
    const upload = { instance: 'default', callId: 'c', n: 1, sha256: 'a'.repeat(64), totalBytes: 100 }
    const bytes = async function* () {
      yield Buffer.alloc(50)
    }
    assert.equal(await parts.add(upload, { offset: 0, length: 50, bytes: bytes(), digests: [] }), 50)
    assert.equal(await parts.sweep(), 0)
    now += 25 * 3_600_000
    assert.equal(await parts.sweep(), 1)
    assert.deepEqual(await readdir(folder), [])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('what was acknowledged of an upload survives a killed server', async (t) => {
  const server = await ServerProcess.start({ settings: { CALLBOOK_LOG_LEVEL: 'warn' } })
  t.after(() => server.close())
  const events = [{ id: 's', callId: 'killed', at: Date.now() - 60_000, type: 'call-started', callType: 'inbound' }]
  const json = { 'content-type': 'application/json' }
  assert.equal(
    (await server.api('/events', { method: 'POST', headers: json, body: JSON.stringify(events) })).status,
    200,
  )
  const headers = { authorization: `Bearer ${server.key}` }
  const target = { url: `${server.url}/api/v1/calls/killed/recordings/1`, headers }
  assert.equal((await send(target, WAV, 0, THIRD)).status, 202)
  const dying = await beginPart(target, WAV, THIRD, 100_000)
  await pause(200)
  await server.kill()
  dying.destroy()
  await server.start()
  const offset = await offsetOf(target, WAV)
  assert(offset >= THIRD, `${offset} of ${THIRD} acknowledged bytes are there`)
  assert.equal((await send(target, WAV, offset, WAV.length)).status, 201)
  assert.deepEqual(Buffer.from(await (await fetch(target.url, { headers })).arrayBuffer()), WAV)
})

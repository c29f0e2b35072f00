import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { type WavParts, wavFile } from '../../test/support/wav-files.ts'
import { AppError } from '../errors.ts'
import type { RecordingRow } from '../store/store.ts'
import { keyedTurns } from './keyed-turns.ts'
import { nextKey } from './replace-recording.ts'
import { silenceRange } from './silence.ts'
import { pcm16Reader } from './sound/samples.ts'
import { walkWav } from './wav.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Loud in every byte of every encoding. */
function loud(bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => [0x21, 0x32, 0x33, 0x3f][i % 4] ?? 0))
}

function samplesOf(file: Buffer): Int16Array {
  const layout = walkWav(file, file.length)
  assert('dataOffset' in layout)
  return pcm16Reader(layout)(file.subarray(layout.dataOffset, layout.dataOffset + layout.dataBytes)).slice()
}

describe('silencing a part of a recording', () => {
  let server: RecordingServer
  let key: Record<string, string>
  const url = (callId: string) => `${server.origin}/api/v1/calls/${callId}/recordings/1`
  const upload = async (callId: string, body: Uint8Array) => {
    await server.call(callId)
    assert.equal((await fetch(url(callId), { method: 'PUT', body, headers: key })).status, 201)
  }
  const silence = (callId: string, body: object, headers = key) =>
    fetch(`${url(callId)}/silence`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, 'content-type': 'application/json' },
    })
  const heard = async (callId: string) => Buffer.from(await (await fetch(url(callId), { headers: key })).arrayBuffer())
  const rowOf = async (callId: string) => {
    const row = await server.store.recordings.recording('default', callId, 1)
    assert(row)
    return row
  }
  const card = { fromMs: 500, toMs: 1_250, reason: 'card number' }

  before(async () => {
    server = await startRecordingServer()
    key = await server.key('recordings:read', 'recordings:write', 'recordings:silence')
  })
  after(() => server.close())

  test('keeps the timing, leaves nothing to hear in it, and everything else as it was, in every encoding', async () => {
    const kinds: WavParts[] = [
      { format: 1, bitsPerSample: 8 },
      { format: 1, bitsPerSample: 16, channels: 2 },
      { format: 1, bitsPerSample: 24 },
      { format: 1, bitsPerSample: 32 },
      { format: 3, bitsPerSample: 32, channels: 2 },
      { format: 6, bitsPerSample: 8, channels: 2 },
      { format: 7, bitsPerSample: 8 },
      { format: 7, bitsPerSample: 8, claims: 0 },
    ]
    for (const [i, kind] of kinds.entries()) {
      const { channels = 1, bitsPerSample = 16 } = kind
      const bytesASecond = (8_000 * channels * bitsPerSample) / 8
      await upload(`kind-${i}`, wavFile({ ...kind, audio: loud(3 * bytesASecond) }))
      const before = await heard(`kind-${i}`)
      const answer = await silence(`kind-${i}`, card)
      assert.equal(answer.status, 200, await answer.clone().text())
      const after = await heard(`kind-${i}`)
      assert.equal(after.length, before.length)
      const [was, is] = [samplesOf(before), samplesOf(after)]
      const [first, end] = [4_000 * channels, 10_000 * channels]
      // A-law has no code for zero: its silence is the quietest there is.
      const quietest = kind.format === 6 ? 8 : 0
      assert.ok(
        is.subarray(first, end).every((sample) => Math.abs(sample) <= quietest),
        JSON.stringify(kind),
      )
      assert.deepEqual(is.subarray(0, first), was.subarray(0, first))
      assert.deepEqual(is.subarray(end), was.subarray(end))
      assert.ok(was.subarray(first, end).every((sample) => Math.abs(sample) > 100))
    }
  })

  test('changes hash, ETag and waveform, is told by the call, and leaves a receipt but not the old file', async () => {
    await upload('told', wavFile({ seconds: 3, audio: loud(48_000) }))
    const before = await rowOf('told')
    const etag = (await fetch(url('told'), { headers: key })).headers.get('etag') ?? ''
    const peaksBefore = (await (await fetch(`${url('told')}/peaks`, { headers: key })).json()) as { data: number[] }
    const answer = await silence('told', card)
    const said = (await answer.json()) as { sha256: string; silenced: object[]; state: string }
    const row = await rowOf('told')
    assert.deepEqual(said.silenced, [{ fromMs: 500, toMs: 1_250, because: 'card number' }])
    assert.deepEqual([said.sha256, said.state], [row.sha256, 'available'])
    assert.equal(sha256(await heard('told')), row.sha256)
    assert.notEqual(row.sha256, before.sha256)
    assert.equal(row.path, nextKey(before.path))
    const stale = await fetch(url('told'), { headers: { ...key, 'if-none-match': etag } })
    assert.equal(stale.status, 200)
    assert.equal(sha256(Buffer.from(await stale.arrayBuffer())), row.sha256)
    const ranged = await fetch(url('told'), { headers: { ...key, range: 'bytes=0-9', 'if-range': etag } })
    assert.equal(ranged.status, 200, 'a part of the old one is not put together with a part of the new')
    await ranged.arrayBuffer()
    const peaks = (await (await fetch(`${url('told')}/peaks`, { headers: key })).json()) as { data: number[] }
    assert.equal(peaks.data.length, peaksBefore.data.length)
    assert.ok(peaks.data.slice(20, 50).every((value) => value === 0))
    assert.ok(peaksBefore.data.slice(20, 50).some((value) => value !== 0))
    assert.deepEqual((await server.stored()).filter((name) => /told/.test(name)).sort(), [
      row.path,
      `${row.path}.peaks`,
    ])
    const receipts = await server.store.receipts.receiptsAfter('default', 0, 100)
    const receipt = receipts.find(({ body }) => body.kind === 'range-silenced' && body.callId === 'told')
    const { fromMs, toMs } = card
    const hashes = { sha256Before: before.sha256, sha256After: row.sha256 }
    assert.deepEqual(receipt?.body, {
      kind: 'range-silenced',
      callId: 'told',
      n: 1,
      fromMs,
      toMs,
      because: 'card number',
      ...hashes,
    })
    assert.equal(receipt?.actor, 'key:test')
    const call = await server.store.calls.call('default', 'told')
    assert.ok(call?.steps.some((step) => step.type === 'recording-silenced'))
  })

  test('is for good: what was there before is not taken in again, even if the file is lost', async () => {
    const original = wavFile({ seconds: 2, audio: loud(32_000) })
    await upload('good', original)
    assert.equal((await silence('good', card)).status, 200)
    const put = () => fetch(url('good'), { method: 'PUT', body: original, headers: key })
    assert.equal((await put()).status, 409)
    const row = await rowOf('good')
    await server.recordings.storages.of(row).remove(row.path)
    assert.equal((await fetch(url('good'), { headers: key })).status, 404)
    assert.equal((await put()).status, 409)
  })

  test('a crash before the old file was removed leaves nothing to be heard after the next sweep', async () => {
    await upload('crash', wavFile({ seconds: 2, audio: loud(32_000) }))
    assert.equal((await fetch(`${url('crash')}/peaks`, { headers: key })).status, 200)
    const before = await rowOf('crash')
    const { store, ingest, recordings } = server
    // As far as the commit, and no further.
    const storages = {
      ...recordings.storages,
      of: (row: Pick<RecordingRow, 'storage'>) => ({
        ...recordings.storages.of(row),
        remove: () => Promise.reject(new AppError('store-unavailable', { detail: 'killed' })),
      }),
    }
    const call = await store.calls.call('default', 'crash')
    assert(call)
    const needs = { store, ingest, storages, spool: recordings.spool, inTurn: keyedTurns(), now: Date.now }
    const wanted = { ...card, actor: 'user:admin' }
    await silenceRange(
      { ...needs, stored: () => undefined, log: { warn: () => undefined } },
      { call, rowOf: () => rowOf('crash') },
      1,
      wanted,
      'default',
    )
    // What stands beside the new file, its peaks, may be there already or not yet.
    const left = async () => (await server.stored()).filter((name) => name.startsWith(before.path))
    assert.ok((await left()).includes(before.path), 'the old file is still there')
    const silenced = await rowOf('crash')
    assert.ok(!silenced.path.startsWith(before.path), 'the new file has a name of its own')
    // Whoever died holds on to it for ten minutes; a real crash comes before anybody takes it on.
    server.clock.now = Date.now() + 600_001
    await server.retention.sweepNow('default', 'system')
    assert.deepEqual(await left(), [])
    assert.ok((await server.stored()).includes(silenced.path), 'the new file stays')
  })

  test('two at once are both silent in the end, and the same again changes nothing', async () => {
    await upload('twice', wavFile({ seconds: 3, audio: loud(48_000) }))
    const other = { fromMs: 2_000, toMs: 2_500, reason: 'name' }
    const answers = await Promise.all([silence('twice', card), silence('twice', other)])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    )
    const samples = samplesOf(await heard('twice'))
    for (const [from, to] of [
      [4_000, 10_000],
      [16_000, 20_000],
    ])
      assert.ok(samples.subarray(from, to).every((sample) => sample === 0))
    const { sha256: once } = await rowOf('twice')
    assert.equal((await silence('twice', card)).status, 200)
    assert.equal((await rowOf('twice')).sha256, once)
  })

  test('is refused where there is nothing to silence, or it is held, and to whom may not', async () => {
    await upload('refused', wavFile({ seconds: 2 }))
    const { sha256: before } = await rowOf('refused')
    const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code]
    for (const wrong of [
      { ...card, fromMs: 1_250 },
      { ...card, fromMs: 5_000, toMs: 6_000 },
      { ...card, fromMs: -1 },
      { ...card, reason: ' ' },
      { fromMs: 1, toMs: 2 },
      { ...card, more: 1 },
    ])
      assert.deepEqual(await codeOf(await silence('refused', wrong)), [400, 'bad-request'], JSON.stringify(wrong))
    assert.deepEqual(await codeOf(await silence('refused', card, await server.key('recordings:write'))), [
      403,
      'not-allowed',
    ])
    assert.deepEqual(await codeOf(await silence('nowhere', card)), [404, 'call-not-found'])
    await server.call('nothing')
    assert.deepEqual(await codeOf(await silence('nothing', card)), [404, 'recording-not-found'])
    const held = {
      id: 'h',
      callId: 'refused',
      at: server.clock.now,
      type: 'recording-held',
      n: 1,
      actor: 'user:王芳',
      reason: 'court',
    } as const
    await server.ingest.append({ instance: 'default', source: 'test' }, [held])
    assert.deepEqual(await codeOf(await silence('refused', card)), [409, 'recording-is-held'])
    assert.equal((await rowOf('refused')).sha256, before)
  })
})

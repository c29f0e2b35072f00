import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { tone, wavFile } from '../../test/support/wav-files.ts'
import { limits } from '../config.ts'
import { makeConversation } from '../demo/conversation.ts'
import { SoundReader } from './sound/sound-reader.ts'
import type { TalkJson } from './talk-json.ts'

interface PeaksJson {
  version: number
  channels: number
  sample_rate: number
  samples_per_pixel: number
  bits: number
  length: number
  data: number[]
  talk: TalkJson | null
}

async function eventually<T>(what: () => Promise<T | null | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(25)) {
    const found = await what()
    if (found !== null && found !== undefined) return found
  }
  assert.fail('it did not come')
}

function talkOf(seconds: number): Buffer {
  const samples = makeConversation(seconds * 1000, 3)
  return wavFile({ channels: 2, audio: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength) })
}

describe('peaks of a recording', () => {
  let server: RecordingServer
  let key: Record<string, string>
  const url = (callId: string, query = '') => `${server.origin}/api/v1/calls/${callId}/recordings/1/peaks${query}`
  const ask = (callId: string, query = '', headers = key) => fetch(url(callId, query), { headers })
  const upload = async (callId: string, body: Uint8Array) => {
    await server.call(callId)
    const answer = await fetch(url(callId).replace(/\/peaks$/, ''), { method: 'PUT', body, headers: key })
    assert.equal(answer.status, 201, await answer.text())
  }
  const peaksOf = async (callId: string, query = '') => (await (await ask(callId, query)).json()) as PeaksJson
  const rowOf = async (callId: string) => {
    const row = await server.store.recordings.recording('default', callId, 1)
    assert(row)
    return row
  }
  const heardRow = (callId: string) =>
    eventually(async () => ((await rowOf(callId)).sound === 'made' ? rowOf(callId) : null))

  before(async () => {
    server = await startRecordingServer({ connectors: [] })
    key = await server.key('recordings:read', 'recordings:write')
    server.recordings.start()
  })
  after(() => server.close())

  test('are made when it comes in and lie beside it, with who talked how long', async () => {
    await upload('talk', talkOf(60))
    const row = await heardRow('talk')
    assert((await server.stored()).includes(`${row.path}.peaks`))
    const peaks = await peaksOf('talk')
    assert.deepEqual(
      [peaks.version, peaks.channels, peaks.sample_rate, peaks.samples_per_pixel, peaks.bits, peaks.length],
      [2, 2, 8_000, 400, 8, 1_200],
    )
    assert.equal(peaks.data.length, 4 * 1_200)
    const { talk } = peaks
    assert(talk)
    assert.equal(talk.customerMs + talk.agentMs - talk.overlapMs + talk.silenceMs, 60_000)
    assert.ok(talk.customerMs > 5_000 && talk.agentMs > 5_000)
    assert.deepEqual(row.talk, {
      channelMs: [talk.customerMs, talk.agentMs],
      overlapMs: talk.overlapMs,
      silenceMs: talk.silenceMs,
    })
    const call = await server.store.calls.call('default', 'talk')
    assert(call)
    const { customerMs, agentMs, overlapMs, silenceMs } = talk
    assert.deepEqual((await server.recordings.storedOf('default', call)).get(1)?.talk, {
      customerMs,
      agentMs,
      overlapMs,
      silenceMs,
    })
  })

  test('come as wide as asked, as .dat too, and once only to whom has them', async () => {
    const narrow = await peaksOf('talk', '?points=100')
    assert.deepEqual([narrow.length, narrow.samples_per_pixel], [100, 4_800])
    const whole = await peaksOf('talk')
    assert.equal(Math.max(...narrow.data), Math.max(...whole.data))
    const answer = await ask('talk', '?format=dat&points=300')
    const dat = Buffer.from(await answer.arrayBuffer())
    assert.equal(dat.length, 24 + 4 * 300)
    assert.deepEqual(
      [0, 4, 8, 12, 16, 20].map((at) => dat.readInt32LE(at)),
      [2, 1, 8_000, 1_600, 300, 2],
    )
    const etag = answer.headers.get('etag') ?? ''
    const again = await ask('talk', '?format=dat&points=300', { ...key, 'if-none-match': etag })
    assert.equal(again.status, 304)
    assert.equal((await ask('talk', '?format=dat', { ...key, 'if-none-match': etag })).status, 200)
    assert.equal((await ask('talk', '?points=0')).status, 400)
    assert.equal((await ask('talk', '?format=png')).status, 400)
  })

  test('are made of every encoding, mono ones without talk', async () => {
    const kinds = [
      { format: 1, bitsPerSample: 8 },
      { format: 1, bitsPerSample: 24, channels: 2 },
      { format: 3, bitsPerSample: 32 },
      { format: 6, bitsPerSample: 8, channels: 2, claims: 0 },
      { format: 7, bitsPerSample: 8, sampleRate: 16_000 },
    ]
    for (const [i, kind] of kinds.entries()) {
      await upload(`kind-${i}`, wavFile({ seconds: 2, ...kind }))
      const peaks = await peaksOf(`kind-${i}`)
      assert.deepEqual([peaks.channels, peaks.length], [kind.channels ?? 1, 40], JSON.stringify(kind))
      assert.equal(peaks.talk !== null, kind.channels === 2)
    }
  })

  test('that were lost, or damaged, are made again when they are asked for', async () => {
    const row = await heardRow('talk')
    const peaks = await peaksOf('talk')
    const file = join(server.folder, 'recordings', `${row.path}.peaks`)
    await rm(file)
    assert.deepEqual(await peaksOf('talk'), peaks)
    await writeFile(file, 'damaged')
    assert.deepEqual(await peaksOf('talk'), peaks)
  })

  test('of recordings from before are made by themselves', async () => {
    await upload('older', talkOf(5))
    const row = await heardRow('older')
    // As a version of Callbook left it that knew nothing of peaks.
    const event = { id: 'touch', callId: 'older', at: server.clock.now, type: 'recording-ready', n: 1 } as const
    await server.ingest.append({ instance: 'default', source: 'test' }, [event], [{ ...row, sound: null, talk: null }])
    const { storages, spool } = server.recordings
    const log = { warn: () => undefined }
    const reader = new SoundReader({ instances: ['default'], store: server.store, storages, spool, log, limits })
    reader.start()
    assert.deepEqual((await heardRow('older')).talk, row.talk)
    await reader.close()
  })

  test('are for those who may hear the recording', async () => {
    assert.equal((await ask('talk', '', {})).status, 401)
    assert.equal((await ask('talk', '', await server.key('calls:read'))).status, 403)
    const stranger = await server.sessionOf(await server.user('li', 'agent', '1002'))
    const own = await server.sessionOf(await server.user('zhang', 'agent', '1001'))
    assert.equal((await ask('talk', '', { cookie: stranger.cookie ?? '' })).status, 404)
    assert.equal((await ask('talk', '', { cookie: own.cookie ?? '' })).status, 200)
    assert.equal((await ask('no-such-call')).status, 404)
  })

  test('a recording whose file went away has none, and that is no failure of the server', async () => {
    await upload('gone', wavFile({ audio: tone(16_000) }))
    const row = await heardRow('gone')
    for (const name of [row.path, `${row.path}.peaks`]) await rm(join(server.folder, 'recordings', name))
    const answer = await ask('gone')
    assert.equal(answer.status, 404)
    assert.equal(((await answer.json()) as { code: string }).code, 'peaks-not-available')
  })
})

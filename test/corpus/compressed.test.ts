// Compressed recordings, from the machine that has no ffmpeg to the one that has: never lost, marked, and decoded by
// themselves once it is there.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { withoutSoundPrograms } from '../../scripts/sound-programs.ts'
import { decodeWithFfmpeg, FfmpegFailed } from '../../src/recordings/sound/ffmpeg.ts'
import { walkWav } from '../../src/recordings/wav.ts'
import { type RecordingServer, startRecordingServer } from '../support/recording-server.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function place(program: string): string | null {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

async function eventually<T>(what: () => Promise<T | null>, why: string): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(50)) {
    const found = await what()
    if (found !== null) return found
  }
  assert.fail(why)
}

describe('compressed recordings', async () => {
  const skip = await withoutSoundPrograms()
  if (skip !== null) {
    test('are decoded by ffmpeg', { skip })
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'callbook-compressed-'))
  /** Where the server looks for ffmpeg; nothing is there at first. */
  const program = join(folder, 'ffmpeg')
  const gsm = join(folder, 'gsm.wav')
  execFileSync('sox', ['-R', '-n', '-r', '8000', '-c', '1', '-e', 'gsm-full-rate', gsm, 'synth', '3', 'sine', '440'])
  const GSM = readFileSync(gsm)
  const NO_CODE = Buffer.concat([GSM.subarray(0, 60), Buffer.alloc(65 * 10)])
  let server: RecordingServer
  let key: Record<string, string>
  const url = (callId: string) => `${server.origin}/api/v1/calls/${callId}/recordings/1`
  const put = (callId: string, body: Uint8Array) => fetch(url(callId), { method: 'PUT', body, headers: key })
  const rowOf = async (callId: string) => server.store.recordings.recording('default', callId, 1)

  before(async () => {
    server = await startRecordingServer({ ffmpeg: program, convertEveryMs: 100 })
    key = await server.key('recordings:read', 'recordings:write')
  })
  after(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('without ffmpeg are kept as they came and marked; with it they become PCM by themselves', async () => {
    await server.call('later')
    server.recordings.start()
    const answer = await put('later', GSM)
    assert.equal(answer.status, 201)
    const told = (await answer.json()) as { playable: boolean; durationMs: number; sha256: string }
    assert.deepEqual([told.playable, told.durationMs, told.sha256], [false, 3_000, sha256(GSM)])
    const call = async () => server.store.calls.call('default', 'later')
    assert.deepEqual(
      (await call())?.recordings.map((r) => [r.state, r.playable]),
      [['available', false]],
    )
    const asItCame = await fetch(`${url('later')}?download`, { headers: key })
    assert.ok(Buffer.from(await asItCame.arrayBuffer()).equals(GSM), 'what came can be saved')
    assert.equal((await rowOf('later'))?.conversion, 'awaited')
    const before = await server.stored()

    symlinkSync(place('ffmpeg') ?? '', program)
    const row = await eventually(async () => {
      const found = await rowOf('later')
      return found?.conversion === null ? found : null
    }, 'it was not decoded once ffmpeg was there')
    assert.deepEqual([row.format, row.bitsPerSample, row.durationMs, row.originalSha256], [1, 16, 3_000, sha256(GSM)])
    assert.deepEqual(
      (await call())?.recordings.map((r) => [r.playable, r.sha256]),
      [[true, row.sha256]],
    )
    const heard = Buffer.from(await (await fetch(url('later'), { headers: key })).arrayBuffer())
    assert.equal(sha256(heard), row.sha256)
    const layout = walkWav(heard, heard.length)
    assert('frames' in layout && layout.frames === 24_000)
    const files = await eventually(async () => {
      const now = await server.stored()
      return now.includes(before[0] ?? '') ? null : now
    }, 'the file of before is still there')
    assert.deepEqual(files.filter((name) => /later/.test(name)).sort(), [row.path, `${row.path}.original`].sort())
    // The same bytes again are known for what they are.
    assert.equal((await put('later', GSM)).status, 200)
    assert.equal((await rowOf('later'))?.sha256, row.sha256)
  })

  test('that ffmpeg cannot read are kept and marked', async () => {
    await server.call('broken')
    // A block of zeros is no GSM frame.
    const mp3 = Buffer.concat([GSM.subarray(0, 60), Buffer.alloc(650, 0xff)])
    mp3.writeUInt16LE(0x45, 20)
    mp3.writeUInt16LE(0, 34)
    const refused = await put('broken', mp3)
    assert.equal(refused.status, 422, 'blocks of no length')
    assert.equal((await put('broken', NO_CODE)).status, 201)
    const row = await rowOf('broken')
    assert.ok(row?.conversion === null || row?.conversion === 'failed')
  })

  test('with an ffmpeg that fails, hangs or floods end with a failure, not with the server', async () => {
    const script = join(folder, 'odd')
    const odd = (lines: string) => {
      writeFileSync(script, `#!/bin/sh\n${lines}\n`)
      chmodSync(script, 0o755)
      const input = {
        container: 'wav',
        bareRate: null,
        channels: 1,
        sampleRate: 8_000,
        limitBytes: 1_000_000,
        limitMs: 700,
      }
      const audio = (async function* () {
        yield GSM
      })()
      return Array.fromAsync(decodeWithFfmpeg(script, audio, input, new AbortController().signal))
    }
    await assert.rejects(
      odd('echo "no such codec" >&2; exit 3'),
      (cause) => cause instanceof FfmpegFailed && /no such codec/.test(cause.message),
    )
    await assert.rejects(odd('exec cat /dev/zero'), /more sound than is allowed/)
    await assert.rejects(odd('exec sleep 600'), /longer than/)
    rmSync(script)
    await assert.rejects(
      odd('exit 0').then(() =>
        decodeWithFfmpeg(
          join(folder, 'nowhere'),
          (async function* () {})(),
          { container: 'wav', bareRate: null, channels: 1, sampleRate: 8_000, limitBytes: 10, limitMs: 1_000 },
          new AbortController().signal,
        ).next(),
      ),
      /cannot be started/,
    )
  })
})

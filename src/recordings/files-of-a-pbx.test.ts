// Files as PBXs leave them where they are no WAV of the whole call: without a header, and one for each direction. Made by
// sox and ffmpeg, which know nothing of Callbook; the sound that comes out is held against what they decode.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { withoutSoundPrograms } from '../../scripts/sound-programs.ts'
import { eventually } from '../../test/support/eventually.ts'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { deriveCall } from '../calls/call-state.ts'
import { limits } from '../config.ts'
import { RecordingWatch } from './recording-watch.ts'

const times = {
  stillMs: 200,
  crashedStillMs: 700,
  lookMs: 50,
  growingLookMs: 200,
  listMs: 100,
  longestWaitMs: 400,
  asideAfterMs: 500,
  otherHalfMs: 800,
}
const SECONDS = 3

/** The same sound, written by sox in the encodings of Asterisk and FreeSWITCH, with the rate that each has. */
const BARE = [
  { ending: 'alaw', sox: ['-r', '8000', '-t', 'al'] },
  { ending: 'PCMA', sox: ['-r', '8000', '-t', 'al'] },
  { ending: 'ulaw', sox: ['-r', '8000', '-t', 'ul'] },
  { ending: 'sln', sox: ['-r', '8000', '-t', 's16'] },
  { ending: 'sln16', sox: ['-r', '16000', '-t', 's16'] },
  { ending: 'sln48', sox: ['-r', '48000', '-t', 's16'] },
  { ending: 'gsm', sox: ['-r', '8000', '-t', 'gsm'] },
  { ending: 'wav16', sox: ['-r', '16000', '-b', '16', '-e', 'signed', '-t', 'wav'] },
  { ending: 'WAV', sox: ['-r', '8000', '-e', 'gsm', '-t', 'wav'] },
] as const

describe('files that are no WAV of the whole call', async () => {
  const skip = await withoutSoundPrograms()
  if (skip !== null) {
    test('are made by sox and ffmpeg', { skip })
    return
  }
  let server: RecordingServer
  let home: string
  let made: string
  const watches: RecordingWatch[] = []

  before(async () => {
    server = await startRecordingServer()
    home = mkdtempSync(join(tmpdir(), 'callbook-pbx-files-'))
    made = join(home, 'made')
    await mkdir(made)
    for (const [i, { ending, sox }] of BARE.entries())
      run('sox', ['-n', '-c', '1', ...sox, join(made, `${i}.${ending}`), 'synth', String(SECONDS), 'sine', '440'])
    run('ffmpeg', [...source(440), '-ar', '16000', '-c:a', 'g722', '-f', 'g722', join(made, 'x.g722')])
    // As MixMonitor's option D: a sample of each side in turn.
    const sides = ['synth', String(SECONDS), 'sine', '440', 'sine', '600']
    run('sox', ['-n', '-c', '2', '-r', '8000', '-t', 's16', join(made, 'x.raw'), ...sides])
  })
  afterEach(async () => {
    server.watches.clear()
    for (const watch of watches.splice(0)) await watch.close()
  })
  after(async () => {
    await server.close()
    rmSync(home, { recursive: true, force: true })
  })

  async function watched(name: string, on = server) {
    const folder = join(home, name)
    await mkdir(folder, { recursive: true })
    const { intake, decoder } = on.recordings
    const log = pino({ level: 'silent' })
    const own = { connector: `pbx-${name}`, instance: 'default', folder, store: on.store, intake, decoder }
    const watch = new RecordingWatch({ ...own, log, now: Date.now, limits, times })
    watches.push(watch)
    on.watches.add(watch)
    watch.start()
    return { folder, watch }
  }

  async function available(callId: string, on = server) {
    return eventually(async () => {
      const row = await on.store.recordings.recording('default', callId, 1)
      assert.equal(row?.state, 'available', callId)
      return row
    })
  }

  async function downloaded(callId: string, on = server) {
    const headers = await managerOf(on)
    const response = await fetch(`${on.origin}/api/v1/calls/${callId}/recordings/1?download`, { headers })
    const bytes = Buffer.from(await response.arrayBuffer())
    assert.equal(response.status, 200, bytes.toString('utf8', 0, 300))
    assert.equal(response.headers.get('content-type'), 'audio/wav')
    const path = join(home, `${callId}.got.wav`)
    writeFileSync(path, bytes)
    return path
  }

  const managers = new Map<RecordingServer, Promise<Record<string, string>>>()
  function managerOf(on: RecordingServer): Promise<Record<string, string>> {
    const headers = managers.get(on) ?? on.user('manager', 'manager').then((user) => on.sessionOf(user))
    managers.set(on, headers)
    return headers
  }

  const asideOf = async (part: string, on = server) =>
    (await on.store.recordings.filesAside('default')).filter((file) => file.origin.includes(part))

  test('every encoding without a header becomes a WAV as long as its sound, and sounds like it', async () => {
    const { folder } = await watched('bare')
    for (const file of readdirSync(made)) {
      const id = `10.${file.replace('.', '-')}`
      await server.call(id)
      copyFileSync(join(made, file), join(folder, `${id}.${file.split('.')[1]}`))
    }
    for (const file of readdirSync(made)) {
      const id = `10.${file.replace('.', '-')}`
      const row = await available(id)
      const path = await downloaded(id)
      const isStereo = file.endsWith('.raw')
      // GSM has frames of 20 ms.
      assert.ok(Math.abs((row?.durationMs ?? 0) - SECONDS * 1000) <= 20, `${file}: ${row?.durationMs} ms`)
      assert.equal(row?.channels, isStereo ? 2 : 1, file)
      assert.ok(Math.abs(frequencyOf(path, 1) - 440) < 8, `${file}: ${frequencyOf(path, 1)} Hz`)
      if (isStereo) assert.ok(Math.abs(frequencyOf(path, 2) - 600) < 8)
      const seconds = Number(run('soxi', ['-D', path]))
      assert.ok(Math.abs(seconds - SECONDS) <= 0.021, `${file}: sox says ${seconds} s`)
    }
    assert.deepEqual(await asideOf('pbx-bare'), [])
  })

  test('a file without a header is taken once its call has ended and nobody writes any more', async () => {
    await server.call('20.1', { live: true })
    const { folder, watch } = await watched('bare-live')
    copyFileSync(join(made, '0.alaw'), join(folder, '20.1.alaw'))
    await pause(1_200)
    assert.deepEqual([watch.state().taken, watch.state().waiting], [0, 1])
    await server.call('20.1')
    await available('20.1')
  })

  test('where the PBX made a WAV of it, the file without a header is left alone', async () => {
    await server.call('30.1')
    const { folder, watch } = await watched('both-kinds')
    run('sox', ['-t', 's16', '-r', '8000', '-c', '2', join(made, 'x.raw'), join(folder, '30.1.wav')])
    copyFileSync(join(made, 'x.raw'), join(folder, '30.1.raw'))
    const row = await available('30.1')
    await eventually(async () => assert.equal(watch.state().waiting, 0))
    assert.match(row?.origin ?? '', /30\.1\.wav/)
    assert.deepEqual(await asideOf('30.1'), [])
  })

  for (const [kind, ending, sox] of [
    ['WAV', 'wav', ['-r', '8000', '-b', '16', '-t', 'wav']],
    ['A-law without a header', 'alaw', ['-r', '8000', '-t', 'al']],
    ['GSM without a header', 'gsm', ['-r', '8000', '-t', 'gsm']],
    ['GSM in WAV', 'WAV', ['-r', '8000', '-e', 'gsm', '-t', 'wav']],
  ] as const)
    test(`two directions become one stereo recording: ${kind}`, async () => {
      const id = `40.${kind.replaceAll(' ', '-')}`
      await server.call(id)
      const { folder, watch } = await watched(`pair-${kind}`)
      half(['-n', ...sox], join(folder, `${id}-in.${ending}`), { seconds: 2, hz: 440 })
      half(['-n', ...sox], join(folder, `${id}-out.${ending}`), { seconds: 3, hz: 600 })
      const row = await available(id)
      assert.deepEqual([row?.channels, row?.format, row?.bitsPerSample], [2, 1, 16])
      assert.ok(Math.abs((row?.durationMs ?? 0) - 3_000) <= 20, `${row?.durationMs} ms`)
      const path = await downloaded(id)
      // Laid side by side from their beginnings: left ends a second before right.
      assert.ok(Math.abs(frequencyOf(path, 1, { from: 0, seconds: 1.9 }) - 440) < 8)
      assert.ok(Math.abs(frequencyOf(path, 2, { from: 0, seconds: 2.9 }) - 600) < 8)
      assert.ok(loudnessOf(path, 1, { from: 2.1, seconds: 0.8 }) < 0.001)
      await eventually(async () => assert.deepEqual([watch.state().taken, watch.state().waiting], [1, 0]))
      assert.deepEqual(await asideOf(id), [])
      assert.equal(await remarkOf(id), null)
      assert.equal((await server.store.calls.call('default', id))?.recordings.length, 1)

      // A Callbook that starts again knows both.
      const again = await watched(`pair-${kind}`)
      await pause(1_000)
      await eventually(async () => assert.equal(again.watch.state().waiting, 0))
      assert.deepEqual([again.watch.state().taken, again.watch.state().aside], [0, 0])
    })

  test('samples of two directions come out as they went in', async () => {
    await server.call('50.1')
    const { folder } = await watched('exact')
    const [left, right] = [join(folder, '50.1-in.wav'), join(folder, '50.1-out.wav')]
    run('sox', ['-n', '-r', '8000', '-b', '16', left, 'synth', '5', 'pinknoise'])
    run('sox', ['-n', '-r', '8000', '-b', '16', right, 'synth', '4.123', 'whitenoise'])
    await available('50.1')
    const path = await downloaded('50.1')
    const samples = (file: string, more: string[] = []) => runRaw('sox', [file, '-t', 's16', '-', ...more])
    assert.deepEqual(samples(path, ['remix', '1']), samples(left))
    const out = samples(right)
    assert.deepEqual(samples(path, ['remix', '2']).subarray(0, out.length), out)
    assert.ok(!samples(path, ['remix', '2']).subarray(out.length).some(Boolean))
  })

  test('a direction whose other half does not come is taken alone, and the call says so; later it becomes whole', async () => {
    await server.call('60.1')
    const { folder, watch } = await watched('alone')
    half(['-n', '-r', '8000', '-b', '16'], join(folder, '60.1-out.wav'), { seconds: 2, hz: 600 })
    await pause(400)
    assert.equal(watch.state().taken, 0, 'it waits for the other half')
    assert.equal((await available('60.1'))?.channels, 1)
    assert.equal(await remarkOf('60.1'), 'one-direction')
    half(['-n', '-r', '8000', '-b', '16'], join(folder, '60.1-in.wav'), { seconds: 2, hz: 440 })
    await eventually(async () =>
      assert.equal((await server.store.recordings.recording('default', '60.1', 1))?.channels, 2),
    )
    const path = await downloaded('60.1')
    assert.ok(Math.abs(frequencyOf(path, 1) - 440) < 8)
    assert.ok(Math.abs(frequencyOf(path, 2) - 600) < 8)
    assert.equal((await server.store.calls.call('default', '60.1'))?.recordings.length, 1)
    assert.deepEqual(await asideOf('60.1'), [])
  })

  test('a direction in which nobody was heard is silence', async () => {
    await server.call('70.1')
    const { folder } = await watched('silent-half')
    run('sox', ['-n', '-r', '8000', '-b', '16', join(folder, '70.1-in.wav'), 'trim', '0', '0'])
    half(['-n', '-r', '8000', '-b', '16'], join(folder, '70.1-out.wav'), { seconds: 2, hz: 600 })
    assert.equal((await available('70.1'))?.channels, 2)
    const path = await downloaded('70.1')
    assert.equal(loudnessOf(path, 1), 0)
    assert.ok(Math.abs(frequencyOf(path, 2) - 600) < 8)
  })

  test('a half that is no sound is kept aside, and the other one taken alone', async () => {
    await server.call('80.1')
    const { folder } = await watched('broken-half')
    writeFileSync(join(folder, '80.1-in.wav'), 'no sound at all\n'.repeat(50))
    half(['-n', '-r', '8000', '-b', '16'], join(folder, '80.1-out.wav'), { seconds: 2, hz: 600 })
    assert.equal((await available('80.1'))?.channels, 1)
    assert.equal(await remarkOf('80.1'), 'one-direction')
    assert.equal((await asideOf('80.1-in'))[0]?.because, 'not-a-wav')
  })

  test('both directions beside a file with both are left alone', async () => {
    await server.call('90.1')
    const { folder, watch } = await watched('mixed')
    for (const name of ['90.1.wav', '90.1-in.wav', '90.1-out.wav'])
      half(['-n', '-r', '8000', '-b', '16'], join(folder, name), { seconds: 2, hz: 440 })
    assert.equal((await available('90.1'))?.channels, 1)
    await eventually(async () => assert.deepEqual([watch.state().taken, watch.state().waiting], [1, 0]))
    assert.equal((await server.store.calls.call('default', '90.1'))?.recordings.length, 1)
  })

  test('without ffmpeg GSM is kept and waits; a pair of it says what to install, and both are decoded once it is there', async () => {
    const tool = join(home, 'later-ffmpeg')
    const bare = await startRecordingServer({ ffmpeg: tool, convertEveryMs: 200 })
    try {
      bare.recordings.start()
      for (const id of ['100.1', '100.2']) await bare.call(id)
      const { folder } = await watched('no-ffmpeg', bare)
      copyFileSync(join(made, '6.gsm'), join(folder, '100.1.gsm'))
      half(['-n', '-r', '8000', '-t', 'gsm'], join(folder, '100.2-in.gsm'), { seconds: 2, hz: 440 })
      half(['-n', '-r', '8000', '-t', 'gsm'], join(folder, '100.2-out.gsm'), { seconds: 2, hz: 600 })
      assert.equal((await available('100.1', bare))?.conversion, 'awaited')
      const call = await bare.store.calls.call('default', '100.1')
      assert.equal(call?.recordings[0]?.playable, false)
      await eventually(async () => {
        const [shown] = await asideOf('100.2', bare)
        assert.equal(shown?.because, 'recording-not-converted')
        assert.match(shown?.detail ?? '', /ffmpeg/)
      })
      const headers = await managerOf(bare)
      const refused = await fetch(`${bare.origin}/api/v1/calls/100.1/recordings/1`, { headers })
      assert.equal(refused.status, 409)
      assert.match(await refused.text(), /install ffmpeg/)
      const conversions = async () => {
        const response = await fetch(`${bare.origin}/api/v1/recordings/aside`, { headers })
        return ((await response.json()) as { conversions: unknown }).conversions
      }
      assert.deepEqual(await conversions(), { awaited: 1, failed: 0, canDecode: false })
      writeFileSync(`${tool}.new`, '#!/bin/sh\nexec ffmpeg "$@"\n', { mode: 0o755 })
      await rename(`${tool}.new`, tool)
      await eventually(async () =>
        assert.equal((await bare.store.recordings.recording('default', '100.1', 1))?.conversion, null),
      )
      assert.ok(Math.abs(frequencyOf(await downloaded('100.1', bare), 1) - 440) < 8)
      assert.deepEqual(await conversions(), { awaited: 0, failed: 0, canDecode: true })
      // The watch looks again within a minute; a new look at the folder does at once.
      await rm(join(folder, '100.2-in.gsm'))
      half(['-n', '-r', '8000', '-t', 'gsm'], join(folder, '100.2-in.gsm'), { seconds: 2, hz: 440 })
      assert.equal((await available('100.2', bare))?.channels, 2)
      await eventually(async () => assert.deepEqual(await asideOf('100.2', bare), []))
    } finally {
      server.watches.clear()
      for (const watch of watches.splice(0)) await watch.close()
      await bare.close()
    }
  })

  test('headerless audio is uploaded with its type', async () => {
    const key = await server.key('recordings:write')
    const put = (id: string, type: string, body: Buffer) =>
      fetch(`${server.origin}/api/v1/calls/${id}/recordings/1`, {
        method: 'PUT',
        headers: { ...key, 'content-type': type },
        body: new Uint8Array(body),
      })
    for (const [id, type, file] of [
      ['110.1', 'audio/PCMA', '0.alaw'],
      ['110.2', 'audio/basic', '2.ulaw'],
      ['110.3', 'audio/GSM', '6.gsm'],
      ['110.4', 'audio/g722', 'x.g722'],
    ] as const) {
      await server.call(id)
      const response = await put(id, type, readFileSync(join(made, file)))
      assert.equal(response.status, 201, await response.text())
      assert.ok(Math.abs(frequencyOf(await downloaded(id), 1) - 440) < 8, type)
    }
    await server.call('110.5')
    assert.equal((await put('110.5', 'audio/opus', readFileSync(join(made, '0.alaw')))).status, 415)
  })

  async function remarkOf(callId: string): Promise<string | null> {
    const history = (await server.store.calls.histories('default', [callId])).get(callId)
    assert(history)
    const { steps } = deriveCall(history)
    return steps.find((step) => step.type === 'recording-stored')?.remark ?? null
  }
})

function run(program: string, args: string[]): string {
  return runRaw(program, args).toString('utf8')
}

function runRaw(program: string, args: string[]): Buffer {
  return execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 })
}

function source(hz: number): string[] {
  return ['-v', 'error', '-f', 'lavfi', '-i', `sine=frequency=${hz}:duration=${SECONDS}`]
}

/** Under another name first: it appears whole, as a closed file does. */
function half(sox: string[], path: string, { seconds, hz }: { seconds: number; hz: number }): void {
  const hidden = path.replace(/\/([^/]+)$/, '/.$1')
  run('sox', [...sox.slice(0, 1), '-c', '1', ...sox.slice(1), hidden, 'synth', String(seconds), 'sine', String(hz)])
  execFileSync('mv', [hidden, path])
}

/** As sox estimates it, of one channel (from 1). */
function frequencyOf(path: string, channel: number, part: Part = WHOLE): number {
  return figureOf(path, channel, part, /Rough\s+frequency:\s+(-?\d+)/)
}

function loudnessOf(path: string, channel: number, part: Part = WHOLE): number {
  return figureOf(path, channel, part, /RMS\s+amplitude:\s+([\d.]+)/)
}

interface Part {
  from: number
  seconds: number
}
const WHOLE: Part = { from: 0, seconds: 1.9 }

function figureOf(path: string, channel: number, { from, seconds }: Part, pattern: RegExp): number {
  const effects = ['remix', String(channel), 'trim', String(from), String(seconds), 'stat']
  // `stat` writes to standard error.
  const said = execFileSync('sh', ['-c', 'sox "$@" 2>&1', 'sh', path, '-n', ...effects], { encoding: 'utf8' })
  return Number(pattern.exec(said)?.[1] ?? Number.NaN)
}

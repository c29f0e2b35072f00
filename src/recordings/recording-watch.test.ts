import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { eventually } from '../../test/support/eventually.ts'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { tone, wavFile } from '../../test/support/wav-files.ts'
import { limits } from '../config.ts'
import { AppError } from '../errors.ts'
import { FolderListing } from './folder-listing.ts'
import { nameReader, readRecordingName } from './recording-name.ts'
import { RecordingWatch, type WatchOptions } from './recording-watch.ts'

const REAL_PATH = fileURLToPath(new URL('../../test/recordings/1795399913.0.wav', import.meta.url))
const REAL = readFileSync(REAL_PATH)
const times = {
  stillMs: 300,
  crashedStillMs: 900,
  lookMs: 50,
  growingLookMs: 200,
  listMs: 100,
  longestWaitMs: 400,
  asideAfterMs: 500,
  otherHalfMs: 1_000,
}

describe('a watched folder', () => {
  let server: RecordingServer
  let parent: string
  const watches: RecordingWatch[] = []

  before(async () => {
    server = await startRecordingServer()
    parent = await mkdtemp(join(tmpdir(), 'callbook-monitor-'))
  })
  afterEach(async () => {
    server.watches.clear()
    for (const watch of watches.splice(0)) await watch.close()
  })
  after(async () => {
    await server.close()
    await rm(parent, { recursive: true, force: true })
  })

  /** Watches a folder of the test's own; the folder is made unless the test wants it absent. */
  async function watched(name: string, options: Partial<WatchOptions> & { absent?: boolean } = {}) {
    const { absent = false, ...rest } = options
    const folder = join(parent, name)
    if (!absent) await mkdir(folder, { recursive: true })
    const watch = new RecordingWatch({
      connector: `pbx-${name}`,
      instance: 'default',
      folder,
      store: server.store,
      intake: server.recordings.intake,
      decoder: server.recordings.decoder,
      log: pino({ level: 'silent' }),
      now: Date.now,
      limits,
      times,
      ...rest,
    })
    watches.push(watch)
    server.watches.add(watch)
    watch.start()
    return { folder, watch }
  }

  async function recordingOf(callId: string, n = 1) {
    const call = await server.store.calls.call('default', callId)
    return call?.recordings.find((recording) => recording.n === n) ?? null
  }

  const available = (callId: string, n = 1) =>
    eventually(async () => {
      const recording = await recordingOf(callId, n)
      assert.equal(recording?.state, 'available', `recording ${n} of ${callId}`)
      return recording
    })

  const asideOf = async (part: string) =>
    (await server.store.recordings.filesAside('default')).filter((file) => file.origin.includes(part))

  test('a finished recording becomes available, and the PBX keeps its file', async () => {
    await server.call('100.1')
    const { folder, watch } = await watched('finished')
    await copyFile(REAL_PATH, join(folder, '100.1.wav'))
    const recording = await available('100.1')
    assert.equal(recording?.durationMs, 4_000)
    assert.equal(recording?.sha256, createHash('sha256').update(REAL).digest('hex'))
    assert.deepEqual(await readdir(folder), ['100.1.wav'])
    assert.deepEqual(readFileSync(join(folder, '100.1.wav')), REAL)
    await eventually(async () => assert.deepEqual([watch.state().taken, watch.state().waiting], [1, 0]))
  })

  test('a recording that grows is taken once, when the PBX has closed it', async () => {
    await server.call('200.1', { live: true })
    const { folder, watch } = await watched('growing')
    const path = join(folder, '200.1.wav')
    await writeFile(path, wavFile({ audio: Buffer.alloc(0) }))
    for (let i = 0; i < 12; i++) {
      await appendFile(path, tone(8_000))
      await pause(50)
    }
    // Still, but with a header that says it is not finished, and its call goes on.
    await pause(1_500)
    assert.equal(await recordingOf('200.1'), null)
    assert.equal(watch.state().taken, 0)
    const file = await open(path, 'r+')
    const finished = wavFile({ audio: tone(12 * 8_000) })
    await file.write(finished, 0, 44, 0)
    await file.close()
    assert.equal((await available('200.1'))?.durationMs, 6_000)
    await eventually(async () => assert.equal(watch.state().taken, 1))
  })

  test('what the PBX has closed is taken when its call ends, without waiting for it to be still', async () => {
    const patient = { times: { ...times, stillMs: 3_600_000, crashedStillMs: 3_600_000, growingLookMs: 3_600_000 } }
    await server.call('220.1', { live: true })
    const { folder, watch } = await watched('closed', patient)
    const path = join(folder, '220.1.wav')
    await writeFile(path, wavFile({ audio: Buffer.alloc(0) }))
    await appendFile(path, tone(16_000))
    await eventually(async () => assert.equal(watch.state().waiting, 1))
    await writeFile(path, REAL)
    await pause(800)
    assert.equal(await recordingOf('220.1'), null, 'its call goes on: there may be more')
    await server.call('220.1')
    assert.equal((await available('220.1'))?.durationMs, 4_000)
  })

  test('a file is found by its call: when that comes, when it ends, and after a merge', async () => {
    const patient = { times: { ...times, stillMs: 3_600_000, longestWaitMs: 3_600_000, growingLookMs: 3_600_000 } }
    const { folder, watch } = await watched('found', patient)
    await server.call('230.1', { live: true })
    for (const id of ['230.2', '230.3', '230.4']) await copyFile(REAL_PATH, join(folder, `${id}.wav`))
    await eventually(async () => assert.equal(watch.state().waiting, 3))
    await pause(500)
    await server.call('230.2')
    await available('230.2')
    await server.call('230.3', { live: true })
    await pause(300)
    const at = server.clock.now
    const merge = { id: 'm', callId: '230.1', at, type: 'calls-merged', mergedCallId: '230.3' } as const
    await server.ingest.append({ instance: 'default', source: 'test' }, [merge])
    await pause(300)
    assert.equal(await recordingOf('230.1'), null)
    await server.call('230.1')
    await available('230.1')
    assert.equal(watch.state().waiting, 1)
  })

  test('a recorder that has heard nobody yet is waited for', async () => {
    await server.call('210.1')
    const { folder, watch } = await watched('silent')
    const path = join(folder, '210.1.wav')
    await writeFile(path, wavFile({ audio: Buffer.alloc(0) }))
    await pause(800)
    assert.equal(watch.state().aside, 0)
    assert.equal(await recordingOf('210.1'), null)
    await writeFile(path, REAL)
    await available('210.1')
  })

  test('the recording of a PBX that crashed is taken after its call has ended, and repaired', async () => {
    await server.call('300.1', { live: true })
    const { folder } = await watched('crashed')
    await writeFile(join(folder, '300.1.wav'), wavFile({ claims: 0, riffClaims: 0, seconds: 2 }))
    await pause(1_500)
    assert.equal(await recordingOf('300.1'), null)
    await server.call('300.1')
    assert.equal((await available('300.1'))?.durationMs, 2_000)
    const row = await server.store.recordings.recording('default', '300.1', 1)
    assert.equal(row?.headerSound, false)
  })

  test('a recording whose call is not known yet waits, is shown, and is taken when the call comes', async () => {
    const { folder, watch } = await watched('early')
    await copyFile(REAL_PATH, join(folder, '400.1.wav'))
    await eventually(async () => assert.equal((await asideOf('400.1.wav'))[0]?.because, 'call-not-found'))
    assert.equal(watch.state().waiting, 1)
    await server.call('400.1')
    await available('400.1')
    await eventually(async () => assert.deepEqual(await asideOf('400.1.wav'), []))
    await eventually(async () => assert.deepEqual([watch.state().waiting, watch.state().aside], [0, 0]))
  })

  test('several recordings of a call, and separate directions beside the whole left alone', async () => {
    await server.call('500.1')
    const { folder, watch } = await watched('several')
    for (const name of ['500.1.wav', '500.1-2.wav', '500.1-in.wav', '500.1-out.wav', '500.1.txt', '.500.1.wav'])
      await copyFile(REAL_PATH, join(folder, name))
    await available('500.1', 1)
    await available('500.1', 2)
    await eventually(async () => assert.equal(watch.state().waiting, 0))
    assert.equal((await server.store.calls.call('default', '500.1'))?.recordings.length, 2)
    assert.equal(watch.state().aside, 0)
  })

  test('a text file named .wav is kept aside and shown, and read again only when it changes', async () => {
    await server.call('600.1')
    const { folder, watch } = await watched('text')
    const path = join(folder, '600.1.wav')
    await writeFile(path, 'this is not sound, whatever its name says\n'.repeat(20))
    await eventually(async () => assert.equal((await asideOf('600.1.wav'))[0]?.because, 'not-a-wav'))
    assert.equal(watch.state().aside, 1)
    const [shown] = await asideOf('600.1.wav')
    assert.match(shown?.detail ?? '', /RIFF/)
    await pause(500)
    assert.deepEqual(await asideOf('600.1.wav'), [shown])
    // The routes show it to managers and not to agents.
    const manager = await server.sessionOf(await server.user('aside-manager', 'manager'))
    const agent = await server.sessionOf(await server.user('aside-agent', 'agent', '1001'))
    const url = '/api/v1/recordings/aside'
    const listed = (await server.app.inject({ url, headers: manager })).json()
    assert(listed.items.some((item: { origin: string }) => item.origin === shown?.origin))
    assert.equal((await server.app.inject({ url, headers: agent })).statusCode, 403)
    // The PBX (or somebody) puts the right file there.
    await writeFile(path, REAL)
    await available('600.1')
    await eventually(async () => assert.deepEqual(await asideOf('600.1.wav'), []))
    assert.equal(watch.state().aside, 0)
  })

  test('other bytes for a recording that is there are kept aside, and the first stay', async () => {
    await server.call('610.1')
    const { folder } = await watched('other')
    await copyFile(REAL_PATH, join(folder, '610.1.wav'))
    const first = await available('610.1')
    await writeFile(join(folder, '610.1.wav'), wavFile({ seconds: 9 }))
    await eventually(async () => assert.equal((await asideOf('610.1.wav'))[0]?.because, 'recording-exists'))
    assert.deepEqual(await recordingOf('610.1'), first)
  })

  test('a recording that goes on after it was taken is replaced by the longer one', async () => {
    await server.call('620.1')
    const { folder, watch } = await watched('goes-on')
    const path = join(folder, '620.1.wav')
    const [begin, rest] = [tone(32_000), tone(16_000).reverse()]
    await writeFile(path, wavFile({ audio: begin }))
    assert.equal((await available('620.1'))?.durationMs, 2_000)
    const first = await server.store.recordings.recording('default', '620.1', 1)
    // As MixMonitor appends: the header tells the new length in the end.
    const whole = wavFile({ audio: Buffer.concat([begin, rest]) })
    await writeFile(path, whole)
    await eventually(async () => assert.equal((await recordingOf('620.1'))?.durationMs, 3_000))
    const row = await server.store.recordings.recording('default', '620.1', 1)
    assert.equal(row?.sha256, createHash('sha256').update(whole).digest('hex'))
    await eventually(async () => {
      const files = (await server.stored()).filter((name) => name.includes('620.1'))
      assert.deepEqual(
        files.filter((name) => name.endsWith('.wav')),
        [row?.path],
      )
    })
    assert.notEqual(row?.path, first?.path)
    await eventually(async () => assert.deepEqual([await asideOf('620.1.wav'), watch.state().waiting], [[], 0]))
  })

  test('a folder that is absent is a state; its files are taken once it is there, also when it is made anew', async () => {
    await server.call('700.1')
    await server.call('700.2')
    const { folder, watch } = await watched('absent', { absent: true })
    await eventually(async () => assert.equal(watch.state().status, 'folder-absent'))
    assert.match(watch.state().problem ?? '', /is not there/)
    await mkdir(folder)
    await copyFile(REAL_PATH, join(folder, '700.1.wav'))
    await available('700.1')
    assert.deepEqual([watch.state().status, watch.state().problem], ['watching', null])
    await rm(folder, { recursive: true })
    await eventually(async () => assert.equal(watch.state().status, 'folder-absent'))
    await mkdir(folder)
    await copyFile(REAL_PATH, join(folder, '700.2.wav'))
    await available('700.2')
  })

  test('recordings in folders by day are found; links are not followed', async () => {
    for (const id of ['800.1', '800.2', '800.3']) await server.call(id)
    const outside = join(parent, 'outside')
    await mkdir(outside)
    await copyFile(REAL_PATH, join(outside, '800.3.wav'))
    const { folder, watch } = await watched('days')
    await mkdir(join(folder, '2026', '11', '23'), { recursive: true })
    await copyFile(REAL_PATH, join(folder, '2026', '11', '23', '800.1.wav'))
    await symlink(join(outside, '800.3.wav'), join(folder, '800.2.wav'))
    await symlink(outside, join(folder, 'link'))
    await available('800.1')
    await pause(600)
    assert.equal(await recordingOf('800.2'), null)
    assert.equal(await recordingOf('800.3'), null)
    assert.equal(watch.state().waiting, 0)
  })

  test('what comes into the folder of a new day is found, also beside days that are not read again', async () => {
    const { folder } = await watched('archive')
    for (const [day, id] of [
      ['22', '820.1'],
      ['23', '820.2'],
      ['24', '820.3'],
    ] as const) {
      await server.call(id)
      // As FusionPBX keeps them.
      const archive = join(folder, 'example.com', 'archive', '2026', 'Nov', day)
      await mkdir(archive, { recursive: true })
      await copyFile(REAL_PATH, join(archive, `${id}.wav`))
      await available(id)
      await pause(400)
    }
    await server.call('820.4')
    await copyFile(REAL_PATH, join(folder, 'example.com', 'archive', '2026', 'Nov', '22', '820.4.wav'))
    await available('820.4')
  })

  test('a file that is renamed while it waits is one recording, and no orphan stays behind', async () => {
    const { folder, watch } = await watched('moved')
    await copyFile(REAL_PATH, join(folder, 'nobody-knows.wav'))
    await copyFile(REAL_PATH, join(folder, '830.1.tmp.wav'))
    await eventually(async () => assert.equal((await asideOf('nobody-knows')).length, 1))
    await server.call('830.1')
    await rename(join(folder, 'nobody-knows.wav'), join(folder, '830.1.wav'))
    await available('830.1')
    await eventually(async () => assert.deepEqual([await asideOf('nobody-knows'), watch.state().waiting], [[], 0]))
    assert.equal(watch.state().taken, 1)
  })

  test('several folders of one connector, and names of the user’s own', async () => {
    const { folder } = await watched('first-of-two')
    const second = join(parent, 'second-of-two')
    await mkdir(join(second, 'kept', 'monday'), { recursive: true })
    await watched('first-of-two', {
      folder: second,
      within: `${second}/`,
      readName: nameReader('kept/*/{n}_*_{callId}'),
    })
    await server.call('840.1')
    await server.call('840.2')
    await copyFile(REAL_PATH, join(folder, '840.1.wav'))
    await copyFile(REAL_PATH, join(second, 'kept', 'monday', '2_13800138000_840.2.wav'))
    await copyFile(REAL_PATH, join(second, 'greeting.wav'))
    await available('840.1')
    await available('840.2', 2)
    const row = await server.store.recordings.recording('default', '840.2', 2)
    assert(row?.origin?.startsWith(`pbx-first-of-two:${second}/kept/monday/2_13800138000_840.2.wav:`))
    assert.deepEqual(await asideOf('greeting'), [])
  })

  test('a file that comes under its name by renaming is taken', async () => {
    await server.call('810.1')
    const { folder } = await watched('renamed')
    await copyFile(REAL_PATH, join(folder, '.810.1.wav.partial'))
    await rename(join(folder, '.810.1.wav.partial'), join(folder, '810.1.wav'))
    await available('810.1')
  })

  test('after a restart nothing is taken in twice, and what was kept aside is not read again', async () => {
    await server.call('900.1')
    const first = await watched('restart')
    await copyFile(REAL_PATH, join(first.folder, '900.1.wav'))
    await writeFile(join(first.folder, '900.2.wav'), 'text\n'.repeat(50))
    await available('900.1')
    await eventually(async () => assert.equal((await asideOf('900.2.wav')).length, 1))
    const shown = await asideOf('900.2.wav')
    await first.watch.close()
    const seq = await server.store.calls.lastSeq('default')
    const { watch } = await watched('restart', {
      intake: {
        take: () => {
          throw new Error('a file was read again')
        },
      },
    })
    await eventually(async () => assert.deepEqual([watch.state().waiting, watch.state().aside], [0, 1]))
    await pause(500)
    assert.equal(watch.state().waiting, 0)
    assert.equal(await server.store.calls.lastSeq('default'), seq)
    assert.deepEqual(await asideOf('900.2.wav'), shown)
  })

  test('hundreds of old files do not keep the newest waiting', async () => {
    const folder = join(parent, 'backlog')
    await mkdir(folder)
    const small = wavFile({ seconds: 0.02 })
    const longAgo = Date.now() / 1000 - 7 * 86_400
    for (let i = 0; i < 600; i++) {
      await writeFile(join(folder, `1000.${i}.wav`), small)
      await utimes(join(folder, `1000.${i}.wav`), longAgo + i, longAgo + i)
    }
    for (const i of [3, 300, 599]) await server.call(`1000.${i}`)
    const order: string[] = []
    const { intake } = server.recordings
    await watched('backlog', {
      intake: {
        take: (incoming) => {
          order.push(incoming.callId)
          return intake.take(incoming)
        },
      },
    })
    for (const i of [3, 300, 599]) await available(`1000.${i}`)
    assert.deepEqual(order, ['1000.599', '1000.300', '1000.3'])
    await server.call('1001.1')
    await copyFile(REAL_PATH, join(folder, '1001.1.wav'))
    await available('1001.1')
  })

  test('while the disk is full the files stay where they are, the state says so, and they come in afterwards', async () => {
    await server.call('1100.1')
    await server.call('1100.2')
    let full = true
    const { intake } = server.recordings
    const { folder, watch } = await watched('full', {
      intake: {
        take: (incoming) => {
          if (full) throw new AppError('store-unavailable', { detail: 'the disk of the recordings is full' })
          return intake.take(incoming)
        },
      },
    })
    await copyFile(REAL_PATH, join(folder, '1100.1.wav'))
    await copyFile(REAL_PATH, join(folder, '1100.2.wav'))
    await eventually(async () => assert.equal(watch.state().status, 'failing'))
    assert.match(watch.state().problem ?? '', /full/)
    assert.equal(watch.state().waiting, 2)
    full = false
    await available('1100.1')
    await available('1100.2')
    await eventually(async () => assert.deepEqual([watch.state().status, watch.state().problem], ['watching', null]))
  })

  test('a file that may not be read is shown to the administrator and taken once it may', async (t) => {
    if (process.getuid?.() === 0) return t.skip('root may read everything')
    await server.call('1200.1')
    const { folder } = await watched('unreadable')
    const path = join(folder, '1200.1.wav')
    await copyFile(REAL_PATH, path)
    await chmod(path, 0)
    await eventually(async () => assert.equal((await asideOf('1200.1.wav'))[0]?.because, 'file-unreadable'))
    await chmod(path, 0o600)
    await available('1200.1')
  })

  test('a recording of a call that was merged into another takes a free number there', async () => {
    await server.call('1300.1')
    const { folder } = await watched('merged')
    await copyFile(REAL_PATH, join(folder, '1300.1.wav'))
    await available('1300.1')
    await server.call('1300.2')
    const at = server.clock.now
    const merge = { id: 'm', callId: '1300.1', at, type: 'calls-merged', mergedCallId: '1300.2' } as const
    await server.ingest.append({ instance: 'default', source: 'test' }, [merge])
    assert.equal((await server.store.calls.call('default', '1300.2'))?.id, '1300.1')
    await writeFile(join(folder, '1300.2.wav'), wavFile({ seconds: 7 }))
    assert.equal((await available('1300.1', 2))?.durationMs, 7_000)
  })

  test('closing in the middle of a copy leaves nothing half-written', async () => {
    await server.call('1400.1')
    const { folder, watch } = await watched('closing')
    await writeFile(join(folder, '1400.1.wav'), wavFile({ seconds: 1_000 }))
    await pause(400)
    await watch.close()
    await watch.close()
    assert.deepEqual(
      (await server.stored()).filter((name) => !name.endsWith('.wav')),
      [],
    )
  })
})

test('names of files tell their call and number', () => {
  assert.deepEqual(readRecordingName('1795399913.0.wav'), { callId: '1795399913.0', n: 1 })
  assert.deepEqual(readRecordingName('1795399913.0-2.wav'), { callId: '1795399913.0', n: 2 })
  assert.deepEqual(readRecordingName('2026/11/23/pbx1-1795399913.12.wav'), { callId: 'pbx1-1795399913.12', n: 1 })
  assert.deepEqual(readRecordingName('0c9a7f4e-5b3d-4f0e-9a1c-0123456789ab.WAV'), {
    callId: '0c9a7f4e-5b3d-4f0e-9a1c-0123456789ab',
    n: 1,
  })
  // As FreePBX and FreeSWITCH name them by themselves.
  for (const [name, callId] of [
    ['2026/11/23/external-1001-13800138000-20261123-101530-1795399913.0.wav', '1795399913.0'],
    ['q-600-13800138000-20261123-101530-pbx1-1795399913.12.wav', 'pbx1-1795399913.12'],
    ['20261123-013707_13800138000_8eb1fc65-804e-4411-922a-52385cd291ac.wav', '8eb1fc65-804e-4411-922a-52385cd291ac'],
  ] as const)
    assert.deepEqual(readRecordingName(name), { callId, n: 1 })
  for (const [name, callId, half] of [
    ['1.0-in.wav', '1.0', 'in'],
    ['2026/1.0-OUT.WAV', '1.0', 'out'],
    ['q-600-1380013-20261123-101530-1795399913.0-in.gsm', '1795399913.0', 'in'],
  ] as const)
    assert.deepEqual(readRecordingName(name), { callId, n: 1, half })
  assert.deepEqual(readRecordingName('1.0-2-out.alaw'), { callId: '1.0', n: 2, half: 'out' })
  for (const name of ['1.0.sln16', '1.0.wav49', '1.0.PCMU', '1.0.raw'])
    assert.deepEqual(readRecordingName(name), { callId: '1.0', n: 1 })
  for (const name of [
    '.hidden.wav',
    '.hidden-in.wav',
    '1.0.tmp.wav',
    '1.0.ogg',
    'a.mp3',
    'wav',
    `${'x'.repeat(201)}.wav`,
  ])
    assert.equal(readRecordingName(name), null, name)
})

test('a template says how names are read; what does not fit is no recording', () => {
  for (const [template, name, read] of [
    ['{callId}', 'a/b/1.0.wav', { callId: '1.0', n: 1 }],
    ['*_{callId}', 'x_y_1.0.wav', { callId: 'y_1.0', n: 1 }],
    ['{callId}_{n}', '1.0_12.wav', { callId: '1.0', n: 12 }],
    ['rec.{callId}', 'recx1.0.wav', null],
    ['*/archive/*/{callId}', 'example.com/archive/2026/1.0.wav', { callId: '1.0', n: 1 }],
    ['*/archive/*/{callId}', 'example.com/archive/1.0.wav', null],
    ['{callId}', '1.0.mp3', null],
    ['{callId}_{n}', 'a/1.0_2-out.alaw', { callId: '1.0', n: 2, half: 'out' }],
  ] as const)
    assert.deepEqual(nameReader(template)(name), read, `${template} on ${name}`)
  for (const template of ['nothing', '{callId}{callId}', '{n}{n}{callId}', '{uuid}{callId}', '***{callId}'])
    assert.throws(() => nameReader(template), template)
})

test('a folder that has not changed is not read again, unless all are asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-listing-'))
  try {
    let now = 1_000_000
    const listing = new FolderListing(folder, () => now)
    const { signal } = new AbortController()
    const names = async (all = false) => (await Array.fromAsync(listing.names({ all, signal }))).sort()
    for (const day of ['22', '23']) {
      await mkdir(join(folder, day))
      await writeFile(join(folder, day, 'a.wav'), '')
    }
    assert.deepEqual(await names(), ['22/a.wav', '23/a.wav'])
    // Too soon to be sure: files may still come within the tick of its clock.
    assert.deepEqual(await names(), ['22/a.wav', '23/a.wav'])
    now += 5_000
    assert.deepEqual(await names(), ['22/a.wav', '23/a.wav'])
    assert.deepEqual(await names(), [])
    await pause(20)
    await writeFile(join(folder, '23', 'b.wav'), '')
    assert.deepEqual(await names(), ['23/a.wav', '23/b.wav'])
    assert.deepEqual(await names(true), ['22/a.wav', '23/a.wav', '23/b.wav'])
    await rm(join(folder, '22'), { recursive: true })
    assert.deepEqual(await names(true), ['23/a.wav', '23/b.wav'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

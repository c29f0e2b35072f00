// Checks that every PBX shares, on facts that no test machine has: networks, full disks, slow answers.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withoutSoundPrograms } from '../../scripts/sound-programs.ts'
import { checkClock, measureSkew } from './clock.ts'
import { checkDecoding } from './decoding.ts'
import { inTime } from './in-time.ts'
import { addressesOf, checkNetwork } from './network.ts'
import { checkRecordings, type FolderExpectation, lookAtFolders, type RecordingsFolder } from './recordings-folder.ts'

const AMI = { host: 'pbx.example.com', port: 5038, protocol: 'AMI', plainLogin: false }

test('a connection that stays on this machine needs no encryption, any other does', () => {
  for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])
    assert.deepEqual(checkNetwork([address], AMI), [], address)
  assert.deepEqual(checkNetwork([], AMI), [])
  for (const addresses of [['192.168.1.5'], ['127.0.0.1', '203.0.113.7'], ['2001:db8::1']]) {
    const [finding] = checkNetwork(addresses, AMI)
    assert.equal(finding?.code, 'unencrypted')
    assert.equal(finding?.severity, 'warning')
    assert.match(finding?.fix[0]?.run[0] ?? '', /^ssh -N -L 127\.0\.0\.1:15038:127\.0\.0\.1:5038 /)
  }
  assert.match(checkNetwork(['192.0.2.1'], { ...AMI, plainLogin: true })[0]?.sentence ?? '', /its password/)
})

test('an address is its own address, and a name without one has none', async () => {
  assert.deepEqual(await addressesOf('192.0.2.7'), ['192.0.2.7'])
  assert.deepEqual(await addressesOf('nobody.invalid'), [])
})

test('the time that an answer took does not count as a difference of clocks', async () => {
  let here = 1_000_000
  // Each answer takes 3 s on its way here; the PBX's clock is 1 s behind.
  const slow = await measureSkew(
    async () => {
      const theirs = here - 1_000
      here += 3_000
      return theirs
    },
    { now: () => here },
  )
  assert.ok(slow && Math.abs(slow.skewMs + 1_000) <= slow.uncertaintyMs)
  assert.equal(checkClock(slow).code, 'clock-right')
  assert.equal(checkClock({ skewMs: -10_000, uncertaintyMs: 100 }).code, 'clock-behind')
  assert.equal(checkClock({ skewMs: 61_000, uncertaintyMs: 100 }).severity, 'error')
  assert.equal(checkClock(await measureSkew(async () => null, { now: () => 0 })).code, 'clock-unseen')
})

const expected: FolderExpectation = {
  pbxFolder: '/var/spool/asterisk/monitor',
  usualFolder: '/var/spool/asterisk/monitor',
  isCallId: (callId) => /^\d+\.\d+$/.test(callId),
  naming: { file: 'extensions.conf', lines: [], run: [] },
}
const there: RecordingsFolder = {
  folder: '/srv/pbx/var/spool/asterisk/monitor',
  state: 'there',
  space: { freeBytes: 500 * 1024 ** 3, totalBytes: 1024 ** 4 },
  names: ['1795399913.0.wav'],
}
const codesOf = (looked: RecordingsFolder) => checkRecordings([looked], expected).map(({ code }) => code)

test('a folder seen through a mount is the PBX’s own; another may be meant', () => {
  assert.deepEqual(codesOf(there), ['recordings-named'])
  const elsewhere = { ...there, folder: '/srv/recordings' }
  assert.deepEqual(codesOf(elsewhere), ['recordings-named', 'folder-elsewhere'])
  const both = checkRecordings([elsewhere, there], expected)
  assert.deepEqual(
    both.map(({ code }) => code),
    ['recordings-named', 'recordings-named'],
  )
  assert.match(both[1]?.sentence ?? '', /\/srv\/pbx/)
})

test('every folder is looked at; one that is absent does not hide the others, and names are read as the connector says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-doctor-'))
  try {
    await mkdir(join(folder, 'one/2026'), { recursive: true })
    await mkdir(join(folder, 'two'))
    await writeFile(join(folder, 'one/2026/1795399913.0-in.gsm'), '')
    await writeFile(join(folder, 'two/rec_1795399913_7.wav'), '')
    const folders = ['one', 'nowhere', 'two'].map((name) => join(folder, name))
    const codes = async (recordings: { folders: string[]; names?: string }) =>
      (await lookAtFolders({ recordings }, { ...expected, pbxFolder: null }, Date.now)).map(({ code }) => code)
    assert.deepEqual(await codes({ folders }), ['recordings-named', 'folder-absent', 'names-not-call-ids'])
    const names = 'rec_{callId}'
    assert.deepEqual(await codes({ folders: [folders[2] ?? ''], names }), ['recordings-named'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('no folder is nothing to tell where recordings come from elsewhere', () => {
  assert.deepEqual(checkRecordings([], { ...expected, hasOtherSource: true }), [])
  assert.equal(checkRecordings([], expected)[0]?.code, 'no-recordings-folder')
})

test('without ffmpeg doctor says what waits for it, and with it what it could not read', async (t) => {
  const decoding = (ffmpeg: string, awaited: number, failed: number) =>
    checkDecoding({ ffmpeg, conversions: async () => ({ awaited, failed }) })
  const codes = (findings: { code: string }[]) => findings.map(({ code }) => code)
  assert.deepEqual(codes(await decoding('/no/such/ffmpeg', 0, 0)), ['ffmpeg-absent'])
  const [waits] = await decoding('/no/such/ffmpeg', 12, 0)
  assert.equal(waits?.severity, 'warning')
  assert.match(waits?.sentence ?? '', /^12 recordings/)
  const skip = await withoutSoundPrograms()
  if (skip !== null) return t.skip(skip)
  assert.deepEqual(codes(await decoding('ffmpeg', 12, 3)), ['ffmpeg-there', 'recordings-not-decoded'])
  const unknown = await checkDecoding({ ffmpeg: 'ffmpeg', conversions: () => Promise.reject(new Error('away')) })
  assert.deepEqual(codes(unknown), ['ffmpeg-there'])
})

test('a disk that is nearly full is told in hours of sound', () => {
  const space = { freeBytes: 1024 ** 3, totalBytes: 100 * 1024 ** 3 }
  assert.deepEqual(codesOf({ ...there, space }), ['recordings-named', 'disk-nearly-full'])
  const [, full] = checkRecordings([{ ...there, space }], expected)
  assert.match(full?.sentence ?? '', /1\.0 GiB left: about 18 hours/)
  assert.deepEqual(codesOf({ ...there, space: null }), ['recordings-named'])
})

test('a folder that hangs or may not be read is an error', () => {
  assert.deepEqual(codesOf({ ...there, state: 'silent' }), ['folder-silent'])
  assert.deepEqual(codesOf({ ...there, state: 'unreadable' }), ['folder-unreadable'])
})

test('what does not come in time is not waited for', async () => {
  assert.equal(await inTime(new Promise<string>(() => {}), 'late', 10), 'late')
  assert.equal(await inTime(Promise.resolve('here'), 'late', 10), 'here')
  await assert.rejects(inTime(Promise.reject(new Error('broken')), 'late', 10), /broken/)
})

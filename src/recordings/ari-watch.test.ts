// Recordings over ARI, from a server on a real socket; test/pbx has the real one.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { eventually } from '../../test/support/eventually.ts'
import { FakeAri } from '../../test/support/fake-ari.ts'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { tone, wavFile } from '../../test/support/wav-files.ts'
import { checkConnector, limits } from '../config.ts'
import { AppError } from '../errors.ts'
import { ariRecordings } from './ari-client.ts'
import { AriWatch, type AriWatchOptions } from './ari-watch.ts'

const REAL = readFileSync(fileURLToPath(new URL('../../test/recordings/1795399913.0.wav', import.meta.url)))
const times = {
  stillMs: 200,
  crashedStillMs: 500,
  lookMs: 50,
  listMs: 100,
  longestWaitMs: 300,
  asideAfterMs: 400,
}
const NEVER_LISTED = { ...times, listMs: 3_600_000 }

describe('recordings over ARI', () => {
  let server: RecordingServer
  let ari: FakeAri
  const open: { watch: AriWatch; stop: AbortController }[] = []

  before(async () => {
    server = await startRecordingServer()
    ari = new FakeAri()
    await ari.listen()
  })
  afterEach(async () => {
    for (const { watch, stop } of open.splice(0)) {
      const closed = watch.close()
      stop.abort()
      await closed
    }
    server.watches.clear()
    Object.assign(ari, { password: 'ari-pw', readOnly: true, instead: null })
    ari.files.clear()
    ari.asked.length = 0
  })
  after(async () => {
    await ari.close()
    await server.close()
  })

  function watched(connector: string, options: Partial<AriWatchOptions> & { password?: string } = {}): AriWatch {
    const { password = 'ari-pw', ...rest } = options
    const stop = new AbortController()
    const { url } = ari
    const watch = new AriWatch({
      connector,
      instance: 'default',
      url,
      ari: ariRecordings({ url, username: 'recordings', password }, stop.signal),
      deletes: false,
      store: server.store,
      intake: server.recordings.intake,
      log: pino({ level: 'silent' }),
      now: Date.now,
      limits,
      times,
      ...rest,
    })
    open.push({ watch, stop })
    server.watches.add(watch)
    watch.start()
    return watch
  }

  const available = (callId: string, n = 1) =>
    eventually(async () => {
      const row = await server.store.recordings.recording('default', callId, n)
      assert.equal(row?.state, 'available', callId)
      return row
    })
  const asideOf = async (part: string) =>
    (await server.store.recordings.filesAside('default')).filter((file) => file.origin.includes(part))

  test('what is stored is taken in, byte for byte, and stays at the PBX', async () => {
    await server.call('100.1')
    await server.call('100.2')
    ari.store('100.1', REAL)
    ari.store('2026/11/23/q-600-1380013-20261123-101530-100000000.2-3', REAL)
    ari.store('2026/11/23/100.2-2', wavFile({ seconds: 2 }))
    ari.store('greetings/welcome.of.the.house', REAL)
    const watch = watched('plain')
    const row = await available('100.1')
    assert.equal(row?.sha256, createHash('sha256').update(REAL).digest('hex'))
    assert.equal((await available('100.2', 2))?.durationMs, 2_000)
    assert.equal(ari.files.size, 4)
    assert.ok(!ari.asked.some((one) => one.startsWith('DELETE')))
    await eventually(async () => assert.equal(watch.state().taken, 2))
    assert.deepEqual([watch.state().status, watch.state().folder], ['watching', ari.url])
  })

  test('a call’s own recording is asked for when the call ends, without waiting for the list', async () => {
    const watch = watched('guess', { times: NEVER_LISTED })
    await eventually(async () => assert.ok(ari.asked.includes('GET /ari/recordings/stored')))
    await server.call('200.1', { live: true })
    ari.store('200.1', REAL)
    await pause(300)
    assert.equal(ari.askedFor('200.1'), 0, 'it is still being recorded')
    await server.call('200.1')
    await available('200.1')
    // One that was not recorded is asked for a few times, and then left to the list.
    await server.call('200.2')
    await eventually(async () => assert.ok(ari.askedFor('200.2') >= 1))
    assert.equal(watch.state().aside, 0)
  })

  test('a recording whose header is not written yet is waited for; one that never gets one is repaired', async () => {
    await server.call('300.1')
    ari.store('300.1', wavFile({ claims: 0, riffClaims: 0, seconds: 1 }))
    watched('unfinished', { times: { ...times, crashedStillMs: 2_000 } })
    await eventually(async () => assert.ok(ari.askedFor('300.1') >= 2))
    ari.store('300.1', wavFile({ seconds: 3 }))
    assert.equal((await available('300.1'))?.durationMs, 3_000)
    await server.call('300.2')
    ari.store('300.2', wavFile({ claims: 0, riffClaims: 0, seconds: 2 }))
    const row = await available('300.2')
    assert.deepEqual([row?.durationMs, row?.headerSound], [2_000, false])
  })

  test('A-law without a header, and a header without sound', async () => {
    for (const id of ['310.1', '310.2']) await server.call(id)
    ari.store('310.1', tone(16_000), 'alaw')
    ari.store('310.2', wavFile({ audio: Buffer.alloc(0) }))
    const watch = watched('bare')
    const row = await available('310.1')
    assert.deepEqual([row?.format, row?.durationMs, row?.dataOffset], [6, 2_000, 0])
    await eventually(async () => assert.equal(watch.state().waiting, 0))
    assert.equal(watch.state().aside, 0)
  })

  test('a recording whose call is not known waits, is shown, and is taken when the call comes', async () => {
    ari.store('400.1', REAL)
    const watch = watched('early')
    await eventually(async () => assert.equal((await asideOf('400.1'))[0]?.because, 'call-not-found'))
    assert.equal(ari.askedFor('400.1'), 0, 'nothing is fetched for nobody')
    await server.call('400.1')
    await available('400.1')
    await eventually(async () => assert.deepEqual([await asideOf('400.1'), watch.state().waiting], [[], 0]))
  })

  test('what is no sound is kept aside with the reason', async () => {
    await server.call('410.1')
    ari.store('410.1', Buffer.from('not a recording at all\n'.repeat(20)))
    watched('strange')
    await eventually(async () => assert.equal((await asideOf('410.1'))[0]?.because, 'not-a-wav'))
  })

  test('with deletion on, a recording is deleted at the PBX after it is on disk here, and no other', async () => {
    ari.readOnly = false
    await server.call('500.1')
    ari.store('500.1', REAL)
    ari.store('500.9', REAL)
    let present: unknown = null
    ari.instead = (_, path) => {
      if (!path.endsWith('/500.1') || path.endsWith('/file')) return false
      present ??= server.store.recordings.recording('default', '500.1', 1)
      return false
    }
    watched('deletes', { deletes: true })
    await eventually(async () => assert.ok(!ari.files.has('500.1')))
    assert.equal(((await present) as { state: string } | null)?.state, 'available')
    await pause(300)
    assert.ok(ari.files.has('500.9'), 'its call is not known')
  })

  test('while Callbook’s disk is full nothing is deleted; it goes on by itself', async () => {
    ari.readOnly = false
    await server.call('510.1')
    ari.store('510.1', REAL)
    let full = true
    const watch = watched('full', {
      deletes: true,
      intake: {
        take: async (incoming) => {
          if (full) throw new AppError('store-unavailable', { detail: 'the disk is full' })
          return server.recordings.intake.take(incoming)
        },
      },
    })
    await eventually(async () => assert.equal(watch.state().status, 'failing'))
    assert.match(watch.state().problem ?? '', /disk is full/)
    assert.ok(ari.files.has('510.1'))
    full = false
    await available('510.1')
    await eventually(async () => assert.deepEqual([ari.files.has('510.1'), watch.state().status], [false, 'watching']))
  })

  test('a user who may only read is asked to delete once, and the recording is taken all the same', async () => {
    for (const id of ['520.1', '520.2']) await server.call(id)
    ari.store('520.1', REAL)
    watched('may-not', { deletes: true })
    await available('520.1')
    await eventually(async () => assert.ok(ari.asked.some((one) => one.startsWith('DELETE'))))
    ari.store('520.2', REAL)
    await available('520.2')
    await pause(300)
    assert.equal(ari.asked.filter((one) => one.startsWith('DELETE')).length, 1)
    assert.equal(ari.files.size, 2)
  })

  test('after a restart nothing is fetched again, and what could not be deleted before is', async () => {
    await server.call('600.1')
    ari.store('600.1', REAL)
    watched('again')
    await available('600.1')
    assert.equal(ari.askedFor('600.1'), 1)
    const second = watched('again')
    await pause(500)
    assert.equal(ari.askedFor('600.1'), 1)
    assert.equal(second.state().taken, 0)
    ari.readOnly = false
    watched('again', { deletes: true })
    await eventually(async () => assert.ok(!ari.files.has('600.1')))
    // Of another content by now: not what was taken.
    ari.store('600.1', wavFile({ seconds: 9 }))
    watched('again', { deletes: true })
    await pause(500)
    assert.ok(ari.files.has('600.1'))
  })

  test('a PBX that is away is a state, and it goes on by itself once it is back', async () => {
    await server.call('700.1')
    const elsewhere = new FakeAri()
    await elsewhere.listen()
    const { url } = elsewhere
    const port = Number(new URL(url).port)
    await elsewhere.close()
    const client = ariRecordings({ url, username: 'recordings', password: 'ari-pw' }, new AbortController().signal)
    const watch = watched('away', { url, ari: client })
    await eventually(async () => assert.equal(watch.state().status, 'unreachable'))
    assert.match(watch.state().problem ?? '', /does not answer: ECONNREFUSED/)
    elsewhere.store('700.1', REAL)
    await elsewhere.listen(port)
    try {
      await available('700.1')
      await eventually(async () => assert.equal(watch.state().status, 'watching'))
    } finally {
      await elsewhere.close()
    }
  })

  test('a wrong password is told as such', async () => {
    const watch = watched('wrong', { password: 'another' })
    await eventually(async () => assert.equal(watch.state().status, 'unreachable'))
    assert.match(watch.state().problem ?? '', /refuses the user recordings/)
    assert.ok(!(watch.state().problem ?? '').includes('another'))
  })

  test('a transfer that breaks off is made again, and leaves nothing behind', async () => {
    await server.call('800.1')
    const whole = wavFile({ seconds: 60 })
    ari.store('800.1', whole)
    let broken = 0
    ari.instead = (response, path) => {
      if (!path.endsWith('/file') || broken++ > 0) return false
      response.writeHead(200, { 'content-length': whole.length })
      response.write(whole.subarray(0, 300_000), () => setTimeout(() => response.destroy(), 50))
      return true
    }
    const watch = watched('breaks')
    const row = await available('800.1')
    assert.equal(row?.sha256, createHash('sha256').update(whole).digest('hex'))
    assert.ok(broken >= 2)
    await eventually(async () => assert.equal(watch.state().status, 'watching'))
    assert.deepEqual(
      (await server.stored()).filter((name) => name.startsWith('.spool/intake')),
      [],
    )
  })

  test('what answers and is no ARI is told, and a redirect is not followed', async () => {
    ari.instead = (response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>router</html>')
      return true
    }
    const watch = watched('router')
    await eventually(async () => assert.match(watch.state().problem ?? '', /no ARI/))
    let came = 0
    const other = createServer((_, response) => {
      came++
      response.end('[]')
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    ari.instead = (response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end()
      return true
    }
    const redirected = watched('redirect')
    await eventually(async () => assert.equal(redirected.state().status, 'unreachable'))
    assert.equal(came, 0)
    await new Promise((resolve) => other.close(resolve))
  })
})

test('the settings of ARI are checked, and belong to Asterisk', () => {
  const connector = { name: 'pbx1', type: 'asterisk' }
  const own = { url: 'http://pbx:8088/ari', username: 'callbook', passwordEnv: 'PBX1_ARI' }
  assert.ok(checkConnector({ ...connector, recordings: { ari: own } }))
  assert.ok(checkConnector({ ...connector, recordings: { folder: '/x', ari: { ...own, deleteAtPbx: true } } }))
  for (const wrong of [
    { ...own, url: 'ftp://pbx/ari' },
    { ...own, url: 'http://user:secret@pbx/ari' },
    { ...own, url: 'http://pbx/ari?api_key=a:b' },
    { url: own.url, username: 'callbook' },
    { ...own, password: 'here' },
  ])
    assert.throws(() => checkConnector({ ...connector, recordings: { ari: wrong } }), /recordings.ari/)
  assert.throws(() => checkConnector({ name: 'fs', type: 'freeswitch', recordings: { ari: own } }))
})

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir, readlink, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { type RecordingServer, startRecordingServer } from '../../test/support/recording-server.ts'
import { tone, wavFile } from '../../test/support/wav-files.ts'
import { AppError } from '../errors.ts'
import { walkWav } from './wav.ts'

const REAL = readFileSync(new URL('../../test/recordings/1795399913.0.wav', import.meta.url))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const LIMIT = 2_000_000

describe('recordings over HTTP', () => {
  let server: RecordingServer
  let write: Record<string, string>
  let read: Record<string, string>
  const url = (callId: string, n: number | string = 1, query = '') =>
    `${server.origin}/api/v1/calls/${encodeURIComponent(callId)}/recordings/${n}${query}`
  const put = (callId: string, body: Uint8Array, headers: Record<string, string> = {}, n = 1) =>
    fetch(url(callId, n), { method: 'PUT', body, headers: { 'content-type': 'audio/wav', ...write, ...headers } })
  const get = (callId: string, headers: Record<string, string> = {}, query = '') =>
    fetch(url(callId, 1, query), { headers: { ...read, ...headers } })
  const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer())

  before(async () => {
    server = await startRecordingServer({ limits: { recordingBytes: LIMIT } })
    write = await server.key('recordings:write')
    read = await server.key('recordings:read')
  })
  after(() => server.close())

  test('an uploaded recording is on disk by the day of its call, in its record, and comes back byte for byte', async () => {
    await server.call('up-1', { startedAt: Date.parse('2026-11-22T23:59:00+08:00') })
    const answer = await put('up-1', REAL)
    assert.equal(answer.status, 201)
    assert.deepEqual(await answer.json(), {
      n: 1,
      state: 'available',
      durationMs: 4_000,
      sizeBytes: REAL.length,
      channels: 1,
      sha256: sha256(REAL),
      playable: true,
      deletedAt: null,
      deletedBecause: null,
      deletedRule: null,
      deletedLimit: null,
      heldAt: null,
      heldBy: null,
      holdReason: null,
    })
    assert.equal(answer.headers.get('location'), '/api/v1/calls/up-1/recordings/1')
    assert((await server.stored()).includes('default/2026-11-22/up-1-1.wav'))
    const call = await server.store.calls.call('default', 'up-1')
    assert.deepEqual(
      call?.recordings.map((r) => [r.n, r.state, r.durationMs, r.sha256]),
      [[1, 'available', 4_000, sha256(REAL)]],
    )
    const heard = await get('up-1')
    assert.equal(heard.status, 200)
    assert.deepEqual(await bytesOf(heard), REAL)
    assert.equal(heard.headers.get('content-type'), 'audio/wav')
    assert.equal(heard.headers.get('content-length'), String(REAL.length))
    assert.equal(heard.headers.get('accept-ranges'), 'bytes')
    assert.equal(heard.headers.get('etag'), `"${sha256(REAL)}"`)
    assert.match(heard.headers.get('cache-control') ?? '', /private/)
    assert(heard.headers.get('last-modified'))
  })

  test('the same bytes again change nothing; others are refused and the first stay', async () => {
    await server.call('up-2')
    assert.equal((await put('up-2', REAL)).status, 201)
    const before = await server.store.calls.lastSeq('default')
    const again = await put('up-2', REAL)
    assert.equal(again.status, 200)
    assert.equal((await jsonOf(again)).sha256, sha256(REAL))
    assert.equal(await server.store.calls.lastSeq('default'), before)
    const other = await put('up-2', wavFile())
    assert.equal(other.status, 409)
    assert.equal((await jsonOf(other)).code, 'recording-exists')
    assert.deepEqual(await bytesOf(await get('up-2')), REAL)
    assert.equal((await put('up-2', wavFile(), {}, 2)).status, 201)
  })

  test('two different uploads at the same time: one is kept whole, the other refused', async () => {
    await server.call('up-race')
    const files = Array.from({ length: 6 }, (_, i) => wavFile({ seconds: i + 1 }))
    const answers = await Promise.all(files.map((file) => put('up-race', file)))
    const kept = answers.findIndex((answer) => answer.status === 201)
    assert.equal(answers.filter((answer) => answer.status === 409).length, 5)
    assert.deepEqual(await bytesOf(await get('up-race')), files[kept])
  })

  test('what is refused is refused with its reason and leaves nothing behind', async () => {
    await server.call('bad-1')
    const files = await server.stored()
    const codeOf = async (answer: Response) => [answer.status, (await jsonOf(answer)).code]
    const text = Buffer.from('this is a text file, named .wav\n'.repeat(50))
    assert.deepEqual(await codeOf(await put('bad-1', text)), [422, 'not-a-wav'])
    assert.deepEqual(await codeOf(await put('bad-1', Buffer.alloc(0))), [422, 'not-a-wav'])
    assert.deepEqual(await codeOf(await put('bad-1', wavFile({ audio: Buffer.alloc(0) }))), [422, 'not-a-wav'])
    assert.deepEqual(await codeOf(await put('no-such-call', REAL)), [404, 'call-not-found'])
    assert.deepEqual(await codeOf(await put('bad-1', tone(LIMIT + 1))), [413, 'recording-too-large'])
    assert.deepEqual(await codeOf(await put('bad-1', REAL, { 'content-type': 'text/plain' })), [
      415,
      'unsupported-media-type',
    ])
    assert.deepEqual(await codeOf(await put('bad-1', REAL, {}, 0)), [400, 'bad-request'])
    assert.deepEqual(await codeOf(await put('bad-1', REAL, {}, 100)), [400, 'bad-request'])
    assert.deepEqual(await codeOf(await put('bad-1', REAL, read)), [403, 'not-allowed'])
    assert.deepEqual(await server.stored(), files)
    assert.deepEqual((await server.store.calls.call('default', 'bad-1'))?.recordings, [])
  })

  test('an upload without announced length that grows too large is stopped', async () => {
    await server.call('bad-2')
    const files = await server.stored()
    let sent = 0
    const endless = new ReadableStream({
      pull(controller) {
        sent += 100_000
        controller.enqueue(sent === 100_000 ? wavFile().subarray(0, 44) : tone(100_000))
        if (sent > LIMIT * 2) controller.close()
      },
    })
    const answer = await fetch(url('bad-2'), {
      method: 'PUT',
      body: endless,
      duplex: 'half',
      headers: { ...write, 'content-type': 'audio/wav' },
    } as RequestInit)
    assert.equal(answer.status, 413)
    assert.deepEqual(await server.stored(), files)
  })

  test('a digest that was announced must hold', async () => {
    await server.call('digest')
    const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('base64')
    const wrong = await put('digest', REAL, { 'content-digest': `sha-256=:${digest('sha256', Buffer.from('x'))}:` })
    assert.deepEqual([wrong.status, (await jsonOf(wrong)).code], [422, 'digest-mismatch'])
    const both = await put('digest', REAL, {
      'content-digest': `sha-256=:${digest('sha256', REAL)}:, sha-512=:${digest('sha512', Buffer.from('x'))}:`,
    })
    assert.equal(both.status, 422)
    assert.equal((await put('digest', REAL, { 'content-digest': 'sha-256=nonsense' })).status, 400)
    assert.equal((await put('digest', REAL, { 'content-md5': digest('md5', Buffer.from('x')) })).status, 422)
    const right = await put('digest', REAL, {
      'content-digest': `sha-512=:${digest('sha512', REAL)}:, sha-256=:${digest('sha256', REAL)}:, unixsum=:AAAA:`,
      'content-md5': digest('md5', REAL),
    })
    assert.equal(right.status, 201)
  })

  test('an upload that breaks off leaves nothing behind, and the next one succeeds', async () => {
    await server.call('abort')
    const files = await server.stored()
    await new Promise<void>((resolve) => {
      const headers = { ...write, 'content-type': 'audio/wav', 'content-length': REAL.length }
      const request = httpRequest(url('abort'), { method: 'PUT', headers })
      request.on('error', () => undefined).on('close', () => resolve())
      request.write(REAL.subarray(0, 30_000))
      setTimeout(() => request.destroy(), 100)
    })
    await eventually(async () => assert.deepEqual(await server.stored(), files))
    assert.equal((await put('abort', REAL)).status, 201)
  })

  test('every range is a slice of the whole, of sound files and of repaired ones', async () => {
    const crashed = wavFile({
      channels: 2,
      seconds: 3,
      claims: 0,
      riffClaims: 0,
      first: [Buffer.from('LIST\x04\0\0\0abcd')],
    })
    const odd = wavFile({ bitsPerSample: 8, audio: tone(8_001), claims: 0xffffffff })
    const cases = { 'range-sound': REAL, 'range-crashed': crashed, 'range-odd': odd }
    for (const [callId, file] of Object.entries(cases)) {
      await server.call(callId)
      assert.equal((await put(callId, file)).status, 201)
      const whole = await bytesOf(await get(callId))
      for (let i = 0; i < 120; i++) {
        const a = Math.floor(Math.random() * whole.length)
        const b = Math.min(whole.length - 1, a + Math.floor(Math.random() ** 3 * whole.length))
        const [header, first, last] =
          i % 3 === 0
            ? [`bytes=${a}-${b}`, a, b]
            : i % 3 === 1
              ? [`bytes=${a}-`, a, whole.length - 1]
              : [`bytes=-${a + 1}`, whole.length - a - 1, whole.length - 1]
        const answer = await get(callId, { range: header })
        assert.equal(answer.status, 206)
        assert.equal(answer.headers.get('content-range'), `bytes ${first}-${last}/${whole.length}`)
        const bytes = await bytesOf(answer)
        assert(bytes.equals(whole.subarray(first, last + 1)), `${callId} ${header}`)
        assert.equal(answer.headers.get('content-length'), String(bytes.length))
      }
    }
  })

  test('a recording of a PBX that crashed is handed out with a header that tells its true length', async () => {
    const audio = tone(5 * 16_000)
    for (const [i, parts] of [{ claims: 0, riffClaims: 0 }, { claims: 0xffffffff }, { claims: 16_000 }].entries()) {
      const callId = `crashed-${i}`
      await server.call(callId)
      const answer = await put(callId, wavFile({ audio, ...parts }))
      assert.equal(answer.status, 201)
      assert.equal((await jsonOf(answer)).durationMs, 5_000)
      const whole = await bytesOf(await get(callId))
      const layout = walkWav(whole, whole.length)
      assert('headerSound' in layout && layout.headerSound)
      assert.equal(layout.durationMs, 5_000)
      assert(whole.subarray(44).equals(audio))
      assert.equal((await put(callId, wavFile({ audio, ...parts }))).status, 200)
    }
  })

  test('ranges that cannot be, several ranges, and If-Range', async () => {
    await server.call('cond')
    await put('cond', REAL)
    const outside = await get('cond', { range: `bytes=${REAL.length}-` })
    assert.equal(outside.status, 416)
    assert.equal(outside.headers.get('content-range'), `bytes */${REAL.length}`)
    assert.equal((await jsonOf(outside)).code, 'range-not-satisfiable')
    for (const range of ['bytes=0-9,20-29', 'bytes=9-3', 'lines=1-2']) {
      const whole = await get('cond', { range })
      assert.equal(whole.status, 200, range)
      assert.equal((await bytesOf(whole)).length, REAL.length)
    }
    const etag = `"${sha256(REAL)}"`
    const lastModified = (await get('cond')).headers.get('last-modified') ?? ''
    assert.equal((await get('cond', { range: 'bytes=0-9', 'if-range': etag })).status, 206)
    assert.equal((await get('cond', { range: 'bytes=0-9', 'if-range': lastModified })).status, 206)
    assert.equal((await get('cond', { range: 'bytes=0-9', 'if-range': '"other"' })).status, 200)
    assert.equal((await get('cond', { range: 'bytes=0-9', 'if-range': `W/${etag}` })).status, 200)
    assert.equal((await get('cond', { range: `bytes=${'9'.repeat(40)}-` })).status, 416)
    assert.equal((await get('cond', { range: `bytes=0-${'9'.repeat(40)}` })).status, 206)
    assert.equal((await get('cond', { 'if-match': etag })).status, 200)
    assert.equal((await get('cond', { 'if-match': '*', 'if-unmodified-since': lastModified })).status, 200)
    for (const headers of [
      { 'if-match': '"other"' },
      { 'if-match': `W/${etag}` },
      { 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' },
    ]) {
      const changed = await get('cond', headers)
      assert.equal(changed.status, 412)
      assert.equal((await jsonOf(changed)).code, 'precondition-failed')
    }
  })

  test('a browser that has the recording already is told so', async () => {
    await server.call('cond-2')
    await put('cond-2', REAL)
    const first = await get('cond-2')
    await first.arrayBuffer()
    const etag = first.headers.get('etag') ?? ''
    for (const headers of [{ 'if-none-match': etag }, { 'if-none-match': `"x", W/${etag}` }]) {
      const answer = await get('cond-2', headers)
      assert.equal(answer.status, 304)
      assert.equal(answer.headers.get('etag'), etag)
      assert.equal((await bytesOf(answer)).length, 0)
    }
    const unmodified = await get('cond-2', { 'if-modified-since': first.headers.get('last-modified') ?? '' })
    assert.equal(unmodified.status, 304)
    assert.equal((await get('cond-2', { 'if-none-match': '"x"' })).status, 200)
  })

  test('HEAD says what GET would, without the audio', async () => {
    await server.call('head')
    await put('head', REAL)
    const head = await fetch(url('head'), { method: 'HEAD', headers: { ...read, range: 'bytes=0-9' } })
    const whole = await get('head')
    assert.equal(head.status, 200)
    for (const name of [
      'content-length',
      'content-type',
      'etag',
      'last-modified',
      'accept-ranges',
      'content-disposition',
    ])
      assert.equal(head.headers.get(name), whole.headers.get(name), name)
    assert.equal((await bytesOf(head)).length, 0)
    assert.equal((await bytesOf(whole)).length, REAL.length)
    assert.equal((await fetch(url('no-such'), { method: 'HEAD', headers: read })).status, 404)
  })

  test('a saved recording has a name that tells the call, in both forms', async () => {
    const startedAt = Date.parse('2026-11-23T10:15:00+08:00')
    await server.call('名/字 "1"', { startedAt })
    await put('名/字 "1"', REAL)
    const saved = await get('名/字 "1"', {}, '?download')
    const disposition = saved.headers.get('content-disposition') ?? ''
    await saved.arrayBuffer()
    assert.match(disposition, /^attachment; filename="20261123-101500_inbound_13800138000_1001\.wav"/)
    const extended = /filename\*=UTF-8''(\S+)$/.exec(disposition)?.[1] ?? ''
    assert.equal(decodeURIComponent(extended), '20261123-101500_呼入_13800138000_张三.wav')
    const played = await get('名/字 "1"', {}, '?download=0')
    await played.arrayBuffer()
    assert.match(played.headers.get('content-disposition') ?? '', /^inline/)
  })

  test('an agent hears her own calls and does not learn of others', async () => {
    await server.call('mine')
    await put('mine', REAL)
    const zhang = await server.sessionOf(await server.user('zhang', 'agent', '1001'))
    const li = await server.sessionOf(await server.user('li', 'agent', '1002'))
    const nobody = await server.sessionOf(await server.user('nobody', 'agent'))
    const ask = (headers: Record<string, string>, callId = 'mine') =>
      server.app.inject({ url: `/api/v1/calls/${callId}/recordings/1`, headers })
    assert.equal((await ask(zhang)).statusCode, 200)
    for (const other of [li, nobody]) {
      const refused = await ask(other)
      const unknown = await ask(other, 'no-such-call')
      assert.equal(refused.statusCode, 404)
      assert.equal(refused.json().code, 'call-not-found')
      assert.equal(unknown.json().code, 'call-not-found')
    }
    assert.equal((await server.app.inject('/api/v1/calls/mine/recordings/1')).statusCode, 401)
  })

  test('a recording that is not there is told apart from one that is still being made', async () => {
    await server.call('none')
    await server.call('running', { live: true, recording: true })
    assert.equal((await jsonOf(await get('none'))).code, 'recording-not-found')
    const running = await get('running')
    assert.deepEqual([running.status, (await jsonOf(running)).code], [409, 'recording-not-available'])
  })

  test('a file that is gone makes the recording missing, one that comes back makes it available', async () => {
    await server.call('lost')
    await put('lost', REAL)
    const path = join(server.folder, 'recordings', 'default', '2026-11-23', 'lost-1.wav')
    await rename(path, `${path}.away`)
    const stateOf = async () => (await server.store.calls.call('default', 'lost'))?.recordings[0]?.state
    for (let i = 0; i < 2; i++) {
      const gone = await get('lost')
      assert.deepEqual([gone.status, (await jsonOf(gone)).code], [404, 'recording-missing'])
      assert.equal(await stateOf(), 'missing')
    }
    await rename(`${path}.away`, path)
    assert.deepEqual(await bytesOf(await get('lost')), REAL)
    assert.equal(await stateOf(), 'available')
    await truncate(path, 1_000)
    const short = await get('lost')
    assert.deepEqual([short.status, (await jsonOf(short)).code], [409, 'recording-damaged'])
    assert.equal(await stateOf(), 'damaged')
    // The same recording sent again takes its place.
    assert.equal((await put('lost', REAL)).status, 201)
    assert.deepEqual(await bytesOf(await get('lost')), REAL)
    assert.equal(await stateOf(), 'available')
  })

  test('listeners who go away leave no file open', async (t) => {
    const roomy = await startRecordingServer()
    t.after(() => roomy.close())
    await roomy.call('leaver')
    const headers = await roomy.key('recordings:read', 'recordings:write')
    const address = `${roomy.origin}/api/v1/calls/leaver/recordings/1`
    const length = 60 * 1024 * 1024
    const whole = { method: 'PUT', headers, body: wavFile({ audio: Buffer.alloc(length) }) }
    assert.equal((await fetch(address, whole)).status, 201)
    const openFiles = async () => {
      const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
      return (await Promise.all(links)).filter((path) => path.includes('.wav')).length
    }
    assert.equal((await bytesOf(await fetch(address, { headers }))).length, length + 44)
    const leave = async (i: number) => {
      const gone = new AbortController()
      const range = { range: `bytes=${i * 1_000}-` }
      const answer = await fetch(address, { headers: { ...headers, ...range }, signal: gone.signal })
      assert.equal(answer.status, 206)
      // Some at once, some in the middle of it, with more than the sockets hold still to come.
      if (i % 2 === 0) await answer.body?.getReader().read()
      gone.abort()
    }
    for (let i = 0; i < 200; i += 10) await Promise.all(Array.from({ length: 10 }, (_, j) => leave(i + j)))
    await eventually(async () => assert.equal(await openFiles(), 0))
    // Who stays gets all of it.
    assert.equal((await bytesOf(await fetch(address, { headers }))).length, length + 44)
  })

  test('an id made to leave the folder only makes a file with a harmless name', async () => {
    for (const id of ['../../../../tmp/evil', 'a/../../b', '..', 'CON', 'x'.repeat(200), '.incoming']) {
      await server.call(id)
      const answer = await put(id, REAL)
      assert.equal(answer.status, id === '..' ? 404 : 201, id)
    }
    for (const name of await server.stored()) assert.match(name, /^default\/\d{4}-\d\d-\d\d\/[a-z0-9._-]{1,110}\.wav$/)
  })
})

describe('when the store or the disk fails', () => {
  test('nothing of an upload is kept, and it succeeds once the store is back', async () => {
    let failing = true
    const server = await startRecordingServer({
      ingest: (real) => ({
        append: (...given) => {
          if (failing) throw new AppError('store-unavailable', { detail: 'the disk is full' })
          return real.append(...given)
        },
      }),
    })
    try {
      await server.call('c')
      const headers = { ...(await server.key('recordings:write')), 'content-type': 'audio/wav' }
      const put = () => fetch(`${server.origin}/api/v1/calls/c/recordings/1`, { method: 'PUT', body: REAL, headers })
      const refused = await put()
      assert.deepEqual([refused.status, (await jsonOf(refused)).code], [503, 'store-unavailable'])
      assert.deepEqual(await server.stored(), [])
      failing = false
      assert.equal((await put()).status, 201)
    } finally {
      await server.close()
    }
  })

  test('a recordings folder that cannot be written is a state, not a crash', async () => {
    const server = await startRecordingServer()
    try {
      await server.call('c')
      const folder = join(server.folder, 'recordings')
      await rm(folder, { recursive: true })
      await writeFile(folder, 'a file where the folder was')
      const headers = { ...(await server.key('recordings:write', 'recordings:read')), 'content-type': 'audio/wav' }
      const url = `${server.origin}/api/v1/calls/c/recordings/1`
      const refused = await fetch(url, { method: 'PUT', body: REAL, headers })
      assert.deepEqual([refused.status, (await jsonOf(refused)).code], [503, 'store-unavailable'])
      await rm(folder)
      assert.equal((await fetch(url, { method: 'PUT', body: REAL, headers })).status, 201)
      await rm(folder, { recursive: true })
      const away = await fetch(url, { headers })
      assert.deepEqual([away.status, (await jsonOf(away)).code], [503, 'store-unavailable'])
      assert.equal((await server.store.calls.call('default', 'c'))?.recordings[0]?.state, 'available')
    } finally {
      await server.close()
    }
  })
})

async function jsonOf(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json()) as Record<string, unknown>
}

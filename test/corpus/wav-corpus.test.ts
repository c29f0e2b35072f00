// Every kind of WAV that PBXs and recorders write, damaged ones too, through the real server: taken in with the right
// length, played in two browsers, and handed out whole or by any range alike.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { chromium } from 'playwright-core'
import { ensureChromium, findChromium } from '../../scripts/chromium.ts'
import { ensureFirefox, openFirefox } from '../../scripts/firefox.ts'
import { withoutSoundPrograms } from '../../scripts/sound-programs.ts'
import { SESSION_COOKIE } from '../../src/access/sessions.ts'
import { limits } from '../../src/config.ts'
import { type RecordingServer, startRecordingServer } from '../support/recording-server.ts'
import { type Heard, playAll } from './play-in-browser.ts'
import { type CorpusFile, makeCorpus } from './wav-corpus.ts'

const RANGES = 1_000

/** null: all there is; else the sentence that says what is missing. */
async function missing(what: () => Promise<void>): Promise<string | null> {
  return what().then(
    () => null,
    (cause: Error) => cause.message,
  )
}

describe('a corpus of WAV files', { concurrency: true }, async () => {
  const skip = await withoutSoundPrograms()
  if (skip !== null) {
    test('is made by sox and ffmpeg', { skip })
    return
  }
  let server: RecordingServer
  let corpus: CorpusFile[]
  let read: Record<string, string>
  let session: string
  const path = (file: CorpusFile) => `/api/v1/calls/${file.name}/recordings/1`

  before(async () => {
    corpus = await makeCorpus()
    server = await startRecordingServer({ limits: { ...limits } })
    read = await server.key('recordings:read')
    const user = await server.user('listener', 'manager')
    session = /=(.*)$/.exec((await server.sessionOf(user)).cookie ?? '')?.[1] ?? ''
    const write = await server.key('recordings:write')
    const waiting = [...corpus]
    const upload = async () => {
      for (let file = waiting.shift(); file; file = waiting.shift()) await uploadOne(file)
    }
    const uploadOne = async (file: CorpusFile) => {
      await server.call(file.name)
      const answer = await fetch(server.origin + path(file), {
        method: 'PUT',
        body: file.bytes,
        headers: { 'content-type': 'audio/wav', ...write },
      })
      assert.equal(answer.status, 201, `${file.name}: ${await answer.text()}`)
    }
    await Promise.all([upload(), upload(), upload(), upload()])
  })
  after(() => server?.close())

  test('has at least sixty of them, each with its true length', async () => {
    assert.ok(corpus.length >= 60, `${corpus.length} files`)
    for (const file of corpus) {
      const row = await server.store.recordings.recording('default', file.name, 1)
      assert.equal(row?.state, 'available', file.name)
      const off = Math.abs((row?.durationMs ?? 0) - file.durationMs)
      assert.ok(off <= 10, `${file.name}: ${row?.durationMs} ms for ${file.durationMs} ms`)
    }
  })

  test('is handed out as WAV, and any range is a slice of the whole', async () => {
    const wholes = new Map<string, Buffer>()
    for (const file of corpus) {
      const answer = await fetch(`${server.origin + path(file)}?download`, { headers: read })
      assert.equal(answer.status, 200, file.name)
      const whole = Buffer.from(await answer.arrayBuffer())
      assert.equal(whole.toString('latin1', 0, 4), 'RIFF', file.name)
      wholes.set(file.name, whole)
    }
    const ask = async (i: number): Promise<void> => {
      const file = corpus[i % corpus.length]
      const whole = file && wholes.get(file.name)
      assert(whole)
      const first = i < corpus.length * 2 ? Math.min(i, whole.length - 1) : Math.floor(Math.random() * whole.length)
      const last = Math.min(whole.length - 1, first + Math.floor(Math.random() * 40_000))
      const headers = { ...read, range: `bytes=${first}-${last}` }
      const answer = await fetch(server.origin + path(file), { headers })
      assert.equal(answer.status, 206, `${file.name} ${headers.range}`)
      const slice = Buffer.from(await answer.arrayBuffer())
      assert.ok(slice.equals(whole.subarray(first, last + 1)), `${file.name} ${headers.range}`)
    }
    for (let i = 0; i < RANGES; i += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => ask(i + k)))
  })

  function checkHeard(heard: Heard[]): void {
    assert.equal(heard.length, corpus.length)
    const faults = heard.flatMap(({ path: heardPath, problem, duration, playedTo, soughtTo }) => {
      const file = corpus.find((one) => path(one) === heardPath)
      assert(file)
      if (problem !== null) return [`${file.name}: ${problem}`]
      const lengthOff = Math.abs(duration * 1000 - file.durationMs)
      if (lengthOff > 10) return [`${file.name}: lasts ${duration} s for ${file.durationMs} ms`]
      if (!(playedTo > 0)) return [`${file.name}: does not play`]
      return Math.abs(soughtTo - duration * 0.75) > 0.1 ? [`${file.name}: a jump lands at ${soughtTo} s`] : []
    })
    assert.deepEqual(faults, [])
  }

  test('plays in Chromium from the start and after a jump', async (t) => {
    const noBrowser = await missing(ensureChromium)
    const executablePath = findChromium()
    if (noBrowser !== null || executablePath === null) return t.skip(noBrowser ?? 'There is no Chromium here.')
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--mute-audio']
    const browser = await chromium.launch({ executablePath, args })
    try {
      const context = await browser.newContext()
      await context.addCookies([{ name: SESSION_COOKIE, value: session, url: server.origin }])
      const page = await context.newPage()
      await page.goto(server.origin)
      checkHeard(JSON.parse(await page.evaluate<string>(playAll(corpus.map(path)))))
    } finally {
      await browser.close()
    }
  })

  test('plays in Firefox from the start and after a jump', async (t) => {
    const noBrowser = await missing(ensureFirefox)
    if (noBrowser !== null) return t.skip(noBrowser)
    const page = await openFirefox()
    try {
      await page.setCookie({ name: SESSION_COOKIE, value: session, domain: '127.0.0.1' })
      await page.goto(server.origin)
      checkHeard(JSON.parse(await page.evaluate(playAll(corpus.map(path)))))
    } finally {
      await page.close()
    }
  })
})

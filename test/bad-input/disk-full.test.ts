// A disk that fills up while events come: senders are told store-unavailable, nothing of a refused request is kept, reading
// goes on, and as soon as there is room everything goes on by itself.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEvent } from '../../src/calls/call-event.ts'
import type { CallDetailJson } from '../../src/calls/call-json.ts'
import { randomFrom } from '../../src/demo/random.ts'
import { callEvents } from '../support/call-traffic.ts'
import { openFeed } from '../support/feed.ts'
import { mountSmall } from '../support/mounts.ts'
import { ServerProcess } from '../support/server-process.ts'
import { wavFile } from '../support/wav-files.ts'
import { assertRefused, type EventsAnswer } from './refusals.ts'

const DISK_BYTES = 24 * 1024 * 1024
/** What the test leaves free when it fills the disk itself. */
const NEARLY_NOTHING_BYTES = 64 * 1024
/** And what it leaves for records, where only recordings are to find it full. */
const ROOM_FOR_RECORDS_BYTES = 3 * 1024 * 1024
const CALLS_PER_REQUEST = 20

test('a full disk refuses events without keeping half of them, and goes on when there is room', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'callbook-full-'))
  const disk = mountSmall(folder, DISK_BYTES)
  if (!disk) {
    rmSync(folder, { recursive: true })
    return t.skip('a disk to fill needs root and the right to mount')
  }
  t.after(() => {
    disk.unmount()
    rmSync(folder, { recursive: true, force: true })
  })
  const server = await ServerProcess.start({ folder: join(folder, 'data'), settings: { CALLBOOK_LOG_LEVEL: 'warn' } })
  t.after(() => server.close())
  const random = randomFrom(1)
  const kept: CallEvent[][] = []
  const refused: CallEvent[][] = []
  const send = (calls: CallEvent[][]) =>
    server.api('/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(calls.flat()),
    })
  let made = 0
  const newCalls = () =>
    Array.from({ length: CALLS_PER_REQUEST }, () => callEvents(random, `full.${++made}`, Date.now() - 600_000))
  const isKnown = async ([event]: CallEvent[]) => (await server.api(`/calls/${event?.callId}`)).status === 200
  const sendUntilFull = async () => {
    for (;;) {
      const calls = newCalls()
      const answer = await send(calls)
      if (answer.status !== 200) {
        await assertRefused(answer, 'store-unavailable')
        assert.ok(answer.headers.has('retry-after'))
        refused.push(...calls)
        return
      }
      const { accepted, rejected } = (await answer.json()) as EventsAnswer
      assert.deepEqual([accepted, rejected], [calls.flat().length, []])
      kept.push(...calls)
    }
  }

  const first = newCalls()
  assert.equal((await send(first)).status, 200)
  kept.push(...first)
  const ballast = join(folder, 'ballast')
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - NEARLY_NOTHING_BYTES), 1))

  await t.test('events are refused with store-unavailable, none of them is kept, and reading goes on', async () => {
    await sendUntilFull()
    for (let i = 0; i < 5; i++) await sendUntilFull()
    assert.ok(refused.length >= 6 * CALLS_PER_REQUEST)
    for (const call of refused) assert.equal(await isKnown(call), false)
    for (const call of kept) assert.equal(await isKnown(call), true)
    assert.equal((await server.api('/calls/count')).status, 200)
  })

  await t.test('a recording that does not fit is refused, and nothing of it stays', async () => {
    const wav = wavFile({ seconds: 10 })
    const upload = () =>
      server.api('/calls/full.1/recordings/1', { method: 'PUT', body: wav, headers: { 'content-type': 'audio/wav' } })
    await assertRefused(await upload(), 'store-unavailable')
    const call = (await (await server.api('/calls/full.1')).json()) as CallDetailJson
    assert.ok(!call.recordings.some(({ state }) => state === 'available'))
  })

  await t.test(
    'with room again everything goes on by itself, and what was refused is taken when it comes again',
    async () => {
      const feed = await openFeed(server, '')
      rmSync(ballast)
      const again = refused.splice(0, CALLS_PER_REQUEST)
      const answer = await send(again)
      assert.equal(answer.status, 200, await answer.clone().text())
      assert.equal(((await answer.json()) as EventsAnswer).accepted, again.flat().length)
      await feed.call(again[0]?.[0]?.callId ?? '')
      feed.close()
      const wav = wavFile({ seconds: 10 })
      const upload = await server.api('/calls/full.1/recordings/1', {
        method: 'PUT',
        body: wav,
        headers: { 'content-type': 'audio/wav' },
      })
      assert.equal(upload.status, 201, await upload.text())
      kept.push(...again)
    },
  )

  await t.test(
    'filled up by the events themselves, and killed while full: all that was acknowledged is there',
    async () => {
      mkdirSync(join(folder, 'other'))
      const { bavail: left } = statfsSync(folder)
      writeFileSync(join(folder, 'other', 'half'), Buffer.alloc(Math.floor((left * bsize) / 2), 1))
      await sendUntilFull()
      await server.kill()
      rmSync(join(folder, 'other'), { recursive: true })
      await server.start()
      for (const call of kept) assert.equal(await isKnown(call), true, `${call[0]?.callId} is lost`)
      for (const call of refused) assert.equal(await isKnown(call), false)
      assert.equal((await send(newCalls())).status, 200)
    },
  )
})

test('a recording that finds the disk full stays where the PBX put it, and comes in when there is room', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'callbook-full-'))
  const disk = mountSmall(folder, DISK_BYTES)
  if (!disk) {
    rmSync(folder, { recursive: true })
    return t.skip('a disk to fill needs root and the right to mount')
  }
  const pbx = mkdtempSync(join(tmpdir(), 'callbook-monitor-'))
  t.after(() => {
    disk.unmount()
    for (const one of [folder, pbx]) rmSync(one, { recursive: true, force: true })
  })
  const config = join(pbx, 'callbook.config.json')
  // Nobody listens there: the folder is watched all the same.
  const connector = { name: 'pbx1', type: 'asterisk', host: '127.0.0.1', port: 1, recordings: { folder: pbx } }
  writeFileSync(config, JSON.stringify({ connectors: [connector] }))
  const settings = { CALLBOOK_LOG_LEVEL: 'error', CALLBOOK_CONFIG: config }
  const server = await ServerProcess.start({ folder: join(folder, 'data'), settings })
  t.after(() => server.close())
  const events = callEvents(randomFrom(2), 'full.wav', Date.now() - 600_000)
  const headers = { 'content-type': 'application/json' }
  const told = await server.api('/events', { method: 'POST', headers, body: JSON.stringify(events) })
  assert.equal(told.status, 200, await told.text())
  const ballast = join(folder, 'ballast')
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - ROOM_FOR_RECORDS_BYTES, 1))
  const wav = wavFile({ seconds: (4 * ROOM_FOR_RECORDS_BYTES) / 16_000 })
  writeFileSync(join(pbx, 'full.wav.wav'), wav)

  // What the console's page of operations shows.
  const state = async () => {
    const { folders } = (await (await server.api('/recordings/aside')).json()) as {
      folders: { status: string; problem: string | null; waiting: number }[]
    }
    return folders[0]
  }
  const until = async (is: () => Promise<boolean>, what: string) => {
    for (let i = 0; !(await is()); i++) {
      assert.ok(i < 600, `${what}: ${JSON.stringify(await state())}`)
      await delay(100)
    }
  }
  const recording = async () => ((await (await server.api('/calls/full.wav')).json()) as CallDetailJson).recordings[0]
  await until(async () => (await state())?.status === 'failing', 'it is not told that the disk is full')
  assert.match((await state())?.problem ?? '', /disk of the recordings is full/)
  assert.equal((await state())?.waiting, 1)
  assert.notEqual((await recording())?.state, 'available')
  assert.deepEqual(readFileSync(join(pbx, 'full.wav.wav')), wav)
  rmSync(ballast)
  await until(async () => (await recording())?.state === 'available', 'it does not come in')
  await until(async () => (await state())?.status === 'watching', 'the state stays')
  assert.equal((await state())?.problem, null)
})

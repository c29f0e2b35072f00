// Mutilated bytes on real sockets: a PBX that has gone mad talks to the real connector, which writes to a real store. For
// every round the connector lives, or connects again; afterwards sound messages are still understood, everything
// unreadable is counted, and every call in the store is what its events make it.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { pino } from 'pino'
import { DEFAULT_INSTANCE, limits } from '../../src/config.ts'
import { createAsteriskConnector } from '../../src/connectors/asterisk/asterisk-connector.ts'
import { encodeMessage, FakeAmiServer, messageOf } from '../../src/connectors/asterisk/fake-ami-server.ts'
import { readTrace } from '../../src/connectors/asterisk/read-trace.ts'
import { connectorOutput } from '../../src/ingest/connector-output.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { rebuild } from '../../src/ingest/rebuild.ts'
import { rejectedMessages } from '../../src/ingest/rejected.ts'
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts'
import { type FuzzFigures, newFigures } from './figures.ts'
import { changeFrames, type Field, type Frame } from './frames.ts'
import { MemoryCurve } from './memory.ts'
import { changeBytes, cut, type Plan, plan } from './plan.ts'

const ROOT = new URL('../../', import.meta.url)
const QUICK = { connectMs: 2_000, answerMs: 2_000, pingMs: 500, firstRetryMs: 10, lastRetryMs: 50 }

export async function fuzzSocket(options: {
  frames: number
  seed: number
  onProgress?: (figures: FuzzFigures) => void
}): Promise<FuzzFigures> {
  const known = globSync('test/traces/asterisk/*/ami.jsonl', { cwd: ROOT })
    .sort()
    .map((file) =>
      readTrace(readFileSync(new URL(file, ROOT))).messages.map(({ message }) =>
        [...message].flatMap(([name, values]) => values.map((value): Field => [name, value])),
      ),
    )
  const folder = await mkdtemp(join(tmpdir(), 'callbook-fuzz-'))
  const store = await openEmbeddedStore({ folder, readers: 1 })
  const pbx = new FakeAmiServer()
  await pbx.start()
  const stop = new AbortController()
  const rejected = rejectedMessages(store.rejected, Date.now, (error) => assert.fail(String(error)))
  const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
  const connector = createAsteriskConnector(
    { name: 'mad', type: 'asterisk', port: pbx.port, username: 'callbook', secret: 'right' },
    QUICK,
  )
  const output = connectorOutput({
    from: { instance: DEFAULT_INSTANCE, source: 'mad' },
    ingest,
    calls: store.calls,
    rejected,
    log: pino({ level: 'silent' }),
    signal: stop.signal,
  })
  const running = connector.run(output, stop.signal)
  const figures = newFigures()
  const curve = new MemoryCurve(options.frames)
  try {
    await until('connected', () => connector.state().status === 'connected')
    for (let part = 0; figures.frames < options.frames; part++) {
      const one = fc.asyncProperty(plan, async (drawn) => {
        await play(drawn, pbx, known, figures)
        curve.note(figures.frames)
      })
      await fc.assert(one, { seed: options.seed + part, numRuns: 10, endOnFailure: true })
      await assertUnderstands(pbx, store, figures.rounds, () => connector.state().status === 'connected')
      options.onProgress?.(figures)
    }
    const { unreadable, messages } = connector.state()
    figures.readable = messages
    figures.unreadable = unreadable
    assert.ok(rejected.count() >= unreadable, 'everything unreadable was handed over to be kept')
    figures.refused = rejected.count() - unreadable
    figures.events = ingest.figures.events
    stop.abort()
    await running
    await ingest.drain()
    const { looked } = await rebuild({
      calls: store.calls,
      instance: DEFAULT_INSTANCE,
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      dryRun: true,
      onChange: (change) => assert.fail(`derived again it differs: ${JSON.stringify(change).slice(0, 1_000)}`),
      onProgress: () => {},
    })
    return { ...figures, calls: looked, peakBytes: curve.peak(), lateGrowthBytes: curve.lateGrowth() }
  } finally {
    stop.abort()
    await running
    await pbx.stop()
    await rejected.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function play(drawn: Plan, pbx: FakeAmiServer, known: readonly Field[][][], figures: FuzzFigures): Promise<void> {
  const shift = figures.rounds * 700
  const frames: Frame[] = []
  for (const trace of drawn.traces)
    for (const fields of known[trace % known.length] ?? [])
      frames.push({ fields: fields.map(([name, value]): Field => [name, later(value, shift)]), joined: false })
  changeFrames(frames, drawn.frames, 'Event')
  const bytes = changeBytes(
    Buffer.concat(
      frames.map(({ fields, joined }) =>
        Buffer.from(`${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${joined ? '' : '\r\n'}`),
      ),
    ),
    drawn.bytes,
  )
  // At every byte is what ami-fuzz.ts does; here the socket cuts as it likes.
  for (const chunk of cut(bytes, drawn.cuts === 'bytes' ? 'whole' : drawn.cuts)) pbx.sendBytes(chunk)
  // An empty line, so that what was cut off does not eat the next round's first message.
  pbx.sendBytes(Buffer.from('\r\n\r\n'))
  if (drawn.bytes.length === 7) pbx.drop()
  figures.rounds++
  figures.frames += frames.length
  figures.bytes += bytes.length
  await until('the bytes are taken', () => pbx.untaken < 1024 * 1024)
}

/** After all that, a sound call is told and stored. */
async function assertUnderstands(
  pbx: FakeAmiServer,
  store: Awaited<ReturnType<typeof openEmbeddedStore>>,
  round: number,
  isConnected: () => boolean,
): Promise<void> {
  await until('connected again', isConnected)
  const now = Date.now() / 1000
  const Uniqueid = `sound-${round}.1`
  const base = {
    Channel: `PJSIP/line-${String(round).padStart(8, '0')}`,
    Uniqueid,
    Linkedid: Uniqueid,
    Timestamp: now.toFixed(6),
  }
  const told = () => {
    pbx.sendBytes(
      encodeMessage(
        messageOf({
          Event: 'Newchannel',
          ...base,
          ChannelStateDesc: 'Ring',
          CallerIDNum: '13800138000',
          Exten: '4001',
        }),
      ),
    )
    pbx.sendBytes(encodeMessage(messageOf({ Event: 'Hangup', ...base, Timestamp: (now + 1).toFixed(6), Cause: '16' })))
  }
  const deadline = Date.now() + 20_000
  for (let tries = 0; !(await store.calls.call(DEFAULT_INSTANCE, Uniqueid)); tries++) {
    assert.ok(Date.now() < deadline, 'a sound call after the mutilated ones is in the store')
    // Said again now and then: the connection may have ended since it was looked at.
    if (tries % 50 === 0) told()
    await delay(20)
  }
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!isSo()) {
    assert.ok(Date.now() < deadline, `not within 20 s: ${what}`)
    await delay(2)
  }
}

function later(value: string, seconds: number): string {
  return value.replace(
    /\b(\d{10})\.(\d+)/g,
    (_, second: string, rest: string) => `${Number(second) + seconds - 1_000_000}.${rest}`,
  )
}

// Mutilated AMI streams through the codec and the connector's model. For every round: nothing throws; the codec says of
// every block of bytes what it was (counted by another, simpler reading); how the stream is cut into chunks changes
// nothing; what the model tells derives. One model is kept over all rounds, for its memory.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { ConnectorConfig } from '../../src/config.ts'
import { type AmiItem, AmiParser, MESSAGE_MAX_BYTES } from '../../src/connectors/asterisk/ami-parser.ts'
import { createAmiReader } from '../../src/connectors/asterisk/ami-reader.ts'
import { readTrace } from '../../src/connectors/asterisk/read-trace.ts'
import { type FuzzFigures, newFigures } from './figures.ts'
import { changeFrames, type Field, type Frame } from './frames.ts'
import { MemoryCurve } from './memory.ts'
import { changeBytes, cut, type Plan, plan } from './plan.ts'
import { assertSameItems, assertTold } from './told-calls.ts'

const ROOT = new URL('../../', import.meta.url)
const connector: ConnectorConfig = { name: 'fuzz', type: 'asterisk' }

interface Trace {
  frames: Field[][]
  /** Epoch ms of the last message. */
  endsAt: number
}

function traces(): Trace[] {
  return globSync('test/traces/asterisk/*/ami.jsonl', { cwd: ROOT })
    .sort()
    .map((file) => {
      const { messages } = readTrace(readFileSync(new URL(file, ROOT)))
      const frames = messages.map(({ message }) =>
        [...message].flatMap(([name, values]) => values.map((value): Field => [name, value])),
      )
      return { frames, endsAt: messages.at(-1)?.receivedAt ?? 0 }
    })
}

export function fuzzAmi(options: {
  frames: number
  seed: number
  onProgress?: (figures: FuzzFigures) => void
}): FuzzFigures {
  const known = traces()
  const figures = newFigures()
  const curve = new MemoryCurve(options.frames)
  const lasting = createAmiReader(connector)
  const now = Math.max(...known.map(({ endsAt }) => endsAt))
  for (let part = 0; figures.frames < options.frames; part++) {
    // In parts, so that a failure is found in few rounds and shrinks quickly.
    const one = fc.property(plan, (drawn) => {
      runRound(drawn, { known, figures, lasting, now, shift: figures.rounds * 700 })
      curve.note(figures.frames)
    })
    fc.assert(one, { seed: options.seed + part, numRuns: 20 })
    options.onProgress?.(figures)
  }
  return { ...figures, peakBytes: curve.peak(), lateGrowthBytes: curve.lateGrowth() }
}

interface Surroundings {
  known: readonly Trace[]
  figures: FuzzFigures
  lasting: ReturnType<typeof createAmiReader>
  now: number
  /** Seconds by which this round's calls come after those of the traces: ids and times are new ones. */
  shift: number
}

function runRound(drawn: Plan, { known, figures, lasting, now, shift }: Surroundings): void {
  const frames: Frame[] = []
  for (const trace of drawn.traces) {
    for (const fields of known[trace % known.length]?.frames ?? [])
      frames.push({ fields: fields.map(([name, value]): Field => [name, shiftTimes(value, shift)]), joined: false })
  }
  changeFrames(frames, drawn.frames, 'Event')
  const banner = Buffer.from('Asterisk Call Manager/11.0.0\r\n')
  const bytes = Buffer.concat([banner, changeBytes(Buffer.concat(frames.map(encode)), drawn.bytes)])

  const items = new AmiParser().push(bytes)
  const unreadable = items.filter(({ type }) => type === 'unreadable').length
  const readable = items.filter(({ type }) => type === 'message').length
  assert.equal(readable + unreadable, blocksIn(bytes), 'every block was either read or said to be unreadable')
  for (const item of items)
    if (item.type === 'unreadable')
      assert.ok(item.raw.length <= MESSAGE_MAX_BYTES && item.cause !== '', 'kept within its bound')

  const parser = new AmiParser()
  const inChunks: AmiItem[] = []
  for (const chunk of cut(bytes, drawn.cuts)) inChunks.push(...parser.push(chunk))
  assertSameItems(inChunks.map(tell), items.map(tell))

  const reader = createAmiReader(connector)
  const events = []
  const at = now + shift * 1000
  for (const item of items) {
    if (item.type !== 'message') continue
    reader.push(item.message, at)
    events.push(...reader.read(null))
    lasting.push(item.message, at)
  }
  events.push(...reader.finish())
  const told = assertTold(events, at)
  assertTold(lasting.read(at + 1_000), at)

  figures.rounds++
  figures.frames += frames.length
  figures.bytes += bytes.length
  figures.readable += readable
  figures.unreadable += unreadable
  figures.events += told.events
  figures.refused += told.refused
  figures.calls += told.calls
}

/** `1795399913.599987` and unique ids, which begin with a second: that many seconds later. */
function shiftTimes(value: string, seconds: number): string {
  return seconds === 0
    ? value
    : value.replace(/\b(\d{10})\.(\d+)/g, (_, second: string, rest: string) => `${Number(second) + seconds}.${rest}`)
}

function encode({ fields, joined }: Frame): Buffer {
  const text = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(joined ? text : `${text}\r\n`)
}

/** How many blocks of lines there are that an empty line ends, the banner aside: another way of reading than the codec's. */
function blocksIn(bytes: Buffer): number {
  const text = bytes.toString('latin1')
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  lines.pop()
  let blocks = 0
  let size = 0
  for (const line of lines.slice(1)) {
    if (line !== '') size++
    else if (size > 0) {
      blocks++
      size = 0
    }
  }
  return blocks
}

function tell(item: AmiItem): unknown {
  return item.type === 'message' ? [...item.message] : item.type === 'unreadable' ? item.cause : item.text
}

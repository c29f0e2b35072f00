// Mutilated event-socket streams and documents of mod_json_cdr through FreeSWITCH's codec and model, with the checks of
// ami-fuzz.ts. A stream whose frames cannot be told apart any more is given up by the codec, which says so: the next
// trace of the round is another connection.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { CallEvent } from '../../src/calls/call-event.ts'
import type { ConnectorConfig } from '../../src/config.ts'
import { createEndpoints } from '../../src/connectors/freeswitch/endpoints.ts'
import type { EslEvent } from '../../src/connectors/freeswitch/esl-event.ts'
import { type EslItem, EslParser, RAW_MAX_BYTES } from '../../src/connectors/freeswitch/esl-parser.ts'
import { createEslReader } from '../../src/connectors/freeswitch/esl-reader.ts'
import { eventsOfCdr, identifyCdr } from '../../src/connectors/freeswitch/json-cdr.ts'
import { readTrace } from '../../src/connectors/freeswitch/read-trace.ts'
import { type FuzzFigures, newFigures } from './figures.ts'
import { changeFrames, type Field, type Frame } from './frames.ts'
import { changeJson, type JsonChange, jsonChange } from './json-changes.ts'
import { MemoryCurve } from './memory.ts'
import { changeBytes, cut, type Plan, plan } from './plan.ts'
import { assertSameItems, assertTold } from './told-calls.ts'

const ROOT = new URL('../../', import.meta.url)
const connector: ConnectorConfig = { name: 'fuzz', type: 'freeswitch' }
const endpoints = createEndpoints(connector)

interface Trace {
  frames: Field[][]
  cdrs: unknown[]
  endsAt: number
}

/** Events are 6 kB as recorded; a part of them is enough to tell all they tell, and more of them fit into a round. */
const FRAMES_OF_TRACE = 150

function traces(): Trace[] {
  return globSync('test/traces/freeswitch/*/events.jsonl', { cwd: ROOT })
    .sort()
    .map((file) => {
      const { events } = readTrace(readFileSync(new URL(file, ROOT)))
      const cdrs = globSync(file.replace('events.jsonl', 'json_cdr/*'), { cwd: ROOT })
        .sort()
        .map((one): unknown => JSON.parse(readFileSync(new URL(one, ROOT), 'utf8')))
      return {
        frames: events.slice(0, FRAMES_OF_TRACE).map(({ event }) => fieldsOf(event)),
        cdrs,
        endsAt: events.at(-1)?.receivedAt ?? 0,
      }
    })
}

function fieldsOf(event: EslEvent): Field[] {
  return Object.entries(event).map(
    ([name, value]): Field => [name, typeof value === 'string' ? value : `ARRAY::${value.join('|:')}`],
  )
}

interface Round extends Plan {
  /** Written as JSON, or as lines with percent signs. */
  asJson: boolean
  documents: JsonChange[]
}

const round: fc.Arbitrary<Round> = fc
  .record({ base: plan, asJson: fc.boolean(), documents: fc.array(jsonChange, { maxLength: 15 }) })
  .map(({ base, ...others }) => ({ ...base, ...others }))

export function fuzzEsl(options: {
  frames: number
  seed: number
  onProgress?: (figures: FuzzFigures) => void
}): FuzzFigures {
  const known = traces()
  const figures = newFigures()
  const curve = new MemoryCurve(options.frames)
  const lasting = createEslReader(connector)
  const now = Math.max(...known.map(({ endsAt }) => endsAt))
  for (let part = 0; figures.frames < options.frames; part++) {
    const one = fc.property(round, (drawn) => {
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
  lasting: ReturnType<typeof createEslReader>
  now: number
  shift: number
}

function runRound(drawn: Round, { known, figures, lasting, now, shift }: Surroundings): void {
  const at = now + shift * 1000
  const events: CallEvent[] = []
  const reader = createEslReader(connector)
  for (const index of drawn.traces) {
    const trace = known[index % known.length]
    if (!trace) continue
    const frames = trace.frames.map(
      (fields): Frame => ({
        fields: fields.map(([name, value]): Field => [name, shifted(value, shift)]),
        joined: false,
      }),
    )
    changeFrames(frames, drawn.frames, 'Event-Name')
    const whole = Buffer.concat(frames.map((frame) => encode(frame, drawn.asJson)))
    const bytes = changeBytes(whole, drawn.bytes)
    const items = new EslParser().push(bytes)
    for (const item of items)
      if (item.type === 'unreadable')
        assert.ok(item.raw.length <= RAW_MAX_BYTES && item.cause !== '', 'kept within its bound')
    if (drawn.bytes.length === 0 && !frames.some(({ joined }) => joined))
      assert.equal(items.length, frames.length, 'every frame was either read or said to be unreadable')

    const parser = new EslParser()
    const inChunks: EslItem[] = []
    for (const chunk of cut(bytes, drawn.cuts)) inChunks.push(...parser.push(chunk))
    assertSameItems(inChunks.map(tell), items.map(tell))

    for (const item of items) {
      if (item.type === 'unreadable') figures.unreadable++
      if (item.type !== 'event') continue
      figures.readable++
      reader.push(item.event, at)
      events.push(...reader.read(null))
      lasting.push(item.event, at)
    }
    figures.frames += items.length
    figures.bytes += bytes.length
    for (const document of trace.cdrs)
      events.push(...readDocument(changeJson(document, drawn.documents), events, reader))
    figures.frames += trace.cdrs.length
  }
  events.push(...reader.finish())
  const told = assertTold(events, at)
  assertTold(lasting.read(at + 1_000), at)
  figures.rounds++
  figures.events += told.events
  figures.refused += told.refused
  figures.calls += told.calls
}

function readDocument(
  document: unknown,
  known: readonly CallEvent[],
  reader: ReturnType<typeof createEslReader>,
): CallEvent[] {
  const call = identifyCdr(document, reader.callOf)
  if (typeof call === 'string') {
    assert.notEqual(call, '')
    return []
  }
  return eventsOfCdr(call, { endpoints, callOf: reader.callOf, known, isInSight: false, wasHeard: 'no' })
}

/** Microseconds since 1970 and the first part of a uuid: later, and another one. */
function shifted(value: string, seconds: number): string {
  if (seconds === 0) return value
  return value
    .replace(/\b(1[67]\d{8})(\d{6})\b/g, (_, second: string, micros: string) => `${Number(second) + seconds}${micros}`)
    .replace(
      /\b[0-9a-f]{8}(-[0-9a-f]{4}-)/g,
      (_, rest: string) => `${seconds.toString(16).padStart(8, '0').slice(-8)}${rest}`,
    )
}

function encode({ fields, joined }: Frame, asJson: boolean): Buffer {
  const body = asJson
    ? `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
    : `${fields.map(([name, value]) => `${name}: ${percent(value)}\n`).join('')}\n`
  const bytes = Buffer.from(body)
  const length = joined ? Math.max(0, bytes.length - 3) : bytes.length
  return Buffer.concat([
    Buffer.from(`Content-Length: ${length}\nContent-Type: text/event-${asJson ? 'json' : 'plain'}\n\n`),
    bytes,
  ])
}

function percent(value: string): string {
  return value.replace(/[%\n\r\u0080-\uffff]/g, (one) =>
    [...Buffer.from(one)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
}

function tell(item: EslItem): unknown {
  return item.type === 'event' ? item.event : item.type === 'unreadable' ? item.cause : [item.contentType, item.body]
}

// Mutilated event batches through the real route, the real ingest and a real store. For every batch: no answer is an error
// of ours; where a batch was taken, every event in it was accepted, known already or refused with a code, and every
// refused one is counted. At the end every call in the store can be shown, and deriving all again changes none.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { pino } from 'pino'
import { createKey } from '../../src/access/keys.ts'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { callRoutes } from '../../src/calls/call-routes.ts'
import { eventsOf } from '../../src/cli/derive.ts'
import { DEFAULT_INSTANCE, limits, readConfig } from '../../src/config.ts'
import { readTrace } from '../../src/connectors/asterisk/read-trace.ts'
import type { CallbookApp } from '../../src/http/app.ts'
import { buildServer } from '../../src/http/server.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { ingestRoutes } from '../../src/ingest/ingest-routes.ts'
import { rebuild } from '../../src/ingest/rebuild.ts'
import { rejectedMessages } from '../../src/ingest/rejected.ts'
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts'
import type { CallPlace, Store } from '../../src/store/store.ts'
import { type FuzzFigures, newFigures } from './figures.ts'
import { changeJson, type JsonChange, jsonChange } from './json-changes.ts'
import { MemoryCurve } from './memory.ts'
import { type ByteChange, byteChange, changeBytes } from './plan.ts'

const ROOT = new URL('../../', import.meta.url)

interface Batch {
  traces: number[]
  json: JsonChange[]
  bytes: ByteChange[]
  form: 'array' | 'lines' | 'one'
  shuffle: number
}

const batch: fc.Arbitrary<Batch> = fc.record({
  traces: fc.array(fc.nat(0x7fffffff), { minLength: 1, maxLength: 6 }),
  json: fc.array(jsonChange, { maxLength: 40 }),
  // Most batches stay JSON: a body that is none is refused whole, and tries little.
  bytes: fc.oneof(
    { weight: 3, arbitrary: fc.constant<ByteChange[]>([]) },
    { weight: 1, arbitrary: fc.array(byteChange, { maxLength: 4 }) },
  ),
  form: fc.constantFrom('array', 'array', 'lines', 'lines', 'one'),
  shuffle: fc.nat(0x7fffffff),
})

const TYPES = { array: 'application/json', one: 'application/json', lines: 'application/x-ndjson' } as const

export async function fuzzEvents(options: {
  frames: number
  seed: number
  onProgress?: (figures: FuzzFigures) => void
}): Promise<FuzzFigures> {
  const known = globSync('test/traces/asterisk/*/ami.jsonl', { cwd: ROOT })
    .sort()
    .map((file) => eventsOf(readTrace(readFileSync(new URL(file, ROOT))).messages, { name: 'fuzz', type: 'asterisk' }))
    .filter((events) => events.length > 0)
  const figures = newFigures()
  const curve = new MemoryCurve(options.frames)
  const stand = await startStand()
  try {
    for (let part = 0; figures.frames < options.frames; part++) {
      const one = fc.asyncProperty(batch, async (drawn) => {
        await runBatch(drawn, { known, figures, stand })
        curve.note(figures.frames)
      })
      await fc.assert(one, { seed: options.seed + part, numRuns: 20 })
      options.onProgress?.(figures)
    }
    figures.calls = await assertStore(stand)
    assert.equal(stand.kept(), figures.refused, 'every refused event is counted')
    return { ...figures, peakBytes: curve.peak(), lateGrowthBytes: curve.lateGrowth() }
  } finally {
    await stand.close()
  }
}

interface Stand {
  app: CallbookApp
  store: Store
  key: string
  /** Refused events that were kept aside or at least counted. */
  kept(): number
  close(): Promise<void>
}

const NOW = Date.parse('2026-11-24T00:00:00Z')

async function startStand(): Promise<Stand> {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-fuzz-'))
  const store = await openEmbeddedStore({ folder, readers: 1 })
  const now = () => NOW
  const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
  const rejected = rejectedMessages(store.rejected, now, (error) => assert.fail(String(error)))
  const config = { ...readConfig({ CALLBOOK_DATA: folder }, folder), limits }
  const app = buildServer({
    access: store.access,
    log: pino({ level: 'silent' }),
    trustProxy: false,
    limits,
    now,
    webRoot: null,
    routes: [ingestRoutes({ ingest, rejected, limits, now }), callRoutes({ calls: store.calls, config, now })],
  })
  const scopes = ['events:write', 'calls:read'] as const
  const { key } = await createKey(store.access, { instance: DEFAULT_INSTANCE, name: 'fuzz', scopes: [...scopes] }, NOW)
  return {
    app,
    store,
    key,
    kept: () => rejected.count(),
    close: async () => {
      await app.close()
      await rejected.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Answer {
  accepted: number
  duplicates: number
  rejected: { index: number; code: string; detail: string }[]
}

async function runBatch(
  drawn: Batch,
  { known, figures, stand }: { known: readonly CallEvent[][]; figures: FuzzFigures; stand: Stand },
): Promise<void> {
  const round = figures.rounds++
  const events = drawn.traces
    .flatMap((trace) => known[trace % known.length] ?? [])
    .map((event) => ({ ...event, callId: `${round}-${event.callId}` }))
  const shuffled =
    drawn.shuffle % 2 === 0
      ? events
      : [
          ...events.slice(drawn.shuffle % events.length),
          ...events.slice(0, drawn.shuffle % events.length),
          ...events.slice(0, 5),
        ]
  const body = changeBytes(Buffer.from(write(changeJson(shuffled, drawn.json), drawn.form)), drawn.bytes)
  figures.bytes += body.length
  const answer = await stand.app.inject({
    method: 'POST',
    url: '/api/v1/events',
    headers: { authorization: `Bearer ${stand.key}`, 'content-type': TYPES[drawn.form] },
    payload: body,
  })
  assert.ok([200, 400, 413].includes(answer.statusCode), `${answer.statusCode}: ${answer.body.slice(0, 500)}`)
  const sent = itemsIn(body, drawn.form)
  figures.frames += sent ?? 1
  if (answer.statusCode !== 200) {
    assert.ok(answer.json<{ code?: string }>().code, 'a refusal has a code')
    figures.unreadable++
    return
  }
  const { accepted, duplicates, rejected } = answer.json<Answer>()
  if (sent !== null) assert.equal(accepted + duplicates + rejected.length, sent, 'every event is accounted for')
  for (const { code, detail } of rejected) assert.ok(code && detail)
  figures.readable++
  figures.events += accepted
  figures.refused += rejected.length
}

function write(value: unknown, form: Batch['form']): string {
  if (form === 'one') return stringify(Array.isArray(value) ? value[0] : value)
  if (form === 'array' || !Array.isArray(value)) return stringify(value)
  return value.map(stringify).join('\n')
}

/** JSON as a program would write it that minds nothing: `toJSON` is a field like any other. */
function stringify(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stringify).join(',')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, one]) => `${JSON.stringify(name)}:${stringify(one)}`)
      .join(',')}}`
  return JSON.stringify(value) ?? 'null'
}

/** How many events a body holds; null: it is not JSON. */
function itemsIn(body: Buffer, form: Batch['form']): number | null {
  const text = body.toString('utf8')
  if (form === 'lines') return text.split('\n').filter((line) => line.trim() !== '').length
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.length : 1
  } catch {
    return null
  }
}

/** Every call in the store is shown by the API, and is what its events make it. Returns how many there are. */
async function assertStore({ app, store, key }: Stand): Promise<number> {
  const { looked, changed } = await rebuild({
    calls: store.calls,
    instance: DEFAULT_INSTANCE,
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    dryRun: true,
    onChange: (change) => assert.fail(`derived again it differs: ${JSON.stringify(change).slice(0, 1_000)}`),
    onProgress: () => {},
  })
  assert.equal(changed, 0)
  let after: CallPlace | null = null
  for (;;) {
    const places: CallPlace[] = await store.calls.places(
      DEFAULT_INSTANCE,
      { from: 0, to: Number.MAX_SAFE_INTEGER },
      after,
      200,
    )
    if (places.length === 0) return looked
    for (const { id } of places.slice(0, 20)) {
      const url = `/api/v1/calls/${encodeURIComponent(id)}`
      const answer = await app.inject({ url, headers: { authorization: `Bearer ${key}` } })
      assert.equal(answer.statusCode, 200, `${id}: ${answer.body.slice(0, 300)}`)
    }
    after = places.at(-1) ?? null
  }
}

// A day held against itself, over the real store and real HTTP: what is wrong is found, weighed and mended.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { logIn, startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { createUser } from '../access/users.ts'
import type { CallDetailJson } from '../calls/call-json.ts'
import { clockIn } from '../calls/instant.ts'
import { limits } from '../config.ts'
import { Ingest } from '../ingest/ingest.ts'
import { reconcileYesterday } from './daily.ts'
import { type Finding, scoreOf } from './findings.ts'
import { reconcile } from './reconcile.ts'

const DAY = '2026-11-22'
const T0 = Date.parse(`${DAY}T10:00:00+08:00`)
const NOW = Date.parse('2026-11-23T10:00:00+08:00')
const RANGE = { from: Date.parse(`${DAY}T00:00:00+08:00`), to: Date.parse('2026-11-23T00:00:00+08:00') }
let server: TestCallbook

interface ReportJson {
  day: string
  calls: number
  score: number
  findings: Finding[]
  blind: string[]
}

const stored = (n: number, durationMs: number) => ({
  type: 'recording-stored',
  n,
  durationMs,
  sizeBytes: 1,
  channels: 1,
  sha256: 'a'.repeat(64),
})
const started = { type: 'call-started', callType: 'inbound', customer: '138' }
const answered = { type: 'agent-answered', agent: { id: '1001' } }
const ended = { type: 'call-ended', releasedBy: 'agent' }
/** Talks for a minute, from second 1. */
const stories: Record<string, [seconds: number, event: Record<string, unknown>][]> = {
  ...Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [
      `good-${i}`,
      [
        [0, started],
        [1, answered],
        [61, ended],
        [63, stored(1, 60_000)],
      ],
    ]),
  ),
  'never-came': [
    [0, started],
    [1, answered],
    [2, { type: 'recording-started' }],
    [61, ended],
  ],
  'none-at-all': [
    [0, started],
    [1, answered],
    [61, ended],
  ],
  short: [
    [0, started],
    [1, answered],
    [61, ended],
    [63, stored(1, 20_000)],
  ],
  stuck: [
    [0, started],
    [1, answered],
  ],
  abandoned: [
    [0, started],
    [9, { ...ended, releasedBy: 'customer' }],
  ],
}

before(async () => {
  server = await startCallbook({}, () => NOW)
  const ingest = new Ingest({ calls: server.store.calls, publish: () => {}, limits })
  for (const [callId, lines] of Object.entries(stories)) {
    const events = lines.map(([seconds, event], i) => ({ id: `e${i}`, callId, at: T0 + seconds * 1000, ...event }))
    await ingest.append({ instance: 'default', source: 'pbx1' }, events as never)
  }
  await server.store.recordings.putAside('default', {
    origin: 'pbx1:lost.wav',
    because: 'call-not-found',
    detail: '',
    since: T0,
  })
})
after(() => server.close())

async function report(): Promise<ReportJson> {
  const answer = await server.post(`/reconciliation/${DAY}`, {})
  assert.equal(answer.status, 200, await answer.clone().text())
  return (await answer.json()) as ReportJson
}

test('what is wrong with a day is found, each with its repair', async () => {
  const { calls, score, findings } = await report()
  assert.equal(calls, 13)
  assert.deepEqual(
    findings.map(({ kind, callId, severity, repair }) => [kind, callId, severity, repair?.action ?? null]).sort(),
    [
      ['call-without-end', 'stuck', 'error', 'close-call'],
      ['call-without-recording', 'none-at-all', 'error', null],
      ['file-without-call', null, 'warning', 'forget-file'],
      ['recording-length', 'short', 'warning', null],
      ['recording-never-came', 'never-came', 'error', 'mark-missing'],
    ],
  )
  assert.equal(score, 73)
})

test('repairs mend the records, and the next report is better', async () => {
  for (const { repair } of (await report()).findings) {
    if (!repair) continue
    const answer = await server.post('/reconciliation/repair', { repair })
    assert.deepEqual(await answer.json(), { done: true })
  }
  const stuck = (await (await server.api('/calls/stuck')).json()) as CallDetailJson
  assert.deepEqual(
    [stuck.endedAt, stuck.endEstimated, stuck.hangupReason],
    ['2026-11-22T10:00:01.000+08:00', true, 'normal'],
  )
  const neverCame = (await (await server.api('/calls/never-came')).json()) as CallDetailJson
  assert.equal(neverCame.recordings[0]?.state, 'missing')
  const { findings } = await report()
  assert.deepEqual(findings.map(({ kind }) => kind).sort(), [
    'call-without-recording',
    'recording-length',
    'recording-missing',
  ])
})

test('calls that only the PBX’s own logs know, and a clock that runs ahead, are found', async () => {
  const { calls, recordings } = server.store
  const witness = (connector: string, ids: string[] | null, skewMs: number | null) => ({
    connector,
    callIds: async () => ids,
    clockSkewMs: () => skewMs,
  })
  const witnesses = [
    witness('pbx1', ['good-1', 'lost-in-the-gap'], 5_000),
    witness('pbx2', null, 10),
    witness('pbx3', ['stuck'], null),
  ]
  const needs = { calls, recordings, witnesses, silentMs: 3_600_000, now: () => NOW }
  const { findings, blind } = await reconcile(needs, 'default', RANGE)
  const pbx = findings.filter(({ facts }) => 'connector' in facts)
  assert.deepEqual(
    pbx.map(({ kind, callId, facts }) => [kind, callId, facts.connector]),
    [
      ['pbx-knows-more', 'lost-in-the-gap', 'pbx1'],
      ['clock-skew', null, 'pbx1'],
    ],
  )
  assert.deepEqual(pbx[0]?.repair, { action: 'backfill', connector: 'pbx1', ...RANGE })
  assert.deepEqual(blind, ['pbx2'])
})

test('reports are kept by day and listed, newest first', async () => {
  await server.post('/reconciliation/2026-11-21', {})
  const { items } = (await (await server.api('/reconciliation')).json()) as { items: ReportJson[] }
  assert.deepEqual(
    items.map(({ day, calls }) => [day, calls]),
    [
      [DAY, 13],
      ['2026-11-21', 0],
    ],
  )
  assert.equal(items[1]?.score, 100)
})

test('yesterday is reconciled by itself, once, after the night', async () => {
  const { calls, recordings, reports } = server.store
  let now = Date.parse('2026-11-25T01:00:00+08:00')
  const needs = {
    calls,
    recordings,
    reports,
    witnesses: () => [],
    silentMs: 1,
    clock: clockIn('Asia/Shanghai'),
    now: () => now,
  }
  assert.equal(await reconcileYesterday(needs, 'default'), null)
  now += 3 * 3_600_000
  assert.equal((await reconcileYesterday(needs, 'default'))?.calls, 0)
  assert.equal(await reconcileYesterday(needs, 'default'), null)
})

test('the score is 100 for a clean day and never below 0', () => {
  const wrong: Finding = { kind: 'call-without-end', severity: 'error', callId: 'x', facts: {}, repair: null }
  assert.equal(scoreOf(0, []), 100)
  assert.equal(scoreOf(1000, [wrong]), 99.9)
  assert.equal(scoreOf(10, [wrong]), 90)
  assert.equal(scoreOf(1, [wrong, wrong, wrong]), 0)
})

test('a wrong day or repair is refused; an agent sees none of it', async () => {
  assert.equal((await server.post('/reconciliation/2026-02-31', {})).status, 400)
  assert.equal((await server.post('/reconciliation/repair', { repair: { action: 'burn' } })).status, 400)
  await createUser(
    server.store.access,
    {
      instance: 'default',
      name: 'zhang',
      role: 'agent',
      agentId: '1001',
      password: 'password-1',
      mustChangePassword: false,
    },
    NOW,
  )
  const cookie = await logIn(server, 'zhang', 'password-1')
  assert.equal((await server.api('/reconciliation', { headers: { cookie } })).status, 403)
})

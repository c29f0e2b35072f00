// One suite for every adapter of the store: what a store must do, told about calls. Run against real databases.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { AGENTS, callStory, GROUPS } from '../../test/support/stories.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { type CallSearch, matchesSearch, noCriteria, type Searched } from '../calls/call-search.ts'
import { deriveCall } from '../calls/call-state.ts'
import { CALL_TYPES, HANGUP_REASONS, PHASES } from '../calls/vocabulary.ts'
import type { NewReceipt } from '../receipts/receipt.ts'
import { verifyReceipts } from '../receipts/verify-receipts.ts'
import { openEmbeddedSnapshot } from './embedded/embedded-snapshot.ts'
import { openEmbeddedStore } from './embedded/embedded-store.ts'
import type { CallWrite, ExportRow, GivenName, RecordingRow, Store } from './store.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')
const adapters = [
  { name: 'embedded', open: (folder: string) => openEmbeddedStore({ folder }), openSnapshot: openEmbeddedSnapshot },
]

function write(instance: string, events: CallEvent[], mergedInto: string | null = null): CallWrite {
  const callId = events[0]?.callId ?? ''
  return { instance, events, seq: null, call: { ...deriveCall({ callId, source: 'test', events }), mergedInto } }
}

function storyOfKept(callId: string, i: number): CallEvent[] {
  return [{ id: 'a', callId, at: T0 + i, type: 'call-started', callType: 'inbound' }]
}

function keptRow(
  instance: string,
  given: { callId: string; n: number; sizeBytes: number; callStartedAt: number; at: number },
): RecordingRow {
  const { callId, n, sizeBytes, callStartedAt, at } = given
  return {
    instance,
    callId,
    n,
    state: 'available',
    storage: 'folder',
    keyId: null,
    path: `${instance}/2026-11-23/${callId}-${n}.wav`,
    durationMs: 1000,
    sizeBytes,
    channels: 1,
    sampleRate: 8000,
    format: 1,
    bitsPerSample: 16,
    dataOffset: 44,
    dataBytes: sizeBytes,
    headerSound: true,
    sha256: 'a'.repeat(64),
    originalSha256: null,
    conversion: null,
    sound: null,
    talk: null,
    callStartedAt,
    storedAt: at,
    origin: null,
  }
}

const emptyNote = {
  instance: 'searched',
  offsetMs: null,
  text: '',
  author: '王主管',
  authorId: 'u1',
  at: T0,
  editedAt: null,
}

for (const adapter of adapters) {
  describe(`the ${adapter.name} store`, () => {
    let folder = ''
    let store: Store

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'callbook-store-'))
      store = await adapter.open(folder)
    })
    after(async () => {
      await store.close()
      await rm(folder, { recursive: true })
    })

    const sampled = fc.sample(
      fc.tuple(...Array.from({ length: 120 }, (_, i) => callStory(`call-${i}`, T0 + i * 60_000))),
      { numRuns: 1, seed: 7 },
    )[0] as CallEvent[][]

    test('gives back what was committed, with growing change numbers', async () => {
      const committed = await store.calls.commit(sampled.map((events) => write('searched', events)))
      assert.equal(committed.length, sampled.length)
      assert.deepEqual(
        committed.map(({ call }) => call.seq),
        sampled.map((_, i) => i + 1),
      )
      for (const { call } of committed) assert.deepEqual(await store.calls.call('searched', call.id), call)
      assert.equal(await store.calls.lastSeq('searched'), sampled.length)
    })

    test('finds by any combination of criteria exactly the calls that match, newest first', async () => {
      const all: Searched[] = []
      for (const [n, events] of sampled.entries()) {
        const call = deriveCall({ callId: events[0]?.callId ?? '', source: 'test', events })
        const tags = n % 3 === 0 ? ['投诉'] : n % 5 === 0 ? ['Vip', '回访'] : []
        all.push({ ...call, tags })
        if (tags.length > 0) await store.notes.addNote({ ...emptyNote, id: `of-${n}`, callId: call.id, tags }, 10)
      }
      // Most criteria are left open, or nothing would ever be found.
      const rarely = <T, N>(open: N, arbitrary: fc.Arbitrary<T>) =>
        fc.oneof({ weight: 7, arbitrary: fc.constant(open) }, { weight: 1, arbitrary })
      const some = <T>(values: readonly T[]) => rarely([], fc.subarray([...values], { minLength: 1 }))
      const matches = ['exact', 'prefix', 'suffix', 'anywhere'] as const
      const numbers = ['13800138000', '138', '8000', '001', '1001', '+86']
      const term = rarely(null, fc.record({ match: fc.constantFrom(...matches), text: fc.constantFrom(...numbers) }))
      const range = fc.record({ min: rarely(null, fc.nat(60_000)), max: rarely(null, fc.nat(600_000)) })
      const search: fc.Arbitrary<CallSearch> = fc.record({
        instance: fc.constant('searched'),
        from: fc.nat(60).map((n) => T0 + n * 30_000),
        to: fc.nat(120).map((n) => T0 + n * 60_000 + 60_000),
        masked: fc.constant(false),
        participant: rarely(null, fc.constantFrom('1001', '1004', 'nobody')),
        caller: term,
        callee: term,
        number: term,
        agents: some(['1001', '张', 'wang', 'Nobody', "x' OR '1'='1"]),
        agentIds: some(['1001', '1002', 'nobody']),
        skillGroups: some(['sales', '技术支持', 'vip', 'none']),
        tags: some(['投诉', 'vip', 'VIP', 'nothing']),
        types: some(CALL_TYPES),
        hangupReasons: some(HANGUP_REASONS),
        releasedBy: some(['agent', 'customer', 'system'] as const),
        talkMs: range,
        waitMs: range,
        recorded: rarely(null, fc.boolean()),
        live: rarely(null, fc.boolean()),
        phases: some(PHASES),
        text: rarely(null, fc.constantFrom('call-7', '8000', '张三', '138 0013', '12')),
        textAgentIds: some(['1001', '1003', 'nobody']),
      })
      let found = 0
      await fc.assert(
        fc.asyncProperty(search, async (criteria) => {
          const expected = all
            .filter((call) => matchesSearch(call, criteria))
            .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1))
            .map((call) => call.id)
          const page = await store.calls.page(criteria, null, 200)
          assert.deepEqual(
            page.map((call) => call.id),
            expected,
          )
          assert.deepEqual(await store.calls.count(criteria), { count: expected.length, exact: true })
          found += expected.length
        }),
        { numRuns: 400, seed: 11 },
      )
      assert.ok(found > 500, `searches found too little to prove anything: ${found}`)
    })

    test('counts the calls of a stretch of time as the list does, by type, reason and skill group', async () => {
      const all = sampled.map((events) => deriveCall({ callId: events[0]?.callId ?? '', source: 'test', events }))
      const range = { from: T0 + 5 * 60_000, to: T0 + 100 * 60_000 }
      const listed = all.filter((call) => matchesSearch(call, { ...noCriteria, instance: 'searched', ...range }))
      const key = (type: string, reason: string | null, group = '') => `${type} ${reason} ${group}`
      const expected = new Map<string, { calls: number; inTime: number; waitMs: number }>()
      const waits = new Map<number, number>()
      for (const call of listed) {
        const waitMs = Math.max(call.queueMs, call.ringMs)
        for (const group of ['', ...call.skillGroups.map(({ id }) => id)]) {
          const name = key(call.type, call.hangupReason, group)
          const { calls, inTime, waitMs: sum } = expected.get(name) ?? { calls: 0, inTime: 0, waitMs: 0 }
          const isInTime = waitMs <= 20_999 ? 1 : 0
          expected.set(name, { calls: calls + 1, inTime: inTime + isInTime, waitMs: sum + waitMs })
        }
        const seconds = Math.floor(waitMs / 1000)
        if (call.type === 'inbound' && call.hangupReason === 'normal') waits.set(seconds, (waits.get(seconds) ?? 0) + 1)
      }
      const tally = await store.calls.tally('searched', range, 20_999)
      const found = [...tally.rows.map((row) => ({ ...row, skillGroup: '' })), ...tally.groups].map(
        ({ type, hangupReason, skillGroup, ...counts }) => [key(type, hangupReason, skillGroup), counts] as const,
      )
      assert.deepEqual(new Map(found), expected)
      assert.deepEqual(new Map(tally.waits.map(({ seconds, calls }) => [seconds, calls])), waits)
      assert.ok(expected.size > 15, 'too few kinds of calls to prove anything')

      const waiting = { types: ['inbound'], phases: ['queued', 'ringing'] } as const
      const liveTally = await store.calls.liveTally('searched', range.from, waiting)
      const live = all.filter(
        (call) => call.endedAt === null && call.type !== 'internal' && call.startedAt >= range.from,
      )
      assert.deepEqual(
        new Map(liveTally.phases.map(({ phase, calls }) => [phase, calls])),
        new Map(PHASES.map((p) => [p, live.filter((c) => c.phase === p).length] as const).filter(([, n]) => n > 0)),
      )
      const wait = live.filter((c) => c.type === 'inbound' && (c.phase === 'queued' || c.phase === 'ringing'))
      const since = Math.min(...wait.map((call) => call.startedAt + call.ivrMs + call.talkMs))
      assert.equal(liveTally.waiting.calls, wait.length)
      assert.equal(liveTally.waiting.since, since)
      for (const { skillGroup, calls } of liveTally.groups)
        assert.equal(calls, wait.filter((call) => call.skillGroups.some(({ id }) => id === skillGroup)).length)
      assert.ok(wait.length > 2 && liveTally.groups.length > 1)
      assert.deepEqual(await store.calls.tally('other', range, 20_999), { rows: [], waits: [], groups: [] })
      assert.equal((await store.calls.liveTally('other', 0, waiting)).waiting.calls, 0)
    })

    test('pages through everything once, also where calls start in the same millisecond', async () => {
      const events = Array.from({ length: 25 }, (_, i): CallEvent[] => [
        {
          id: 'a',
          callId: `same-${i}`,
          at: T0 + Math.floor(i / 10),
          type: 'call-started',
          callType: 'inbound',
          customer: '138',
        },
      ])
      await store.calls.commit(events.map((e) => write('paged', e)))
      const search: CallSearch = { ...noCriteria, instance: 'paged', from: T0 - 1, to: T0 + 1000 }
      const seen: string[] = []
      for (;;) {
        const last = seen.at(-1)
        const cursor = last ? { id: last, startedAt: T0 + Math.floor(Number(last.slice(5)) / 10) } : null
        const page = await store.calls.page(search, cursor, 7)
        seen.push(...page.map((call) => call.id))
        if (page.length < 7) break
      }
      assert.equal(seen.length, 25)
      assert.equal(new Set(seen).size, 25)
    })

    test('tells what changed after a change number, each call once with its newest state', async () => {
      const start: CallEvent = { id: 'a', callId: 'x', at: T0, type: 'call-started', callType: 'inbound' }
      const end: CallEvent = { id: 'b', callId: 'x', at: T0 + 5, type: 'call-ended' }
      await store.calls.commit([write('changes', [start]), write('changes', [{ ...start, callId: 'y' }])])
      const seq = await store.calls.lastSeq('changes')
      const old = await store.calls.call('changes', 'x')
      await store.calls.commit([{ ...write('changes', [start, end]), seq: old?.seq ?? null }])
      const { calls, lastSeq, complete } = await store.calls.changesSince('changes', 0, 10)
      assert.deepEqual(
        calls.map((call) => call.id),
        ['y', 'x'],
      )
      assert.equal(calls[1]?.endedAt, T0 + 5)
      assert.equal(complete, true)
      assert.equal(lastSeq, seq + 1)
      const first = await store.calls.changesSince('changes', 0, 1)
      assert.equal(first.complete, false)
      assert.deepEqual(
        (await store.calls.changesSince('changes', first.lastSeq, 1)).calls.map((c) => c.id),
        ['x'],
      )
    })

    test('keeps the events of a call, and those of calls merged into it', async () => {
      const own: CallEvent[] = [{ id: 'a', callId: 'main', at: T0, type: 'call-started', callType: 'inbound' }]
      const consult: CallEvent[] = [
        { id: 'a', callId: 'consult', at: T0 + 1.25, type: 'call-started', callType: 'internal' },
      ]
      await store.calls.commit([write('merged', own), write('merged', consult, 'main')])
      const found = await store.calls.histories('merged', ['main', 'consult', 'unknown'])
      assert.deepEqual([...found.keys()].sort(), ['consult', 'main'])
      assert.equal(found.get('consult')?.callId, 'main')
      assert.deepEqual(
        found
          .get('main')
          ?.events.map((e) => e.callId)
          .sort(),
        ['consult', 'main'],
      )
      assert.equal(found.get('main')?.events.find((e) => e.callId === 'consult')?.at, T0 + 1.25)
      assert.equal((await store.calls.call('merged', 'consult'))?.id, 'main')
      const search: CallSearch = {
        ...noCriteria,
        types: ['inbound', 'internal'],
        instance: 'merged',
        from: T0 - 1,
        to: T0 + 10,
      }
      assert.deepEqual(
        (await store.calls.page(search, null, 10)).map((call) => call.id),
        ['main'],
      )
    })

    test('knows which calls are live, and who ever appeared', async () => {
      const live = await store.calls.liveCallIds('searched', 'test')
      const expected = sampled.filter((events) => !events.some((event) => event.type === 'call-ended'))
      assert.deepEqual(live.sort(), expected.map((events) => events[0]?.callId).sort())
      assert.deepEqual(await store.calls.liveCallIds('searched', 'other'), [])
      const last = Math.max(...sampled.flat().map(({ at }) => at))
      const heardAt = (await store.calls.lastEventAt('searched', 'test')) ?? 0
      // Only the calls changed last are asked: the last of all may be in one that was not changed since.
      assert.ok(heardAt <= last && heardAt > T0, String(heardAt))
      assert.equal(await store.calls.lastEventAt('searched', 'other'), null)
      const names = await store.calls.agents('searched')
      assert.deepEqual(
        names.map((agent) => agent.id).sort(),
        AGENTS.map((agent) => agent.id),
      )
      assert.equal(names.find((agent) => agent.id === '1001')?.name, '张三')
      assert.deepEqual(
        (await store.calls.skillGroups('searched')).map((g) => g.id).sort(),
        GROUPS.map((g) => g.id).sort(),
      )
    })

    test('nothing crosses instances', async () => {
      const search: CallSearch = { ...noCriteria, instance: 'other', from: 0, to: T0 * 2 }
      assert.deepEqual(await store.calls.page(search, null, 10), [])
      assert.equal(await store.calls.call('other', 'call-1'), null)
      assert.deepEqual(await store.calls.agents('other'), [])
      assert.equal(await store.calls.lastSeq('other'), 0)
    })

    test('a failed batch leaves nothing behind', async () => {
      const good = write('atomic', [{ id: 'a', callId: 'good', at: T0, type: 'call-started', callType: 'inbound' }])
      const bad = { ...good, call: { ...good.call, id: 'bad', type: null as unknown as 'inbound' } }
      await assert.rejects(store.calls.commit([good, bad]))
      assert.equal(await store.calls.call('atomic', 'good'), null)
      assert.equal(await store.calls.lastSeq('atomic'), 0)
      await store.calls.commit([good])
      assert.equal((await store.calls.call('atomic', 'good'))?.seq, 1)
    })

    test('a record is written only over the one it was derived from', async () => {
      const start: CallEvent = { id: 'a', callId: 'x', at: T0, type: 'call-started', callType: 'inbound' }
      const end: CallEvent = { id: 'b', callId: 'x', at: T0 + 5, type: 'call-ended' }
      await store.calls.commit([write('guarded', [start])])
      const seq = (await store.calls.call('guarded', 'x'))?.seq ?? 0
      assert.equal((await store.calls.histories('guarded', ['x'])).get('x')?.seq, seq)
      for (const wrong of [null, seq - 1, seq + 1]) {
        const stale = { ...write('guarded', [start, end]), seq: wrong }
        await assert.rejects(store.calls.commit([stale]), { code: 'call-changed' })
      }
      assert.equal((await store.calls.call('guarded', 'x'))?.endedAt, null)
      await store.calls.commit([{ ...write('guarded', [start, end]), seq }])
      assert.equal((await store.calls.call('guarded', 'x'))?.endedAt, T0 + 5)
      const gone = { ...write('guarded', [{ ...start, callId: 'never' }]), seq: 7 }
      await store.calls.commit([gone])
    })

    test('a call that another process wrote in between is found by what it is now', async () => {
      const other = await adapter.open(folder)
      const start: CallEvent = {
        id: 'a',
        callId: 'x',
        at: T0,
        type: 'call-started',
        callType: 'inbound',
        customer: '138',
      }
      const rings: CallEvent = { id: 'b', callId: 'x', at: T0 + 5, type: 'agent-ringing', agent: { id: '1002' } }
      const described: CallEvent = { id: 'c', callId: 'x', at: T0 + 5, type: 'call-described', customer: '139' }
      const asWritten = async (by: Store, events: CallEvent[], seq: number | null) =>
        (await by.calls.commit([{ ...write('shared', events), seq }]))[0]?.call.seq ?? 0
      let seq = await asWritten(store, [start], null)
      seq = await asWritten(other, [start, rings, described], seq)
      seq = await asWritten(store, [start], seq)
      const all = { ...noCriteria, instance: 'shared', from: T0 - 1, to: T0 + 1 }
      const found = async (search: Partial<CallSearch>) =>
        (await store.calls.page({ ...all, ...search }, null, 9)).length
      assert.equal(await found({ participant: '1002' }), 0)
      assert.equal(await found({ caller: { match: 'exact', text: '139' } }), 0)
      assert.equal(await found({ caller: { match: 'exact', text: '138' } }), 1)
      await other.close()
    })

    test('a recording comes with its call in one commit and is found by number and by origin', async () => {
      const row: RecordingRow = {
        instance: 'heard',
        callId: 'r',
        n: 1,
        state: 'available',
        storage: 'folder',
        keyId: null,
        path: 'default/2026-11-23/x-1.wav',
        durationMs: 1000,
        sizeBytes: 16_044,
        channels: 1,
        sampleRate: 8000,
        format: 1,
        bitsPerSample: 16,
        dataOffset: 44,
        dataBytes: 16_000,
        headerSound: true,
        sha256: 'a'.repeat(64),
        callStartedAt: T0,
        storedAt: T0 + 5,
        origin: 'pbx1:r.wav',
        originalSha256: 'b'.repeat(64),
        conversion: null,
        sound: 'made',
        talk: { channelMs: [400, 300], overlapMs: 100, silenceMs: 400 },
      }
      await store.recordings.putAside('heard', {
        origin: 'pbx1:r.wav',
        because: 'call-not-found',
        detail: '',
        since: T0,
      })
      await store.calls.commit(
        [write('heard', [{ id: 'a', callId: 'r', at: T0, type: 'call-started', callType: 'inbound' }])],
        [row],
      )
      assert.deepEqual(await store.recordings.recording('heard', 'r', 1), row)
      assert.deepEqual(await store.recordings.recordingByOrigin('heard', 'pbx1:r.wav'), row)
      assert.deepEqual(await store.recordings.recordingsOfCall('heard', 'r'), [row])
      assert.deepEqual(await store.recordings.filesAside('heard'), [])
      const all = { from: null, to: null, storage: null }
      const { recordings } = store
      const second: RecordingRow = { ...row, callId: 'r2', callStartedAt: T0 + 1_000, origin: null, storage: 's3' }
      const third: RecordingRow = { ...second, n: 2 }
      await store.calls.commit(
        [write('heard', [{ id: 'a', callId: 'r2', at: T0 + 1_000, type: 'call-started', callType: 'inbound' }])],
        [third, second],
      )
      assert.deepEqual(await recordings.recordingsFrom('heard', all, null, 2), [row, second])
      assert.deepEqual(await recordings.recordingsFrom('heard', all, second, 2), [third])
      assert.deepEqual(await recordings.recordingsFrom('heard', { ...all, to: T0 }, null, 9), [row])
      assert.deepEqual(await recordings.recordingsFrom('heard', { ...all, storage: 's3' }, null, 9), [second, third])
      assert.deepEqual(await recordings.recordingsFrom('another', all, null, 9), [])
      assert.deepEqual(await recordings.recordingsCount('heard', { ...all, storage: 's3' }), {
        recordings: 2,
        bytes: 2 * row.sizeBytes,
      })
      const toVerify = async () =>
        (await recordings.recordingsToVerify('heard', { storage: 's3', keyId: null }, T0 + 10_000, 9)).map(
          ({ callId, n }) => `${callId} ${n}`,
        )
      await recordings.noteVerified(second, T0 + 9_000)
      await recordings.noteVerified({ ...third, sha256: 'b'.repeat(64) }, T0 + 99_000)
      assert.deepEqual((await toVerify()).at(-1), 'r2 1')
      assert.deepEqual(await toVerify(), ['r2 2', 'r2 1'])
      await recordings.noteUnread(third, T0 + 9_500)
      assert.deepEqual(await toVerify(), ['r2 1', 'r2 2'])
      assert.deepEqual(
        await recordings.recordingsToVerify('heard', { storage: 'folder', keyId: null }, T0 + 10_000, 9),
        [row],
      )
      assert.equal(await store.recordings.recording('other', 'r', 1), null)
      const found = await store.recordings.recordingOf('heard', 'r', 1)
      assert.deepEqual([found?.call.id, found?.row], ['r', row])
      assert.equal((await store.recordings.recordingOf('heard', 'r', 2))?.row, null)
      assert.equal(await store.recordings.recordingOf('heard', 'unknown', 1), null)
      assert.equal(await store.recordings.recordingOf('other', 'r', 1), null)
    })

    test('a recording of a call that was merged is found by the number it has there, and by the address it had', async () => {
      const own = (await store.recordings.recording('heard', 'r', 1)) as RecordingRow
      const stored = (callId: string, id: string): CallEvent => {
        const { durationMs, sizeBytes, channels, sha256 } = own
        return { id, callId, at: T0 + 9, type: 'recording-stored', n: 1, durationMs, sizeBytes, channels, sha256 }
      }
      const main: CallEvent[] = [
        { id: 'a', callId: 'big', at: T0, type: 'call-started', callType: 'inbound' },
        stored('big', 'b'),
        { id: 'c', callId: 'big', at: T0 + 10, type: 'calls-merged', mergedCallId: 'small' },
      ]
      const part: CallEvent[] = [
        { id: 'a', callId: 'small', at: T0 + 1, type: 'call-started', callType: 'internal' },
        stored('small', 'b'),
      ]
      const whole = { callId: 'big', source: 'test', events: [...main, ...part] }
      const rows = ['big', 'small'].map((callId) => ({ ...own, callId, path: `${callId}.wav`, origin: null }))
      await store.calls.commit(
        [{ instance: 'heard', events: main, seq: null, call: deriveCall(whole) }, write('heard', part, 'big')],
        rows,
      )
      const pathOf = async (callId: string, n: number) => {
        const found = await store.recordings.recordingOf('heard', callId, n)
        return [found?.call.id, found?.row?.path]
      }
      assert.deepEqual(await pathOf('big', 1), ['big', 'big.wav'])
      assert.deepEqual(await pathOf('big', 2), ['big', 'small.wav'])
      assert.deepEqual(await pathOf('small', 1), ['big', 'small.wav'])
      assert.deepEqual(await pathOf('big', 3), ['big', undefined])
    })

    test('recordings whose sound was not looked at, and those that wait for their conversion, are found', async () => {
      const blank = await store.recordings.recording('heard', 'r', 1)
      assert(blank)
      const row = (n: number, more: Partial<RecordingRow>): RecordingRow => ({
        ...blank,
        instance: 'unheard',
        callId: 'u',
        n,
        origin: null,
        sound: null,
        talk: null,
        storedAt: T0 + n,
        ...more,
      })
      const rows = [
        row(1, {}),
        row(2, {}),
        row(3, { sound: 'failed' }),
        row(4, { state: 'deleted' }),
        row(5, { conversion: 'awaited' }),
        row(6, { conversion: 'failed' }),
      ]
      const start: CallEvent = { id: 'a', callId: 'u', at: T0, type: 'call-started', callType: 'inbound' }
      await store.calls.commit([write('unheard', [start])], rows)
      const { recordings } = store
      const unheard = async (limit: number) =>
        (await recordings.recordingsWithoutSound('unheard', limit)).map((r) => r.n)
      assert.deepEqual(await unheard(10), [2, 1])
      assert.deepEqual(await unheard(1), [2])
      assert.deepEqual(await recordings.recordingsInConversion('unheard', 'awaited', 10), [rows[4]])
      assert.deepEqual(await recordings.recordingsInConversion('unheard', 'failed', 10), [rows[5]])
      assert.deepEqual(await recordings.recordingsInConversion('other', 'awaited', 10), [])
      assert.deepEqual(await recordings.conversionCounts('unheard'), { awaited: 1, failed: 1 })
      assert.deepEqual(await recordings.conversionCounts('other'), { awaited: 0, failed: 0 })
      const talk = { channelMs: [1, 2] as [number, number], overlapMs: 3, silenceMs: 4 }
      const heard = { callId: 'u', sha256: blank.sha256, sound: 'made', talk } as const
      await recordings.noteSound('unheard', { ...heard, n: 2 })
      await recordings.noteSound('unheard', { ...heard, n: 1, sha256: 'c'.repeat(64) })
      assert.deepEqual(await unheard(10), [1], 'other bytes are not what was heard')
      assert.deepEqual((await recordings.recording('unheard', 'u', 2))?.talk, talk)
    })

    test('notes go with their call, also after it was merged, and never cross instances', async () => {
      const told = (callId: string): CallEvent[] => [
        { id: 'a', callId, at: T0, type: 'call-started', callType: 'inbound', customer: '138' },
      ]
      await store.calls.commit([write('noted', told('main')), write('noted', told('part'), 'main')])
      const note = (id: string, callId: string, at: number) => ({
        instance: 'noted',
        id,
        callId,
        offsetMs: id === 'n1' ? 1500 : null,
        text: `第 ${id} 条`,
        tags: ['投诉'],
        author: '王主管',
        authorId: 'u1',
        at,
        editedAt: null,
      })
      const [first, second] = [note('n1', 'part', T0 + 1), note('n2', 'main', T0 + 2)]
      const before = await store.calls.lastSeq('noted')
      const added = await store.notes.addNote(second, 10)
      assert.ok(added !== null && added !== 'too-many')
      assert.deepEqual([added.before, added.call.tags, added.call.seq], [[], ['投诉'], before + 1])
      // Tagged so already: nothing that lists would have to hear of.
      assert.equal(await store.notes.addNote(first, 10), null)
      assert.equal(await store.notes.addNote(note('n3', 'main', T0 + 3), 1), 'too-many')
      assert.deepEqual(await store.notes.notes('noted', 'main'), [first, second])
      assert.deepEqual(await store.notes.notes('searched', 'main'), [])
      const changed = { ...second, text: '改', tags: ['回访'], offsetMs: 7, editedAt: T0 + 9 }
      assert.equal(await store.notes.changeNote({ ...changed, instance: 'searched' }), null)
      assert.deepEqual((await store.notes.changeNote(changed))?.call.tags, ['回访', '投诉'])
      const tagged = async (tag: string) =>
        (await store.calls.page({ ...noCriteria, instance: 'noted', from: T0, to: T0 + 1, tags: [tag] }, null, 9)).map(
          (call) => [call.id, call.tags],
        )
      // The first note is of a call that became part of this one.
      for (const tag of ['投诉', '回访']) assert.deepEqual(await tagged(tag), [['main', ['回访', '投诉']]])
      const changes = await store.calls.changesSince('noted', before + 1, 9)
      assert.deepEqual(
        changes.calls.map(({ id, tags, seq }) => [id, tags, seq]),
        [['main', ['回访', '投诉'], before + 2]],
      )
      assert.deepEqual((await store.calls.call('noted', 'main'))?.tags, ['回访', '投诉'])
      assert.deepEqual(await store.notes.notes('noted', 'main'), [first, changed])
      assert.deepEqual(await store.notes.tags('noted', 5), ['回访', '投诉'])
      assert.equal(await store.notes.removeNote('searched', 'n1'), null)
      assert.deepEqual((await store.notes.removeNote('noted', 'n1'))?.before, ['回访', '投诉'])
      assert.deepEqual([await tagged('投诉'), (await tagged('回访')).length], [[], 1])
      assert.deepEqual(await store.notes.notes('noted', 'main'), [changed])
    })

    test('receipts are a chain, each instance its own, and go with the batch they prove', async () => {
      const deleted = (callId: string): NewReceipt => ({
        instance: 'proven',
        at: T0,
        actor: 'system',
        body: {
          kind: 'recording-deleted',
          callId,
          n: 1,
          sha256: 'a'.repeat(64),
          sizeBytes: 5,
          rule: 'age',
          because: '90 days',
        },
      })
      assert.equal(await store.receipts.receiptHead('proven'), null)
      const start: CallEvent = { id: 'a', callId: 'x', at: T0, type: 'call-started', callType: 'inbound' }
      await store.calls.commit([write('proven', [start])], [], [deleted('x'), deleted('y')])
      const other: NewReceipt = { ...deleted('z'), instance: 'proven-too', actor: 'user:王芳' }
      const [third, first] = await store.receipts.appendReceipts([deleted('z'), other])
      assert.deepEqual([third?.seq, first?.seq], [3, 1])
      assert.equal(first?.previous, '0'.repeat(64))
      assert.deepEqual(await store.receipts.receiptHead('proven'), { seq: 3, hash: third?.hash })
      const all = await store.receipts.receiptsAfter('proven', 0, 10)
      assert.deepEqual(
        all.map(({ seq, body }) => [seq, 'callId' in body && body.callId]),
        [
          [1, 'x'],
          [2, 'y'],
          [3, 'z'],
        ],
      )
      assert.equal((await verifyReceipts(all)).ok, true)
      assert.deepEqual(await store.receipts.receiptsAfter('proven', 1, 1), [all[1]])
      const any = { before: null, callId: null, n: null }
      const newest = (choice: object) => store.receipts.receiptsBefore('proven', { ...any, ...choice }, 2)
      assert.deepEqual(await newest({}), [all[2], all[1]])
      assert.deepEqual(await newest({ before: 2 }), [all[0]])
      const about = (one: (typeof all)[number] | undefined) =>
        (one?.body as { callId?: string } | undefined)?.callId ?? 'nobody'
      const own = all.filter((one) => about(one) === about(all[0])).reverse()
      assert.deepEqual(await newest({ callId: about(all[0]) }), own.slice(0, 2))
      assert.deepEqual(await newest({ callId: about(all[0]), n: 99 }), [])
      assert.deepEqual(await newest({ callId: 'nobody' }), [])
      assert.deepEqual(await store.receipts.receiptsAfter('proven-too', 0, 10), [first])
      // A batch that is not kept leaves no proof of what it did not do.
      const stale = { ...write('proven', [start]), seq: 99 }
      await assert.rejects(store.calls.commit([stale], [], [deleted('x')]), { code: 'call-changed' })
      assert.equal((await store.receipts.receiptHead('proven'))?.seq, 3)
    })

    test('sums, what goes next and what is held follow every change of a recording and of its call', async () => {
      const instance = 'kept'
      const callIds = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5']
      const told = new Map(callIds.map((id) => [id, storyOfKept(id, callIds.indexOf(id))]))
      const rows = new Map<string, RecordingRow>()
      let at = T0 + 1_000_000
      const tell = async (callId: string, events: CallEvent[], recordings: RecordingRow[] = []) => {
        const seq = (await store.calls.call(instance, callId))?.seq ?? null
        const all = [...(told.get(callId) ?? []), ...events]
        told.set(callId, all)
        await store.calls.commit([{ ...write(instance, all), events, seq }], recordings)
        for (const row of recordings) rows.set(`${row.callId} ${row.n}`, row)
      }
      for (const id of callIds) await tell(id, told.get(id)?.splice(0) ?? [])
      const step = fc.record({
        callId: fc.constantFrom(...callIds),
        n: fc.constantFrom(1, 2),
        what: fc.constantFrom('store', 'store', 'delete', 'miss', 'hold', 'release', 'move', 'removed'),
        sizeBytes: fc.integer({ min: 1, max: 1_000 }),
      })
      for (const { callId, n, what, sizeBytes } of fc.sample(step, { numRuns: 150, seed: 12 })) {
        at += 1_000
        const row = rows.get(`${callId} ${n}`)
        const held = (await store.calls.call(instance, callId))?.recordings.find((one) => one.n === n)?.heldAt ?? null
        const event = { callId, at, id: `${what}-${at}` }
        if (what === 'store' && row?.state !== 'deleted') {
          const stored = keptRow(instance, { callId, n, sizeBytes, callStartedAt: T0 + callIds.indexOf(callId), at })
          const { durationMs, channels, sha256 } = stored
          await tell(
            callId,
            [{ ...event, type: 'recording-stored', n, durationMs, sizeBytes, channels, sha256 }],
            [stored],
          )
        } else if (what === 'delete' && row?.state === 'available' && held === null) {
          await tell(callId, [{ ...event, type: 'recording-deleted', n, because: 'x' }], [{ ...row, state: 'deleted' }])
        } else if (what === 'delete' && row?.state === 'available') {
          await assert.rejects(store.calls.commit([], [{ ...row, state: 'deleted' }]), { code: 'recording-held' })
        } else if (what === 'miss' && row?.state === 'available') {
          await tell(callId, [{ ...event, type: 'recording-missing', n }], [{ ...row, state: 'missing' }])
        } else if ((what === 'hold' || what === 'release') && row) {
          const type = what === 'hold' ? 'recording-held' : 'recording-released'
          await tell(callId, [{ ...event, type, n, actor: 'user:x', reason: 'y' }])
        } else if (what === 'move') {
          await tell(callId, [{ ...event, type: 'queue-entered', skillGroup: { id: `g${sizeBytes % 3}` } }])
        } else if (what === 'removed') {
          await store.retention.recordingsRemoved(instance, [{ callId, n }])
          if (row?.state === 'deleted') rows.set(`${callId} ${n} removed`, row)
        }
        await assertKept()
      }

      async function assertKept() {
        const available = [...rows].filter(([key, { state }]) => state === 'available' && !key.endsWith('removed'))
        const calls = new Map(
          await Promise.all(callIds.map(async (id) => [id, await store.calls.call(instance, id)] as const)),
        )
        const facts = available.map(([, row]) => {
          const call = calls.get(row.callId)
          const held = call?.recordings.find(({ n }) => n === row.n)?.heldAt ?? null
          return { ...row, skillGroup: call?.skillGroup?.id ?? '', held: held !== null }
        })
        const sums = [...new Set(facts.map(({ skillGroup }) => skillGroup))].sort().map((skillGroup) => {
          const own = facts.filter((one) => one.skillGroup === skillGroup)
          const held = own.filter((one) => one.held)
          const bytes = (some: typeof own) => some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
          return {
            skillGroup,
            recordings: own.length,
            bytes: bytes(own),
            heldRecordings: held.length,
            heldBytes: bytes(held),
          }
        })
        assert.deepEqual(await store.retention.recordingTotals(instance), sums)
        const all = { capacityBytes: 1, ageDays: 1, minFreeBytes: null, skillGroups: [] }
        const moment = { now: T0 + 10 * 86_400_000, timeZone: 'Asia/Shanghai', freeBytes: null }
        const order = (a: RecordingRow, b: RecordingRow) => a.callStartedAt - b.callStartedAt || a.n - b.n
        const going = facts.filter(({ held }) => !held).sort(order)
        const planned = await store.retention.planDeletions(instance, all, moment, 100)
        assert.deepEqual(
          planned.map(({ row, called, rule }) => [row.callId, row.n, called, rule]),
          going.map(({ callId, n }) => [callId, n, true, 'age']),
        )
        const rehearsed = await store.retention.rehearseRetention(instance, all, moment)
        assert.deepEqual(
          [rehearsed.now.recordings, rehearsed.held.recordings],
          [going.length, facts.length - going.length],
        )
        // Groups of their own: the same rows, found by group and put into one order again.
        const byGroup = { ...all, skillGroups: [{ id: 'g1', ageDays: null }] }
        assert.deepEqual(
          (await store.retention.planDeletions(instance, byGroup, moment, 100))
            .filter(({ rule }) => rule === 'age')
            .map(({ row }) => [row.callId, row.n]),
          going.filter(({ skillGroup }) => skillGroup !== 'g1').map(({ callId, n }) => [callId, n]),
        )
        const due = [...rows].filter(([key, { state }]) => state === 'deleted' && !rows.has(`${key} removed`))
        assert.deepEqual(
          (await store.retention.recordingsToRemove(instance, 'folder', null, 100)).map(
            ({ callId, n }) => `${callId} ${n}`,
          ),
          due
            .map(([key]) => key)
            .filter((key) => !key.endsWith('removed'))
            .sort(),
        )
      }
      assert.ok([...rows.values()].some(({ state }) => state === 'deleted'))
      const { since, groups } = await store.retention.storedLately(instance, at + 60_000)
      assert.ok(since !== null && groups.length > 0)
      assert.deepEqual(await store.retention.storedLately(instance, at + 9 * 86_400_000), { since: null, groups: [] })
      const paths = [...rows.values()].filter(({ state }) => state !== 'deleted').map(({ path }) => path)
      assert.deepEqual(await store.retention.knownPaths(instance, 'folder', [...paths, 'kept/none.wav']), paths)
      assert.deepEqual(await store.retention.knownPaths(instance, 's3', paths), [], 'they lie in the folder')
      const [due] = await store.retention.filesDue(instance)
      const toRemove = await store.retention.recordingsToRemove(instance, 'folder', null, 100)
      const bytes = toRemove.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      assert.deepEqual(due, { storage: 'folder', recordings: toRemove.length, bytes })
      assert.deepEqual(
        await store.retention.recordingsToRemove(instance, 'folder', toRemove[0] ?? null, 100),
        toRemove.slice(1),
      )
    })

    test('a recording moves only to a copy that was told of; what it leaves, and what it was before, is loose', async () => {
      const instance = 'moving'
      const now = T0 + 3_600_000
      const { recordings } = store
      const own = [{ id: 'a', callId: 'm', at: T0, type: 'call-started', callType: 'inbound' } as const]
      const row: RecordingRow = keptRow(instance, { callId: 'm', n: 1, sizeBytes: 10, callStartedAt: T0, at: T0 })
      await store.calls.commit([{ ...write('m', own), instance }], [row])
      const take = async (storage: 'folder' | 's3', at = now) =>
        (await recordings.takeLoose({ instance, storage, path: null }, at, 10)).map(({ path }) => path)
      const copy = { instance, storage: 's3', path: row.path } as const
      const there = { storage: 's3', keyId: '00112233aabbccdd' } as const
      assert.equal(await recordings.noteMoved(row, there, now), false, 'nobody told of a copy')
      assert.equal(await recordings.noteArriving(copy, now + 7_200_000), true)
      assert.equal(await recordings.noteArriving(copy, now + 7_200_000), false, 'one at a time')
      assert.deepEqual(await take('s3'), [], 'it is on its way')
      assert.equal(await recordings.noteMoved({ ...row, sha256: 'b'.repeat(64) }, there, now), false)
      assert.equal(await recordings.noteMoved(row, there, now + 7_190_000), false, 'its time is up')
      assert.equal(await recordings.noteMoved(row, there, now), true)
      assert.equal(await recordings.noteMoved(row, there, now), false, 'it lies there already')
      assert.deepEqual(await take('folder'), [row.path])
      assert.deepEqual(await take('folder'), [], 'somebody is at it')
      assert.deepEqual(await take('folder', now + 600_000), [row.path], 'who died')
      await recordings.looseRemoved([{ ...copy, storage: 'folder' }])
      assert.deepEqual(await take('folder', now + 9_000_000), [])
      // Told by somebody who looked before the move: the row stays where the file is.
      await store.calls.commit([], [{ ...row, conversion: 'failed' }])
      const moved = await recordings.recording(instance, 'm', 1)
      assert.deepEqual(moved, { ...row, ...there, conversion: 'failed' })
      assert.deepEqual(await recordings.keysInUse(instance), [there.keyId])
      const all = { from: null, to: null, storage: null }
      assert.deepEqual(await recordings.recordingsFrom(instance, { ...all, keyId: there.keyId }, null, 9), [moved])
      assert.deepEqual(await recordings.recordingsFrom(instance, { ...all, keyId: null }, null, 9), [])
      assert.deepEqual(await recordings.recordingsToVerify(instance, there, now, 9), [moved])
      // Another file takes its place.
      await store.calls.commit([], [{ ...row, path: `${row.path}.r2` }])
      assert.deepEqual(await take('s3'), [row.path])
      await recordings.looseRemoved([copy])
      // A copy that never became anything.
      assert.equal(await recordings.noteArriving(copy, now + 7_200_000), true)
      await recordings.giveUpArriving(instance)
      assert.deepEqual(await take('s3'), [row.path])
      await recordings.looseRemoved([copy])
      assert.equal(await recordings.noteArriving(copy, now + 7_200_000), true)
      assert.deepEqual(await take('s3', now + 7_200_001), [row.path])
      await recordings.looseRemoved([copy])
      // What a row points to is not loose, whoever says so.
      await recordings.noteLoose({ instance, storage: 'folder', path: `${row.path}.r2` })
      assert.deepEqual(await take('folder'), [])
    })

    test('a policy is kept with its receipt', async () => {
      const policy = {
        capacityBytes: 5,
        ageDays: null,
        minFreeBytes: null,
        skillGroups: [{ id: 'vip', ageDays: null }],
      }
      assert.equal(await store.retention.retentionPolicy('ruled'), null)
      const stored = { policy, changedAt: T0, changedBy: 'user:admin' }
      const body = { kind: 'retention-changed', before: null, after: policy } as const
      await store.retention.saveRetentionPolicy('ruled', stored, [
        { instance: 'ruled', at: T0, actor: 'user:admin', body },
      ])
      assert.deepEqual(await store.retention.retentionPolicy('ruled'), stored)
      assert.deepEqual((await store.receipts.receiptsAfter('ruled', 0, 5))[0]?.body, body)
      assert.equal(await store.retention.retentionPolicy('kept'), null)
    })

    test('a saved search is its owner’s until it is shared, and no more are kept than may be', async () => {
      const limits = { own: 2, shared: 1 }
      const row = {
        instance: 'viewed',
        id: 'v1',
        owner: 'u1',
        name: '排队放弃',
        query: 'range=7d',
        shared: false,
        createdAt: T0,
      }
      assert.equal(await store.views.saveView(row, limits), 'saved')
      assert.deepEqual(await store.views.views('viewed', 'u1'), [row])
      assert.deepEqual(await store.views.views('viewed', 'u2'), [])
      assert.deepEqual(await store.views.views('other', 'u1'), [])
      const shared = { ...row, name: 'Given up', query: 'range=30d&hangupReason=abandoned-in-queue', shared: true }
      assert.equal(await store.views.saveView({ ...shared, createdAt: T0 + 9 }, limits), 'saved')
      assert.deepEqual(await store.views.views('viewed', 'u2'), [shared])
      assert.deepEqual(await store.views.view('viewed', 'v1'), shared)
      assert.equal(await store.views.saveView({ ...row, id: 'v2', owner: 'u2', shared: true }, limits), 'too-many')
      assert.equal(await store.views.saveView({ ...row, id: 'v2', createdAt: T0 + 1 }, limits), 'saved')
      assert.equal(await store.views.saveView({ ...row, id: 'v3' }, limits), 'too-many')
      assert.deepEqual(
        (await store.views.views('viewed', 'u1')).map((view) => view.id),
        ['v1', 'v2'],
      )
      assert.equal(await store.views.removeView('other', 'v1'), false)
      assert.equal(await store.views.removeView('viewed', 'v1'), true)
      assert.equal(await store.views.view('viewed', 'v1'), null)
    })

    test('preferences are kept by user and name; the last word counts', async () => {
      await store.views.savePreference('viewed', 'u1', 'columns', '[1]')
      await store.views.savePreference('viewed', 'u1', 'columns', '[2]')
      await store.views.savePreference('viewed', 'u1', 'views', '{}')
      assert.deepEqual(await store.views.preferences('viewed', 'u1'), { columns: '[2]', views: '{}' })
      assert.deepEqual(await store.views.preferences('viewed', 'u2'), {})
      assert.deepEqual(await store.views.preferences('other', 'u1'), {})
    })

    test('is still there after closing and opening again', async () => {
      const before = await store.calls.call('searched', 'call-3')
      await store.close()
      await store.close()
      store = await adapter.open(folder)
      assert.deepEqual(await store.calls.call('searched', 'call-3'), before)
    })

    test('a snapshot shows the calls as they stood when it was opened, whatever is written meanwhile', async () => {
      const started = (callId: string): CallEvent[] => [
        { id: 'a', callId, at: T0, type: 'call-started', callType: 'inbound', customer: '138' },
      ]
      const search: CallSearch = { ...noCriteria, instance: 'still', from: T0, to: T0 + 1 }
      await store.calls.commit([write('still', started('before'))])
      const snapshot = await adapter.openSnapshot(folder)
      await store.calls.commit([write('still', started('after'))])
      const ids = async (calls: Pick<Store['calls'], 'page'>) =>
        (await calls.page(search, null, 10)).map(({ id }) => id)
      assert.deepEqual(await ids(store.calls), ['before', 'after'])
      assert.deepEqual(await ids(snapshot), ['before'])
      assert.deepEqual(await snapshot.count(search), { count: 1, exact: true })
      snapshot.close()
      snapshot.close()
    })

    test('exports: an owner has so many, each is changed only from the state it is in, nothing crosses instances', async () => {
      const search: CallSearch = { ...noCriteria, instance: 'exported', from: T0, to: T0 + 1, text: "x' OR '1'='1" }
      const row = (n: number, more: Partial<ExportRow> = {}): ExportRow => ({
        id: `00000000-0000-4000-8000-00000000000${n}`,
        instance: 'exported',
        ownerId: 'zhang',
        ownerName: '张三',
        actor: 'user:张三',
        kind: 'csv',
        state: 'waiting',
        search,
        columns: ['id', 'startedAt'],
        language: 'zh-CN',
        timeZone: 'Asia/Shanghai',
        plain: false,
        count: null,
        done: 0,
        sizeBytes: 0,
        failure: null,
        createdAt: T0 + n,
        startedAt: null,
        endedAt: null,
        expiresAt: null,
        ...more,
      })
      const { exports } = store
      assert.equal(await exports.addExport(row(1), 2), 'added')
      assert.equal(await exports.addExport(row(2, { plain: true, kind: 'audio' }), 2), 'added')
      assert.equal(await exports.addExport(row(3), 2), 'too-many')
      assert.equal(await exports.addExport(row(3, { ownerId: 'li' }), 2), 'added')
      assert.equal(await exports.addExport(row(4, { instance: 'elsewhere' }), 2), 'added')
      assert.deepEqual(await exports.exportById('exported', row(1).id), row(1))
      assert.equal(await exports.exportById('elsewhere', row(1).id), null)
      const ids = (rows: ExportRow[]) => rows.map(({ id }) => Number(id.at(-1)))
      assert.deepEqual(ids(await exports.exports('exported', null, 10)), [3, 2, 1])
      assert.deepEqual(ids(await exports.exports('exported', 'zhang', 10)), [2, 1])
      assert.deepEqual(ids(await exports.exports('exported', null, 1)), [3])
      assert.deepEqual(ids(await exports.openExports(10)), [1, 2, 3, 4])

      const { id } = row(1)
      assert.equal(await exports.changeExport('elsewhere', id, ['waiting'], { state: 'running' }), false)
      assert.equal(await exports.changeExport('exported', id, ['running'], { done: 5 }), false)
      assert.equal(await exports.changeExport('exported', id, ['waiting'], { state: 'running', startedAt: 1 }), true)
      const done = { state: 'done', count: 7, done: 7, sizeBytes: 99, endedAt: 2, expiresAt: 50 } as const
      assert.equal(await exports.changeExport('exported', id, ['waiting', 'running'], done), true)
      assert.deepEqual(await exports.exportById('exported', id), { ...row(1), ...done, startedAt: 1 })
      assert.deepEqual(ids(await exports.openExports(10)), [2, 3, 4])
      assert.deepEqual(ids(await exports.exportsOver(49, 10)), [])
      assert.deepEqual(ids(await exports.exportsOver(50, 10)), [1])
      await exports.removeExport('elsewhere', id)
      assert.ok(await exports.exportById('exported', id))
      for (const n of [1, 2, 3]) await exports.removeExport('exported', row(n).id)
      assert.deepEqual(await exports.exports('exported', null, 10), [])
      await exports.removeExport('elsewhere', row(4).id)
    })

    test('names given by hand: one for each, bounded, taken away when they say nothing', async () => {
      const given = (id: string, more: object = {}): GivenName => ({
        instance: 'named',
        kind: 'agent',
        id,
        name: `name of ${id}`,
        hidden: false,
        changedAt: T0,
        changedBy: 'user:admin',
        ...more,
      })
      const { directory } = store
      const all = async () => (await directory.givenNames()).filter(({ instance }) => instance === 'named')
      assert.equal(await directory.giveName(given('1'), 2), 'saved')
      assert.equal(await directory.giveName(given('2', { name: null, hidden: true }), 2), 'saved')
      assert.equal(await directory.giveName(given('3'), 2), 'too-many')
      assert.equal(await directory.giveName(given('1', { name: "x' OR '1'='1" }), 2), 'saved')
      assert.equal(await directory.giveName(given('1', { kind: 'skill-group' }), 2), 'saved')
      assert.deepEqual(
        (await all()).map(({ kind, id, name, hidden }) => [kind, id, name, hidden]),
        [
          ['agent', '1', "x' OR '1'='1", false],
          ['agent', '2', null, true],
          ['skill-group', '1', 'name of 1', false],
        ],
      )
      for (const id of ['1', '2']) assert.equal(await directory.giveName(given(id, { name: null }), 2), 'saved')
      assert.deepEqual(
        (await all()).map(({ kind }) => kind),
        ['skill-group'],
      )
    })

    test('agents and skill groups are seen first, last and so often, up to a bound', async () => {
      const calls = [0, 1, 2, 3].map((n) => {
        const callId = `seen-${n}`
        const at = T0 + n * 60_000
        return write('seen', [
          { id: 'a', callId, at, type: 'call-started', callType: 'inbound' },
          { id: 'b', callId, at: at + 1, type: 'queue-entered', skillGroup: { id: 'sales' } },
          { id: 'c', callId, at: at + 2, type: 'agent-answered', agent: { id: '1001' } },
        ])
      })
      await store.calls.commit(calls)
      const asked = { since: T0 + 60_000, most: 2 }
      const seen = [{ id: '1001', firstAt: T0, lastAt: T0 + 180_000, calls: 2, isMore: true }]
      assert.deepEqual(await store.directory.seen('seen', 'agent', ['1001', 'nobody'], asked), seen)
      const group = { ...seen[0], id: 'sales', calls: 3, isMore: false }
      assert.deepEqual(await store.directory.seen('seen', 'skill-group', ['sales'], { ...asked, most: 3 }), [group])
      assert.deepEqual(await store.directory.seen('elsewhere', 'agent', ['1001'], asked), [])
    })

    test('an instance is removed with everything in it, and no other loses anything', async () => {
      for (const instance of ['stays', 'removed']) {
        const events: CallEvent[] = [
          { id: 'a', callId: 'c', at: T0, type: 'call-started', callType: 'inbound', customer: '13800138000' },
          { id: 'b', callId: 'c', at: T0 + 1, type: 'queue-entered', skillGroup: { id: 'sales' } },
          { id: 'd', callId: 'c', at: T0 + 9, type: 'call-ended', releasedBy: 'customer' },
        ]
        const recording = keptRow(instance, { callId: 'c', n: 1, sizeBytes: 100, callStartedAt: T0, at: T0 })
        await store.calls.commit([write(instance, events)], [recording])
        await store.rejected.keepRejected(instance, [
          { source: 's', kind: 'event', at: T0, cause: 'c', detail: 'd', raw: new Uint8Array([1]) },
        ])
        await store.views.saveView(
          { id: 'v', instance, owner: 'zhang', name: 'v', query: '', shared: false, createdAt: T0 },
          { own: 5, shared: 5 },
        )
      }
      const user = { id: 'looks', instance: 'home', name: 'looks', role: 'admin' as const, agentId: null }
      const rest = {
        passwordHash: 'x',
        mustChangePassword: false,
        masksNumbers: false,
        createdAt: T0,
        disabledAt: null,
      }
      await store.access.addUser({ ...user, ...rest })
      await store.access.addSession({
        tokenHash: 't',
        userId: 'looks',
        createdAt: T0,
        expiresAt: T0 + 9,
        sample: false,
      })
      await store.access.showSample('t', true)
      assert.equal((await store.access.session('t', T0))?.sample, true)

      const contents = async (instance: string) => [
        await store.calls.lastSeq(instance),
        (await store.calls.call(instance, 'c'))?.id,
        (await store.calls.histories(instance, ['c'])).size,
        (await store.calls.skillGroups(instance)).length,
        (await store.recordings.recordingsOfCall(instance, 'c')).length,
        await store.retention.recordingTotals(instance),
        (await store.retention.storedLately(instance, T0)).groups.length,
        (await store.rejected.rejectedCounts(instance)).kept,
        (await store.views.views(instance, 'zhang')).length,
      ]
      const kept = await contents('stays')
      assert.deepEqual(kept, await contents('removed'))
      await store.removeInstance('removed', 'home')
      assert.deepEqual(await contents('stays'), kept)
      assert.deepEqual(await contents('removed'), [0, undefined, 0, 0, 0, [], 0, 0, 0])
      assert.equal((await store.access.session('t', T0))?.sample, false)
      // The same call ids may come again.
      await store.calls.commit([
        write('removed', [{ id: 'a', callId: 'c', at: T0, type: 'call-started', callType: 'inbound' }]),
      ])
      assert.equal((await store.calls.call('removed', 'c'))?.seq, 1)
    })
  })
}

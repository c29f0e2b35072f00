import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { callStory } from '../../test/support/stories.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { limits } from '../config.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'
import type { Store } from '../store/store.ts'
import { type CallChange, Ingest } from './ingest.ts'
import { closeSilentCalls } from './silent-calls.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')
let folder = ''
let store: Store

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbook-ingest-'))
  store = await openEmbeddedStore({ folder })
})
after(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

function open(
  publish: (changes: CallChange[]) => void = () => {},
  changed: Partial<Record<keyof typeof limits, number>> = {},
): Ingest {
  return new Ingest({ calls: store.calls, publish, limits: { ...limits, ...changed } })
}

const started = (callId: string, id = 'start'): CallEvent => ({
  id,
  callId,
  at: T0,
  type: 'call-started',
  callType: 'inbound',
  customer: '138',
})
const ended = (callId: string, id = 'end'): CallEvent => ({
  id,
  callId,
  at: T0 + 9000,
  type: 'call-ended',
  releasedBy: 'customer',
})

test('what is acknowledged is in the store, and is published after that', async () => {
  const seen: [id: string, seq: number, before: string | null][] = []
  const ingest = open((changes) => {
    for (const { call, previous } of changes) seen.push([call.id, call.seq, previous?.phase ?? null])
  })
  const from = { instance: 'acknowledged', source: 'key' }
  assert.deepEqual(await ingest.append(from, [started('a')]), { accepted: 1, duplicates: 0, rejected: [] })
  assert.equal((await store.calls.call('acknowledged', 'a'))?.phase, 'ivr')
  await ingest.append(from, [ended('a')])
  assert.deepEqual(seen, [
    ['a', 1, null],
    ['a', 2, 'ivr'],
  ])
  const call = await store.calls.call('acknowledged', 'a')
  assert.equal(call?.hangupReason, 'abandoned-in-ivr')
  assert.equal(call?.source, 'key')
})

test('duplicates vanish: in one request, in the next, and after a restart', async () => {
  const from = { instance: 'duplicates', source: 'key' }
  const ingest = open()
  assert.deepEqual(await ingest.append(from, [started('a'), started('a')]), {
    accepted: 1,
    duplicates: 1,
    rejected: [],
  })
  assert.equal((await ingest.append(from, [started('a')])).duplicates, 1)
  assert.deepEqual(await open().append(from, [started('a'), ended('a')]), { accepted: 1, duplicates: 1, rejected: [] })
  assert.equal((await store.calls.call('duplicates', 'a'))?.steps.length, 2)
  // A duplicate alone changes nothing, so it has no change number either.
  const seq = await store.calls.lastSeq('duplicates')
  await open().append(from, [ended('a')])
  assert.equal(await store.calls.lastSeq('duplicates'), seq)
})

test('the same id in another call is another event', async () => {
  const from = { instance: 'ids', source: 'key' }
  assert.equal((await open().append(from, [started('a', 'e1'), started('b', 'e1')])).accepted, 2)
})

test('a consultation that turns out to be part of a call vanishes into it, in whatever order that is told', async () => {
  const consult: CallEvent[] = [
    {
      id: 'c1',
      callId: 'consult',
      at: T0 + 2000,
      type: 'call-started',
      callType: 'internal',
      agent: { id: '1001' },
      otherAgent: { id: '1003' },
    },
    { id: 'c2', callId: 'consult', at: T0 + 3000, type: 'agent-ringing', agent: { id: '1003' } },
    { id: 'c3', callId: 'consult', at: T0 + 9000, type: 'call-ended' },
  ]
  const main: CallEvent[] = [
    started('main'),
    { id: 'm1', callId: 'main', at: T0 + 1000, type: 'agent-answered', agent: { id: '1001', name: '张三' } },
    { id: 'm2', callId: 'main', at: T0 + 5000, type: 'calls-merged', mergedCallId: 'consult' },
    { id: 'm3', callId: 'main', at: T0 + 9000, type: 'call-ended', releasedBy: 'agent' },
  ]
  const expected = deriveCall({ callId: 'main', source: 'key', events: [...main, ...consult] })
  const orders = fc.record({
    events: fc.shuffledSubarray([...main, ...consult, ...main.slice(0, 2)], { minLength: 9 }),
    cuts: fc.array(fc.nat(9), { maxLength: 4 }),
    restarts: fc.boolean(),
  })
  let n = 0
  await fc.assert(
    fc.asyncProperty(orders, async ({ events, cuts, restarts }) => {
      const instance = `merge-${n++}`
      let ingest = open()
      const places = [0, ...cuts.sort((a, b) => a - b), events.length]
      for (const [i, place] of places.slice(1).entries()) {
        await ingest.append({ instance, source: 'key' }, events.slice(places[i], place))
        if (restarts) ingest = open()
      }
      const { seq: _seq, ...call } = (await store.calls.call(instance, 'main')) ?? assert.fail('main is not there')
      assert.deepEqual(call, expected)
      assert.equal((await store.calls.call(instance, 'consult'))?.id, 'main')
      const { calls } = await store.calls.changesSince(instance, 0, 10)
      assert.deepEqual(calls.map((c) => [c.id, c.mergedInto]).sort(), [
        ['consult', 'main'],
        ['main', null],
      ])
    }),
    { numRuns: 60, seed: 3 },
  )
})

test('calls that merge in a chain or in a circle end as one', async () => {
  const merge = (callId: string, mergedCallId: string): CallEvent => ({
    id: `${callId}<${mergedCallId}`,
    callId,
    at: T0,
    type: 'calls-merged',
    mergedCallId,
  })
  const from = { instance: 'chain', source: 'key' }
  await open().append(from, [started('a'), started('b'), started('c')])
  await open().append(from, [merge('a', 'b')])
  await open().append(from, [merge('c', 'a')])
  await open().append(from, [merge('b', 'c')])
  for (const id of ['a', 'b', 'c']) assert.equal((await store.calls.call('chain', id))?.id, 'c')
  assert.equal((await store.calls.call('chain', 'a'))?.steps.filter((step) => step.type === 'call-started').length, 3)
})

test('many senders share commits, and each is answered for its own events', async () => {
  const ingest = open()
  const from = { instance: 'many', source: 'key' }
  const stories =
    fc.sample(fc.tuple(...Array.from({ length: 60 }, (_, i) => callStory(`m${i}`, T0 + i))), {
      numRuns: 1,
      seed: 5,
    })[0] ?? []
  const answers = await Promise.all(stories.flatMap((events) => events.map((event) => ingest.append(from, [event]))))
  assert.ok(answers.every((answer) => answer.accepted === 1))
  assert.ok(
    ingest.figures.commits < answers.length / 4,
    `${ingest.figures.commits} commits for ${answers.length} requests`,
  )
  for (const events of stories) {
    const id = events[0]?.callId ?? ''
    const { seq: _seq, ...call } = (await store.calls.call('many', id)) ?? assert.fail(`${id} is not there`)
    assert.deepEqual(call, deriveCall({ callId: id, source: 'key', events }))
  }
})

test('a batch that cannot be committed is refused whole, and taken when it is sent again', async () => {
  let broken = true
  const calls = {
    histories: store.calls.histories,
    commit: (...args: Parameters<typeof store.calls.commit>) =>
      broken ? Promise.reject(new Error('disk full')) : store.calls.commit(...args),
  }
  const published: CallChange[] = []
  const ingest = new Ingest({ calls, publish: (changes) => published.push(...changes), limits })
  const from = { instance: 'broken', source: 'key' }
  await assert.rejects(ingest.append(from, [started('a')]), /disk full/)
  assert.equal(published.length, 0)
  broken = false
  assert.equal((await ingest.append(from, [started('a')])).accepted, 1)
  assert.equal(published.length, 1)
})

test('two processes that write the same calls lose nothing to each other', async () => {
  const own = await openEmbeddedStore({ folder })
  const other = new Ingest({ calls: own.calls, publish: () => {}, limits })
  const ingest = open()
  const from = { instance: 'two', source: 'key' }
  const key = (id: string): CallEvent => ({ id, callId: 'a', at: T0, type: 'key-pressed', key: '1' })
  const told = Array.from({ length: 60 }, (_, i) => (i % 2 ? other : ingest).append(from, [key(`k${i}`)]))
  assert.ok((await Promise.all(told)).every((answer) => answer.accepted === 1))
  assert.equal((await store.calls.call('two', 'a'))?.keys.length, 60)
  await own.close()
})

test('a full queue makes senders wait and loses nothing', async () => {
  const ingest = open(() => {}, { ingestQueueEvents: 3, commitEvents: 2 })
  const from = { instance: 'full', source: 'key' }
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => ingest.append(from, [started(`q${i}`)])))
  assert.equal(answers.filter((answer) => answer.accepted === 1).length, 50)
  assert.equal(ingest.figures.queuedEvents, 0)
  assert.equal((await store.calls.liveCallIds('full', null)).length, 50)
})

test('a call with too many events refuses further ones, by index', async () => {
  const ingest = open(() => {}, { eventsPerCall: 2 })
  const from = { instance: 'long', source: 'key' }
  const keys = Array.from(
    { length: 4 },
    (_, i): CallEvent => ({ id: `k${i}`, callId: 'a', at: T0 + i, type: 'key-pressed', key: '1' }),
  )
  const { accepted, rejected } = await ingest.append(from, keys)
  assert.equal(accepted, 2)
  assert.deepEqual(
    rejected.map(({ index, code }) => [index, code]),
    [
      [2, 'call-too-long'],
      [3, 'call-too-long'],
    ],
  )
})

test('more live calls than fit in memory are read again from the store', async () => {
  const ingest = open(() => {}, { warmCalls: 2 })
  const from = { instance: 'cold', source: 'key' }
  for (let i = 0; i < 6; i++) await ingest.append(from, [started(`w${i}`)])
  for (let i = 0; i < 6; i++) await ingest.append(from, [started(`w${i}`), ended(`w${i}`)])
  for (let i = 0; i < 6; i++) assert.equal((await store.calls.call('cold', `w${i}`))?.steps.length, 2)
})

test('a call of which nothing is heard for too long is closed at its last sign', async () => {
  const ingest = open()
  const from = { instance: 'silent', source: 'key' }
  await ingest.append(from, [started('old'), { ...started('young'), at: T0 + 3_600_000 }])
  const needs = { calls: store.calls, ingest, silentMs: 3_600_000, now: () => T0 + 3_700_000 }
  assert.equal(await closeSilentCalls(needs, 'silent'), 1)
  assert.equal(await closeSilentCalls(needs, 'silent'), 0)
  const old = await store.calls.call('silent', 'old')
  assert.deepEqual([old?.endedAt, old?.endEstimated, old?.hangupReason], [T0, true, 'unknown'])
  assert.equal((await store.calls.call('silent', 'young'))?.endedAt, null)
})

test('a part that is handed on from call to call, forty times over, is found in the last, before a restart as after it', async () => {
  const from = { instance: 'handed-on', source: 'key' }
  const part = { ...started('part'), type: 'key-pressed', key: '7' } as CallEvent
  await open().append(from, [part])
  const ingest = open()
  for (let n = 1; n <= 40; n++) {
    const merged: CallEvent = { id: 'm', callId: `whole-${n}`, at: T0 + n, type: 'calls-merged', mergedCallId: 'part' }
    // Every tenth time another process has a go.
    const answer = await (n % 10 === 0 ? open() : ingest).append(from, [started(`whole-${n}`), merged])
    assert.deepEqual(answer, { accepted: 2, duplicates: 0, rejected: [] }, `the ${n}th time`)
  }
  for (const id of ['part', 'whole-1', 'whole-39', 'whole-40'])
    assert.equal((await store.calls.call(from.instance, id))?.id, 'whole-40', id)
  const steps = (await store.calls.call(from.instance, 'part'))?.steps ?? []
  assert.ok(steps.some(({ key, mergedFrom }) => key === '7' && mergedFrom === 'part'))
  const late = { ...part, id: 'late', key: '8', at: T0 + 99 } as CallEvent
  assert.equal((await open().append(from, [late])).accepted, 1)
  const again = await store.calls.histories(from.instance, ['whole-3'])
  assert.equal(again.get('whole-3')?.events.length, 82)
})

test('a call takes in no more than it may hold: what would be too long stays a call of its own', async () => {
  const from = { instance: 'too-much', source: 'key' }
  const ingest = open(() => {}, { eventsPerCall: 10 })
  const keys = (callId: string) =>
    Array.from({ length: 6 }, (_, n) => ({ ...started(callId, `k${n}`), type: 'key-pressed', key: '1' }) as CallEvent)
  await ingest.append(from, [...keys('a'), ...keys('b')])
  const merged: CallEvent = { id: 'm', callId: 'a', at: T0, type: 'calls-merged', mergedCallId: 'b' }
  const { rejected } = await ingest.append(from, [merged])
  assert.equal(rejected[0]?.code, 'call-too-long')
  assert.equal((await store.calls.call(from.instance, 'b'))?.id, 'b')
})

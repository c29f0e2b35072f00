// Unreached customers as the store keeps them, against the plainest model: for each number, look at all of its calls.
// Random calls, told in any order and piece by piece, merged, derived again.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { callStory } from '../../test/support/stories.ts'
import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'
import type { Store } from '../store/store.ts'
import {
  isCallable,
  MISSED_REASONS,
  type MissedReason,
  type UnreachedSearch,
  USUAL_MISSED_REASONS,
} from './unreached.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')
let folder = ''
let store: Store

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbook-unreached-'))
  store = await openEmbeddedStore({ folder, readers: 1 })
})
after(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

function searchIn(instance: string, more: Partial<UnreachedSearch> = {}): UnreachedSearch {
  return { instance, from: 0, reasons: USUAL_MISSED_REASONS, skillGroups: null, order: 'waiting', ...more }
}

interface Expected {
  missed: number
  firstAt: number
  lastAt: number
  longestWaitMs: number
  callbacks: number
  skillGroups: string[]
}

/** The model: said as in the glossary, and nothing clever. */
function unreachedOf(all: readonly Call[], { from, reasons, skillGroups }: UnreachedSearch): Map<string, Expected> {
  const calls = all.filter((call) => call.mergedInto === null && call.type !== 'internal' && call.endedAt !== null)
  const later = (a: Call, b: Call) => a.startedAt > b.startedAt || (a.startedAt === b.startedAt && a.id > b.id)
  const found = new Map<string, Expected>()
  for (const number of new Set(calls.map((call) => call.customer))) {
    if (!isCallable(number)) continue
    const own = calls.filter((call) => call.customer === number)
    const isOpen = (call: Call) => !own.some((other) => other.hangupReason === 'normal' && later(other, call))
    const missed = own.filter(
      (call) => reasons.some((reason) => reason === call.hangupReason) && isOpen(call) && call.startedAt >= from,
    )
    const [first] = missed.toSorted((a, b) => a.startedAt - b.startedAt)
    const groups = new Set(missed.flatMap((call) => call.skillGroups.map(({ id }) => id)))
    if (!first || (skillGroups && !skillGroups.some((id) => groups.has(id)))) continue
    const tried = own.filter((call) => call.hangupReason === 'not-connected' && isOpen(call) && later(call, first))
    found.set(number, {
      missed: missed.length,
      firstAt: first.startedAt,
      lastAt: Math.max(...missed.map((call) => call.startedAt)),
      longestWaitMs: Math.max(...missed.map((call) => Math.max(call.queueMs, call.ringMs))),
      callbacks: tried.length,
      skillGroups: [...groups].sort(),
    })
  }
  return found
}

/** All lines, page by page. */
async function kept(search: UnreachedSearch): Promise<Map<string, Expected>> {
  const found = new Map<string, Expected>()
  let at: { at: number; number: string } | null = null
  for (;;) {
    const lines = await store.unreached.lines(search, at, 2)
    for (const { number, missed, firstAt, lastAt, longestWaitMs, callbacks, skillGroups } of lines) {
      assert.ok(!found.has(number), `${number} comes twice`)
      const groups = skillGroups.map(({ id }) => id).sort()
      found.set(number, { missed, firstAt, lastAt, longestWaitMs, callbacks, skillGroups: groups })
    }
    const last = lines.at(-1)
    if (!last || lines.length < 2) break
    at = { at: search.order === 'waiting' ? last.firstAt : last.lastAt, number: last.number }
  }
  assert.equal(await store.unreached.count(search), found.size)
  return found
}

/** Writes the record over the one that is there. */
async function write(instance: string, call: Call, events: CallEvent[]): Promise<void> {
  const seq = (await store.calls.call(instance, call.id))?.seq ?? null
  const [committed] = await store.calls.commit([{ instance, call, events, seq }])
  assert.ok(committed)
}

const stories = fc
  .tuple(...Array.from({ length: 10 }, (_, i) => fc.tuple(fc.nat(40), fc.constant(i))))
  .chain((places) => fc.tuple(...places.map(([at, i]) => callStory(`c${i}`, T0 + at * 60_000))))

test('whoever was missed and not reached since is listed, whatever the order in which it became known', async () => {
  let listed = 0
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      stories,
      fc.array(fc.nat(1_000), { minLength: 20, maxLength: 20 }),
      fc.nat(10),
      async (told, shuffle, mergedIndex) => {
        const instance = `run-${run++}`
        // Each call is told in two halves, in any order over all calls.
        const pieces = told.flatMap((events, i) => [
          { i, part: events.slice(0, Math.ceil(events.length / 2)), key: shuffle[2 * i] ?? 0 },
          { i, part: events, key: shuffle[2 * i + 1] ?? 0 },
        ])
        const known = new Map<number, CallEvent[]>()
        const calls = new Map<string, Call>()
        for (const { i, part } of pieces.sort((a, b) => a.key - b.key)) {
          const events = part.length > (known.get(i)?.length ?? 0) ? part : (known.get(i) ?? part)
          known.set(i, events)
          const call = deriveCall({ callId: `c${i}`, source: 'test', events })
          calls.set(call.id, call)
          await write(instance, call, part)
        }
        // One turns out to be a part of another, as a consultation does.
        const merged = calls.get(`c${mergedIndex}`)
        if (merged) {
          const whole = { ...merged, mergedInto: `c${(mergedIndex + 1) % 10}` }
          const seq = (await store.calls.changesSince(instance, 0, 100)).calls.find((c) => c.id === merged.id)?.seq ?? 0
          await store.calls.commit([{ instance, call: whole, events: [], seq }])
          calls.set(merged.id, whole)
        }
        for (const search of [
          searchIn(instance),
          searchIn(instance, { order: 'latest', reasons: MISSED_REASONS, from: T0 + 10 * 60_000 }),
          searchIn(instance, { skillGroups: ['sales', 'vip'] }),
        ]) {
          const expected = unreachedOf([...calls.values()], search)
          assert.deepEqual(await kept(search), expected)
          listed += expected.size
        }
      },
    ),
    { numRuns: 30, seed: 3, endOnFailure: true },
  )
  assert.ok(listed > 50, `too few were unreached to prove anything: ${listed}`)
})

test('a call that is derived again otherwise (a rule was mended) opens or clears its customer’s line', async () => {
  const events = [
    { id: '1', callId: 'x', at: T0, type: 'call-started', callType: 'inbound', customer: '13800138000' },
    { id: '2', callId: 'x', at: T0 + 1000, type: 'queue-entered', skillGroup: { id: 'sales' } },
    { id: '3', callId: 'x', at: T0 + 9000, type: 'call-ended', releasedBy: 'customer' },
  ] as CallEvent[]
  const call = deriveCall({ callId: 'x', source: 'test', events })
  await write('rebuilt', call, events)
  const rewrite = async (part: Partial<Call>) => {
    const seq = (await store.calls.call('rebuilt', 'x'))?.seq ?? 0
    assert.deepEqual(await store.calls.rewrite('rebuilt', [{ call: { ...call, ...part }, seq }]), [true])
    return [...(await kept(searchIn('rebuilt'))).keys()]
  }
  assert.deepEqual([...(await kept(searchIn('rebuilt'))).keys()], ['13800138000'])
  assert.deepEqual(await rewrite({ hangupReason: 'normal' }), [])
  assert.deepEqual(await rewrite({ hangupReason: 'queue-timeout' }), ['13800138000'])
  assert.deepEqual(await rewrite({ customer: '13900139000', caller: '13900139000' }), ['13900139000'])
  assert.deepEqual(await rewrite({ customer: 'anonymous', caller: 'anonymous' }), [])
})

test('with a live call the line says so: waiting, or being talked with; nothing crosses instances', async () => {
  const missed = [
    { id: '1', callId: 'm', at: T0, type: 'call-started', callType: 'inbound', customer: '13800138000' },
    { id: '2', callId: 'm', at: T0 + 1000, type: 'queue-entered', skillGroup: { id: 'sales' } },
    { id: '3', callId: 'm', at: T0 + 9000, type: 'call-ended', releasedBy: 'customer' },
  ] as CallEvent[]
  const again = [
    {
      id: '1',
      callId: 'n',
      at: T0 + 60_000,
      type: 'call-started',
      callType: 'outbound',
      customer: '13800138000',
      agent: { id: '1001' },
    },
    { id: '2', callId: 'n', at: T0 + 65_000, type: 'customer-answered' },
    { id: '3', callId: 'n', at: T0 + 95_000, type: 'call-ended', releasedBy: 'agent' },
  ] as CallEvent[]
  const tell = (events: CallEvent[]) =>
    write('live', deriveCall({ callId: events[0]?.callId ?? '', source: 'test', events }), events)
  const line = async () => (await store.unreached.lines(searchIn('live'), null, 10))[0] ?? null
  await tell(missed)
  assert.equal((await line())?.live, null)
  await tell(again.slice(0, 1))
  assert.deepEqual((await line())?.live, { callId: 'n', phase: 'dialling' })
  await tell(again.slice(0, 2))
  assert.deepEqual((await line())?.live, { callId: 'n', phase: 'talking' })
  await tell(again)
  assert.equal(await line(), null)
  assert.deepEqual(await store.unreached.lines(searchIn('elsewhere'), null, 10), [])
})

test('which reasons are looked at is a choice among those that mean a missed call', () => {
  const usual: readonly MissedReason[] = USUAL_MISSED_REASONS
  assert.ok(usual.every((reason) => MISSED_REASONS.includes(reason)))
  assert.deepEqual(['13800138000', '+8613800138000', '1001', 'anonymous', '', '*43', null].filter(isCallable), [
    '13800138000',
    '+8613800138000',
    '1001',
  ])
})

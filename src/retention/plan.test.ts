// Which recordings go, against a naive model that knows no cursors, no watermarks and no sums: whatever is there, held and
// allowed, the plan deletes the same ones in the same order; and what must never happen never does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clockIn } from '../calls/instant.ts'
import { type Candidate, type CutoffOf, type Deletion, isAfter, planRetention, type RetentionView } from './plan.ts'
import type { RetentionPolicy } from './policy.ts'
import { cutoffAt, rehearse } from './rehearsal.ts'

const clock = clockIn('Asia/Shanghai')
const NOW = Date.parse('2026-11-23T10:00:00+08:00')
const DAY_MS = 86_400_000
const NOTHING_LATELY = { since: null, groups: [] }

interface Kept extends Candidate {
  held: boolean
}

const kept: fc.Arbitrary<Kept[]> = fc.uniqueArray(
  fc.record({
    callId: fc.integer({ min: 0, max: 30 }).map((n) => `call-${n}`),
    n: fc.integer({ min: 1, max: 3 }),
    // Few different starts, so that many recordings share one; several on one day, some to the millisecond at a day's start.
    callStartedAt: fc
      .record({ days: fc.integer({ min: 0, max: 12 }), ms: fc.constantFrom(0, 1, 3_600_000, 40_000_000) })
      .map(({ days, ms }) => Date.parse('2026-11-11T00:00:00+08:00') + days * DAY_MS + ms),
    sizeBytes: fc.integer({ min: 0, max: 100 }),
    skillGroup: fc.constantFrom('', 'sales', 'support', 'vip'),
    held: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 0),
  }),
  { selector: ({ callId, n }) => `${callId} ${n}`, maxLength: 60 },
)
const off = <T>(limit: fc.Arbitrary<T>) => fc.option(limit, { nil: null })
const bytes = fc.integer({ min: 1, max: 2_500 })
const days = fc.integer({ min: 1, max: 13 })
const policies: fc.Arbitrary<RetentionPolicy> = fc.record({
  capacityBytes: off(bytes),
  ageDays: off(days),
  minFreeBytes: off(bytes),
  skillGroups: fc.uniqueArray(
    fc.record(
      { id: fc.constantFrom('sales', 'support', 'vip', 'gone'), ageDays: off(days), capacityBytes: off(bytes) },
      { requiredKeys: ['id'] },
    ),
    { selector: ({ id }) => id, maxLength: 3 },
  ),
})
const cutoffOf = cutoffAt(clock, clock.dayOf(NOW))

function viewOf(all: readonly Kept[]): RetentionView {
  const sorted = [...all].sort((a, b) => (isAfter(a, b) ? 1 : -1))
  const inScope = (groups: readonly string[] | null) => (one: Kept) =>
    groups === null || groups.includes(one.skillGroup)
  const totals = [...new Set(all.map(({ skillGroup }) => skillGroup))].map((skillGroup) => {
    const own = all.filter((one) => one.skillGroup === skillGroup)
    const held = own.filter((one) => one.held)
    return {
      skillGroup,
      recordings: own.length,
      bytes: sumOf(own),
      heldRecordings: held.length,
      heldBytes: sumOf(held),
    }
  })
  return {
    totals,
    oldest: (groups, after) =>
      sorted.filter(inScope(groups)).filter((one) => !one.held && (after === null || isAfter(one, after))),
    held: (groups) => sorted.filter(inScope(groups)).filter((one) => one.held),
  }
}

/** Looks at everything again for every single deletion. */
function naive(policy: RetentionPolicy, all: readonly Kept[], freeBytes: number | null, cutoff: CutoffOf): string[] {
  let left = [...all].sort((a, b) => (isAfter(a, b) ? 1 : -1))
  let free = freeBytes
  const told: string[] = []
  const remove = (one: Kept, rule: string) => {
    left = left.filter((other) => other !== one)
    if (free !== null) free += one.sizeBytes
    told.push(`${rule} ${one.callId} ${one.n}`)
  }
  const ageOf = (one: Kept) => {
    const own = policy.skillGroups.find(({ id }) => id === one.skillGroup)
    return own?.ageDays === undefined ? policy.ageDays : own.ageDays
  }
  for (let age = 1; age <= 13; age++)
    for (const one of left) if (!one.held && ageOf(one) === age && one.callStartedAt < cutoff(age)) remove(one, 'age')
  const removeWhile = (rule: string, isOver: () => boolean, group: string | null) => {
    for (;;) {
      const oldest = left.find((one) => !one.held && (group === null || one.skillGroup === group))
      if (!oldest || !isOver()) return
      remove(oldest, rule)
    }
  }
  for (const { id, capacityBytes } of policy.skillGroups)
    if (typeof capacityBytes === 'number')
      removeWhile('group-capacity', () => sumOf(left.filter((one) => one.skillGroup === id)) > capacityBytes, id)
  const { capacityBytes, minFreeBytes } = policy
  if (capacityBytes !== null) removeWhile('capacity', () => sumOf(left) > capacityBytes, null)
  if (minFreeBytes !== null && free !== null) removeWhile('free-space', () => (free ?? 0) < minFreeBytes, null)
  return told
}

test('deletes what a naive model deletes, in its order, whatever is there and allowed', () => {
  let deleted = 0
  fc.assert(
    fc.property(kept, policies, off(bytes), (all, policy, freeBytes) => {
      const found = [...planRetention(policy, viewOf(all), freeBytes).due(cutoffOf)]
      assert.deepEqual(found.map(toldOf), naive(policy, all, freeBytes, cutoffOf))
      deleted += found.length
    }),
    { numRuns: 3_000, seed: 4 },
  )
  assert.ok(deleted > 5_000, `too little was deleted to prove anything: ${deleted}`)
})

test('in batches, each planned anew from what is left, the same ones go', () => {
  fc.assert(
    fc.property(kept, policies, fc.integer({ min: 1, max: 5 }), (all, policy, batch) => {
      const whole = [...planRetention(policy, viewOf(all), null).due(cutoffOf)].map(toldOf)
      const told: string[] = []
      for (let left = all; ; ) {
        const plan = planRetention(policy, viewOf(left), null).due(cutoffOf)
        const found = plan.take(batch).toArray()
        if (found.length === 0) break
        told.push(...found.map(toldOf))
        left = without(left, found)
      }
      assert.deepEqual(told, whole)
    }),
    { numRuns: 1_000, seed: 5 },
  )
})

test('never a held one, never a newer before an older within a rule, at or below the limit, never below by more than one', () => {
  fc.assert(
    fc.property(kept, bytes, off(days), (all, capacityBytes, ageDays) => {
      const policy = { capacityBytes, ageDays, minFreeBytes: null, skillGroups: [] }
      const found = [...planRetention(policy, viewOf(all), null).due(cutoffOf)]
      const keys = new Set(all.filter((one) => one.held).map(({ callId, n }) => `${callId} ${n}`))
      assert.ok(found.every(({ recording: { callId, n } }) => !keys.has(`${callId} ${n}`)))
      for (const rule of ['age', 'capacity']) {
        const ofRule = found.filter((one) => one.rule === rule)
        for (const [i, one] of ofRule.entries()) {
          const before = ofRule[i - 1]
          assert.ok(!before || isAfter(one.recording, before.recording))
        }
      }
      const left = without(all, found)
      const last = found.filter((one) => one.rule === 'capacity').at(-1)
      if (left.some((one) => !one.held)) assert.ok(sumOf(left) <= capacityBytes)
      if (last) assert.ok(sumOf(left) + last.recording.sizeBytes > capacityBytes)
      if (ageDays !== null) assert.ok(left.every((one) => one.held || one.callStartedAt >= cutoffOf(ageDays)))
    }),
    { numRuns: 2_000, seed: 6 },
  )
})

test('a rehearsal says what the sweep does, and its days are the sweeps of those days', () => {
  fc.assert(
    fc.property(kept, policies, off(bytes), (all, policy, freeBytes) => {
      const moment = { clock, now: NOW, freeBytes, lately: NOTHING_LATELY }
      const told = rehearse(policy, viewOf(all), moment)
      let left: Kept[] = all
      let free = freeBytes
      const sweepOn = (day: string) => {
        const found = [...planRetention(policy, viewOf(left), free).due(cutoffAt(clock, day))]
        left = without(left, found)
        const gone = found.reduce((sum, { recording }) => sum + recording.sizeBytes, 0)
        if (free !== null) free += gone
        return { recordings: found.length, bytes: gone }
      }
      const { recordings, bytes: gone } = told.now
      assert.deepEqual({ recordings, bytes: gone }, sweepOn('2026-11-23'))
      assert.deepEqual(told.after, { recordings: left.length, bytes: sumOf(left) })
      for (const { day, ...rest } of told.days) {
        const found = sweepOn(day)
        assert.deepEqual(rest, { ...found, comingBytes: 0, keptBytes: sumOf(left) })
      }
      assert.deepEqual(told.days.map(({ day }) => day).slice(0, 2), ['2026-11-23', '2026-11-24'])
    }),
    { numRuns: 1_000, seed: 8 },
  )
})

test('a recording is kept for its whole days: it goes at the start of the day after them', () => {
  const call = (callId: string, at: string): Kept => ({
    callId,
    n: 1,
    callStartedAt: Date.parse(at),
    sizeBytes: 1,
    skillGroup: '',
    held: false,
  })
  const all = [call('last moment', '2026-11-15T23:59:59.999+08:00'), call('first moment', '2026-11-16T00:00:00+08:00')]
  const policy = { capacityBytes: null, ageDays: 7, minFreeBytes: null, skillGroups: [] }
  const gone = [...planRetention(policy, viewOf(all), null).due(cutoffOf)].map(({ recording }) => recording.callId)
  assert.deepEqual(gone, ['last moment'])
})

test('what goes in the place of held ones is said, and holds that make the limit unreachable are warned of', () => {
  const call = (day: number, held: boolean): Kept => ({
    callId: `d${day}`,
    n: 1,
    callStartedAt: NOW - (10 - day) * DAY_MS,
    sizeBytes: 10,
    skillGroup: '',
    held,
  })
  const all = [call(1, true), call(2, true), call(3, false), call(4, false), call(5, false), call(6, false)]
  const moment = { clock, now: NOW, freeBytes: null, lately: NOTHING_LATELY }
  const policy = { capacityBytes: 30, ageDays: null, minFreeBytes: null, skillGroups: [] }
  const told = rehearse(policy, viewOf(all), moment)
  // Without holds d1, d2 and d3 would go; two others go for the two that are held.
  assert.deepEqual(
    told.now.items.map(({ recording, insteadOfHeld }) => [recording.callId, insteadOfHeld]),
    [
      ['d3', false],
      ['d4', true],
      ['d5', true],
    ],
  )
  assert.deepEqual(
    [told.held.recordings, told.held.bytes, told.held.insteadRecordings, told.held.insteadBytes],
    [2, 20, 2, 20],
  )
  assert.deepEqual(told.warnings, [])
  const small = rehearse({ ...policy, capacityBytes: 15 }, viewOf(all), moment)
  assert.deepEqual(small.warnings, [{ code: 'holds-exceed-capacity', skillGroup: null, heldBytes: 20, limit: 15 }])
  assert.equal(small.after.bytes, 20)
})

test('what comes in fills the capacity and then pushes the oldest out, day by day', () => {
  const all = Array.from(
    { length: 10 },
    (_, i): Kept => ({
      callId: `c${i}`,
      n: 1,
      callStartedAt: NOW - (20 - i) * DAY_MS,
      sizeBytes: 100,
      skillGroup: 'sales',
      held: false,
    }),
  )
  // 700 bytes in seven days: 100 a day; 14 of the 24 hours of today are left.
  const lately = { since: NOW - 7 * DAY_MS, groups: [{ skillGroup: 'sales', recordings: 7, bytes: 700 }] }
  const moment = { clock, now: NOW, freeBytes: null, lately }
  const policy = { capacityBytes: 1_150, ageDays: null, minFreeBytes: null, skillGroups: [] }
  const told = rehearse(policy, viewOf(all), moment)
  assert.deepEqual(told.inflow, { recordingsPerDay: 1, bytesPerDay: 100, days: 7 })
  assert.equal(told.fullAt, NOW + 1.5 * DAY_MS)
  assert.equal(told.capacityDays, 11.5)
  assert.deepEqual(
    told.days.map(({ recordings }) => recordings),
    [0, 1, 1, 1, 1, 1, 1],
  )
  assert.ok(told.days.every(({ keptBytes, comingBytes }) => keptBytes <= 1_150 && comingBytes === 0))
  // Smaller than what comes in a day: even what is still to come does not stay.
  const short = rehearse({ ...policy, capacityBytes: 50 }, viewOf(all), moment)
  assert.equal(short.now.recordings, 10)
  assert.deepEqual(short.warnings, [{ code: 'capacity-is-short', days: 0.5 }])
  assert.ok(short.days.every(({ keptBytes }) => keptBytes <= 50))
  assert.ok(short.days.slice(1).every(({ comingBytes }) => comingBytes >= 50))
  // Age alone: what is still to come grows old as well.
  const age = { capacityBytes: null, ageDays: 2, minFreeBytes: null, skillGroups: [] }
  const aged = rehearse(age, viewOf(all), moment)
  assert.deepEqual(
    aged.days.map(({ comingBytes }) => comingBytes),
    [0, 0, 0, 58, 100, 100, 100],
  )
  assert.equal(aged.fullAt, null)
})

function toldOf({ rule, recording }: Deletion): string {
  return `${rule} ${recording.callId} ${recording.n}`
}

function without(all: readonly Kept[], found: readonly Deletion[]): Kept[] {
  const gone = new Set(found.map(({ recording: { callId, n } }) => `${callId} ${n}`))
  return all.filter(({ callId, n }) => !gone.has(`${callId} ${n}`))
}

function sumOf(all: readonly Candidate[]): number {
  return all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

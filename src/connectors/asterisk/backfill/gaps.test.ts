// Five seconds are cut out of every recorded trace, one window after the other, as if the connection (or Callbook itself)
// had been away, and the snapshot and the PBX's own records are offered at the end: the records are those of the whole
// trace. What those records cannot tell is listed by name.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import type { Call } from '../../../calls/call.ts'
import { callsOf } from '../../../cli/derive.ts'
import type { ConnectorConfig } from '../../../config.ts'
import type { TimeRange } from './gap-source.ts'
import { type GapTrace, type PlaySettings, playWithGaps, readGapTrace } from './trace-gaps.ts'

const FOLDERS = ['asterisk', 'asterisk-mix'].map((name) => new URL(`../../../../test/traces/${name}/`, import.meta.url))
const CUT_MS = 5_000
const STEP_MS = 500
/** The PBX's records and AMI stamp the same thing at times this far apart, on a busy machine. */
const APART_MS = 100

const listed: ConnectorConfig = {
  name: 'pbx1',
  type: 'asterisk',
  agents: ['PJSIP/1???', 'PJSIP/2???'],
  trunks: ['PJSIP/customers', 'PJSIP/external'],
  externalTrunks: ['PJSIP/external'],
  virtualNumbers: ['1709*'],
}
const both = { cel: true, queueLog: true }

const traces = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readGapTrace(name, new URL(`${name}/`, folder))),
)

/** Every window of five seconds, from one that ends as the trace begins to one that begins as it ends. */
function windowsOf(trace: GapTrace, stepMs = STEP_MS): TimeRange[] {
  const first = trace.messages[0]?.receivedAt ?? 0
  const last = trace.messages.at(-1)?.receivedAt ?? 0
  const windows: TimeRange[] = []
  for (let from = first - CUT_MS + stepMs; from < last + stepMs; from += stepMs)
    windows.push({ from, to: from + CUT_MS })
  // A capture that was cut itself has nothing of how its own gap ended.
  return windows.filter(({ from, to }) => !trace.ownGaps.some((own) => own.from < to + 50 && from < own.to + 50))
}

function play(trace: GapTrace, cuts: TimeRange[], settings: Partial<PlaySettings> = {}): Call[] {
  const given = { config: listed, cuts, sources: both, isRestarted: false, ...settings }
  return callsOf(playWithGaps(trace, given), 'pbx1')
}

/** What a call was, without the times. */
function kindOf(call: Call) {
  const { id, type, phase, hangupReason, notConnectedCause, releasedBy, caller, callee, customer, dialledNumber } = call
  const { endEstimated, agent, skillGroup, keys, transfers, mergedInto } = call
  const agents = [...call.agents].sort((a, b) => (a.id < b.id ? -1 : 1))
  const skillGroups = call.skillGroups.map((group) => group.id)
  return {
    ...{ id, type, phase, hangupReason, notConnectedCause, releasedBy, caller, callee, customer, dialledNumber },
    ...{ endEstimated, agent, agents, skillGroup: skillGroup?.id ?? null, skillGroups, keys, transfers, mergedInto },
  }
}

const TIMES = ['startedAt', 'establishedAt', 'answeredAt', 'endedAt'] as const
const DURATIONS = ['ivrMs', 'queueMs', 'ringMs', 'talkMs', 'holdMs'] as const

/** The flow, but for what says that it is reconstructed and for descriptions, which come as they are understood. */
function flowOf(call: Call): string[] {
  return call.steps
    .filter(({ type }) => type !== 'call-reconstructed' && type !== 'call-described')
    .map(({ type, outcome, by, remark }) => [type, outcome, by, remark].filter((word) => word !== null).join(' '))
    .sort()
}

/** CEL has no event for a phone that rings: of the customer's it tells the answer only, agents' ring from the dial on. */
const RINGS_UNHEARD = new Set(['outbound', 'back-to-back', 'predictive', 'virtual-number'])

/**
 * Who was called when the platform dialled (Originate) and the dial was in the gap: no row has the number. An agent who
 * refuses is called with the customer's number as caller id by some platforms, with the company's by others.
 */
const CUSTOMER_UNKNOWN = new Set([
  'double_agent_reject',
  'pred_busy',
  'pred_queue_abandon',
  'pred_ring_abandon',
  'pred_noanswer',
])

/** CEL as Asterisk's sample and the guide have it (`apps = dial,queue,park`): neither menus nor the beginning of recordings. */
const SPARSE = new Set(
  traces
    .filter(({ cel }) => !cel.some(({ event, application }) => event === 'APP_START' && application === 'BackGround'))
    .map(({ name }) => name),
)

function assertSame(calls: Call[], whole: Call[], name: string, at: string): void {
  assert.deepEqual(
    calls.map(({ id }) => id),
    whole.map(({ id }) => id),
    `${at}: no call is missing, none is there twice`,
  )
  for (const [i, call] of calls.entries()) {
    const other = whole[i]
    assert.ok(other)
    const [told, right] = [kindOf(call), kindOf(other)]
    if (CUSTOMER_UNKNOWN.has(name) && told.customer === null) Object.assign(right, { customer: null, callee: null })
    assert.deepEqual(told, right, at)
    for (const field of TIMES) {
      const apart = Math.abs((call[field] ?? 0) - (other[field] ?? 0))
      assert.ok(apart <= APART_MS, `${at}: ${field} is ${apart} ms away`)
    }
    const rings = RINGS_UNHEARD.has(call.type) && !call.steps.some(({ type }) => type === 'customer-ringing')
    for (const field of DURATIONS) {
      if ((field === 'ringMs' && rings) || (field === 'ivrMs' && SPARSE.has(name))) continue
      const apart = Math.abs(call[field] - other[field])
      assert.ok(apart <= APART_MS, `${at}: ${field} is ${apart} ms away`)
    }
    const heard = (step: string) =>
      !(rings && step === 'customer-ringing') && !(SPARSE.has(name) && /^(ivr-entered|recording-started)$/.test(step))
    assert.deepEqual(flowOf(call).filter(heard), flowOf(other).filter(heard), at)
  }
}

for (const trace of traces) {
  test(`${trace.name}: with five seconds cut out, the PBX's records make the call whole`, () => {
    const whole = play(trace, [])
    for (const cut of windowsOf(trace)) {
      const at = `cut at ${((cut.from - (trace.messages[0]?.receivedAt ?? 0)) / 1000).toFixed(1)} s`
      for (const isRestarted of [false, true]) {
        const calls = play(trace, [cut], { isRestarted })
        assertSame(calls, whole, trace.name, isRestarted ? `${at}, Callbook started again` : at)
        assertMarked(trace, calls, whole, cut, at)
      }
      assertSame(play(trace, [cut], { sources: { cel: true, queueLog: false } }), whole, trace.name, `${at}, CEL alone`)
    }
  })
}

/** Marked is what has a step in the gap; what was over before or began after is not. */
function assertMarked(trace: GapTrace, calls: Call[], whole: Call[], cut: TimeRange, at: string): void {
  for (const [i, call] of calls.entries()) {
    const steps = whole[i]?.steps ?? []
    const isWithin = ({ at: when }: { at: number }) => when > cut.from + 10 && when < cut.to - 10
    const missed = steps.some((step) => isWithin(step) && !['customer-ringing', 'call-described'].includes(step.type))
    const near = steps.some((step) => step.at > cut.from - 50 && step.at < cut.to + 50)
    if (missed) assert.equal(call.reconstructed, true, `${at}: ${trace.name} is marked`)
    if (!near) assert.equal(call.reconstructed, whole[i]?.reconstructed, `${at}: ${trace.name} is not marked`)
  }
}

for (const name of ['in_picked_up_by_colleague', 'in_forwarded_by_phone'])
  test(`${name}: whoever answers for a member of the queue keeps her own name when CEL and queue_log tell it`, () => {
    const trace = readGapTrace(name, new URL(`../../../../test/traces/asterisk-rerouted/${name}/`, import.meta.url))
    for (const cut of windowsOf(trace))
      for (const isRestarted of [false, true])
        for (const call of play(trace, [cut], { isRestarted }))
          assert.deepEqual(
            call.agents.map((agent) => agent.name),
            call.agents.map((agent) => `坐席${agent.id}`),
            `cut at ${cut.from}`,
          )
  })

test('two gaps in one call are told of one after the other', () => {
  for (const trace of traces.filter(({ ownGaps }) => ownGaps.length === 0)) {
    const whole = play(trace, [])
    const first = trace.messages[0]?.receivedAt ?? 0
    for (const from of [first - 500, first + 400, first + 1_300]) {
      const cuts = [1, 2, 3].map((n) => ({ from: from + n * 1_700, to: from + n * 1_700 + 1_200 }))
      const at = `three cuts from ${from - first} ms on`
      assertSame(play(trace, cuts), whole, trace.name, at)
      assertSame(play(trace, cuts, { isRestarted: true }), whole, trace.name, `${at}, Callbook started again`)
    }
  }
})

test('without lists of endpoints, only calls that a mark alone shows to be of another kind are taken for plain ones', () => {
  const config: ConnectorConfig = { name: 'pbx1', type: 'asterisk' }
  const odd = new Set<string>()
  for (const trace of traces) {
    const whole = play(trace, [], { config })
    for (const cut of windowsOf(trace, 1_000)) {
      const calls = play(trace, [cut], { config })
      for (const [i, call] of calls.entries()) {
        const [told, right] = [kindOf(call), kindOf(whole[i] ?? call)]
        if (CUSTOMER_UNKNOWN.has(trace.name) && told.customer === null)
          Object.assign(right, { customer: null, callee: null })
        if (JSON.stringify(told) !== JSON.stringify(right)) odd.add(trace.name)
      }
    }
  }
  // CEL has no variables: without `virtualNumbers` nobody can tell these numbers from others.
  const virtual = [
    'virt_axb_busy',
    'virt_axb_cancel',
    'virt_axb_normal',
    'virt_axb_unbound',
    'virt_out_agent',
    'virt_out_hold',
  ]
  assert.deepEqual([...odd].sort(), virtual)
})

/** Told twice, by two sources: more of it than there was. */
function assertNotDoubled(call: Call, other: Call, at: string): void {
  const twice = ['agent-ringing', 'queue-entered', 'call-started', 'call-ended', 'transferred', 'key-pressed']
  for (const type of twice) {
    const count = (one: Call) => one.steps.filter((step) => step.type === type && step.mergedFrom === null).length
    assert.ok(count(call) <= count(other), `${at}: ${type} ${count(call)} times`)
  }
}

test('with queue_log alone nothing is doubled, nothing stays live, and the reasons of queues are right', () => {
  for (const trace of traces) {
    const whole = play(trace, [])
    const waited = new Set(trace.queueLog.filter(({ event }) => event === 'ENTERQUEUE').map(({ callId }) => callId))
    for (const isRestarted of [false, true]) {
      for (const cut of windowsOf(trace)) {
        const at = `${trace.name}, cut at ${cut.from - (trace.messages[0]?.receivedAt ?? 0)}`
        const calls = play(trace, [cut], { sources: { cel: false, queueLog: true }, isRestarted })
        for (const call of calls) {
          const other = whole.find(({ id }) => id === call.id)
          // A consultation that was seen, while the transfer that made it a part of the call was not, stays by itself.
          if (!other) {
            assert.equal(call.type, 'internal', at)
            continue
          }
          assertNotDoubled(call, other, at)
          assert.equal(call.phase === null, other.phase === null, `${at}: is it over?`)
          if (waited.has(call.id) && other.type === 'inbound') assertReason(call, other, at)
        }
        for (const { id } of whole.filter((call) => waited.has(call.id))) {
          assert.ok(
            calls.some((call) => call.id === id),
            `${at}: ${id} is missing`,
          )
        }
      }
    }
  }
})

function assertReason(call: Call, other: Call, at: string): void {
  if (call.hangupReason === other.hangupReason) return
  // Whose phone rang behind a Local channel, and since when, is not written down before somebody answers.
  const ringUnknown =
    other.hangupReason === 'abandoned-while-ringing' &&
    call.hangupReason === 'abandoned-in-queue' &&
    at.startsWith('in_local')
  assert.ok(ringUnknown, `${at}: ${call.hangupReason} for ${other.hangupReason}`)
}

test('with no records at all nothing is doubled and nothing stays live', () => {
  for (const trace of traces) {
    const whole = play(trace, [])
    for (const isRestarted of [false, true]) {
      for (const cut of windowsOf(trace)) {
        const at = `${trace.name}, cut at ${cut.from - (trace.messages[0]?.receivedAt ?? 0)}`
        const calls = play(trace, [cut], { sources: { cel: false, queueLog: false }, isRestarted })
        for (const call of calls) {
          const other = whole.find(({ id }) => id === call.id)
          if (!other) continue
          assertNotDoubled(call, other, at)
          assert.equal(call.phase === null, other.phase === null, `${at}: is it over?`)
          assert.equal(call.reconstructed, false, `${at}: nothing was read from anywhere`)
        }
      }
    }
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { clockIn } from '../calls/instant.ts'
import { checkConnector } from '../config.ts'
import { readMessage } from './ami-text.ts'
import { callTemplates, makePlanner, messageAt, messageText, type PlannedCall } from './call-plan.ts'
import { makeContactCentre } from './contact-centre.ts'
import { deriveRecordedCall } from './derive-recorded-call.ts'
import { makeEventWriter, planHistory } from './history.ts'
import { randomFrom } from './random.ts'

const CONNECTOR = checkConnector({
  name: 'demo-pbx',
  type: 'asterisk',
  agents: ['PJSIP/????'],
  trunks: ['PJSIP/customers', 'PJSIP/external'],
  externalTrunks: ['PJSIP/external'],
  virtualNumbers: ['1709*'],
})
const MORNING = Date.parse('2025-03-03T10:00:00+08:00')

const TYPES: Record<string, string> = {
  double: 'back-to-back',
  virtual: 'virtual-number',
}
const REASONS: Record<string, string> = {
  not_connected: 'not-connected',
  ivr_abandon: 'abandoned-in-ivr',
  queue_abandon: 'abandoned-in-queue',
  ring_abandon: 'abandoned-while-ringing',
  queue_timeout: 'queue-timeout',
  to_external: 'transferred-external',
}

test('every replayed recording keeps its type, reason and people, whatever its new times and names', () => {
  for (const { recorded } of callTemplates()) {
    for (const seed of [1, 2, 3]) {
      const call = planOne(recorded.scenario, seed)
      const record = recordOf(replay(call))
      const { expect } = recorded
      assert.equal(record.type, TYPES[expect.type] ?? expect.type, recorded.scenario)
      assert.equal(record.hangupReason, REASONS[expect.hangup] ?? expect.hangup, recorded.scenario)
      assert.equal(record.id, call.callId)
      const talked = record.agents.filter((agent) => agent.talked).map(({ id }) => id)
      const planned = new Map(call.agents.map(({ agent }) => [agent.number, agent.name]))
      for (const id of talked) assert.ok(planned.has(id), `${recorded.scenario}: ${id} took part`)
      if (expect.agent) assert.equal(planned.get(record.agent?.id ?? ''), record.agent?.name, recorded.scenario)
      assert.equal(record.agent !== null, Boolean(expect.agent ?? expect.rang), recorded.scenario)
      const groups = call.values.filter((_, i) => call.template.slots[i]?.kind === 'queue')
      if (expect.skill) assert.ok(groups.includes(record.skillGroup?.id ?? ''), recorded.scenario)
      if (expect.keys) assert.equal(record.keys.length, expect.keys.length, recorded.scenario)
    }
  }
})

test('a call of the history is what the connector would have made of its messages', () => {
  const writeEvents = makeEventWriter((recorded) => deriveRecordedCall(recorded, CONNECTOR))
  for (const { recorded } of callTemplates()) {
    const call = planOne(recorded.scenario, 5)
    const told = recordOf(replay(call))
    const written = recordOf(writeEvents(call))
    assert.deepEqual(comparable(written), comparable(told), recorded.scenario)
  }
})

test('a talk lasts as long as was planned, not as long as in the recording', () => {
  const lengths = [1, 2, 3, 4, 5].map((seed) => recordOf(replay(planOne('in_normal_agent_hangup', seed))).talkMs)
  for (const talkMs of lengths) assert.ok(talkMs >= 10_000 && talkMs <= 360_000, `${talkMs} ms`)
  assert.equal(new Set(lengths).size, lengths.length)
})

test('the history has its busy hours in the morning and the afternoon of the contact centre’s own zone', () => {
  const clock = clockIn('Asia/Shanghai')
  const random = randomFrom(8)
  const until = clock.startOfDay('2025-03-07') ?? 0
  const days = [...planHistory({ centre: makeContactCentre(random), random, clock, until, days: 4, callsPerDay: 300 })]
  assert.deepEqual(
    days.map(({ day }) => day),
    ['2025-03-07', '2025-03-06', '2025-03-05', '2025-03-04'],
  )
  assert.equal(days[0]?.calls.length, 0, 'the day has only begun')
  const hours = (days[1]?.calls ?? []).map(({ startUs }) => Number(clock.write(startUs / 1000).slice(11, 13)))
  const between = (from: number, to: number) => hours.filter((hour) => hour >= from && hour < to).length
  assert.ok(hours.length > 200)
  assert.ok(between(9, 12) > 5 * between(0, 8))
  assert.ok(between(14, 18) > 3 * between(19, 24))
})

test('no two calls of the history share an id', () => {
  const random = randomFrom(8)
  const clock = clockIn('Asia/Shanghai')
  const ids = [
    ...planHistory({ centre: makeContactCentre(random), random, clock, until: MORNING, days: 5, callsPerDay: 400 }),
  ]
    .flatMap(({ calls }) => calls)
    .map(({ callId }) => callId)
  assert.ok(ids.length > 1_000)
  assert.equal(new Set(ids).size, ids.length)
})

function planOne(scenario: string, seed: number): PlannedCall {
  const random = randomFrom(seed)
  const planner = makePlanner({
    centre: makeContactCentre(random),
    random,
    pace: { talkMs: 60_000, shortWaits: false },
    firstChannel: 100 * seed,
    scenarios: [scenario],
  })
  return planner.plan(MORNING + seed * 1_000)
}

/** Through the wire's text and the connector's own reader. */
function replay(call: PlannedCall): CallEvent[] {
  const startedUs = messageAt(call, 0) * 1000
  const messages = call.template.messages.map((_, i): [number, [string, string][]] => [
    messageAt(call, i) * 1000 - startedUs,
    readMessage(messageText(call, i)),
  ])
  return deriveRecordedCall({ ...call.template.recorded, startedUs, messages }, CONNECTOR)
}

function recordOf(events: CallEvent[]): Call {
  const callId = events[0]?.callId ?? ''
  return deriveCall({ callId, source: 'demo-pbx', events })
}

/** Without event ids, and with times to the tenth of a second: waits inside one happening are not drawn out the same way. */
function comparable(record: Call): unknown {
  const { steps, reasonBecause, because: _because, ...rest } = record
  const rounded = (value: unknown) => (typeof value === 'number' ? Math.round(value / 100) / 10 : value)
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, rounded(value)])),
    rule: reasonBecause?.rule,
    steps: steps.map(({ type, agent, skillGroup, number, key, node, outcome, by }) => {
      return { type, agent, skillGroup, number, key, node, outcome, by }
    }),
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Headers, headerOf, readMessage } from './ami-text.ts'
import { callTemplates, makePlanner, messageAt, messageText, type PlannedCall } from './call-plan.ts'
import { makeContactCentre } from './contact-centre.ts'
import { randomFrom } from './random.ts'

const MORNING = Date.parse('2025-03-03T10:00:00+08:00')
// 张三 and the external number 13900139000 are people of the demo too.
const RECORDED = /13800138000|13700137009|13900001001|李四|王五|赵六|179539\d{4}|\bsales\b|\bsupport\b|ringall|localn/

test('no agent is in two calls at the same time', () => {
  const calls = planCalls({ seed: 7, count: 600, everyMs: 2_500 })
  const busy = new Map<string, { callId: string; from: number; to: number }[]>()
  for (const call of calls) {
    for (const [agent, span] of phonesInUse(call)) busy.set(agent, [...(busy.get(agent) ?? []), span])
  }
  let pairs = 0
  for (const [agent, spans] of busy) {
    spans.sort((a, b) => a.from - b.from)
    for (const [i, span] of spans.entries()) {
      const next = spans[i + 1]
      if (!next) continue
      pairs++
      assert.ok(span.to <= next.from, `${agent} is in ${span.callId} and ${next.callId}`)
    }
  }
  assert.ok(pairs > 200, 'agents took several calls each')
})

test('a replayed call keeps nothing of the recorded one’s numbers, names and ids', () => {
  for (const call of planCalls({ seed: 3, count: 400, everyMs: 4_000 })) {
    for (const message of messagesOf(call)) {
      for (const [key, value] of message) {
        assert.doesNotMatch(value, RECORDED, `${call.template.recorded.scenario} ${headerOf(message, 'Event')} ${key}`)
      }
    }
  }
})

test('ids of channels and calls are never used twice', () => {
  const seen = new Set<string>()
  for (const call of planCalls({ seed: 5, count: 500, everyMs: 100, agents: 2_000 })) {
    const born = messagesOf(call).filter((message) => headerOf(message, 'Event') === 'Newchannel')
    for (const message of born) {
      for (const key of ['Uniqueid', 'Channel']) {
        const id = headerOf(message, key)
        assert.ok(!seen.has(id), `${id} in ${call.template.recorded.scenario}`)
        seen.add(id)
      }
    }
  }
})

test('messages of a call never go back in time, and say the time they are told at', () => {
  for (const call of planCalls({ seed: 9, count: 200, everyMs: 4_000 })) {
    let before = 0
    for (const [i, message] of messagesOf(call).entries()) {
      const at = Number(headerOf(message, 'Timestamp')) * 1000
      assert.ok(at >= before, call.template.recorded.scenario)
      assert.ok(Math.abs(at - messageAt(call, i)) < 0.01)
      before = at
    }
  }
})

test('the key in the menu is the one of the queue the call goes to', () => {
  const keys = new Map([
    ['销售', '1'],
    ['售后', '2'],
    ['技术支持', '4'],
    ['投诉', '5'],
    ['VIP专线', '6'],
  ])
  for (const call of planCalls({ seed: 2, count: 100, everyMs: 4_000, scenarios: ['in_normal_agent_hangup'] })) {
    const messages = messagesOf(call)
    const pressed = messages.find((message) => headerOf(message, 'Event') === 'DTMFEnd') ?? []
    const joined = messages.find((message) => headerOf(message, 'Event') === 'QueueCallerJoin') ?? []
    assert.equal(headerOf(pressed, 'Digit'), keys.get(headerOf(joined, 'Queue')))
  }
})

test('the same seed plans the same calls', () => {
  const told = (seed: number) => planCalls({ seed, count: 20, everyMs: 2_000 }).map((call) => messageText(call, 0))
  assert.deepEqual(told(1), told(1))
  assert.notDeepEqual(told(1), told(2))
})

test('the recorded calls cover every call type and every way a call ends', () => {
  const types = new Set(callTemplates().map(({ recorded }) => recorded.expect.type))
  assert.deepEqual([...types].sort(), ['double', 'inbound', 'internal', 'outbound', 'predictive', 'virtual'])
  const ends = new Set(callTemplates().map(({ recorded }) => recorded.expect.hangup))
  assert.equal(ends.size, 7)
})

interface Wanted {
  seed: number
  count: number
  everyMs: number
  agents?: number
  scenarios?: string[]
}

function planCalls({ seed, count, everyMs, agents, scenarios }: Wanted): PlannedCall[] {
  const random = randomFrom(seed)
  const planner = makePlanner({
    centre: makeContactCentre(random, agents),
    random,
    pace: { talkMs: 40_000, shortWaits: false },
    firstChannel: 0,
    ...(scenarios ? { scenarios } : {}),
  })
  return Array.from({ length: count }, (_, i) => planner.plan(MORNING + i * everyMs))
}

function messagesOf(call: PlannedCall): Headers[] {
  return call.template.messages.map((_, i) => readMessage(messageText(call, i)))
}

/** From the first channel of each agent's phone to the last one's end. */
function phonesInUse(call: PlannedCall): Map<string, { callId: string; from: number; to: number }> {
  const spans = new Map<string, { callId: string; from: number; to: number }>()
  for (const [i, message] of messagesOf(call).entries()) {
    const agent = /^PJSIP\/(\d{4})-/.exec(headerOf(message, 'Channel'))?.[1]
    const event = headerOf(message, 'Event')
    if (agent === undefined || (event !== 'Newchannel' && event !== 'Hangup')) continue
    const at = messageAt(call, i)
    const span = spans.get(agent) ?? { callId: call.callId, from: at, to: at }
    span.to = at
    spans.set(agent, span)
  }
  return spans
}

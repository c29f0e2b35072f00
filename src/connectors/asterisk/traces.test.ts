// Every recorded trace of a real Asterisk gives the record it should, however its messages come: whole, byte by byte,
// twice, or out of order within 50 ms.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Call } from '../../calls/call.ts'
import type { CallEvent } from '../../calls/call-event.ts'
import { callsOf, deriveTrace, eventsOf } from '../../cli/derive.ts'
import type { ConnectorConfig } from '../../config.ts'
import { AmiParser } from './ami-parser.ts'
import { createAmiReader } from './ami-reader.ts'
import { encodeMessage } from './fake-ami-server.ts'
import { type ReceivedMessage, readTrace } from './read-trace.ts'

const FOLDERS = ['asterisk', 'asterisk-mix', 'asterisk-rerouted'].map(
  (name) => new URL(`../../../test/traces/${name}/`, import.meta.url),
)
const guessing: ConnectorConfig = { name: 'pbx1', type: 'asterisk' }
const listed: ConnectorConfig = {
  ...guessing,
  agents: ['PJSIP/1???', 'PJSIP/2???'],
  trunks: ['PJSIP/customers', 'PJSIP/external'],
  externalTrunks: ['PJSIP/external'],
  virtualNumbers: ['1709*'],
}

interface Expected {
  type: string
  hangup: string | null
  why?: string
  by?: string
  agent?: string | null
  agents?: string[]
  agentName?: string
  rang?: string[]
  skill?: string | null
  skills?: string[]
  keys?: string[]
  did?: string
  external?: string
  customer?: string | null
  recording?: boolean
  other?: string
  a?: string
  virtual?: string
}

const TYPES: Record<string, string> = { double: 'back-to-back', virtual: 'virtual-number' }
const REASONS: Record<string, string> = {
  normal: 'normal',
  not_connected: 'not-connected',
  ivr_abandon: 'abandoned-in-ivr',
  queue_abandon: 'abandoned-in-queue',
  ring_abandon: 'abandoned-while-ringing',
  queue_timeout: 'queue-timeout',
  to_external: 'transferred-external',
}
const CAUSES: Record<string, string> = {
  busy: 'busy',
  rejected: 'rejected',
  'no answer': 'no-answer',
  'no answer (never rang)': 'no-answer',
  'unallocated number': 'invalid-number',
  congestion: 'network',
  'cancelled by the agent': 'caller-cancelled',
  'agent did not answer': 'agent-unavailable',
  'agent rejected': 'agent-unavailable',
  'no binding': 'invalid-number',
}

const traces = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const scenario = JSON.parse(readFileSync(new URL(`${name}/scenario.json`, folder), 'utf8'))
      return {
        name,
        expected: scenario.expect.calls as Expected[],
        messages: readTrace(readFileSync(new URL(`${name}/ami.jsonl`, folder))).messages,
      }
    }),
)

/** What is asserted of a call, in the words of the expectation. */
function recordOf(call: Call, expected: Expected): Record<string, unknown> {
  const record: Record<string, unknown> = { type: call.type, hangup: call.hangupReason }
  const all: Record<string, unknown> = {
    why: call.notConnectedCause,
    by: call.releasedBy,
    agent: call.agent?.id ?? null,
    agentName: call.agent?.name ?? null,
    agents: call.agents.filter((agent) => agent.talked).map((agent) => agent.id),
    rang: [...new Set(call.steps.filter((step) => step.type === 'agent-ringing').map((step) => step.agent?.id))].sort(),
    skill: call.skillGroup?.id ?? null,
    skills: call.skillGroups.map((group) => group.id),
    keys: call.keys,
    did: call.dialledNumber,
    virtual: call.dialledNumber,
    external: call.steps.find((step) => step.type === 'external-dialled')?.number ?? null,
    customer: call.customer,
    recording: call.recordings.length > 0,
    other: call.callee,
    a: call.caller,
  }
  for (const key of Object.keys(all)) if (key in expected) record[key] = all[key]
  return record
}

function expectedRecord(expected: Expected): Record<string, unknown> {
  const asserted = Object.entries(expected).filter(([key]) => !/Note$|^flow$/.test(key))
  return {
    ...Object.fromEntries(asserted),
    type: TYPES[expected.type] ?? expected.type,
    hangup: expected.hangup === null ? null : REASONS[expected.hangup],
    ...(expected.why ? { why: CAUSES[expected.why] } : {}),
    ...(expected.rang ? { rang: [...expected.rang].sort() } : {}),
  }
}

function assertRecords(messages: readonly ReceivedMessage[], expected: Expected[], config = guessing): Call[] {
  const calls = deriveTrace(messages, config)
  assert.deepEqual(
    calls.map((call, i) => recordOf(call, expected[i] ?? { type: '', hangup: null })),
    expected.map(expectedRecord),
  )
  for (const call of calls) {
    assert.deepEqual(
      call.steps.filter((step) => step.remark !== null).map(({ type, remark }) => [type, remark]),
      [],
      'no step is odd',
    )
  }
  return calls
}

/** Random numbers that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Each message comes up to `ms` sooner or later. */
function shuffled(messages: readonly ReceivedMessage[], seed: number, ms = 50): ReceivedMessage[] {
  const random = seeded(seed)
  const moved = messages
    .map((one) => ({ one, at: one.receivedAt + (2 * random() - 1) * ms }))
    .sort((a, b) => a.at - b.at)
  const times = messages.map((one) => one.receivedAt)
  // What came at which moment changes; the moments themselves do not.
  return moved.map(({ one }, i) => ({ ...one, receivedAt: times[i] ?? one.receivedAt }))
}

/** What a gap hid is told at the time at which the PBX was asked, and that is when its answer came: no part of the record. */
function told(call: Call, asked: boolean): unknown {
  if (!asked) return call
  const { steps, type, hangupReason, releasedBy, agents, skillGroups, keys, endEstimated, startedAt } = call
  const flow = steps.map((step) => [step.type, step.agent, step.outcome])
  return { flow, type, hangupReason, releasedBy, agents, skillGroups, keys, endEstimated, startedAt }
}

for (const { name, expected, messages } of traces) {
  test(`${name}: the record is right, with and without lists of endpoints`, () => {
    assertRecords(messages, expected)
    assertRecords(messages, expected, listed)
  })

  test(`${name}: the record is the same when the bytes come one at a time`, () => {
    const parser = new AmiParser()
    const again: ReceivedMessage[] = []
    for (const { message, receivedAt } of messages) {
      for (const byte of encodeMessage(message)) {
        for (const item of parser.push(Uint8Array.of(byte))) {
          assert.equal(item.type, 'message')
          if (item.type === 'message') again.push({ message: item.message, receivedAt })
        }
      }
    }
    assert.deepEqual(eventsOf(again, guessing), eventsOf(messages, guessing))
  })

  test(`${name}: the record is the same when everything comes twice`, () => {
    const calls = deriveTrace(messages, guessing)
    const doubled = messages.flatMap((one) => [one, one])
    assert.deepEqual(deriveTrace(doubled, guessing), calls)
    assert.deepEqual(deriveTrace([...messages, ...messages], guessing), calls)
  })

  test(`${name}: the record is the same when messages change places within 50 ms`, () => {
    const asked = messages.some(({ message }) => message.has('EventList'))
    const calls = deriveTrace(messages, guessing).map((call) => told(call, asked))
    for (let seed = 1; seed <= 8; seed++) {
      const others = deriveTrace(shuffled(messages, seed), guessing)
      const same = others.map((call) => told(call, asked))
      assert.deepEqual(same, calls, `seed ${seed}`)
    }
  })
}

test('without dialplan marks all traces but those that need one give the right type and reason', () => {
  const wrong: string[] = []
  for (const { name, expected, messages } of traces) {
    const stock = messages
      .filter(({ message }) => !message.has('UserEvent'))
      .map(({ message, receivedAt }) => {
        const bare = [...message].filter(([field]) => !/ChanVariable|^Variable$/.test(field))
        return { message: new Map(bare), receivedAt }
      })
    const told = deriveTrace(stock, listed).map((call) => [call.type, call.hangupReason])
    const right = expected.map((one) => [TYPES[one.type] ?? one.type, one.hangup && REASONS[one.hangup]])
    if (JSON.stringify(told) !== JSON.stringify(right)) wrong.push(name)
  }
  // A queue that turns callers away at its door tells nothing by itself.
  assert.deepEqual(wrong, ['in_queue_joinempty'])
})

test('a reader that is asked after every message tells the same events as one that is asked at the end', () => {
  for (const { messages } of traces) {
    const reader = createAmiReader(guessing)
    for (const { message, receivedAt } of messages) reader.push(message, receivedAt)
    assert.deepEqual(reader.finish(), eventsOf(messages, guessing))
  }
})

test('live, with messages up to 50 ms late and a clock of its own, every trace gives the same records', () => {
  const random = seeded(7)
  for (const { name, messages } of traces) {
    const arrivals = messages
      .map(({ message, receivedAt }) => ({ message, receivedAt: receivedAt + 90_000 + random() * 50 }))
      .sort((a, b) => a.receivedAt - b.receivedAt)
    const reader = createAmiReader(guessing)
    const events: CallEvent[] = []
    let now = (arrivals[0]?.receivedAt ?? 0) - 1
    for (const { message, receivedAt } of arrivals) {
      for (; now + 20 < receivedAt && reader.isWaiting(); now += 20) events.push(...reader.read(now))
      now = receivedAt
      reader.push(message, now)
      events.push(...reader.read(now))
    }
    events.push(...reader.finish())
    const asked = messages.some(({ message }) => message.has('EventList'))
    const offline = deriveTrace(messages, guessing).map((call) => told(call, asked))
    const live = callsOf(events, 'pbx1').map((call) => told(call, asked))
    assert.deepEqual(live, offline, name)
  }
})

for (const [trace, ids] of [
  ['in_local_transfer_and_back', ['2251', '2253']],
  ['in_picked_up_by_colleague', ['2241', '2243']],
  ['in_forwarded_by_phone', ['2131', '2133']],
] as const)
  test(`${trace}: everybody has her own name`, () => {
    const { messages } = traces.find(({ name }) => name === trace) ?? { messages: [] }
    const [call] = deriveTrace(messages, listed)
    assert.deepEqual(
      call?.agents.map(({ id, name }) => [id, name]),
      ids.map((id) => [id, `坐席${id}`]),
    )
  })

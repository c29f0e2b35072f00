// Every recorded trace of a real FreeSWITCH gives the record it should: by the event socket, whole, byte by byte, twice or
// out of order; by mod_json_cdr alone, as far as that can know; and by both, whichever comes first.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Call } from '../../calls/call.ts'
import type { CallEvent } from '../../calls/call-event.ts'
import { checkEvent } from '../../calls/check-event.ts'
import { callsOf } from '../../cli/derive.ts'
import { cdrEventsOf, freeswitchEventsOf } from '../../cli/derive-freeswitch.ts'
import type { ConnectorConfig } from '../../config.ts'
import { EslParser } from './esl-parser.ts'
import { createEslReader } from './esl-reader.ts'
import { encodeEvent, pictureOf } from './fake-esl-server.ts'
import { type ReceivedEvent, readTrace } from './read-trace.ts'

const FOLDER = new URL('../../../test/traces/freeswitch/', import.meta.url)
const guessing: ConnectorConfig = { name: 'fs1', type: 'freeswitch' }
const listed: ConnectorConfig = { ...guessing, agents: ['1???'], trunks: ['88??', '138*', '139*'] }

const ivrCall = { type: 'inbound', customer: '13800138000', did: '4001' }
const dialled = { type: 'outbound', agent: '1001', agentName: '坐席一', customer: '8801', keys: [] }

/** What scenario.json expects, in the words of a record. `events`: what the flow must hold, in this order. */
const EXPECTED: Record<string, { record: Record<string, unknown>; events: string[] }> = {
  'dual-call-click-to-dial': {
    record: { type: 'back-to-back', hangup: 'normal', agent: '1001', customer: '8801', by: 'agent', recordings: 1 },
    events: ['agent-ringing', 'agent-answered', 'customer-ringing', 'customer-answered', 'agent-left'],
  },
  'inbound-queue-answered': {
    record: {
      ...ivrCall,
      hangup: 'normal',
      agent: '1001',
      skill: 'support',
      keys: ['1'],
      by: 'customer',
      recordings: 1,
    },
    events: ['ivr-entered', 'key-pressed', 'queue-entered', 'agent-ringing', 'agent-answered', 'held', 'resumed'],
  },
  'ivr-abandoned': {
    record: { ...ivrCall, hangup: 'abandoned-in-ivr', agent: null, skill: null, keys: ['5'], by: 'customer' },
    events: ['ivr-entered', 'key-pressed', 'hangup-requested'],
  },
  'ivr-transfer-external': {
    record: { ...ivrCall, hangup: 'transferred-external', agent: null, keys: ['9'], by: 'customer', agents: [] },
    events: ['ivr-entered', 'key-pressed', 'external-dialled', 'external-answered', 'external-ended'],
  },
  'outbound-agent-cancels': {
    record: { ...dialled, customer: '8803', hangup: 'not-connected', why: 'caller-cancelled', by: 'agent' },
    events: ['customer-ringing', 'customer-not-connected'],
  },
  'outbound-answered': {
    record: { ...dialled, hangup: 'normal', by: 'agent', recordings: 1 },
    events: ['customer-ringing', 'customer-answered', 'hangup-requested'],
  },
  'outbound-busy': {
    record: { ...dialled, customer: '8802', hangup: 'not-connected', why: 'busy', by: 'customer' },
    events: ['customer-not-connected'],
  },
  'outbound-no-answer': {
    record: { ...dialled, customer: '8803', hangup: 'not-connected', why: 'no-answer', by: 'system' },
    events: ['customer-ringing', 'customer-not-connected'],
  },
  'queue-timeout': {
    record: { ...ivrCall, hangup: 'queue-timeout', agent: null, skill: 'short', keys: ['2'], by: 'system' },
    events: ['ivr-entered', 'key-pressed', 'queue-entered', 'queue-left'],
  },
  'record-start-stop-mask': {
    record: { ...dialled, agentName: '张三', hangup: 'normal', by: 'agent', recordings: 3 },
    events: ['customer-answered', 'hangup-requested'],
  },
  'ring-no-answer-then-answered': {
    record: { ...ivrCall, hangup: 'normal', agent: '1001', agents: ['1001'], skill: 'support', by: 'agent' },
    events: ['queue-entered', 'agent-ringing', 'agent-ring-ended', 'agent-ringing', 'agent-answered'],
  },
  'ringing-abandoned': {
    record: { ...ivrCall, customer: '13911113333', hangup: 'abandoned-while-ringing', agent: '1002', by: 'customer' },
    events: ['queue-entered', 'agent-ringing', 'hangup-requested'],
  },
  'transfer-blind-refer-external': {
    record: {
      ...ivrCall,
      hangup: 'normal',
      agent: '1001',
      transfers: 1,
      by: 'customer',
      recordings: 2,
      agents: ['1001'],
    },
    events: ['agent-answered', 'transferred', 'external-dialled', 'external-answered', 'external-ended'],
  },
}

/** What documents cannot know: recordings begun by a command (uuid_record) are in none. */
const UNKNOWN_TO_CDR: Record<string, Record<string, unknown>> = { 'record-start-stop-mask': { recordings: 1 } }

const traces = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const documents = readdirSync(new URL(`${name}/json_cdr/`, FOLDER)).map((file) =>
      JSON.parse(readFileSync(new URL(`${name}/json_cdr/${file}`, FOLDER), 'utf8')),
    )
    const { events } = readTrace(readFileSync(new URL(`${name}/events.jsonl`, FOLDER)))
    const expected = EXPECTED[name]
    assert.ok(expected, `${name} has an expectation`)
    return { name, documents: documents as unknown[], events, expected }
  })

test('all thirteen traces are there', () => assert.equal(traces.length, 13))

function recordOf(call: Call): Record<string, unknown> {
  return {
    type: call.type,
    hangup: call.hangupReason,
    why: call.notConnectedCause,
    by: call.releasedBy,
    agent: call.agent?.id ?? null,
    agentName: call.agent?.name ?? null,
    agents: call.agents.filter((agent) => agent.talked).map((agent) => agent.id),
    skill: call.skillGroup?.id ?? null,
    keys: call.keys,
    did: call.dialledNumber,
    customer: call.customer,
    transfers: call.transfers,
    recordings: call.recordings.length,
  }
}

function assertRight(events: readonly CallEvent[], name: string, unknown: Record<string, unknown> = {}): Call {
  const expected = EXPECTED[name]
  assert.ok(expected)
  const calls = callsOf(events, 'fs1')
  assert.equal(calls.length, 1, 'one call')
  const [call] = calls
  assert.ok(call)
  const record = { ...expected.record, ...unknown }
  const found = Object.entries(recordOf(call)).filter(([field]) => field in record)
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(found.map(([field]) => [field, record[field]])))
  const flow = call.steps.map((step) => step.type)
  let from = 0
  for (const type of expected.events) {
    const at = flow.indexOf(type, from)
    assert.notEqual(at, -1, `${type} in ${flow.join(' ')}`)
    from = at + 1
  }
  const odd = call.steps.filter((step) => step.remark !== null).map(({ type, remark }) => [type, remark])
  assert.deepEqual(odd, [], 'no step is odd')
  assert.equal(call.endEstimated, false)
  return call
}

function heard(events: readonly ReceivedEvent[], connector = guessing): CallEvent[] {
  return freeswitchEventsOf({ events: [...events], cdrs: [], unreadable: [] }, connector)
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

/** Each event comes up to `ms` sooner or later; the moments at which something comes do not change. */
function shuffled(events: readonly ReceivedEvent[], seed: number, ms = 50): ReceivedEvent[] {
  const random = seeded(seed)
  const moved = events.map((one) => ({ one, at: one.receivedAt + (2 * random() - 1) * ms })).sort((a, b) => a.at - b.at)
  return moved.map(({ one }, i) => ({ ...one, receivedAt: events[i]?.receivedAt ?? one.receivedAt }))
}

for (const { name, events, documents } of traces) {
  test(`${name}: the event socket gives the right record, with and without lists of endpoints`, () => {
    const byGuess = assertRight(heard(events), name)
    const byList = assertRight(heard(events, listed), name)
    assert.deepEqual(byList, byGuess)
    assert.equal(byGuess.reconstructed, false)
  })

  test(`${name}: the events are the same when the bytes come one at a time`, () => {
    const parser = new EslParser()
    const again: ReceivedEvent[] = []
    for (const { event, receivedAt } of events) {
      for (const byte of encodeEvent(event)) {
        for (const item of parser.push(Uint8Array.of(byte))) {
          assert.equal(item.type, 'event')
          if (item.type === 'event') again.push({ event: item.event, receivedAt })
        }
      }
    }
    assert.deepEqual(heard(again), heard(events))
  })

  test(`${name}: the events are the same when everything comes twice, or changes places within 50 ms`, () => {
    const once = heard(events)
    assert.deepEqual(heard(events.flatMap((one) => [one, one])), once)
    assert.deepEqual(heard([...events, ...events]), once)
    for (let seed = 1; seed <= 8; seed++) assert.deepEqual(heard(shuffled(events, seed)), once, `seed ${seed}`)
  })

  test(`${name}: a reader that is asked at the end tells the same as one that is asked after every event`, () => {
    const reader = createEslReader(guessing)
    for (const { event, receivedAt } of events) reader.push(event, receivedAt)
    assert.deepEqual(reader.finish(), heard(events))
  })

  test(`${name}: mod_json_cdr alone gives the right record, whichever leg's document comes first`, () => {
    for (const connector of [guessing, listed]) {
      const call = assertRight(cdrEventsOf(documents, { connector, told: [] }), name, UNKNOWN_TO_CDR[name])
      assert.equal(call.reconstructed, true)
    }
    // By lists alone: numbers like extensions that lie outside are known from the first leg's document only.
    const told: CallEvent[] = []
    for (const document of [...documents].reverse()) told.push(...cdrEventsOf([document], { connector: listed, told }))
    assertRight(told, name, UNKNOWN_TO_CDR[name])
  })

  test(`${name}: mod_json_cdr after the event socket adds nothing`, () => {
    const byEvents = heard(events)
    const both = freeswitchEventsOf({ events, cdrs: documents, unreadable: [] }, guessing)
    assert.deepEqual(both, byEvents, 'to a connector that has heard the call')
    const added = cdrEventsOf(documents, { connector: guessing, told: byEvents })
    assert.deepEqual(added, [], 'to one that was started afterwards')
  })

  test(`${name}: the event socket after mod_json_cdr doubles nothing`, () => {
    const first = cdrEventsOf(documents, { connector: guessing, told: [] })
    const known = new Set(first.map(({ id }) => id))
    const call = assertRight([...first, ...heard(events).filter(({ id }) => !known.has(id))], name)
    const alone = callsOf(heard(events), 'fs1')[0]
    const flow = (one: Call | undefined) =>
      one?.steps
        .map(({ type, outcome }) => `${type} ${outcome ?? ''}`)
        .filter((step) => !/reconstructed/.test(step))
        .sort()
    assert.deepEqual(flow(call), flow(alone))
    for (const field of ['durationMs', 'ivrMs', 'queueMs', 'ringMs', 'talkMs', 'holdMs'] as const) {
      // The clocks of events tick every 20 ms; documents have some times from a finer one.
      const apart = Math.abs((call[field] ?? 0) - (alone?.[field] ?? 0))
      assert.ok(apart <= 100, `${field}: ${call[field]}, alone ${alone?.[field]}`)
    }
  })

  test(`${name}: whatever part of the events was missed, the picture on return and mod_json_cdr complete the record`, () => {
    const last = events.at(-1)?.receivedAt ?? 0
    for (const windowMs of [500, 2_000, 5_000]) {
      for (let from = 1; from < events.length; from += 2) {
        const begin = events[from]?.receivedAt ?? 0
        const end = Math.max(begin + windowMs, begin + 1)
        const heardBefore = events.slice(0, from)
        const back = events.findIndex(({ receivedAt }) => receivedAt >= end)
        const rest = back < 0 ? [] : events.slice(back)
        assertCompleted(name, {
          heardBefore,
          missed: events.slice(from, back < 0 ? undefined : back),
          rest,
          documents,
          last,
        })
      }
    }
  })
}

function assertCompleted(
  name: string,
  given: {
    heardBefore: ReceivedEvent[]
    missed: ReceivedEvent[]
    rest: ReceivedEvent[]
    documents: unknown[]
    last: number
  },
): void {
  const { heardBefore, missed, rest, documents, last } = given
  const reader = createEslReader(listed)
  const told: CallEvent[] = []
  const hear = (events: ReceivedEvent[]) => {
    for (const { event, receivedAt } of events) {
      reader.push(event, receivedAt)
      told.push(...reader.read(receivedAt))
    }
  }
  const picture = (events: ReceivedEvent[]) => {
    const { dumps, channels } = pictureOf(events)
    const rows = channels.map(({ uuid = '', initial_cid_num = '', initial_dest = '' }) => ({
      uuid,
      callerNumber: initial_cid_num,
      number: initial_dest,
      dump: dumps[uuid] ?? {},
    }))
    return { channels: rows, core: '' }
  }
  const startedAt = heardBefore[0]?.receivedAt ?? 0
  reader.connect()
  reader.snapshot(picture([]), startedAt)
  hear(heardBefore)
  told.push(...reader.drain())
  reader.disconnect(missed[0]?.receivedAt ?? startedAt)
  const backAt = rest[0]?.receivedAt ?? last
  reader.connect()
  reader.snapshot(picture([...heardBefore, ...missed]), backAt)
  hear(rest)
  told.push(...reader.finish())
  told.push(...cdrEventsOf(documents, { connector: listed, reader, told }))
  const where = `gap of ${missed.length} after ${heardBefore.length} events`
  const calls = callsOf(told, 'fs1')
  assert.equal(calls.length, 1, where)
  const [call] = calls
  assert.ok(call)
  // Recordings begun by a command in the gap are nowhere.
  const { recordings: _, ...record } = EXPECTED[name]?.record ?? {}
  const found = Object.entries(recordOf(call)).filter(([field]) => field in record)
  assert.deepEqual(
    Object.fromEntries(found),
    Object.fromEntries(found.map(([field]) => [field, (record as Record<string, unknown>)[field]])),
    where,
  )
  assert.equal(call.phase, null, where)
}

test('every call event is one that the door for events would take', () => {
  const now = Date.parse('2026-11-24T00:00:00Z')
  for (const { events, documents } of traces) {
    const told = [...heard(events), ...cdrEventsOf(documents, { connector: guessing, told: [] })]
    for (const event of told) assert.ok('event' in checkEvent(event, now), JSON.stringify(event))
  }
})

test('events with fields lost, doubled, mixed up or full of nonsense are read without harm', () => {
  const random = seeded(11)
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const all = traces.flatMap(({ events }) => events)
  const nonsense = [
    '',
    '0',
    '-1',
    '9'.repeat(400),
    'x'.repeat(5_000),
    '张三',
    'ARRAY::a|:b',
    '\u0000',
    '1795397825100824',
  ]
  const now = Date.parse('2100-01-01T00:00:00Z')
  for (let round = 0; round < 60; round++) {
    const reader = createEslReader(round % 2 ? guessing : listed)
    const told: CallEvent[] = []
    for (let i = 0; i < 150; i++) {
      const one = pick(all)
      if (!one) continue
      const event: Record<string, string | readonly string[]> = { ...one.event }
      const names = Object.keys(event)
      for (let n = 0; n < 4; n++) {
        const name = pick(names) ?? ''
        if (random() < 0.4) delete event[name]
        else event[name] = random() < 0.5 ? (pick(nonsense) ?? '') : (pick(all)?.event[name] ?? '')
      }
      if (typeof event['Event-Name'] !== 'string') continue
      reader.push(event, one.receivedAt + i)
      told.push(...reader.read(one.receivedAt + i))
    }
    told.push(...reader.finish())
    for (const event of told) assert.ok('event' in checkEvent(event, now), JSON.stringify(event).slice(0, 500))
    callsOf(told, 'fs1')
  }
})

test('documents with parts lost or full of nonsense are refused or read, without harm', () => {
  const random = seeded(12)
  const nonsense: unknown[] = [
    '',
    null,
    0,
    [],
    {},
    '9'.repeat(400),
    'ARRAY::a|:b;c|:',
    '{{1795397829339998,1795397830789555}}',
  ]
  const spoil = (value: unknown, depth = 0): unknown => {
    if (random() < 0.04 * depth) return nonsense[Math.floor(random() * nonsense.length)]
    if (Array.isArray(value)) return value.filter(() => random() > 0.05).map((one) => spoil(one, depth + 1))
    if (typeof value !== 'object' || value === null) return value
    const kept = Object.entries(value).filter(() => random() > 0.03)
    return Object.fromEntries(kept.map(([name, one]) => [name, spoil(one, depth + 1)]))
  }
  const now = Date.parse('2100-01-01T00:00:00Z')
  let read = 0
  for (let round = 0; round < 40; round++) {
    for (const { documents } of traces) {
      const told = cdrEventsOf(
        documents.map((document) => spoil(document)),
        { connector: guessing, told: [] },
      )
      for (const event of told) assert.ok('event' in checkEvent(event, now), JSON.stringify(event).slice(0, 500))
      if (told.length > 0) read++
      callsOf(told, 'fs1')
    }
  }
  assert.ok(read > 100, 'many can be read all the same')
})

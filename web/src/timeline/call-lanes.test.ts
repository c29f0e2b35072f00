import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { joinedMarks, lanesOf, talkOf } from './call-lanes.ts'

const START = Date.parse('2026-11-23T10:00:00.000+08:00')
const iso = (second: number) => new Date(START + second * 1000).toISOString()

type Line = { type: string; at: number; lasts?: number } & Record<string, unknown>

function call(more: Partial<CallDetailJson> & { seconds: number | null }, lines: Line[]): CallDetailJson {
  const { seconds, ...rest } = more
  const steps = lines.map(({ type, at, lasts, ...own }) => ({
    type,
    offsetMs: at * 1000,
    durationMs: lasts === undefined ? null : lasts * 1000,
    agent: null,
    skillGroup: null,
    number: null,
    key: null,
    by: null,
    transfer: null,
    mergedFrom: null,
    ...own,
  }))
  const endedAt = seconds === null ? null : iso(seconds)
  const facts = {
    type: 'inbound',
    agents: [],
    startedAt: iso(0),
    endedAt,
    answeredAt: null,
    customer: '138',
    agent: null,
    steps,
  }
  return { ...facts, ...rest } as unknown as CallDetailJson
}

const ZHANG = { id: '1001', name: '张三' }
const WANG = { id: '1003', name: '王五' }

/** `customer: present 0–40, talk 20–40` */
const drawn = (one: CallDetailJson, now = START) =>
  lanesOf(one, now).lanes.map(
    ({ kind, name, bars }) =>
      `${kind}${name ? ` ${name}` : ''}: ${bars.map((bar) => `${bar.part} ${bar.fromMs / 1000}–${bar.toMs / 1000}`).join(', ')}`,
  )

const inbound = call({ seconds: 40, answeredAt: iso(20) }, [
  { type: 'call-started', at: 0 },
  { type: 'ivr-entered', at: 0, lasts: 4 },
  { type: 'key-pressed', at: 3, key: '1' },
  { type: 'queue-entered', at: 4, lasts: 16, skillGroup: { id: 'sales', name: '销售' } },
  { type: 'agent-ringing', at: 10, lasts: 10, agent: ZHANG },
  { type: 'agent-answered', at: 20, lasts: 20, agent: ZHANG },
  { type: 'held', at: 30, lasts: 5, agent: ZHANG },
  { type: 'agent-left', at: 40, agent: ZHANG },
  { type: 'call-ended', at: 40, by: 'customer' },
])

test('an inbound call: who was there when, talk and hold also in the customer’s lane', () => {
  assert.deepEqual(drawn(inbound), [
    'customer 138: present 0–40, talk 20–40, hold 30–35',
    'ivr: ivr 0–4',
    'queue 销售: queue 4–20',
    'agent 张三: ring 10–20, talk 20–40, hold 30–35',
  ])
})

test('keys are marks in the menu, the hang-up is one in the lane of who hung up', () => {
  const marks = lanesOf(inbound, START).lanes.flatMap((lane) =>
    lane.marks.map((mark) => [lane.kind, mark.kind, mark.atMs]),
  )
  assert.deepEqual(marks, [
    ['customer', 'hangup', 40_000],
    ['ivr', 'key', 3_000],
  ])
})

test('a consultation is drawn aside, and the transfer is an arrow from agent to agent', () => {
  const consulted = call({ seconds: 30, answeredAt: iso(2) }, [
    { type: 'agent-answered', at: 2, lasts: 18, agent: ZHANG },
    { type: 'held', at: 8, lasts: 12, agent: ZHANG },
    { type: 'agent-ringing', at: 9, agent: WANG, mergedFrom: 'c2' },
    { type: 'agent-answered', at: 12, agent: WANG, mergedFrom: 'c2' },
    { type: 'agent-left', at: 20, agent: WANG, mergedFrom: 'c2' },
    { type: 'agent-left', at: 20, agent: ZHANG },
    { type: 'agent-answered', at: 20, lasts: 10, agent: WANG },
    { type: 'transferred', at: 20, transfer: { kind: 'attended', from: ZHANG, toAgent: WANG } },
    { type: 'call-ended', at: 30, by: 'agent' },
  ])
  assert.deepEqual(drawn(consulted).slice(1), [
    'agent 张三: talk 2–20, hold 8–20',
    'agent 王五: aside 12–20, ring 9–12, talk 20–30',
  ])
  assert.deepEqual(lanesOf(consulted, START).arrows, [
    { atMs: 20_000, fromLane: 'agent 1001', toLane: 'agent 1003', step: 7 },
  ])
})

test('a consultation within the call is drawn aside; who was put through hangs up in her own lane', () => {
  const consulted = call({ seconds: 30, answeredAt: iso(2), agent: { ...ZHANG } }, [
    { type: 'agent-answered', at: 2, lasts: 18, agent: ZHANG },
    { type: 'held', at: 8, lasts: 12, agent: ZHANG },
    { type: 'agent-ringing', at: 9, lasts: 3, agent: WANG },
    { type: 'agent-answered', at: 12, agent: WANG },
    { type: 'agent-left', at: 20, agent: ZHANG },
    { type: 'agent-answered', at: 20, lasts: 10, agent: WANG },
    { type: 'agent-left', at: 30, agent: WANG },
    { type: 'call-ended', at: 30, by: 'agent' },
  ])
  assert.equal(drawn(consulted).at(-1), 'agent 王五: aside 12–20, ring 9–12, talk 20–30')
  const [hangup] = lanesOf(consulted, START).lanes.flatMap((lane) => lane.marks.map(() => lane.name))
  assert.equal(hangup, '王五')
})

test('an external line rings until it answers, then talks with the customer', () => {
  const moved = call({ seconds: 10, answeredAt: iso(5) }, [
    { type: 'external-dialled', at: 2, number: '139' },
    { type: 'external-answered', at: 5, lasts: 5, number: '139' },
    { type: 'external-ended', at: 10 },
    { type: 'call-ended', at: 10, by: 'system' },
  ])
  assert.deepEqual(drawn(moved), ['customer 138: present 0–10, talk 5–10', 'external 139: ring 2–5, talk 5–10'])
})

test('back-to-back: the agent is on the line before the customer is', () => {
  const both = call({ type: 'back-to-back', seconds: 9, answeredAt: iso(4) }, [
    { type: 'agent-ringing', at: 0, lasts: 1, agent: ZHANG },
    { type: 'agent-answered', at: 1, lasts: 8, agent: ZHANG },
    { type: 'customer-ringing', at: 2, lasts: 2 },
    { type: 'customer-answered', at: 4 },
    { type: 'call-ended', at: 9, by: 'customer' },
  ])
  assert.deepEqual(drawn(both), [
    'customer 138: present 4–9, ring 2–4, talk 4–9',
    'agent 张三: present 1–4, ring 0–1, talk 4–9',
  ])
})

test('outbound: the agent who dialled talks from the customer’s answer on, though no step says so', () => {
  const dialled = call({ type: 'outbound', seconds: 9, answeredAt: iso(4), agents: [{ ...ZHANG, talked: true }] }, [
    { type: 'customer-ringing', at: 1, lasts: 3 },
    { type: 'customer-answered', at: 4 },
    { type: 'held', at: 5, lasts: 2, agent: ZHANG },
    { type: 'call-ended', at: 9, by: 'agent' },
  ])
  assert.deepEqual(drawn(dialled), [
    'customer 138: present 4–9, ring 1–4, talk 4–9, hold 5–7',
    'agent 张三: talk 4–9, hold 5–7',
  ])
})

test('two phones joined through a virtual number have talked, though no agent is named', () => {
  const joined = call({ type: 'virtual-number', seconds: 5, answeredAt: iso(1), talkMs: 4000 }, [
    { type: 'customer-ringing', at: 0, lasts: 1 },
    { type: 'customer-answered', at: 1 },
    { type: 'call-ended', at: 5 },
  ])
  assert.deepEqual(drawn(joined), ['customer 138: present 1–5, ring 0–1, talk 1–5'])
})

test('in a live call what has not ended reaches to now', () => {
  const live = call({ seconds: null, phase: 'queued' } as never, [
    { type: 'queue-entered', at: 2, skillGroup: { id: 'sales' } },
  ])
  assert.deepEqual(drawn(live, START + 7000), ['customer 138: present 0–7', 'queue sales: queue 2–7'])
})

test('where the customer talked is what is looked at closer', () => {
  assert.deepEqual(talkOf(lanesOf(inbound, START)), { fromMs: 20_000, toMs: 40_000 })
  const queued = call({ seconds: 40 }, [{ type: 'queue-entered', at: 2, lasts: 38 }])
  assert.equal(talkOf(lanesOf(queued, START)), null)
})

test('keys too near to each other to be read apart are one mark; a hang-up is always its own', () => {
  const key = (atMs: number, text: string) => ({ kind: 'key' as const, atMs, text, step: atMs })
  const marks = [key(1_000, '1'), key(2_000, '2'), key(3_000, '#'), key(9_000, '0')]
  const hangup = { kind: 'hangup' as const, atMs: 9_100, text: '', step: 9 }
  assert.deepEqual(
    joinedMarks([...marks, hangup], 1_500).map(({ text, atMs }) => [text, atMs]),
    [
      ['12#', 1_000],
      ['0', 9_000],
      ['', 9_100],
    ],
  )
  assert.equal(joinedMarks(marks, 500).length, 4)
})

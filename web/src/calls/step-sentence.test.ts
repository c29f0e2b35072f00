import assert from 'node:assert/strict'
import { test } from 'node:test'
import i18next from 'i18next'
import { CALL_EVENT_TYPES } from '../../../src/calls/call-event.ts'
import type { CallDetailJson, StepJson } from '../../../src/calls/call-json.ts'
import {
  CALL_TYPES,
  EXTERNAL_OUTCOMES,
  NOT_CONNECTED_CAUSES,
  QUEUE_OUTCOMES,
  RING_OUTCOMES,
  TRANSFER_KINDS,
} from '../../../src/calls/vocabulary.ts'
import { en } from '../i18n/en.ts'
import { zhCN } from '../i18n/zh-CN.ts'
import { stepSentence } from './step-sentence.ts'

await i18next.init({
  lng: 'zh-CN',
  resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
  interpolation: { escapeValue: false },
})
const languages = { 'zh-CN': i18next.getFixedT('zh-CN'), en: i18next.getFixedT('en') }

const zhang = { id: '1001', name: '张三' }
const plainStep: StepJson = {
  eventId: 'e',
  at: '2026-11-23T10:00:00.000+08:00',
  offsetMs: 0,
  type: 'call-started',
  durationMs: null,
  agent: zhang,
  skillGroup: { id: 'sales', name: '销售' },
  number: null,
  key: '1',
  node: null,
  outcome: null,
  by: null,
  transfer: null,
  recording: 1,
  sources: ['cel', 'queue-log'],
  described: { callType: 'inbound', customer: '13800138000', dialledNumber: null },
  mergedFrom: null,
  remark: null,
}
const call = {
  type: 'inbound',
  customer: '13800138000',
  dialledNumber: '02150001000',
  agent: zhang,
  agents: [],
  steps: [],
  caller: '13800138000',
  callee: '1001',
} as unknown as CallDetailJson
const steps: [Partial<StepJson>, Partial<CallDetailJson>][] = [
  ...CALL_EVENT_TYPES.map((type) => [{ type }, {}] as [Partial<StepJson>, object]),
  ...CALL_TYPES.map((type) => [{}, { type }] as [object, Partial<CallDetailJson>]),
  ...QUEUE_OUTCOMES.map((outcome) => [{ type: 'queue-left', outcome }, {}] as [Partial<StepJson>, object]),
  ...RING_OUTCOMES.map((outcome) => [{ type: 'agent-ring-ended', outcome }, {}] as [Partial<StepJson>, object]),
  ...EXTERNAL_OUTCOMES.map((outcome) => [{ type: 'external-ended', outcome }, {}] as [Partial<StepJson>, object]),
  ...NOT_CONNECTED_CAUSES.map(
    (outcome) => [{ type: 'customer-not-connected', outcome }, {}] as [Partial<StepJson>, object],
  ),
  ...TRANSFER_KINDS.flatMap((kind) =>
    [zhang, null].map(
      (from) =>
        [{ type: 'transferred', transfer: { kind, from, toAgent: zhang, toSkillGroup: null, toNumber: null } }, {}] as [
          Partial<StepJson>,
          object,
        ],
    ),
  ),
]

for (const [language, t] of Object.entries(languages)) {
  test(`every kind of step is a whole sentence (${language})`, () => {
    for (const [step, more] of steps) {
      const said = stepSentence({ ...plainStep, ...step }, { ...call, ...more }, t)
      assert.doesNotMatch(said, /step\.|\{\{|undefined|null|\[object/, JSON.stringify(step))
      assert.notEqual(said, step.type, JSON.stringify(step))
    }
  })
}

test('a step says who, what and where', () => {
  const say = (step: Partial<StepJson>) => stepSentence({ ...plainStep, ...step }, call, languages['zh-CN'])
  assert.equal(say({ type: 'call-started' }), '客户 13800138000 拨打 02150001000 来电')
  assert.equal(say({ type: 'agent-answered' }), '张三（1001）接听')
  assert.equal(say({ type: 'call-ended', by: 'customer', agent: null }), '通话结束，客户挂断')
  const told = { callType: 'predictive', customer: '13800138000', dialledNumber: '02150001000' } as const
  assert.equal(
    say({ type: 'call-described', described: told }),
    '补充通话信息：呼叫类型为预测式外呼，客户号码 13800138000，拨打的号码 02150001000，坐席张三（1001）',
  )
  const nothing = { callType: null, customer: null, dialledNumber: null }
  assert.equal(say({ type: 'call-described', described: nothing, agent: null }), '补充通话信息')
  assert.equal(say({ type: 'a-type-of-tomorrow' }), 'a-type-of-tomorrow')
})

test('who dialled is put through when the customer answers; who is rung after that answers', () => {
  const answered = { ...plainStep, eventId: '1', type: 'customer-answered' }
  const ringing = { ...plainStep, eventId: '2', type: 'agent-ringing' }
  const talk = { ...plainStep, eventId: '3', type: 'agent-answered' }
  const say = (steps: StepJson[]) => stepSentence(talk, { ...call, steps }, languages['zh-CN'])
  assert.equal(say([answered, talk]), '张三（1001）与客户通话')
  assert.equal(say([answered, ringing, talk]), '张三（1001）接听')
  assert.equal(say([ringing, talk]), '张三（1001）接听')
})

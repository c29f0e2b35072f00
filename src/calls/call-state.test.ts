import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Call, DecidedField } from './call.ts'
import { CALL_EVENT_TYPES, type CallEvent } from './call-event.ts'
import { applyEvent, type CallHistory, deriveCall } from './call-state.ts'
import { VALUE_RULES } from './derived-values.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')
const zhang = { id: '1001', name: '张三' }
const li = { id: '1002', name: '李四' }
const sales = { id: 'sales', name: '销售' }

type Told = CallEvent extends infer E ? (E extends CallEvent ? Omit<E, 'id' | 'callId' | 'at'> : never) : never

/** A story: seconds after the start and what happened. */
function story(...lines: [seconds: number, event: Told][]): CallEvent[] {
  return lines.map(
    ([seconds, event], i) => ({ id: `e${i}`, callId: 'c1', at: T0 + seconds * 1000, ...event }) as CallEvent,
  )
}

function derive(events: readonly CallEvent[]): Call {
  return deriveCall({ callId: 'c1', source: 'test', events })
}

const inbound: Told = {
  type: 'call-started',
  callType: 'inbound',
  customer: '13800138000',
  dialledNumber: '02150001000',
}
const outbound: Told = { type: 'call-started', callType: 'outbound', customer: '13800138000', agent: zhang }

const answered = story(
  [0, inbound],
  [0.1, { type: 'ivr-entered', node: 'main' }],
  [2, { type: 'key-pressed', key: '1' }],
  [3, { type: 'queue-entered', skillGroup: sales }],
  [5, { type: 'agent-ringing', agent: zhang }],
  [8, { type: 'agent-answered', agent: { id: '1001' } }],
  [20, { type: 'held', by: 'agent' }],
  [25, { type: 'resumed', by: 'agent' }],
  [60, { type: 'hangup-requested', by: 'customer' }],
  [60.01, { type: 'agent-left', agent: { id: '1001' } }],
  [60.02, { type: 'call-ended' }],
)

test('an answered inbound call is normal, with every time and everybody in it', () => {
  const call = derive(answered)
  assert.equal(call.hangupReason, 'normal')
  assert.equal(call.releasedBy, 'customer')
  assert.equal(call.caller, '13800138000')
  assert.equal(call.callee, '1001')
  assert.deepEqual(call.agent, { id: '1001', name: '张三' })
  assert.deepEqual(call.agents, [{ id: '1001', name: '张三', talked: true }])
  assert.deepEqual(call.skillGroup, sales)
  assert.deepEqual(call.keys, ['1'])
  assert.equal(call.establishedAt, T0)
  assert.equal(call.answeredAt, T0 + 8000)
  assert.equal(call.durationMs, 60_020)
  assert.equal(call.ivrMs, 2900)
  assert.equal(call.queueMs, 5000)
  assert.equal(call.ringMs, 3000)
  assert.equal(call.talkMs, 52_010)
  assert.equal(call.holdMs, 5000)
  assert.equal(call.phase, null)
  assert.deepEqual(call.reasonBecause, { rule: 'agent-talked', steps: ['e5'] })
})

test('the phase of a live call follows what is going on', () => {
  const phases = answered.map((_, i) => derive(answered.slice(0, i + 1)).phase)
  assert.deepEqual(phases.slice(0, 8), ['ivr', 'ivr', 'ivr', 'queued', 'ringing', 'talking', 'held', 'talking'])
  assert.equal(derive(story([0, outbound])).phase, 'dialling')
  assert.equal(derive(story([0, outbound], [1, { type: 'customer-ringing' }])).phase, 'ringing')
})

const inQueue: [number, Told][] = [
  [0, inbound],
  [3, { type: 'queue-entered', skillGroup: sales }],
]
const reasons: [name: string, lines: [number, Told][], reason: string, rule: string][] = [
  [
    'a caller who leaves in the IVR',
    [
      [0, inbound],
      [1, { type: 'ivr-entered' }],
      [4, { type: 'call-ended', releasedBy: 'customer' }],
    ],
    'abandoned-in-ivr',
    'left-before-queue',
  ],
  [
    'a caller who leaves the queue',
    [...inQueue, [9, { type: 'call-ended', releasedBy: 'customer' }]],
    'abandoned-in-queue',
    'left-in-queue',
  ],
  [
    'a caller who leaves while a phone rings',
    [...inQueue, [5, { type: 'agent-ringing', agent: zhang }], [9, { type: 'call-ended', releasedBy: 'customer' }]],
    'abandoned-while-ringing',
    'left-while-agent-rang',
  ],
  [
    'a phone that the PBX silences after the caller has hung up',
    [
      ...inQueue,
      [5, { type: 'agent-ringing', agent: zhang }],
      [9, { type: 'hangup-requested', by: 'customer' }],
      [9.01, { type: 'agent-ring-ended', agent: zhang, outcome: 'cancelled' }],
      [9.02, { type: 'queue-left', outcome: 'abandoned' }],
      [9.03, { type: 'call-ended' }],
    ],
    'abandoned-while-ringing',
    'left-while-agent-rang',
  ],
  [
    'an agent who did not answer before the caller left',
    [
      ...inQueue,
      [5, { type: 'agent-ringing', agent: zhang }],
      [9, { type: 'agent-ring-ended', agent: zhang, outcome: 'no-answer' }],
      [12, { type: 'call-ended', releasedBy: 'customer' }],
    ],
    'abandoned-in-queue',
    'left-in-queue',
  ],
  [
    'a queue that gives up',
    [
      ...inQueue,
      [63, { type: 'queue-left', skillGroup: sales, outcome: 'timeout' }],
      [66, { type: 'call-ended', releasedBy: 'system' }],
    ],
    'queue-timeout',
    'queue-gave-up',
  ],
  [
    'a caller who leaves during the goodbye after the time limit',
    [
      ...inQueue,
      [63, { type: 'queue-left', outcome: 'timeout' }],
      [64, { type: 'call-ended', releasedBy: 'customer' }],
    ],
    'queue-timeout',
    'queue-gave-up',
  ],
  [
    'a queue that refuses at the door',
    [
      [0, inbound],
      [3, { type: 'queue-left', skillGroup: sales, outcome: 'refused' }],
      [4, { type: 'call-ended', releasedBy: 'system' }],
    ],
    'queue-timeout',
    'queue-gave-up',
  ],
  [
    'a queue ended by the PBX without a word',
    [...inQueue, [63, { type: 'call-ended', releasedBy: 'system' }]],
    'queue-timeout',
    'queue-ended-by-system',
  ],
  [
    'an external line that is busy',
    [
      [0, inbound],
      [3, { type: 'external-dialled', number: '13900139000' }],
      [4, { type: 'external-ended', outcome: 'busy' }],
      [5, { type: 'call-ended', releasedBy: 'system' }],
    ],
    'transferred-external',
    'external-line-tried',
  ],
  [
    'an agent who sends the customer to an external line',
    [
      [0, inbound],
      [3, { type: 'agent-ringing', agent: zhang }],
      [5, { type: 'agent-answered', agent: zhang }],
      [9, { type: 'transferred', kind: 'blind', from: zhang, toNumber: '13900139000' }],
      [9, { type: 'agent-left', agent: zhang }],
      [9.1, { type: 'external-dialled' }],
      [30, { type: 'call-ended' }],
    ],
    'normal',
    'agent-talked',
  ],
  [
    'a direct call that nobody answers',
    [
      [0, inbound],
      [1, { type: 'agent-ringing', agent: zhang }],
      [9, { type: 'call-ended', releasedBy: 'customer' }],
    ],
    'abandoned-while-ringing',
    'left-while-agent-rang',
  ],
  [
    'an end that nobody saw, in a queue',
    [...inQueue, [90, { type: 'call-ended', estimated: true }]],
    'unknown',
    'end-not-reported',
  ],
  [
    'an end that nobody saw, after talk',
    [...inQueue, [5, { type: 'agent-answered', agent: zhang }], [90, { type: 'call-ended', estimated: true }]],
    'normal',
    'agent-talked',
  ],
  [
    'an outbound call that is answered',
    [
      [0, outbound],
      [4, { type: 'customer-answered' }],
      [9, { type: 'call-ended' }],
    ],
    'normal',
    'customer-answered',
  ],
  [
    'an outbound call to a busy customer',
    [
      [0, outbound],
      [2, { type: 'customer-not-connected', cause: 'busy' }],
      [2.1, { type: 'call-ended' }],
    ],
    'not-connected',
    'customer-not-reached',
  ],
  [
    'an internal call that is answered',
    [
      [0, { type: 'call-started', callType: 'internal', agent: zhang, otherAgent: li }],
      [1, { type: 'agent-ringing', agent: li }],
      [3, { type: 'agent-answered', agent: li }],
      [9, { type: 'call-ended' }],
    ],
    'normal',
    'agents-talked',
  ],
  [
    'a predictive call answered and left in the queue',
    [
      [0, { type: 'call-started', callType: 'predictive', customer: '138' }],
      [3, { type: 'customer-answered' }],
      [4, { type: 'queue-entered', skillGroup: sales }],
      [9, { type: 'call-ended', releasedBy: 'customer' }],
    ],
    'abandoned-in-queue',
    'left-in-queue',
  ],
]

for (const [name, lines, reason, rule] of reasons) {
  test(`${name} → ${reason}`, () => {
    const call = derive(story(...lines))
    assert.equal(call.hangupReason, reason)
    assert.equal(call.reasonBecause?.rule, rule)
    assert.ok(call.reasonBecause.steps.length > 0)
    for (const id of call.reasonBecause.steps)
      assert.ok(
        call.steps.some((step) => step.eventId === id),
        `step ${id} is shown`,
      )
  })
}

test('an outbound call is established when the customer answers, and the agent is the caller', () => {
  const call = derive(
    story(
      [0, outbound],
      [1, { type: 'customer-ringing' }],
      [4, { type: 'customer-answered' }],
      [9, { type: 'call-ended', releasedBy: 'customer' }],
    ),
  )
  assert.equal(call.establishedAt, T0 + 4000)
  assert.equal(call.caller, '1001')
  assert.equal(call.callee, '13800138000')
  assert.equal(call.ringMs, 3000)
  assert.equal(call.talkMs, 5000)
  assert.equal(call.agents[0]?.talked, true)
})

test('a call between two phones through a virtual number has a talk time though no agent is known', () => {
  const virtual: Told = {
    type: 'call-started',
    callType: 'virtual-number',
    caller: '13900001001',
    customer: '13800138000',
    dialledNumber: '17090000001',
  }
  const call = derive(
    story([0, virtual], [4, { type: 'customer-answered' }], [9, { type: 'call-ended', releasedBy: 'customer' }]),
  )
  assert.equal(call.talkMs, 5000)
  assert.equal(call.caller, '13900001001')
  assert.equal(call.agent, null)
})

test('an estimated end is void once the source tells of something later', () => {
  const events = story(
    [0, inbound],
    [5, { type: 'call-ended', estimated: true }],
    [9, { type: 'agent-answered', agent: zhang }],
  )
  assert.equal(derive(events).endedAt, null)
  assert.equal(derive(events).phase, 'talking')
})

test('a reported end wins over an estimated one', () => {
  const events = story(
    [0, inbound],
    [5, { type: 'call-ended', estimated: true }],
    [4, { type: 'call-ended', releasedBy: 'customer' }],
  )
  const call = derive(events)
  assert.equal(call.endedAt, T0 + 4000)
  assert.equal(call.endEstimated, false)
})

test('what was read from the records of the PBX afterwards is marked, and replaces an estimated end', () => {
  const events = story(
    [0, inbound],
    [2, { type: 'agent-answered', agent: zhang }],
    [30, { type: 'call-ended', estimated: true }],
    [5, { type: 'call-reconstructed', sources: ['cel', 'queue-log'], durationMs: 10_000 }],
    [12, { type: 'agent-left', agent: zhang }],
    [12, { type: 'call-ended', releasedBy: 'agent' }],
  )
  const call = derive(events)
  assert.deepEqual([call.reconstructed, call.endedAt, call.endEstimated], [true, T0 + 12_000, false])
  assert.deepEqual([call.talkMs, call.releasedBy], [10_000, 'agent'])
  const step = call.steps.find(({ type }) => type === 'call-reconstructed')
  assert.deepEqual([step?.sources, step?.durationMs, step?.remark], [['cel', 'queue-log'], 10_000, null])
  assert.equal(derive(events.filter(({ type }) => type !== 'call-reconstructed')).reconstructed, false)
})

test('events of a merged consultation are shown but do not decide the call', () => {
  const own = story(
    [0, inbound],
    [3, { type: 'agent-answered', agent: zhang }],
    [20, { type: 'calls-merged', mergedCallId: 'c2' }],
    [30, { type: 'call-ended' }],
  )
  const consult: CallEvent[] = [
    {
      id: 'x1',
      callId: 'c2',
      at: T0 + 10_000,
      type: 'call-started',
      callType: 'internal',
      agent: zhang,
      otherAgent: li,
    },
    { id: 'x2', callId: 'c2', at: T0 + 11_000, type: 'agent-ringing', agent: li },
    { id: 'x3', callId: 'c2', at: T0 + 40_000, type: 'call-ended' },
  ]
  const call = derive([...own, ...consult])
  assert.equal(call.type, 'inbound')
  assert.equal(call.endedAt, T0 + 30_000)
  assert.deepEqual(
    call.agents.map((a) => [a.id, a.talked]),
    [
      ['1001', true],
      ['1002', false],
    ],
  )
  assert.equal(call.steps.filter((step) => step.mergedFrom === 'c2').length, 3)
})

test('a recording that a consultation had before it was merged keeps its place beside the call’s own', () => {
  const file = { durationMs: 2_000, sizeBytes: 32_044, channels: 1 }
  const own = story(
    [0, inbound],
    [3, { type: 'agent-answered', agent: zhang }],
    [3, { type: 'recording-started' }],
    [20, { type: 'calls-merged', mergedCallId: 'c2' }],
    [30, { type: 'call-ended' }],
    [31, { type: 'recording-stored', n: 1, ...file, sha256: 'a'.repeat(64) }],
  )
  const told = (id: string, at: number, event: object) =>
    ({ id, callId: 'c2', at: T0 + at * 1_000, ...event }) as CallEvent
  const consult = [
    told('x1', 10, { type: 'call-started', callType: 'internal', agent: zhang, otherAgent: li }),
    told('x2', 11, { type: 'recording-started', n: 1 }),
    told('x3', 15, { type: 'recording-stored', n: 1, ...file, sha256: 'b'.repeat(64) }),
    // Begun, and its file came after the merge: that is told of the call itself.
    told('x4', 16, { type: 'recording-started', n: 2 }),
  ]
  const recordings = (events: CallEvent[]) =>
    derive(events).recordings.map(({ n, state, sha256, of }) => [n, state, sha256?.[0], of?.callId])
  assert.deepEqual(recordings([...own, ...consult]), [
    [1, 'available', 'a', undefined],
    [2, 'available', 'b', 'c2'],
  ])
  const deleted = told('x5', 99, { type: 'recording-deleted', n: 1, because: 'age' })
  assert.deepEqual(recordings([...consult, deleted, ...own])[1], [2, 'deleted', 'b', 'c2'])
})

test('a recording that began but recorded nothing is not shown; a stored one is', () => {
  const abandoned = story(
    ...inQueue,
    [3.1, { type: 'recording-started' }],
    [9, { type: 'call-ended', releasedBy: 'customer' }],
  )
  assert.deepEqual(derive(abandoned).recordings, [])
  const stored: CallEvent = {
    id: 'r',
    callId: 'c1',
    at: T0 + 12_000,
    type: 'recording-stored',
    n: 1,
    durationMs: 900,
    sizeBytes: 15_000,
    channels: 1,
    sha256: 'a'.repeat(64),
  }
  assert.equal(derive([...answered, stored]).recordings[0]?.state, 'available')
})

test('every decided value says by which rule, and the steps it names are in the flow', () => {
  const call = derive(answered)
  assert.deepEqual(call.because, {
    hangupReason: { rule: 'agent-talked', steps: ['e5'], missing: [] },
    type: { rule: 'type-told', steps: ['e0'], missing: [] },
    caller: { rule: 'caller-is-customer', steps: ['e0'], missing: [] },
    callee: { rule: 'callee-is-agent', steps: ['e5'], missing: [] },
    agent: { rule: 'agent-talked-first', steps: ['e5'], missing: [] },
    skillGroup: { rule: 'group-of-answer', steps: ['e5'], missing: [] },
    establishedAt: { rule: 'established-on-arrival', steps: ['e0'], missing: [] },
  })
})

test('what had to be concluded or was never told is said', () => {
  const guessed = derive(
    story([0, { ...inbound, guessed: ['callType'] } as Told], [5, { type: 'call-ended', estimated: true }]),
  )
  assert.deepEqual(guessed.because.type, { rule: 'type-guessed', steps: ['e0'], missing: ['type-guessed'] })
  assert.deepEqual(guessed.because.hangupReason.missing, ['end-estimated'])
  // A better word later takes the doubt away, and is what the value leads back to.
  const told = derive(
    story([0, { ...inbound, guessed: ['callType'] } as Told], [1, { type: 'call-described', callType: 'predictive' }]),
  )
  assert.deepEqual(told.because.type, { rule: 'type-told', steps: ['e1'], missing: [] })
  const orphan = derive(story([3, { type: 'agent-ringing', agent: zhang }]))
  assert.deepEqual(orphan.because.type, { rule: 'type-assumed', steps: [], missing: ['no-start'] })
  assert.deepEqual(orphan.because.agent, { rule: 'agent-rings', steps: ['e0'], missing: [] })
  assert.equal(orphan.because.hangupReason.rule, 'still-live')
})

// Any events at all, sensible or not, over two agents and two groups.
const anyEvent: fc.Arbitrary<CallEvent> = fc
  .record({
    type: fc.constantFrom(...CALL_EVENT_TYPES),
    id: fc.nat({ max: 40 }).map((n) => `e${n}`),
    callId: fc.constantFrom('c1', 'c1', 'c1', 'c2'),
    at: fc.nat({ max: 30 }).map((n) => T0 + n * 500),
    agent: fc.constantFrom(zhang, li),
    skillGroup: fc.constantFrom(sales, { id: 'support' }),
    callType: fc.constantFrom('inbound', 'outbound', 'back-to-back', 'predictive', 'virtual-number', 'internal'),
    cause: fc.constantFrom('busy', 'no-answer'),
    outcome: fc.constantFrom('cancelled', 'no-answer'),
    by: fc.constantFrom('agent', 'customer', 'system'),
    key: fc.constantFrom('1', '#'),
    n: fc.constantFrom(1, 2),
    estimated: fc.boolean(),
    mergedCallId: fc.constant('c2'),
  })
  .map((event) => event as unknown as CallEvent)
  .map((event) => (event.type === 'queue-left' ? ({ ...event, outcome: 'timeout' } as CallEvent) : event))

test('any shuffle and any repetition of a call’s events gives the same record', () => {
  const shuffledAndRepeated = fc
    .array(anyEvent, { minLength: 1, maxLength: 30 })
    .chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
    )
  fc.assert(
    fc.property(shuffledAndRepeated, ([events, again]) => {
      assert.deepEqual(derive(again), derive(events))
    }),
    { numRuns: 500 },
  )
})

test('one event at a time, repeated, gives the same record as all at once; every ended call has a reason', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyEvent, { minLength: 1, maxLength: 20, selector: (e) => e.callId + e.id }),
      (events) => {
        let history: CallHistory = { callId: 'c1', source: 'test', events: [] }
        for (const event of [...events, ...events]) history = applyEvent(history, event)
        const call = deriveCall(history)
        assert.deepEqual(call, derive(events))
        assert.equal(call.endedAt === null, call.hangupReason === null)
        assert.equal(call.endedAt === null, call.phase !== null)
        assert.equal(call.hangupReason === 'not-connected', call.notConnectedCause !== null)
        for (const [field, { rule, steps }] of Object.entries(call.because)) {
          assert.ok((VALUE_RULES[field as DecidedField] as readonly string[]).includes(rule), `${field}: ${rule}`)
          for (const id of steps)
            assert.ok(
              call.steps.some((step) => step.eventId === id),
              `${field}: step ${id} is not shown`,
            )
        }
        for (const ms of [call.ivrMs, call.queueMs, call.ringMs, call.talkMs, call.holdMs]) assert.ok(ms >= 0)
      },
    ),
    { numRuns: 500 },
  )
})

test('a paused recording has its pauses in the call, in any order of telling', () => {
  const sha256 = 'a'.repeat(64)
  const events = story(
    [0, inbound],
    [5, { type: 'agent-answered', agent: zhang }],
    [5, { type: 'recording-started', n: 1 }],
    [20, { type: 'recording-paused' }],
    [22, { type: 'recording-paused' }],
    [30, { type: 'recording-resumed' }],
    [35, { type: 'recording-resumed', n: 1 }],
    [50, { type: 'recording-paused', n: 1 }],
    [60, { type: 'call-ended' }],
    [62, { type: 'recording-stored', n: 1, durationMs: 55_000, sizeBytes: 9, channels: 2, sha256 }],
    [
      90,
      {
        type: 'recording-silenced',
        n: 1,
        fromMs: 100,
        toMs: 900,
        because: 'card',
        sizeBytes: 9,
        sha256: 'b'.repeat(64),
      },
    ],
  )
  for (const told of [events, events.toReversed()]) {
    const call = derive(told)
    const [recording] = call.recordings
    assert.deepEqual(recording?.pauses, [
      { fromMs: 20_000, toMs: 30_000 },
      { fromMs: 50_000, toMs: null },
    ])
    assert.deepEqual(recording?.silenced, [{ fromMs: 100, toMs: 900, because: 'card' }])
    assert.deepEqual(
      [recording?.state, recording?.durationMs, recording?.sha256],
      ['available', 55_000, 'b'.repeat(64)],
    )
    const remarks = call.steps.flatMap((step) => (step.remark === null ? [] : [[step.eventId, step.remark]]))
    assert.deepEqual(remarks, [
      ['e4', 'already-paused'],
      ['e6', 'not-paused'],
    ])
  }
})

// What no recorded trace has: calls told event by event, in the shape of FreeSWITCH's events, without a server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call } from '../../calls/call.ts'
import { callsOf } from '../../cli/derive.ts'
import { freeswitchEventsOf } from '../../cli/derive-freeswitch.ts'
import type { ConnectorConfig } from '../../config.ts'
import type { EslEvent } from './esl-event.ts'
import type { ReceivedEvent } from './read-trace.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')
const CUSTOMER = '13800138000'

interface LegOptions {
  dialled?: boolean
  name: string
  from?: string
  to?: string
  for?: string
  more?: EslEvent
}

/** A FreeSWITCH that says what it is told to, with a clock and a counter. */
class Story {
  readonly events: ReceivedEvent[] = []
  now = T0
  readonly #legs = new Map<string, Record<string, string | readonly string[]>>()

  wait(ms: number): this {
    this.now += ms
    return this
  }

  say(leg: string, name: string, more: EslEvent = {}): this {
    const micros = String(this.now * 1000)
    const event = {
      'Event-Name': name,
      'Core-UUID': 'core',
      'Event-Sequence': String(this.events.length + 1),
      'Event-Date-Timestamp': micros,
      ...(this.#legs.get(leg) ?? {}),
      ...more,
    }
    this.events.push({ event, receivedAt: this.now })
    return this
  }

  leg(id: string, { dialled = false, name, from = '', to = '', for: parent, more = {} }: LegOptions): this {
    this.#legs.set(id, {
      'Unique-ID': id,
      'Channel-Name': name,
      'Call-Direction': dialled ? 'outbound' : 'inbound',
      'Answer-State': 'ringing',
      'Caller-Caller-ID-Number': from,
      'Caller-Destination-Number': to,
      'Caller-Channel-Created-Time': String(this.now * 1000),
      ...(parent ? { variable_originator: parent } : {}),
      ...more,
    })
    return this.say(id, 'CHANNEL_CREATE')
  }

  set(id: string, more: EslEvent): this {
    Object.assign(this.#legs.get(id) ?? {}, more)
    return this
  }

  answer(id: string): this {
    this.set(id, { 'Caller-Channel-Answered-Time': String(this.now * 1000), 'Answer-State': 'answered' })
    return this.say(id, 'CHANNEL_ANSWER')
  }

  bridge(a: string, b: string): this {
    this.set(a, { 'Caller-Channel-Bridged-Time': String(this.now * 1000) })
    return this.say(a, 'CHANNEL_BRIDGE', { 'Bridge-A-Unique-ID': a, 'Bridge-B-Unique-ID': b })
  }

  unbridge(a: string, b: string): this {
    return this.say(a, 'CHANNEL_UNBRIDGE', { 'Bridge-A-Unique-ID': a, 'Bridge-B-Unique-ID': b })
  }

  execute(id: string, application: string, data = ''): this {
    return this.say(id, 'CHANNEL_EXECUTE', { Application: application, 'Application-Data': data })
  }

  hangup(id: string, disposition: string, cause = 'NORMAL_CLEARING', more: EslEvent = {}): this {
    const end = { 'Hangup-Cause': cause, 'Answer-State': 'hangup' }
    this.say(id, 'CHANNEL_HANGUP', end)
    return this.say(id, 'CHANNEL_HANGUP_COMPLETE', {
      ...end,
      'Caller-Channel-Hangup-Time': String(this.now * 1000),
      variable_sip_hangup_disposition: disposition,
      ...more,
    })
  }

  queue(id: string, action: string, more: EslEvent = {}): this {
    const joined = String(Math.floor(this.now / 1000))
    return this.say(id, 'CUSTOM', {
      'Event-Subclass': 'callcenter::info',
      'CC-Action': action,
      'CC-Member-Session-UUID': id,
      'CC-Member-Joined-Time': joined,
      ...more,
    })
  }
}

const listed: Partial<ConnectorConfig> = { agents: ['1???'], virtualNumbers: ['1709*'] }

function callsIn(story: Story, lists: Partial<ConnectorConfig> = listed): Call[] {
  const connector: ConnectorConfig = { name: 'fs1', type: 'freeswitch', ...lists }
  return callsOf(freeswitchEventsOf({ events: story.events, cdrs: [], unreadable: [] }, connector), 'fs1')
}

function onlyCall(story: Story, lists?: Partial<ConnectorConfig>): Call {
  const calls = callsIn(story, lists)
  assert.equal(calls.length, 1, calls.map((call) => `${call.id} ${call.type}`).join(', '))
  const [call] = calls
  assert.ok(call)
  const odd = call.steps.filter((step) => step.remark !== null && step.mergedFrom === null)
  assert.deepEqual(
    odd.map(({ type, remark }) => [type, remark]),
    [],
  )
  assert.equal(call.phase, null)
  return call
}

const talked = (call: Call) => call.agents.filter((agent) => agent.talked).map((agent) => agent.id)
const flow = (call: Call) => call.steps.map((step) => step.type)
const agentLeg = (id: string) => `sofia/internal/${id}@192.0.2.5:5060`
const trunkLeg = (number: string) => `sofia/external/${number}`

/** A customer who is put through to an agent's phone by the dialplan, and talks. */
function talkWithAgent(): Story {
  return new Story()
    .leg('a', { name: trunkLeg(CUSTOMER), from: CUSTOMER, to: '4001' })
    .wait(100)
    .answer('a')
    .execute('a', 'bridge', 'user/1001')
    .leg('b', { dialled: true, name: agentLeg('1001'), from: CUSTOMER, to: '1001', for: 'a' })
    .wait(2_000)
    .answer('b')
    .bridge('a', 'b')
}

test('a customer whom an agent hands over after a consultation is one call, with both agents and one transfer', () => {
  const story = talkWithAgent()
    .wait(3_000)
    .say('b', 'CHANNEL_HOLD')
    .leg('d', { name: agentLeg('1001'), from: '1001', to: '1003' })
    .leg('e', { dialled: true, name: agentLeg('1003'), from: '1001', to: '1003', for: 'd' })
    .wait(1_000)
    .answer('e')
    .answer('d')
    .bridge('d', 'e')
    .wait(4_000)
    .bridge('a', 'e')
    .hangup('d', 'send_bye', 'ATTENDED_TRANSFER', { variable_endpoint_disposition: 'ATTENDED_TRANSFER' })
    .hangup('b', 'send_bye', 'ATTENDED_TRANSFER', { variable_endpoint_disposition: 'ATTENDED_TRANSFER' })
    .wait(5_000)
    .hangup('a', 'recv_bye')
    .hangup('e', 'send_bye')
  const call = onlyCall(story)
  assert.deepEqual([call.id, call.type, call.hangupReason, call.releasedBy], ['a', 'inbound', 'normal', 'customer'])
  assert.deepEqual(talked(call), ['1001', '1003'])
  assert.equal(call.transfers, 1)
  const step = call.steps.find(({ type }) => type === 'transferred')
  assert.deepEqual(
    [step?.transfer?.kind, step?.transfer?.from?.id, step?.transfer?.toAgent?.id],
    ['attended', '1001', '1003'],
  )
})

test('an entry of transfer_history beside the bridge of an attended transfer does not count it twice', () => {
  const story = talkWithAgent()
    .leg('d', { name: agentLeg('1001'), from: '1001', to: '1003' })
    .leg('e', { dialled: true, name: agentLeg('1003'), from: '1001', to: '1003', for: 'd' })
    .wait(1_000)
    .answer('e')
    .bridge('d', 'e')
    .wait(1_000)
    .set('a', { variable_transfer_history: `${T0 / 1000 + 4}:11111111:att_xfer:1003@x/1001@x` })
    .bridge('a', 'e')
    .hangup('d', 'send_bye', 'ATTENDED_TRANSFER', { variable_endpoint_disposition: 'ATTENDED_TRANSFER' })
    .hangup('b', 'send_bye', 'ATTENDED_TRANSFER', { variable_endpoint_disposition: 'ATTENDED_TRANSFER' })
    .wait(1_000)
    .hangup('e', 'recv_bye')
    .hangup('a', 'send_bye')
  const call = onlyCall(story)
  assert.deepEqual([call.transfers, call.releasedBy, talked(call)], [1, 'agent', ['1001', '1003']])
})

test('an agent who moves her customer to a colleague leaves the call, which goes on', () => {
  const story = new Story()
    .leg('a', { name: agentLeg('1001'), from: '1001', to: CUSTOMER })
    .leg('b', { dialled: true, name: trunkLeg(CUSTOMER), from: '02150001000', to: CUSTOMER, for: 'a' })
    .wait(500)
    .say('b', 'CHANNEL_PROGRESS')
    .wait(2_000)
    .answer('b')
    .answer('a')
    .bridge('a', 'b')
    .wait(3_000)
    .set('b', { variable_transfer_history: `${T0 / 1000 + 5}:22222222:bl_xfer:1003/default/XML` })
    .hangup('a', 'send_bye', 'BLIND_TRANSFER', { variable_endpoint_disposition: 'BLIND_TRANSFER' })
    .execute('b', 'bridge', 'user/1003')
    .leg('c', { dialled: true, name: agentLeg('1003'), from: CUSTOMER, to: '1003', for: 'b' })
    .wait(1_000)
    .answer('c')
    .bridge('b', 'c')
    .wait(2_000)
    .hangup('b', 'recv_bye')
    .hangup('c', 'send_bye')
  const call = onlyCall(story)
  assert.deepEqual(
    [call.type, call.customer, call.hangupReason, call.releasedBy],
    ['outbound', CUSTOMER, 'normal', 'customer'],
  )
  assert.deepEqual([call.agent?.id, talked(call), call.transfers], ['1001', ['1001', '1003'], 1])
  assert.equal(call.steps.find(({ type }) => type === 'transferred')?.transfer?.toAgent?.id, '1003')
})

test('two phones joined through a number that hides both', () => {
  const story = new Story()
    .leg('a', { name: trunkLeg('13911112222'), from: '13911112222', to: '17090000001' })
    .leg('b', { dialled: true, name: trunkLeg(CUSTOMER), from: '17090000001', to: CUSTOMER, for: 'a' })
    .wait(1_000)
    .say('b', 'CHANNEL_PROGRESS')
    .wait(1_000)
    .answer('b')
    .answer('a')
    .bridge('a', 'b')
    .wait(4_000)
    .hangup('a', 'recv_bye')
    .hangup('b', 'send_bye')
  const call = onlyCall(story)
  assert.deepEqual(
    [call.type, call.caller, call.callee, call.dialledNumber, call.hangupReason, call.talkMs],
    ['virtual-number', '13911112222', CUSTOMER, '17090000001', 'normal', 4_000],
  )
})

/** The dialler calls a customer, who is to be put into a queue. */
function dialler(): Story {
  return new Story().leg('a', { dialled: true, name: trunkLeg(CUSTOMER), from: '02150001000', to: CUSTOMER })
}

test('a customer whom the dialler reached and a queue put through', () => {
  const story = dialler()
    .wait(500)
    .say('a', 'CHANNEL_PROGRESS')
    .wait(2_000)
    .answer('a')
    .queue('a', 'member-queue-start', { 'CC-Queue': 'sales@pbx.test' })
    .wait(200)
    .leg('b', {
      dialled: true,
      name: trunkLeg('13711110000'),
      more: {
        variable_cc_member_session_uuid: 'a',
        variable_cc_agent: '2001@pbx.test',
        variable_cc_queue: 'sales@pbx.test',
      },
    })
    .wait(1_000)
    .answer('b')
    .bridge('a', 'b')
    .wait(3_000)
    .hangup('b', 'recv_bye')
    .hangup('a', 'send_bye')
  const call = onlyCall(story)
  assert.deepEqual(
    [call.type, call.customer, call.hangupReason, call.releasedBy],
    ['predictive', CUSTOMER, 'normal', 'agent'],
  )
  // Her phone is a mobile behind a trunk: she is an agent by the queue's word.
  assert.deepEqual([call.agent?.id, call.skillGroup?.id], ['2001', 'sales'])
})

test('customers whom the dialler did not reach', () => {
  const ends: [string, string, string, string][] = [
    ['USER_BUSY', '486', 'recv_refuse', 'busy'],
    ['CALL_REJECTED', '603', 'recv_refuse', 'rejected'],
    ['CALL_REJECTED', '403', 'recv_refuse', 'network'],
    ['UNALLOCATED_NUMBER', '404', 'recv_refuse', 'invalid-number'],
    ['NO_ANSWER', '487', 'send_cancel', 'no-answer'],
    ['NORMAL_TEMPORARY_FAILURE', '503', 'recv_refuse', 'network'],
    ['ORIGINATOR_CANCEL', '487', 'send_cancel', 'caller-cancelled'],
  ]
  for (const [cause, sipStatus, disposition, why] of ends) {
    const story = dialler()
      .wait(1_000)
      .hangup('a', disposition, cause, { variable_sip_invite_failure_status: sipStatus })
    const call = onlyCall(story)
    assert.deepEqual(
      [call.type, call.hangupReason, call.notConnectedCause],
      ['predictive', 'not-connected', why],
      cause,
    )
  }
})

test('a call between agents, answered and not', () => {
  const begin = () =>
    new Story()
      .leg('a', { name: agentLeg('1001'), from: '1001', to: '1003' })
      .leg('b', { dialled: true, name: agentLeg('1003'), from: '1001', to: '1003', for: 'a' })
      .wait(2_000)
  const answered = onlyCall(
    begin().answer('b').answer('a').bridge('a', 'b').wait(1_000).hangup('b', 'recv_bye').hangup('a', 'send_bye'),
  )
  assert.deepEqual(
    [answered.type, answered.caller, answered.callee, answered.hangupReason, answered.talkMs],
    ['internal', '1001', '1003', 'normal', 1_000],
  )
  const missed = onlyCall(begin().hangup('b', 'send_cancel', 'NO_ANSWER').hangup('a', 'send_refuse', 'NO_ANSWER'))
  assert.deepEqual(
    [missed.type, missed.hangupReason, missed.notConnectedCause],
    ['internal', 'not-connected', 'no-answer'],
  )
})

test('the platform rings the agent first, and she does not answer: the customer was never dialled', () => {
  for (const cause of ['NO_ANSWER', 'CALL_REJECTED', 'USER_BUSY', 'USER_NOT_REGISTERED']) {
    const story = new Story()
      .leg('a', { dialled: true, name: agentLeg('1001'), from: '4001', to: '1001' })
      .wait(5_000)
      .hangup('a', 'recv_refuse', cause)
    const call = onlyCall(story)
    assert.deepEqual(
      [call.type, call.hangupReason, call.notConnectedCause, call.agent?.id],
      ['back-to-back', 'not-connected', 'agent-unavailable', '1001'],
      cause,
    )
  }
})

test('a line that cannot be had is a step, though it makes no leg', () => {
  const story = new Story()
    .leg('a', { name: trunkLeg(CUSTOMER), from: CUSTOMER, to: '4001' })
    .answer('a')
    .wait(500)
    .execute('a', 'bridge', '{ignore_early_media=true}sofia/gateway/gw1/02160002000')
    .wait(500)
    .execute('a', 'playback', 'sorry.wav')
    .wait(2_000)
    .hangup('a', 'recv_bye')
  const call = onlyCall(story)
  assert.equal(call.hangupReason, 'transferred-external')
  const step = call.steps.find(({ type }) => type === 'external-ended')
  assert.deepEqual([step?.number, step?.outcome], ['02160002000', 'failed'])
})

test('an agent whose line cannot be had did not connect, and neither did one who dialled nonsense', () => {
  const dial = (cause: string) =>
    onlyCall(
      new Story()
        .leg('a', { name: agentLeg('1001'), from: '1001', to: CUSTOMER })
        .wait(300)
        .hangup('a', 'send_refuse', cause),
    )
  assert.deepEqual([dial('GATEWAY_DOWN').type, dial('GATEWAY_DOWN').notConnectedCause], ['outbound', 'network'])
  assert.equal(dial('NO_ROUTE_DESTINATION').notConnectedCause, 'invalid-number')
})

test('a caller who rings a phone directly and gives up', () => {
  const story = new Story()
    .leg('a', { name: trunkLeg(CUSTOMER), from: CUSTOMER, to: '02150001001' })
    .leg('b', { dialled: true, name: agentLeg('1001'), from: CUSTOMER, to: '1001', for: 'a' })
    .wait(3_000)
    .say('a', 'CHANNEL_HANGUP', { 'Hangup-Cause': 'ORIGINATOR_CANCEL' })
    .hangup('b', 'send_cancel', 'ORIGINATOR_CANCEL')
    .hangup('a', 'recv_cancel', 'ORIGINATOR_CANCEL')
  const call = onlyCall(story)
  assert.deepEqual(
    [call.hangupReason, call.agent?.id, call.releasedBy, call.ringMs],
    ['abandoned-while-ringing', '1001', 'customer', 3_000],
  )
})

test('a queue that gives up and hands on to another one', () => {
  const story = new Story()
    .leg('a', { name: trunkLeg(CUSTOMER), from: CUSTOMER, to: '4001' })
    .answer('a')
    .queue('a', 'member-queue-start', { 'CC-Queue': 'sales' })
    .wait(5_000)
    .queue('a', 'member-queue-end', { 'CC-Queue': 'sales', 'CC-Cause': 'Cancel', 'CC-Cancel-Reason': 'TIMEOUT' })
    .queue('a', 'member-queue-start', { 'CC-Queue': 'support' })
    .wait(2_000)
    .leg('b', {
      dialled: true,
      name: agentLeg('1002'),
      more: { variable_cc_member_session_uuid: 'a', variable_cc_agent: '1002', variable_cc_queue: 'support' },
    })
    .wait(1_000)
    .answer('b')
    .bridge('a', 'b')
    .wait(1_000)
    .hangup('a', 'recv_bye')
    .hangup('b', 'send_bye')
  const call = onlyCall(story)
  assert.deepEqual(
    [call.hangupReason, call.skillGroup?.id, call.skillGroups.map(({ id }) => id), call.queueMs],
    ['normal', 'support', ['sales', 'support'], 8_000],
  )
})

test('a caller who leaves the queue by a key while a phone rings, and gives up in the menu, left in the menu', () => {
  const story = new Story()
    .leg('a', { name: trunkLeg(CUSTOMER), from: CUSTOMER, to: '4001' })
    .answer('a')
    .queue('a', 'member-queue-start', { 'CC-Queue': 'sales' })
    .wait(500)
    .leg('b', {
      dialled: true,
      name: agentLeg('1002'),
      more: { variable_cc_member_session_uuid: 'a', variable_cc_agent: '1002', variable_cc_queue: 'sales' },
    })
    .wait(2_000)
    .hangup('b', 'send_cancel', 'ORIGINATOR_CANCEL')
    .queue('a', 'member-queue-end', { 'CC-Queue': 'sales', 'CC-Cause': 'Cancel', 'CC-Cancel-Reason': 'EXIT_WITH_KEY' })
    .say('a', 'CUSTOM', { 'Event-Subclass': 'menu::enter', 'Menu-Name': 'voicemail' })
    .wait(9_000)
    .hangup('a', 'recv_bye')
  const call = onlyCall(story)
  assert.equal(call.hangupReason, 'abandoned-in-ivr')
  assert.equal(call.steps.find(({ type }) => type === 'agent-ring-ended')?.outcome, 'withdrawn')
})

test('somebody who listens in is a step of the call she listens to', () => {
  const target = '8eb1fc65-804e-4411-922a-52385cd291ac'
  const story = new Story()
    .leg(target, { name: trunkLeg(CUSTOMER), from: CUSTOMER, to: '4001' })
    .answer(target)
    .leg('b', { dialled: true, name: agentLeg('1001'), from: CUSTOMER, to: '1001', for: target })
    .wait(1_000)
    .answer('b')
    .bridge(target, 'b')
    .leg('s', { name: agentLeg('1009'), from: '1009', to: '88' })
    .answer('s')
    .execute('s', 'eavesdrop', target)
    .wait(3_000)
    .hangup('s', 'recv_bye')
    .wait(1_000)
    .hangup(target, 'recv_bye')
    .hangup('b', 'send_bye')
  const call = callsIn(story).find(({ id }) => id === target)
  assert.deepEqual(
    flow(call as Call).filter((type) => type.startsWith('supervisor')),
    ['supervisor-joined', 'supervisor-left'],
  )
  assert.deepEqual(talked(call as Call), ['1001'])
})

test('an agent behind a loopback pair is heard through it', () => {
  const story = new Story()
    .leg('a', { name: trunkLeg(CUSTOMER), from: CUSTOMER, to: '4001' })
    .answer('a')
    .leg('la', { dialled: true, name: 'loopback/1001-a', from: CUSTOMER, to: '1001', for: 'a' })
    .leg('lb', { name: 'loopback/1001-b', from: CUSTOMER, to: '1001' })
    .leg('b', { dialled: true, name: agentLeg('1001'), from: CUSTOMER, to: '1001', for: 'lb' })
    .wait(1_000)
    .answer('b')
    .answer('lb')
    .bridge('lb', 'b')
    .answer('la')
    .bridge('a', 'la')
    .wait(3_000)
    .hangup('b', 'recv_bye')
    .hangup('lb', '')
    .hangup('la', '')
    .hangup('a', 'send_bye')
  const call = onlyCall(story)
  assert.deepEqual(
    [call.hangupReason, talked(call), call.talkMs, call.releasedBy],
    ['normal', ['1001'], 3_000, 'agent'],
  )
})

test('a dialplan’s own words for menus and keys, and its marks, are taken', () => {
  const story = new Story()
    .leg('a', { name: trunkLeg(CUSTOMER), from: CUSTOMER, to: '9001' })
    .set('a', { variable_CC_DID: '02150001000' })
    .answer('a')
    .say('a', 'CUSTOM', { 'Event-Subclass': 'callbook::flow', Step: 'ivr', Node: '主菜单' })
    .wait(1_000)
    .say('a', 'CUSTOM', { 'Event-Subclass': 'callbook::flow', Step: 'key', Key: '3' })
    .wait(1_000)
    .hangup('a', 'recv_bye')
  const call = onlyCall(story)
  assert.deepEqual([call.dialledNumber, call.keys, call.ivrMs], ['02150001000', ['3'], 2_000])
  assert.equal(call.steps.find(({ type }) => type === 'ivr-entered')?.node, '主菜单')
})

test('keys pressed in a talk are for the other side’s ears', () => {
  const story = talkWithAgent()
    .wait(500)
    .say('a', 'DTMF', { 'DTMF-Digit': '4' })
    .wait(500)
    .hangup('a', 'recv_bye')
    .hangup('b', 'send_bye')
  assert.deepEqual(onlyCall(story).keys, [])
})

test('gateways, directory users and profiles are matched by lists and guesses', () => {
  const kindOf = (name: string, lists: Partial<ConnectorConfig>, more: EslEvent = {}) => {
    const story = new Story()
      .leg('a', { name, from: '95588', to: '4001', more })
      .answer('a')
      .wait(100)
      .hangup('a', 'recv_bye')
    return callsIn(story, lists)[0]?.type
  }
  assert.equal(kindOf('sofia/external/95588', {}), 'internal', 'five digits look like an extension')
  assert.equal(kindOf('sofia/external/95588', { trunks: ['external/*'] }), 'inbound')
  assert.equal(
    kindOf('sofia/external/95588', { trunks: ['gateway/gw1'] }, { variable_sip_gateway_name: 'gw1' }),
    'inbound',
  )
  assert.equal(kindOf('sofia/external/95588', {}, { variable_sip_gateway_name: 'gw1' }), 'inbound')
  assert.equal(kindOf('sofia/internal/alice@192.0.2.7', {}, { variable_user_name: 'alice' }), 'internal')
  assert.equal(
    kindOf('sofia/internal/alice@192.0.2.7', { agents: ['bob'] }, { variable_user_name: 'alice' }),
    'inbound',
  )
})

// Calls from customers: each phase seen live, each way to end, and what the record says afterwards.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertCall, untilEnded, untilPhase } from './api.ts'
import { takeDesk } from './contact-centre.ts'
import { type GiveSetting, SCENARIO_MS } from './setting.ts'

/** The clocks of PBX, phones and server are one here; what lies between is the way of one message. */
const CLOCK_MS = 1_500

export function inboundCalls(give: GiveSetting): void {
  it('an answered inbound call is listed through all its phases and explained afterwards', {
    timeout: SCENARIO_MS,
  }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const { customer, first } = desk
    const calledAt = Date.now()
    const call = await desk.customerCalls(desk.numbers.ivr)
    const inIvr = await untilPhase(callbook, customer, 'ivr')
    assert.equal(inIvr.id, await desk.callId())
    assert.equal(inIvr.type, 'inbound')
    assert.equal(inIvr.hangupReason, null)
    assert.ok(Math.abs(Date.parse(inIvr.startedAt) - calledAt) < CLOCK_MS, `${inIvr.startedAt} is not ${calledAt}`)
    const taken = desk.agentTakes(first, { ringMs: 2000 })
    await call.press('1')
    await untilPhase(callbook, customer, 'ringing')
    const agentCall = await taken
    const talking = await untilPhase(callbook, customer, 'talking')
    assert.deepEqual(talking.agent, first)
    const answeredAt = agentCall.upAt ?? 0
    assert.ok(Math.abs(Date.parse(talking.answeredAt ?? '') - answeredAt) < CLOCK_MS)
    await sleep(2500)
    await agentCall.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, customer)
    assertCall(ended, {
      id: inIvr.id,
      type: 'inbound',
      phase: null,
      hangupReason: 'normal',
      notConnectedCause: null,
      releasedBy: 'agent',
      caller: customer,
      callee: first.id,
      customer,
      dialledNumber: desk.numbers.ivr,
      startedAt: inIvr.startedAt,
      establishedAt: inIvr.startedAt,
      endEstimated: false,
      agent: first,
      agents: [{ ...first, talked: true }],
      keys: ['1'],
      transfers: 0,
    })
    assert.equal(ended.skillGroup?.id, desk.sales)
    const talkedMs = (agentCall.endedAt ?? 0) - answeredAt
    assert.ok(Math.abs(ended.talkMs - talkedMs) < CLOCK_MS, `talkMs ${ended.talkMs}, the phone says ${talkedMs}`)
    assert.ok(Math.abs(Date.parse(ended.endedAt ?? '') - (agentCall.endedAt ?? 0)) < CLOCK_MS)
    const flow = ended.steps.map((step) => step.type)
    for (const type of ['ivr-entered', 'key-pressed', 'queue-entered', 'agent-ringing', 'agent-answered', 'call-ended'])
      assert.ok(flow.includes(type), `${type} is missing in ${flow}`)
    assert.deepEqual(
      ended.steps.map((step) => Date.parse(step.at)),
      ended.steps.map((step) => Date.parse(step.at)).sort((a, b) => a - b),
    )
    assert.ok(ended.reasonBecause)
  })

  it('a call on hold shows as held, and the customer who hangs up is named', { timeout: SCENARIO_MS }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const agentCall = await taken
    await untilPhase(callbook, desk.customer, 'talking')
    agentCall.hold()
    await untilPhase(callbook, desk.customer, 'held')
    await sleep(1500)
    agentCall.resume()
    await untilPhase(callbook, desk.customer, 'talking')
    await sleep(500)
    await call.hangUp()
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'normal', releasedBy: 'customer', agent: desk.first })
    assert.ok(ended.holdMs >= 1000 && ended.holdMs < ended.talkMs, `held ${ended.holdMs} of ${ended.talkMs} ms`)
  })

  it('a customer who hangs up in the menu abandoned the call in the IVR', { timeout: SCENARIO_MS }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const call = await desk.customerCalls(desk.numbers.ivr)
    await sleep(1500)
    await call.hangUp()
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, {
      hangupReason: 'abandoned-in-ivr',
      releasedBy: 'customer',
      agent: null,
      keys: [],
      skillGroup: null,
    })
    assertCall(ended, { callee: desk.numbers.ivr, answeredAt: null, talkMs: 0 })
  })

  it('a customer who hangs up while nobody is free abandoned the queue', { timeout: SCENARIO_MS }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    await desk.pause(desk.first, desk.second)
    const call = await desk.customerChooses('1')
    await untilPhase(callbook, desk.customer, 'queued')
    await sleep(2000)
    await call.hangUp()
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'abandoned-in-queue', releasedBy: 'customer', agent: null, keys: ['1'] })
    assert.equal(ended.skillGroup?.id, desk.sales)
    assert.ok(ended.queueMs >= 1500, `${ended.queueMs} ms in the queue`)
  })

  it('a customer who hangs up while an agent’s phone rings abandoned the call while ringing', {
    timeout: SCENARIO_MS,
  }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const rings = desk.agentRings(desk.first)
    const call = await desk.customerChooses('1')
    await rings
    await untilPhase(callbook, desk.customer, 'ringing')
    await sleep(1000)
    await call.hangUp()
    assertCall(await untilEnded(callbook, desk.customer), {
      hangupReason: 'abandoned-while-ringing',
      releasedBy: 'customer',
      agent: desk.first,
      agents: [{ ...desk.first, talked: false }],
      answeredAt: null,
    })
  })

  it('a caller whom the queue gives up is a queue time-out, not an abandon', { timeout: SCENARIO_MS }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    await desk.pause(desk.third)
    const call = await desk.customerChooses('2')
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'queue-timeout', releasedBy: 'system', agent: null, keys: ['2'] })
    assert.equal(ended.skillGroup?.id, desk.support)
  })

  it('a queue that nobody serves refuses the caller, which counts as a time-out', {
    timeout: SCENARIO_MS,
  }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const call = await desk.customerChooses('5')
    await call.until('ended')
    assertCall(await untilEnded(callbook, desk.customer), { hangupReason: 'queue-timeout', agent: null, keys: ['5'] })
  })

  it('a call that the menu moved to an answered external line was transferred outside', {
    timeout: SCENARIO_MS,
  }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.externalTakes()
    const call = await desk.customerChooses('3')
    const outside = await taken
    await untilPhase(callbook, desk.customer, 'talking')
    await sleep(1500)
    await outside.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'transferred-external', agent: null, keys: ['3'] })
    const dialled = ended.steps.find((step) => step.type === 'external-dialled')
    assert.equal(dialled?.number, desk.numbers.external)
  })

  it('a call that the menu moved to a busy external line was transferred outside all the same', {
    timeout: SCENARIO_MS,
  }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    desk.externalRefuses({ code: 486, phrase: 'Busy Here' })
    const call = await desk.customerChooses('3')
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'transferred-external', agent: null })
    assert.equal(ended.steps.find((step) => step.type === 'external-ended')?.outcome, 'busy')
  })

  it('a call to an agent’s own number needs neither IVR nor skill group', { timeout: SCENARIO_MS }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerCalls(desk.numbers.direct)
    const agentCall = await taken
    await sleep(1500)
    await agentCall.hangUp()
    await call.until('ended')
    assertCall(await untilEnded(callbook, desk.customer), {
      type: 'inbound',
      hangupReason: 'normal',
      releasedBy: 'agent',
      callee: desk.first.id,
      dialledNumber: desk.numbers.direct,
      agent: desk.first,
      skillGroup: null,
      keys: [],
    })
  })

  it('of two agents who were rung the one who talked is the agent, and both are remembered', {
    timeout: SCENARIO_MS,
  }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const rings = desk.agentRings(desk.first)
    const taken = desk.agentTakes(desk.second)
    const call = await desk.customerChooses('91')
    await rings
    await desk.pause(desk.first)
    const agentCall = await taken
    await untilPhase(callbook, desk.customer, 'talking')
    await sleep(1000)
    await agentCall.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'normal', agent: desk.second, keys: ['9', '1'] })
    assertCall(ended, {
      agents: [
        { ...desk.first, talked: false },
        { ...desk.second, talked: true },
      ],
    })
    const rang = ended.steps.find((step) => step.type === 'agent-ring-ended' && step.agent?.id === desk.first.id)
    assert.equal(rang?.outcome, 'no-answer')
  })

  it('a call that overflows to another skill group belongs to the group that served it', {
    timeout: SCENARIO_MS,
  }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    await desk.pause(desk.first, desk.second)
    const taken = desk.agentTakes(desk.third)
    const call = await desk.customerChooses('4')
    const agentCall = await taken
    await sleep(1000)
    await agentCall.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'normal', agent: desk.third })
    assert.equal(ended.skillGroup?.id, desk.support)
    assert.deepEqual(
      ended.skillGroups.map((group) => group.id),
      [desk.sales, desk.support],
    )
  })
}

// Calls that do not begin with a customer: outbound, back-to-back, predictive, through virtual numbers, and between agents.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallJson } from '../../src/calls/call-json.ts'
import { assertCall, untilEnded, untilPhase } from './api.ts'
import { PBX } from './asterisk/pbx.ts'
import { type Desk, takeDesk } from './contact-centre.ts'
import { type GiveSetting, SCENARIO_MS } from './setting.ts'

const timeout = SCENARIO_MS

export function outboundCalls(give: GiveSetting): void {
  it('an outbound call is established when the customer answers', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const { customer, first } = desk
    const taken = desk.customerTakes({ silentMs: 1000, ringMs: 1500 })
    const call = await desk.agentCalls(first, customer)
    await untilPhase(callbook, customer, 'dialling')
    await untilPhase(callbook, customer, 'ringing')
    const customerCall = await taken
    await untilPhase(callbook, customer, 'talking')
    await sleep(2000)
    await customerCall.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, customer)
    assertCall(ended, {
      type: 'outbound',
      hangupReason: 'normal',
      notConnectedCause: null,
      releasedBy: 'customer',
      caller: first.id,
      callee: customer,
      customer,
      agent: first,
      skillGroup: null,
      keys: [],
    })
    assert.equal(ended.establishedAt, ended.answeredAt)
    const rangMs = Date.parse(ended.establishedAt ?? '') - Date.parse(ended.startedAt)
    assert.ok(rangMs >= 2000 && rangMs < 6000, `the customer answered after ${rangMs} ms`)
  })

  const refusals = [
    { how: 'is busy', code: 486, phrase: 'Busy Here', cause: 'busy' },
    { how: 'declines', code: 603, phrase: 'Decline', cause: 'rejected' },
    { how: 'has a number that does not exist', code: 404, phrase: 'Not Found', cause: 'invalid-number' },
    { how: 'cannot be reached by the trunk', code: 503, phrase: 'Unavailable', cause: 'network' },
  ] as const
  for (const { how, code, phrase, cause } of refusals)
    it(`an outbound call to a customer who ${how} is not connected: ${cause}`, { timeout }, async (t) => {
      const { centre, callbook } = give()
      const desk = await takeDesk(centre, t)
      desk.customerRefuses({ code, phrase })
      const call = await desk.agentCalls(desk.first, desk.customer)
      await call.until('ended')
      await assertNotConnected(callbook, desk, cause)
    })

  it('an outbound call that nobody answers is not connected: no-answer', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    desk.customerRings()
    const call = await desk.agentCalls(desk.first, desk.customer)
    await call.until('ended')
    await assertNotConnected(callbook, desk, 'no-answer')
  })

  it('an outbound call that the agent gives up is not connected: caller-cancelled', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const rings = desk.customerRings()
    const call = await desk.agentCalls(desk.first, desk.customer)
    await rings
    await sleep(1000)
    await call.cancel()
    await assertNotConnected(callbook, desk, 'caller-cancelled')
  })
}

export function platformCalls(give: GiveSetting): void {
  it('a back-to-back call rings the agent, then the customer', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const id = platformId('b2b', desk)
    desk.agentTakes(desk.first)
    const taken = desk.customerTakes({ ringMs: 1500 })
    await desk.platform.callBackToBack(id, { agent: desk.first.id, customer: desk.customer })
    const customerCall = await taken
    await untilPhase(callbook, desk.customer, 'talking')
    await sleep(1500)
    await customerCall.hangUp()
    assertCall(await untilEnded(callbook, desk.customer), {
      id,
      type: 'back-to-back',
      hangupReason: 'normal',
      releasedBy: 'customer',
      caller: desk.first.id,
      callee: desk.customer,
      agent: desk.first,
    })
  })

  it('a back-to-back call whose agent declines never reaches the customer', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    desk.agentRefuses(desk.first)
    const id = platformId('b2b', desk)
    await desk.platform.callBackToBack(id, { agent: desk.first.id, customer: desk.customer })
    assertCall(await untilEnded(callbook, desk.customer), {
      id,
      type: 'back-to-back',
      hangupReason: 'not-connected',
      notConnectedCause: 'agent-unavailable',
      agent: desk.first,
    })
  })

  it('a back-to-back call to a busy customer is not connected', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    desk.agentTakes(desk.first)
    desk.customerRefuses({ code: 486, phrase: 'Busy Here' })
    await desk.platform.callBackToBack(platformId('b2b', desk), { agent: desk.first.id, customer: desk.customer })
    assertCall(await untilEnded(callbook, desk.customer), {
      type: 'back-to-back',
      hangupReason: 'not-connected',
      notConnectedCause: 'busy',
      agent: desk.first,
    })
  })

  it('a predictive call rings the customer, who is then served by a skill group', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const id = platformId('predictive', desk)
    desk.customerTakes()
    const taken = desk.agentTakes(desk.first)
    await desk.platform.callPredictively(id, { customer: desk.customer, team: desk.team })
    const agentCall = await taken
    await untilPhase(callbook, desk.customer, 'talking')
    await sleep(1500)
    await agentCall.hangUp()
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, {
      id,
      type: 'predictive',
      hangupReason: 'normal',
      releasedBy: 'agent',
      caller: desk.first.id,
      callee: desk.customer,
      agent: desk.first,
    })
    assert.equal(ended.skillGroup?.id, desk.sales)
    assert.ok(Date.parse(ended.establishedAt ?? '') < Date.parse(ended.answeredAt ?? ''))
  })

  it('a predictive call that the customer does not answer is not connected', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    desk.customerRings()
    await desk.platform.callPredictively(platformId('predictive', desk), { customer: desk.customer, team: desk.team })
    assertCall(await untilEnded(callbook, desk.customer), {
      type: 'predictive',
      hangupReason: 'not-connected',
      notConnectedCause: 'no-answer',
      agent: null,
      establishedAt: null,
    })
  })

  it('a predictive call whose customer leaves before an agent is free abandoned the queue', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    await desk.pause(desk.first, desk.second)
    const taken = desk.customerTakes()
    await desk.platform.callPredictively(platformId('predictive', desk), { customer: desk.customer, team: desk.team })
    const customerCall = await taken
    await untilPhase(callbook, desk.customer, 'queued')
    await customerCall.hangUp()
    assertCall(await untilEnded(callbook, desk.customer), {
      type: 'predictive',
      hangupReason: 'abandoned-in-queue',
      releasedBy: 'customer',
      agent: null,
    })
  })
}

export function virtualNumberCalls(give: GiveSetting): void {
  it('two phones joined through a virtual number make one call that names both', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const mobile = desk.newCustomer()
    await desk.platform.bind(desk.numbers.virtual, mobile, desk.customer)
    const taken = desk.customerTakes()
    const call = await desk.customerCalls(desk.numbers.virtual, { from: mobile })
    await taken
    await untilPhase(callbook, desk.customer, 'talking')
    await sleep(1500)
    await call.hangUp()
    assertCall(await untilEnded(callbook, desk.customer), {
      type: 'virtual-number',
      hangupReason: 'normal',
      caller: mobile,
      callee: desk.customer,
      customer: desk.customer,
      dialledNumber: desk.numbers.virtual,
    })
  })

  it('an agent who dials out showing a virtual number makes a virtual-number call', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.customerTakes()
    const call = await desk.agentCalls(desk.first, `88${desk.customer}`)
    const customerCall = await taken
    await sleep(1500)
    await customerCall.hangUp()
    await call.until('ended')
    assertCall(await untilEnded(callbook, desk.customer), {
      type: 'virtual-number',
      hangupReason: 'normal',
      releasedBy: 'customer',
      caller: desk.first.id,
      callee: desk.customer,
      agent: desk.first,
    })
  })
}

export function internalCalls(give: GiveSetting): void {
  it('a call between two agents is internal', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const calledAt = Date.now()
    const taken = desk.agentTakes(desk.second)
    const call = await desk.agentCalls(desk.first, desk.second.id)
    await taken
    await sleep(1500)
    await call.hangUp()
    // The agent had other calls in other tests.
    const isThis = (one: CallJson) => one.type === 'internal' && Date.parse(one.startedAt) > calledAt - 1000
    assertCall(await untilEnded(callbook, desk.second.id, isThis), {
      type: 'internal',
      hangupReason: 'normal',
      caller: desk.first.id,
      callee: desk.second.id,
      customer: null,
      agent: desk.first,
    })
  })
}

async function assertNotConnected(
  callbook: { url: string; key: string },
  desk: Desk,
  cause: 'busy' | 'rejected' | 'invalid-number' | 'network' | 'no-answer' | 'caller-cancelled',
): Promise<void> {
  assertCall(await untilEnded(callbook, desk.customer), {
    type: 'outbound',
    hangupReason: 'not-connected',
    notConnectedCause: cause,
    caller: desk.first.id,
    callee: desk.customer,
    agent: desk.first,
    establishedAt: null,
    answeredAt: null,
    talkMs: 0,
    recordings: [],
  })
}

/** The platform chooses the id of the calls it starts, in front of them the PBX's name as in every other id. */
function platformId(kind: string, desk: Desk): string {
  return `${PBX.systemName}-${kind}-${desk.customer}`
}

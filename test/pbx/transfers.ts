// Calls that an agent moves on: blind to a colleague, to a skill group and outside, and after asking first.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertCall, findCalls, untilEnded, untilPhase } from './api.ts'
import { takeDesk } from './contact-centre.ts'
import { type GiveSetting, SCENARIO_MS } from './setting.ts'

const timeout = SCENARIO_MS

export function transfers(give: GiveSetting): void {
  it('a call transferred blind to a colleague stays one call with both agents', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const firstCall = await taken
    await sleep(1500)
    const takenOn = desk.agentTakes(desk.third)
    await firstCall.transferTo(desk.third.id)
    const thirdCall = await takenOn
    await untilPhase(callbook, desk.customer, 'talking')
    await sleep(1500)
    await thirdCall.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, {
      hangupReason: 'normal',
      releasedBy: 'agent',
      agent: desk.first,
      agents: [
        { ...desk.first, talked: true },
        { ...desk.third, talked: true },
      ],
      transfers: 1,
    })
    const transfer = ended.steps.find((step) => step.type === 'transferred')?.transfer
    assert.equal(transfer?.kind, 'blind')
    assert.equal(transfer?.from?.id, desk.first.id)
    assert.equal(transfer?.toAgent?.id, desk.third.id)
  })

  it('a call transferred blind to a skill group queues again', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const firstCall = await taken
    await sleep(1000)
    const takenOn = desk.agentTakes(desk.third)
    await firstCall.transferTo(`82${desk.team}`)
    const thirdCall = await takenOn
    await sleep(1000)
    await thirdCall.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'normal', agent: desk.first, transfers: 1 })
    assert.equal(ended.skillGroup?.id, desk.sales)
    assert.deepEqual(
      ended.skillGroups.map((group) => group.id),
      [desk.sales, desk.support],
    )
  })

  it('a call that an agent transfers outside was served by her: its end is normal', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const firstCall = await taken
    await sleep(1000)
    const outside = desk.externalTakes()
    await firstCall.transferTo(desk.numbers.external)
    const outsideCall = await outside
    await sleep(1000)
    await outsideCall.hangUp()
    await call.until('ended')
    assertCall(await untilEnded(callbook, desk.customer), { hangupReason: 'normal', agent: desk.first, transfers: 1 })
  })

  it('a consultation before a transfer becomes a part of the customer’s call', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const firstCall = await taken
    await sleep(1000)
    firstCall.hold()
    await sleep(300)
    const takenOn = desk.agentTakes(desk.third)
    const consultation = await desk.agentCalls(desk.first, desk.third.id)
    await consultation.until('up')
    const thirdCall = await takenOn
    await sleep(1000)
    await firstCall.joinWith(consultation)
    await sleep(2000)
    await thirdCall.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, {
      hangupReason: 'normal',
      releasedBy: 'agent',
      agent: desk.first,
      agents: [
        { ...desk.first, talked: true },
        { ...desk.third, talked: true },
      ],
      transfers: 1,
    })
    assert.equal(ended.steps.find((step) => step.type === 'transferred')?.transfer?.kind, 'attended')
    const internal = (await findCalls(callbook, desk.third.id)).filter((other) => other.type === 'internal')
    const mine = internal.filter((other) => Date.parse(other.startedAt) >= Date.parse(ended.startedAt))
    assert.deepEqual(mine, [], 'the consultation is listed as a call of its own')
  })
}

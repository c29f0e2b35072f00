// Calls that do not begin with a customer, as the random mix plays them: outbound, back-to-back, predictive, through
// virtual numbers, between agents. Called by plays.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { PBX } from '../asterisk/pbx.ts'
import type { Desk } from '../contact-centre.ts'
import type { Play, Table } from './plays.ts'
import { talkAndEnd } from './plays-inbound.ts'

const REFUSALS = [
  { code: 486, phrase: 'Busy Here' },
  { code: 603, phrase: 'Decline' },
  { code: 404, phrase: 'Not Found' },
  { code: 480, phrase: 'Temporarily Unavailable' },
  { code: 503, phrase: 'Service Unavailable' },
] as const
const BUSY = REFUSALS[0]

async function answered(table: Table, to = table.desk.customer): Promise<void> {
  const { desk, chance } = table
  const early = chance.inHundred(25)
  const taken = early
    ? desk.customerTakesEarly({ earlyMs: chance.between(300, 2500) })
    : desk.customerTakes({ silentMs: chance.between(0, 800), ringMs: chance.between(200, 2500) })
  const call = await desk.agentCalls(desk.first, to)
  const customerCall = await taken
  if (chance.inHundred(25)) {
    await sleep(400)
    call.hold()
    await sleep(600)
    call.resume()
  }
  await talkAndEnd(table, call, customerCall)
}

async function refused({ desk, chance }: Table, to = desk.customer): Promise<void> {
  desk.customerRefuses(chance.pick(REFUSALS))
  const call = await desk.agentCalls(desk.first, to)
  await call.until('ended')
}

/** The line fails at first; the PBX dials once more. */
async function secondTry(table: Table): Promise<void> {
  const { desk, chance } = table
  const failed = desk.customerRefuses(REFUSALS[4])
  const call = await desk.agentCalls(desk.first, `89${desk.customer}`)
  await failed
  const taken = chance.inHundred(70)
    ? desk.customerTakes({ ringMs: chance.between(200, 1000) })
    : desk.customerRefuses(BUSY)
  const second = await taken
  if (second.state === 'up') return talkAndEnd(table, call, second)
  await call.until('ended')
}

async function notAnswered({ desk }: Table): Promise<void> {
  desk.customerRings()
  const call = await desk.agentCalls(desk.first, desk.customer)
  await call.until('ended')
}

async function givenUp({ desk, chance }: Table, to = desk.customer): Promise<void> {
  const rings = desk.customerRings()
  const call = await desk.agentCalls(desk.first, to)
  await rings
  await sleep(chance.between(200, 4000))
  await call.cancel()
}

async function handedOn(table: Table): Promise<void> {
  const { desk, chance } = table
  const taken = desk.customerTakes({ ringMs: chance.between(200, 1000) })
  const call = await desk.agentCalls(desk.first, desk.customer)
  const customerCall = await taken
  await sleep(chance.between(500, 1500))
  const colleague = desk.agentTakes(desk.third, { ringMs: chance.between(200, 1000) })
  await call.transferTo(chance.pick([desk.third.id, desk.toSupport]))
  await talkAndEnd(table, await colleague, customerCall)
}

async function consulted(table: Table): Promise<void> {
  const { desk, chance, witness } = table
  const taken = desk.customerTakes({ ringMs: chance.between(200, 1000) })
  const call = await desk.agentCalls(desk.first, desk.customer)
  const customerCall = await taken
  await sleep(chance.between(500, 1500))
  call.hold()
  await sleep(300)
  const reached = desk.agentTakes(desk.third, { ringMs: chance.between(200, 1000) })
  const note = witness.note({
    what: 'consultation',
    at: Date.now(),
    by: desk.first.id,
    to: desk.third.id,
    over: 'sip',
    joinedAt: null as number | null,
  })
  const consultation = await desk.agentCalls(desk.first, desk.third.id)
  await consultation.until('up')
  const colleague = await reached
  await sleep(chance.between(500, 1500))
  note.joinedAt = Date.now()
  await call.joinWith(consultation)
  await talkAndEnd(table, colleague, customerCall)
}

/** The agent's own phone, plain or behind a Local channel of either kind. */
function reachedOver({ desk, chance }: Table): string {
  const { id } = desk.first
  return chance.pick([`PJSIP/${id}`, `PJSIP/${id}`, `Local/${id}@members/n`, `Local/${id}@members`])
}

async function startBackToBack(table: Table): Promise<void> {
  const { desk, witness } = table
  const agent = desk.first.id
  witness.note({ what: 'order', at: Date.now(), customer: desk.customer })
  await desk.platform.callBackToBack(platformId('b2b', desk), {
    agent,
    customer: desk.customer,
    over: reachedOver(table),
  })
}

async function backToBack(table: Table): Promise<void> {
  const { desk, chance } = table
  const agent = desk.agentTakes(desk.first, { ringMs: chance.between(200, 1500) })
  const customer = desk.customerTakes({ ringMs: chance.between(200, 1500) })
  await startBackToBack(table)
  await talkAndEnd(table, await agent, await customer)
}

async function backToBackNoAgent(table: Table): Promise<void> {
  const { desk, chance } = table
  if (chance.inHundred(60)) desk.agentRefuses(desk.first, chance.pick([BUSY, REFUSALS[1]]))
  await startBackToBack(table)
  await sleep(1000)
  await quiet(table)
}

async function backToBackNoCustomer(table: Table): Promise<void> {
  const { desk, chance } = table
  const agent = desk.agentTakes(desk.first, { ringMs: chance.between(200, 1500) })
  const fate = chance.pick(['refused', 'missed', 'given up'])
  const reached = fate === 'refused' ? desk.customerRefuses(chance.pick(REFUSALS)) : desk.customerRings()
  await startBackToBack(table)
  const agentCall = await agent
  await reached
  if (fate !== 'given up') return agentCall.until('ended')
  await sleep(chance.between(200, 3000))
  await agentCall.hangUp()
}

async function startPredictive({ desk, chance }: Table): Promise<void> {
  const { customer, team } = desk
  const over = chance.inHundred(75) ? `PJSIP/${customer}@customers` : `Local/${customer}@customers-out/n`
  await desk.platform.callPredictively(platformId('predictive', desk), { customer, team, over })
}

async function predictive(table: Table): Promise<void> {
  const { desk, chance } = table
  const customer = desk.customerTakes({ ringMs: chance.between(200, 1500) })
  const agent = desk.agentTakes(desk.first, { ringMs: chance.between(200, 1500) })
  await startPredictive(table)
  await talkAndEnd(table, await agent, await customer)
}

async function predictiveNotReached(table: Table): Promise<void> {
  const { desk, chance } = table
  if (chance.inHundred(70)) desk.customerRefuses(chance.pick(REFUSALS))
  await startPredictive(table)
  await sleep(1000)
  await quiet(table)
}

async function predictiveLeft(table: Table): Promise<void> {
  const { desk, chance } = table
  if (chance.inHundred(50)) await desk.pause(desk.first, desk.second)
  const customer = desk.customerTakes({ ringMs: chance.between(200, 1000) })
  await startPredictive(table)
  const call = await customer
  await sleep(chance.between(300, 4000))
  await call.hangUp()
}

async function virtual(table: Table): Promise<void> {
  const { desk, chance } = table
  const mobile = desk.newCustomer()
  const bound = chance.inHundred(85)
  if (bound) await desk.platform.bind(desk.numbers.virtual, mobile, desk.customer)
  const fate = bound ? chance.pick(['answered', 'answered', 'refused', 'given up']) : 'unbound'
  const reached =
    fate === 'answered'
      ? desk.customerTakes({ ringMs: chance.between(200, 1500) })
      : fate === 'refused'
        ? desk.customerRefuses(chance.pick(REFUSALS))
        : fate === 'given up'
          ? desk.customerRings()
          : null
  const call = await desk.startCall(desk.numbers.virtual, mobile)
  if (fate === 'answered' && reached) return talkAndEnd(table, call, await reached)
  if (fate === 'given up') {
    await reached
    await sleep(chance.between(200, 2500))
    return call.cancel()
  }
  await call.until('ended')
}

async function virtualByAgent(table: Table): Promise<void> {
  const play = table.chance.pick([answered, answered, refused, givenUp])
  await play(table, `88${table.desk.customer}`)
}

async function internal(table: Table): Promise<void> {
  const { desk, chance } = table
  const fate = chance.pick(['answered', 'answered', 'refused', 'missed', 'given up'])
  const reached =
    fate === 'answered'
      ? desk.agentTakes(desk.second, { ringMs: chance.between(200, 1500) })
      : fate === 'refused'
        ? desk.agentRefuses(desk.second, chance.pick([BUSY, REFUSALS[1]]))
        : desk.agentRings(desk.second)
  const call = await desk.agentCalls(desk.first, desk.second.id)
  const other = await reached
  if (fate === 'answered') return talkAndEnd(table, call, other)
  if (fate !== 'given up') return call.until('ended')
  await sleep(chance.between(200, 2500))
  await call.cancel()
}

/** The platform chooses the id of the calls it starts, in front of them the PBX's name as in every other id. */
function platformId(kind: string, desk: Desk): string {
  return `${PBX.systemName}-${kind}-${desk.customer}`
}

async function quiet({ witness }: Table): Promise<void> {
  for (let tries = 0; tries < 200 && !witness.isQuiet; tries++) await sleep(100)
}

export const outwardPlays: readonly Play[] = [
  { name: 'outbound answered', weight: 5, play: (table) => answered(table) },
  { name: 'outbound refused', weight: 4, play: (table) => refused(table) },
  { name: 'outbound, the line failed at first', weight: 2, play: secondTry },
  { name: 'outbound not answered', weight: 1, play: notAnswered },
  { name: 'outbound given up', weight: 2, play: (table) => givenUp(table) },
  { name: 'outbound handed on blind', weight: 2, play: handedOn },
  { name: 'outbound handed on after a consultation', weight: 1, play: consulted },
  { name: 'back-to-back', weight: 4, play: backToBack },
  { name: 'back-to-back without the agent', weight: 2, play: backToBackNoAgent },
  { name: 'back-to-back without the customer', weight: 3, play: backToBackNoCustomer },
  { name: 'predictive', weight: 3, play: predictive },
  { name: 'predictive, customer not reached', weight: 2, play: predictiveNotReached },
  { name: 'predictive, the customer left', weight: 3, play: predictiveLeft },
  { name: 'two phones through a virtual number', weight: 4, play: virtual },
  { name: 'outbound showing a virtual number', weight: 2, play: virtualByAgent },
  { name: 'between agents', weight: 4, play: internal },
]

// Calls from customers, as the random mix plays them: answered, given up in every place, given up by the PBX, sent outside.
// A play only acts; what came of it the phones tell. Called by plays.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import type { SipCall } from '../phone/sip-call.ts'
import type { Play, Table } from './plays.ts'

const BUSY = { code: 486, phrase: 'Busy Here' }
const DECLINE = { code: 603, phrase: 'Decline' }

/** Some seconds of talk, then one of the two hangs up. */
export async function talkAndEnd({ chance }: Table, ours: SipCall, theirs: SipCall): Promise<void> {
  await sleep(chance.between(400, 3500))
  await chance.pick([ours, theirs]).hangUp()
  await Promise.all([ours.until('ended'), theirs.until('ended')])
}

/** The customer reaches the first agent through the menu; both can talk. */
export async function reachFirst({ desk, chance }: Table, key = '1'): Promise<{ call: SipCall; agentCall: SipCall }> {
  const taken = desk.agentTakes(desk.first, { ringMs: chance.between(200, 2000) })
  const call = await desk.customerChooses(key)
  return { call, agentCall: await taken }
}

async function answered(table: Table): Promise<void> {
  const { call, agentCall } = await reachFirst(table)
  await talkAndEnd(table, agentCall, call)
}

async function wrongKeyFirst(table: Table): Promise<void> {
  const { call, agentCall } = await reachFirst(table, '91')
  await talkAndEnd(table, agentCall, call)
}

async function leftInMenu({ desk, chance }: Table): Promise<void> {
  const call = await desk.customerCalls(desk.numbers.ivr)
  await sleep(chance.between(100, 4000))
  await call.hangUp()
}

async function nothingPressed({ desk }: Table): Promise<void> {
  const call = await desk.customerCalls(desk.numbers.ivr)
  await call.until('ended')
}

async function leftInQueue({ desk, chance }: Table): Promise<void> {
  await desk.pause(desk.first, desk.second)
  const call = await desk.customerChooses('1')
  await sleep(chance.between(300, 5000))
  await call.hangUp()
}

async function leftWhileRinging({ desk, chance }: Table): Promise<void> {
  const rings = desk.agentRings(desk.first)
  const call = await desk.customerChooses(chance.pick(['1', '6', '7', '8']))
  await rings
  await sleep(chance.between(100, 3000))
  await call.hangUp()
}

/** The first agent's phone rings in vain; the customer leaves somewhere in between, or the second takes the call. */
async function missedThenLeft({ desk, chance }: Table): Promise<void> {
  desk.agentRings(desk.first)
  const call = await desk.customerChooses('1')
  await desk.pause(desk.second)
  await sleep(chance.between(5200, 8000))
  await call.hangUp()
}

async function missedThenSecond(table: Table): Promise<void> {
  const { desk, chance } = table
  desk.agentRings(desk.first)
  const taken = desk.agentTakes(desk.second, { ringMs: chance.between(200, 1500) })
  const call = await desk.customerChooses(chance.pick(['1', '7', '8']))
  await talkAndEnd(table, await taken, call)
}

async function refusedThenSecond(table: Table): Promise<void> {
  const { desk, chance } = table
  desk.agentRefuses(desk.first, chance.pick([DECLINE, BUSY]))
  const taken = desk.agentTakes(desk.second, { ringMs: chance.between(200, 1500) })
  const call = await desk.customerChooses(chance.pick(['1', '7', '8']))
  await talkAndEnd(table, await taken, call)
}

async function allRing(table: Table): Promise<void> {
  const { desk, chance } = table
  const [quick, slow] = chance.pick([
    [desk.first, desk.second],
    [desk.second, desk.first],
  ] as const)
  desk.agentRings(slow)
  const taken = desk.agentTakes(quick, { ringMs: chance.between(300, 3000) })
  const call = await desk.customerChooses('6')
  await talkAndEnd(table, await taken, call)
}

async function behindLocal(table: Table): Promise<void> {
  const { call, agentCall } = await reachFirst(table, table.chance.pick(['7', '8']))
  if (table.chance.inHundred(30)) {
    agentCall.hold()
    await sleep(700)
    agentCall.resume()
  }
  await talkAndEnd(table, agentCall, call)
}

/** Six seconds in the queue, then a farewell; some customers do not listen to it. */
async function queueGivesUp({ desk, chance }: Table): Promise<void> {
  if (chance.inHundred(50)) await desk.pause(desk.third)
  const call = await desk.customerChooses('2')
  if (chance.inHundred(60)) return call.until('ended')
  await sleep(chance.between(5600, 6900))
  await call.hangUp()
}

async function queueRefuses({ desk }: Table): Promise<void> {
  const call = await desk.customerChooses('5')
  await call.until('ended')
}

async function overflow(table: Table): Promise<void> {
  const { desk, chance } = table
  if (chance.inHundred(50)) await desk.pause(desk.first, desk.second)
  const taken = desk.agentTakes(desk.third, { ringMs: chance.between(200, 1500) })
  const call = await desk.customerChooses('4')
  await talkAndEnd(table, await taken, call)
}

async function toExternal(table: Table): Promise<void> {
  const { desk, chance } = table
  const taken = desk.externalTakes({ ringMs: chance.between(200, 2000) })
  const call = await desk.customerChooses('3')
  await talkAndEnd(table, await taken, call)
}

async function externalBusy({ desk, chance }: Table): Promise<void> {
  desk.externalRefuses(chance.pick([BUSY, DECLINE]))
  const call = await desk.customerChooses('3')
  await call.until('ended')
}

async function leftWhileExternalRings({ desk, chance }: Table): Promise<void> {
  const rings = desk.externalRings()
  const call = await desk.customerChooses('3')
  await rings
  await sleep(chance.between(100, 3000))
  await call.hangUp()
}

async function direct(table: Table): Promise<void> {
  const { desk, chance } = table
  const taken = desk.agentTakes(desk.first, { ringMs: chance.between(200, 2000) })
  const call = await desk.customerCalls(desk.numbers.direct, { until: 'ringing' })
  await talkAndEnd(table, await taken, call)
}

async function directGivenUp({ desk, chance }: Table): Promise<void> {
  const rings = desk.agentRings(desk.first)
  const call = await desk.customerCalls(desk.numbers.direct, { until: 'ringing' })
  await rings
  // Longer than the PBX lets it ring: nobody answers.
  await Promise.race([sleep(chance.between(300, 9000)), call.until('ended').catch(() => undefined)])
  if (call.state !== 'ended') await call.cancel()
}

async function directRefused({ desk, chance }: Table): Promise<void> {
  desk.agentRefuses(desk.first, chance.pick([DECLINE, BUSY]))
  const call = await desk.customerCalls(desk.numbers.direct, { until: 'ringing' })
  await call.until('ended')
}

/** The phone sends the call on to a colleague's by itself. */
async function forwarded(table: Table): Promise<void> {
  const { desk, chance } = table
  desk.agentForwards(desk.first, desk.third)
  const taken = desk.agentTakes(desk.third, { ringMs: chance.between(200, 1500) })
  const call = chance.inHundred(50)
    ? await desk.customerChooses('1')
    : await desk.customerCalls(desk.numbers.direct, { until: 'ringing' })
  await talkAndEnd(table, await taken, call)
}

/** A colleague takes the call that rings at another's phone. */
async function pickedUp(table: Table): Promise<void> {
  const { desk, chance, witness } = table
  const rings = desk.agentRings(desk.first)
  const call = chance.inHundred(60)
    ? await desk.customerChooses('1')
    : await desk.customerCalls(desk.numbers.direct, { until: 'ringing' })
  await rings
  await sleep(chance.between(300, 1500))
  witness.note({ what: 'pickup', at: Date.now(), by: desk.third.id })
  const agentCall = await desk.agentCalls(desk.third, `*86${desk.first.id}`)
  await agentCall.until('up')
  await talkAndEnd(table, agentCall, call)
}

async function atMobile(table: Table): Promise<void> {
  const { desk, chance, witness } = table
  witness.note({ what: 'mobile', at: Date.now(), agent: desk.numbers.external })
  if (chance.inHundred(30)) {
    const rings = desk.externalRings()
    const call = await desk.customerChooses('0')
    await rings
    await sleep(chance.between(300, 2000))
    return call.hangUp()
  }
  const taken = desk.externalTakes({ ringMs: chance.between(200, 1500) })
  const call = await desk.customerChooses('0')
  await talkAndEnd(table, await taken, call)
}

/** Somebody ends the call from the platform. */
async function cutOff(table: Table): Promise<void> {
  const { desk, chance } = table
  const { call, agentCall } = await reachFirst(table, chance.pick(['1', '7', '8']))
  await sleep(chance.between(400, 1500))
  const isCustomers = chance.inHundred(50)
  const channel = desk.platform.channel((e) =>
    isCustomers
      ? e.CallerIDNum === desk.customer && e.Uniqueid === e.Linkedid
      : e.Channel?.startsWith(`PJSIP/${desk.first.id}-`) === true,
  )
  await desk.platform.hangUp(channel)
  await Promise.all([agentCall.until('ended'), call.until('ended')])
}

export const inboundPlays: readonly Play[] = [
  { name: 'answered', weight: 10, play: answered },
  { name: 'wrong key, then answered', weight: 1, play: wrongKeyFirst },
  { name: 'left in the menu', weight: 3, play: leftInMenu },
  { name: 'pressed nothing', weight: 1, play: nothingPressed },
  { name: 'left in the queue', weight: 4, play: leftInQueue },
  { name: 'left while an agent’s phone rang', weight: 4, play: leftWhileRinging },
  { name: 'first agent missed it, the customer left', weight: 2, play: missedThenLeft },
  { name: 'first agent missed it, the second answered', weight: 2, play: missedThenSecond },
  { name: 'first agent refused, the second answered', weight: 3, play: refusedThenSecond },
  { name: 'all rang, one answered', weight: 3, play: allRing },
  { name: 'agent behind a Local channel', weight: 4, play: behindLocal },
  { name: 'the queue gave up', weight: 4, play: queueGivesUp },
  { name: 'the queue refused', weight: 2, play: queueRefuses },
  { name: 'overflow to another queue', weight: 2, play: overflow },
  { name: 'external line answered', weight: 2, play: toExternal },
  { name: 'external line busy', weight: 2, play: externalBusy },
  { name: 'left while the external line rang', weight: 2, play: leftWhileExternalRings },
  { name: 'direct number answered', weight: 2, play: direct },
  { name: 'direct number given up or not answered', weight: 3, play: directGivenUp },
  { name: 'direct number refused', weight: 1, play: directRefused },
  { name: 'forwarded by the phone', weight: 2, play: forwarded },
  { name: 'picked up by a colleague', weight: 2, play: pickedUp },
  { name: 'agent with a mobile phone', weight: 2, play: atMobile },
  { name: 'ended by the platform', weight: 2, play: cutOff },
]

// Calls that somebody does something to while they last: hold, transfers of every kind, the platform's redirect, a
// supervisor who listens in. Called by plays.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import type { SipCall } from '../phone/sip-call.ts'
import type { Play, Table } from './plays.ts'
import { reachFirst, talkAndEnd } from './plays-inbound.ts'

const DECLINE = { code: 603, phrase: 'Decline' }

async function hold(table: Table): Promise<void> {
  const { call, agentCall } = await reachFirst(table, table.chance.pick(['1', '7', '8']))
  const holder = table.chance.inHundred(80) ? agentCall : call
  for (let times = table.chance.between(1, 2); times > 0; times--) {
    await sleep(table.chance.between(300, 900))
    holder.hold()
    await sleep(table.chance.between(500, 1500))
    // Some hang up without coming back.
    if (times > 1 || table.chance.inHundred(80)) holder.resume()
  }
  await talkAndEnd(table, agentCall, call)
}

async function toColleague(table: Table): Promise<void> {
  const { desk, chance } = table
  const { call, agentCall } = await reachFirst(table, chance.pick(['1', '1', '7', '8']))
  await sleep(chance.between(500, 1500))
  const fate = chance.pick(['answered', 'answered', 'left', 'missed', 'refused'])
  if (fate === 'answered') {
    const taken = desk.agentTakes(desk.third, { ringMs: chance.between(200, 1500) })
    await agentCall.transferTo(desk.third.id)
    return talkAndEnd(table, await taken, call)
  }
  const reached = fate === 'refused' ? desk.agentRefuses(desk.third, DECLINE) : desk.agentRings(desk.third)
  await agentCall.transferTo(desk.third.id)
  await reached
  if (fate !== 'left') return call.until('ended')
  await sleep(chance.between(300, 2000))
  await call.hangUp()
}

async function toGroup(table: Table): Promise<void> {
  const { desk, chance } = table
  const { call, agentCall } = await reachFirst(table)
  await sleep(chance.between(500, 1500))
  const fate = chance.pick(['answered', 'answered', 'left', 'timeout'])
  if (fate === 'answered') {
    const taken = desk.agentTakes(desk.third, { ringMs: chance.between(200, 1500) })
    await agentCall.transferTo(desk.toSupport)
    return talkAndEnd(table, await taken, call)
  }
  if (chance.inHundred(50)) await desk.pause(desk.third)
  await agentCall.transferTo(desk.toSupport)
  if (fate === 'timeout') return call.until('ended')
  await sleep(chance.between(300, 4000))
  await call.hangUp()
}

async function toOutside(table: Table): Promise<void> {
  const { desk, chance } = table
  const { call, agentCall } = await reachFirst(table)
  await sleep(chance.between(500, 1500))
  if (chance.inHundred(70)) {
    const taken = desk.externalTakes({ ringMs: chance.between(200, 1500) })
    await agentCall.transferTo(desk.numbers.external)
    return talkAndEnd(table, await taken, call)
  }
  desk.externalRefuses({ code: 486, phrase: 'Busy Here' })
  await agentCall.transferTo(desk.numbers.external)
  await call.until('ended')
}

/** By the agent's own phone: it holds the customer, calls a colleague, and joins the two. */
async function consultBySip(table: Table): Promise<void> {
  const { desk, chance, witness } = table
  const { call, agentCall } = await reachFirst(table, chance.pick(['1', '1', '7', '8']))
  const fate = chance.pick(['joined', 'joined', 'joined', 'back', 'refused', 'left'])
  await sleep(chance.between(500, 1500))
  agentCall.hold()
  await sleep(300)
  const reached =
    fate === 'refused'
      ? desk.agentRefuses(desk.third, DECLINE)
      : desk.agentTakes(desk.third, { ringMs: chance.between(200, 1000) })
  const note = witness.note({
    what: 'consultation',
    at: Date.now(),
    by: desk.first.id,
    to: desk.third.id,
    over: 'sip',
    joinedAt: null as number | null,
  })
  const consultation = await desk.agentCalls(desk.first, desk.third.id)
  if (fate === 'refused') await consultation.until('ended')
  else await consultation.until('up')
  const colleague = await reached
  await sleep(chance.between(500, 1500))
  if (fate === 'joined') {
    note.joinedAt = Date.now()
    await agentCall.joinWith(consultation)
    return talkAndEnd(table, colleague, call)
  }
  if (fate === 'left') {
    await call.hangUp()
    await sleep(500)
    return consultation.hangUp()
  }
  if (consultation.state !== 'ended') await consultation.hangUp()
  agentCall.resume()
  await talkAndEnd(table, agentCall, call)
}

/** By the PBX's feature: keys at the agent's phone, or the platform's Atxfer. */
async function consultByPbx(table: Table): Promise<void> {
  const { desk, chance, witness } = table
  const { call, agentCall } = await reachFirst(table, chance.pick(['1', '1', '7']))
  await sleep(chance.between(800, 1500))
  const fate = chance.pick(['joined', 'joined', 'blond', 'blond left', 'refused', 'left'])
  const reached =
    fate === 'refused'
      ? desk.agentRefuses(desk.third, DECLINE)
      : fate === 'blond left'
        ? desk.agentRings(desk.third)
        : desk.agentTakes(desk.third, { ringMs: fate === 'blond' ? 2500 : chance.between(300, 1000) })
  const rings = untilRings(table, desk.third.id)
  const note = witness.note({
    what: 'consultation',
    at: Date.now(),
    by: desk.first.id,
    to: desk.third.id,
    over: 'pbx',
    joinedAt: null as number | null,
  })
  if (chance.inHundred(50)) await pressAll(agentCall, `*2${desk.third.id}`)
  else await desk.platform.transferAttended(channelOf(table, desk.first.id), desk.third.id)
  await rings
  if (fate === 'blond' || fate === 'blond left') {
    await sleep(700)
    note.joinedAt = Date.now()
    await agentCall.hangUp()
    if (fate === 'blond') return talkAndEnd(table, await reached, call)
    await sleep(chance.between(300, 1500))
    return call.hangUp()
  }
  const colleague = await reached
  await sleep(chance.between(700, 1500))
  if (fate === 'joined') {
    note.joinedAt = Date.now()
    await agentCall.hangUp()
    return talkAndEnd(table, colleague, call)
  }
  if (fate === 'left') {
    await call.hangUp()
    await sleep(700)
    await agentCall.hangUp()
    if (colleague.state !== 'ended') await colleague.hangUp()
    return
  }
  // The PBX says "busy" to her and takes the customer back.
  await sleep(3000)
  await talkAndEnd(table, agentCall, call)
}

/** The colleague's phone still rings when the two are joined; or she is asked through her skill group, or is outside. */
async function consultOtherwise(table: Table): Promise<void> {
  const { desk, chance, witness } = table
  const { call, agentCall } = await reachFirst(table)
  const way = chance.pick(['ringing', 'group', 'outside', 'outside, back'])
  await sleep(chance.between(500, 1500))
  agentCall.hold()
  await sleep(300)
  const stranger = way.startsWith('outside') ? desk.newCustomer() : null
  const ringMs = way === 'ringing' ? 2500 : chance.between(300, 1000)
  const reached = stranger ? desk.strangerTakes(stranger, { ringMs }) : desk.agentTakes(desk.third, { ringMs })
  const note = witness.note({
    what: 'consultation',
    at: Date.now(),
    by: desk.first.id,
    to: stranger ?? desk.third.id,
    over: 'sip',
    joinedAt: null as number | null,
  })
  const dialled = stranger ?? (way === 'group' ? desk.toSupport : desk.third.id)
  const consultation = await desk.agentCalls(desk.first, dialled)
  await consultation.until(way === 'ringing' ? 'ringing' : 'up')
  if (way !== 'ringing') await reached
  await sleep(chance.between(500, 1200))
  if (way === 'outside, back') {
    await consultation.hangUp()
    agentCall.resume()
    return talkAndEnd(table, agentCall, call)
  }
  note.joinedAt = Date.now()
  await agentCall.joinWith(consultation)
  await talkAndEnd(table, await reached, call)
}

/** The first agent parks the call; a colleague takes it from there, or the customer has enough. */
async function parked(table: Table): Promise<void> {
  const { desk, chance } = table
  const { call, agentCall } = await reachFirst(table)
  await sleep(chance.between(500, 1500))
  await agentCall.transferTo('700')
  const lot = await desk.platform.event((e) => e.Event === 'ParkedCall' && e.ParkeeCallerIDNum === desk.customer)
  await sleep(chance.between(500, 2000))
  if (chance.inHundred(30)) return call.hangUp()
  const colleague = await desk.agentCalls(desk.third, lot.ParkingSpace ?? '')
  await colleague.until('up')
  await talkAndEnd(table, colleague, call)
}

/** To a colleague, and back again. */
async function toAndFro(table: Table): Promise<void> {
  const { desk, chance } = table
  const { call, agentCall } = await reachFirst(table, chance.pick(['1', '7']))
  await sleep(chance.between(500, 1000))
  const taken = desk.agentTakes(desk.third, { ringMs: chance.between(200, 800) })
  await agentCall.transferTo(desk.third.id)
  const colleague = await taken
  await sleep(chance.between(500, 1000))
  const back = desk.agentTakes(desk.first, { ringMs: chance.between(200, 800) })
  await colleague.transferTo(desk.first.id)
  await talkAndEnd(table, await back, call)
}

async function redirect(table: Table): Promise<void> {
  const { desk, chance, witness } = table
  const { call } = await reachFirst(table, chance.pick(['1', '7']))
  await sleep(chance.between(500, 1500))
  const fate = chance.pick(['answered', 'colleague', 'left', 'menu'])
  const taken =
    fate === 'answered' || fate === 'colleague'
      ? desk.agentTakes(desk.third, { ringMs: chance.between(200, 1000) })
      : null
  if (fate === 'left') await desk.pause(desk.third)
  witness.note({ what: 'redirect', at: Date.now() })
  const channel = desk.platform.channel((e) => e.CallerIDNum === desk.customer && e.Uniqueid === e.Linkedid)
  await desk.platform.redirect(
    channel,
    fate === 'menu'
      ? { context: 'ivr', exten: 's' }
      : fate === 'colleague'
        ? { context: 'from-agents', exten: desk.third.id }
        : { context: 'groups', exten: 'support' },
  )
  if (taken) return talkAndEnd(table, await taken, call)
  await sleep(chance.between(500, 3000))
  await call.hangUp()
}

async function listenIn(table: Table): Promise<void> {
  const { desk, chance, witness } = table
  const { call, agentCall } = await reachFirst(table)
  await sleep(500)
  witness.note({ what: 'supervisor', at: Date.now(), by: desk.third.id, to: desk.first.id })
  const ear = await desk.agentCalls(desk.third, `*55${desk.first.id}`)
  await ear.until('up')
  await sleep(chance.between(800, 2000))
  if (chance.inHundred(50)) await ear.hangUp()
  await talkAndEnd(table, agentCall, call)
  await sleep(300)
  await ear.hangUp()
}

async function pressAll(call: SipCall, keys: string): Promise<void> {
  for (const key of keys) {
    await call.press(key)
    await sleep(120)
  }
}

function channelOf({ desk }: Table, agent: string): string {
  return desk.platform.channel((e) => e.Channel?.startsWith(`PJSIP/${agent}-`) === true)
}

/** A phone cannot be asked to wait for a call without being told what to do with it: its next call is watched. */
async function untilRings({ witness }: Table, number: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (witness.legs().some((leg) => leg.number === number && leg.direction === 'in' && leg.rangAt !== null)) return
    await sleep(50)
  }
  throw new Error(`the phone of ${number} did not ring`)
}

export const movedPlays: readonly Play[] = [
  { name: 'hold', weight: 3, play: hold },
  { name: 'blind transfer to a colleague', weight: 4, play: toColleague },
  { name: 'blind transfer to a group', weight: 4, play: toGroup },
  { name: 'blind transfer outside', weight: 3, play: toOutside },
  { name: 'consultation by the phone', weight: 6, play: consultBySip },
  { name: 'consultation by the PBX', weight: 6, play: consultByPbx },
  { name: 'consultation with somebody else', weight: 5, play: consultOtherwise },
  { name: 'parked', weight: 2, play: parked },
  { name: 'blind transfer and back', weight: 2, play: toAndFro },
  { name: 'redirect by the platform', weight: 4, play: redirect },
  { name: 'a supervisor listens in', weight: 2, play: listenIn },
]

// What one leg's document says: of the leg that began a call, and of legs that were dialled for it. Pure; called by
// json-cdr.ts.
import type { AgentRef } from '../../calls/call-event.ts'
import type { CallType } from '../../calls/vocabulary.ts'
import type { CdrLeg } from './cdr-document.ts'
import { tellEnd } from './cdr-end.ts'
import { tellKeys, tellMenus, tellQueue, tellRecordings, tellTransfers } from './cdr-flow.ts'
import {
  tellAgentLeg,
  tellCustomer,
  tellDialledAgent,
  tellDialledCustomer,
  tellDialledLine,
  tellFirstPhone,
  tellLine,
} from './cdr-legs.ts'
import {
  agentOf,
  type DialledLeg,
  dialledBy,
  isCustomerLeg,
  kindOfDialled,
  markOf,
  originatorAgentOf,
  signsOf,
  toldOf,
  typeOf,
} from './cdr-parties.ts'
import { cleanNumber } from './endpoints.ts'
import { factId } from './fact-ids.ts'
import { type Fact, given, markedType, reachesOut } from './fs-calls.ts'
import { hungUpHere, notConnectedCauseOf } from './hangup-causes.ts'
import type { CdrSurroundings } from './json-cdr.ts'

export interface TimedFact {
  id: string
  at: number
  fact: Fact
}

/** The leg that began the call: the call itself, and what happened to whoever called or was called first. */
export function describeRoot(leg: CdrLeg, callId: string, around: CdrSurroundings): TimedFact[] {
  const kind = around.endpoints.kindOf(signsOf(leg))
  const dialled = dialledBy(leg, around)
  const type = typeOf(leg, kind, dialled, around)
  const agent = kind === 'agent' ? agentOf(leg) : null
  const start = startOf(leg, { callId, type, agent, dialled, around })
  const facts: TimedFact[] = [start, ...correctionOf(start, callId, around)]
  const add = (id: string, at: number, fact: Fact) => facts.push({ id, at, fact })
  const isCustomer = kind === 'trunk' && (type === 'inbound' || type === 'predictive')
  if (kind === 'trunk' && leg.dialled) tellCustomer(leg, add)
  if (agent && leg.dialled) tellFirstPhone(leg, { agent, callId, dialled }, add)
  if (isCustomer) {
    tellMenus(leg, around, add)
    tellKeys(leg, around, add)
    tellQueue(leg, add)
  }
  const talking = dialled.find((one) => one.kind === 'agent' && one.bridgedAt !== null) ?? null
  if (kind === 'trunk' && talking?.agent) {
    tellTransfers(leg, { from: talking.agent, since: talking.bridgedAt ?? 0, ...around }, add)
  }
  for (const one of dialled) {
    if (reachesOut(type) && one.kind === 'trunk' && one === dialled.find(({ kind }) => kind === 'trunk'))
      tellDialledCustomer(leg, one, agent, add)
    else if (one.agent) tellDialledAgent(leg, one, add)
    else if (one.kind === 'trunk') tellDialledLine(leg, one, add)
  }
  const nobodyReached = !dialled.some((one) => one.kind === 'trunk')
  if (reachesOut(type) && nobodyReached && !(leg.dialled && leg.answeredAt === null)) {
    const unknown = leg.end.cause === 'NO_ROUTE_DESTINATION' && dialled.length === 0
    const cause = unknown ? 'invalid-number' : notConnectedCauseOf(leg.end, hungUpHere(leg.end))
    add(factId(callId, 'customer-not-connected'), leg.endedAt, { type: 'customer-not-connected', cause })
  }
  tellRecordings(leg, callId, around, add)
  const party = kind === 'agent' || type === 'virtual-number' ? 'agent' : 'customer'
  tellEnd(leg, { party, dialled, around }, add)
  return facts
}

function startOf(
  leg: CdrLeg,
  call: { callId: string; type: CallType; agent: AgentRef | null; dialled: DialledLeg[]; around: CdrSurroundings },
): TimedFact {
  const { callId, type, agent, dialled } = call
  const [first] = leg.profiles
  const caller = cleanNumber(first.callerNumber)
  const number = cleanNumber(first.destination)
  const reached = dialled.find((one) => one.kind === 'trunk')?.number ?? null
  const customer = cleanNumber(markOf(leg, 'CC_CUSTOMER'))
  const did = cleanNumber(markOf(leg, 'CC_DID'))
  const described = {
    inbound: { customer: caller ?? customer, dialledNumber: did ?? number },
    predictive: { customer: customer ?? number },
    internal: { agent, otherAgent: dialled.find((one) => one.agent)?.agent ?? null, dialledNumber: number },
    outbound: { customer: customer ?? reached ?? number, agent },
    'back-to-back': { customer: customer ?? reached, agent },
    'virtual-number': {
      customer: customer ?? reached,
      dialledNumber: did ?? number,
      agent,
      caller: agent ? null : caller,
    },
  }[type]
  const guessed = markedType(markOf(leg, 'CC_TYPE')) ? {} : { guessed: ['callType' as const] }
  const fact = { type: 'call-started' as const, ...given(described), callType: type, ...guessed }
  return { id: factId(callId, 'call-started'), at: leg.createdAt, fact }
}

/** The beginning was told already, by what could be known then: tells what it should have been. */
function correctionOf({ at, fact }: TimedFact, callId: string, { known }: CdrSurroundings): TimedFact[] {
  const told = toldOf(known)
  if (!told || fact.type !== 'call-started') return []
  const { type: _type, ...start } = fact
  const same = (field: keyof typeof start) => JSON.stringify(idOf(told[field])) === JSON.stringify(idOf(start[field]))
  const news = Object.keys(start).filter((field) => field !== 'guessed' && !same(field as keyof typeof start))
  if (news.length === 0) return []
  return [{ id: factId(callId, 'call-described', 'cdr'), at, fact: { ...start, type: 'call-described' } }]
}

/** An agent is the same with and without a name. */
function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value
}

/** A leg that was dialled for another one: an agent's phone, the customer, or a line to the outside. */
export function describeDialled(leg: CdrLeg, callId: string, around: CdrSurroundings): TimedFact[] {
  const facts: TimedFact[] = []
  const add = (id: string, at: number, fact: Fact) => facts.push({ id, at, fact })
  const kind = kindOfDialled(leg, around)
  const isCustomer = kind === 'trunk' && isCustomerLeg(leg, around)
  if (kind === 'agent') tellAgentLeg(leg, around, add)
  else if (isCustomer) tellCustomer(leg, add)
  else if (kind === 'trunk') tellLine(leg, add)
  const from = originatorAgentOf(leg, around)
  if (isCustomer && from && leg.answeredAt !== null) tellTransfers(leg, { from, since: leg.answeredAt, ...around }, add)
  tellEnd(leg, { party: isCustomer && leg.answeredAt !== null ? 'customer' : null, dialled: [], around }, add)
  tellRecordings(leg, callId, around, add)
  return facts
}

// Who is at the ends of a leg that a document tells of, and of the legs dialled for it; and what kind of call that makes.
// Pure; called by cdr-facts.ts and cdr-legs.ts.
import type { AgentRef, CallEvent, CallEventOf } from '../../calls/call-event.ts'
import type { CallType } from '../../calls/vocabulary.ts'
import { type CdrLeg, type CdrOtherLeg, originatedLegsOf, queueAgentOf } from './cdr-document.ts'
import { cleanName, cleanNumber, type EndpointSigns, userOf, withoutDomain } from './endpoints.ts'
import { factId } from './fact-ids.ts'
import { markedType, reachesOut } from './fs-calls.ts'
import type { CdrSurroundings } from './json-cdr.ts'

/** A leg that was dialled for the one of the document. */
export interface DialledLeg {
  uuid: string
  number: string | null
  kind: 'agent' | 'trunk' | 'local'
  agent: AgentRef | null
  bridgedAt: number | null
  leftAt: number | null
  cause: string
}

export function signsOf(leg: CdrLeg): EndpointSigns {
  const directoryUser = leg.variable(leg.dialled ? 'dialed_user' : 'user_name')
  return {
    channelName: leg.profiles[0].channelName || leg.variable('channel_name'),
    directoryUser: directoryUser || null,
    gateway: leg.variable('sip_gateway_name') || leg.variable('sip_gateway') || null,
  }
}

function signsOfOther({ channelName }: Pick<CdrOtherLeg, 'channelName'>): EndpointSigns {
  return { channelName, directoryUser: null, gateway: null }
}

export function markOf(leg: CdrLeg, name: string): string {
  return leg.variable(name) || leg.variable(name.toLowerCase())
}

function directionOf(leg: CdrLeg): string {
  return (leg.variable('call_direction') || leg.variable('cr_direction')).toLowerCase()
}

/** Legs dialled for a leg, in order, as far as its document names them. */
export function dialledBy(leg: CdrLeg, around: CdrSurroundings): DialledLeg[] {
  const found = new Map<string, DialledLeg>()
  const causes = new Map(leg.variables('originate_causes').map((entry) => entry.split(';', 2) as [string, string]))
  const queueAgent = withoutDomain(leg.variable('cc_agent'))
  const firstNumber = leg.profiles[0].destination
  const rootIsTrunk = around.endpoints.kindOf(signsOf(leg)) === 'trunk' && !leg.dialled
  const add = (uuid: string, other: { channelName: string; number: string; callerNumber: string; isLast: boolean }) => {
    const isQueueAgent = queueAgent !== '' && uuid === leg.variable('cc_agent_uuid')
    // As the event socket's reader has it: the dialplan says so (its last word is in the document), or our own number is shown.
    const showsOurs = rootIsTrunk && other.callerNumber !== '' && other.callerNumber === firstNumber
    const outside = showsOurs || (directionOf(leg) === 'outbound' && other.isLast)
    const guess = other.channelName === '' ? numberKind(other.number, outside, around) : null
    const kind = isQueueAgent ? 'agent' : (guess ?? around.endpoints.kindOf(signsOfOther(other), outside))
    const id = isQueueAgent ? queueAgent : userOf(signsOfOther(other)) || other.number
    const agent = kind === 'agent' && id ? { id: id.slice(0, 200) } : null
    const number = cleanNumber(other.number)
    found.set(uuid, { uuid, number, kind, agent, bridgedAt: null, leftAt: null, cause: causes.get(uuid) ?? '' })
  }
  for (const profile of leg.profiles) {
    const isLast = profile === leg.profiles.at(-1)
    for (const other of profile.dialled) add(other.uuid, { ...other, number: other.destination, isLast })
    const bridged = found.get(profile.dialled.at(-1)?.uuid ?? '')
    if (bridged && profile.bridgedAt !== null) {
      bridged.bridgedAt = profile.bridgedAt
      bridged.leftAt = profile.transferredAt
    }
  }
  for (const { uuid, number } of originatedLegsOf(leg)) {
    if (!found.has(uuid)) add(uuid, { channelName: '', number, callerNumber: '', isLast: true })
  }
  return [...found.values()]
}

function numberKind(number: string, outside: boolean, { endpoints }: CdrSurroundings): 'agent' | 'trunk' {
  return endpoints.isAgentNumber(number) && !outside ? 'agent' : 'trunk'
}

export function agentOf(leg: CdrLeg): AgentRef {
  const id = queueAgentOf(leg) ?? userOf(signsOf(leg))
  const [first] = leg.profiles
  const name = leg.dialled ? null : cleanName(first.callerName, first.callerNumber)
  return { id: id.slice(0, 200), ...(name ? { name } : {}) }
}

export function typeOf(leg: CdrLeg, kind: string, dialled: DialledLeg[], { endpoints }: CdrSurroundings): CallType {
  const marked = markedType(markOf(leg, 'CC_TYPE'))
  if (marked) return marked
  const number = cleanNumber(leg.profiles[0].destination)
  const first = dialled.find((one) => one.kind !== 'local')
  if (kind === 'trunk')
    return leg.dialled ? 'predictive' : endpoints.isVirtualNumber(number) ? 'virtual-number' : 'inbound'
  if (leg.dialled) return first?.kind === 'agent' ? 'internal' : 'back-to-back'
  if (first) return first.kind === 'agent' ? 'internal' : 'outbound'
  if (directionOf(leg) === 'outbound') return 'outbound'
  return number === null || endpoints.isAgentNumber(number) || !/^\+?\d{7,}$/.test(number) ? 'internal' : 'outbound'
}

/** What has been told of a call so far. */
export function toldOf(known: readonly CallEvent[]): Partial<CallEventOf<'call-started'>> | null {
  const told = known.filter((event) => event.type === 'call-started' || event.type === 'call-described')
  told.sort((a, b) => a.at - b.at)
  return told.length === 0 ? null : Object.assign({}, ...told)
}

export function kindOfDialled(leg: CdrLeg, around: CdrSurroundings): 'agent' | 'trunk' | 'local' {
  if (queueAgentOf(leg) !== null) return 'agent'
  const shown = leg.profiles[0].callerNumber
  const { originator } = leg.profiles[0]
  const byTrunk = originator !== null && around.endpoints.kindOf(signsOfOther(originator)) === 'trunk'
  const showsOurs = byTrunk && shown !== '' && (shown === originator.rdnis || shown === originator.destination)
  const number = cleanNumber(leg.profiles[0].destination)
  const told = toldOf(around.known)
  const isCustomer = told?.customer !== undefined && told.customer === number && reachesOut(told.callType ?? 'inbound')
  const wasDialledAsLine = around.known.some((event) => event.id === factId(leg.uuid, 'external-dialled'))
  return around.endpoints.kindOf(signsOf(leg), showsOurs || isCustomer || wasDialledAsLine)
}

/** A line dialled by an agent leads to the customer, one dialled for the customer to somebody outside. */
export function isCustomerLeg(leg: CdrLeg, around: CdrSurroundings): boolean {
  const type = toldOf(around.known)?.callType
  if (type === 'inbound' || type === 'predictive') return false
  if (type === 'virtual-number') return true
  const other = around.known.some(
    (event) => event.type === 'customer-answered' && event.id !== factId(leg.uuid, 'customer-answered'),
  )
  const { originator } = leg.profiles[0]
  return !other && originator !== null && around.endpoints.kindOf(signsOfOther(originator)) === 'agent'
}

export function originatorAgentOf(leg: CdrLeg, { endpoints }: CdrSurroundings): AgentRef | null {
  const { originator } = leg.profiles[0]
  return originator && endpoints.kindOf(signsOfOther(originator)) === 'agent'
    ? { id: userOf(signsOfOther(originator)).slice(0, 200) }
    : null
}

/** Dialled by an agent who has a customer, and never connected with that customer. */
export function isOnlyConsulted(leg: CdrLeg, around: CdrSurroundings): boolean {
  const byAgent = originatorAgentOf(leg, around) !== null
  const told = toldOf(around.known)
  const movedOn = leg.variable('last_bridge_to') !== leg.variable('originator')
  return byAgent && told !== null && told.callType !== 'internal' && !movedOn
}

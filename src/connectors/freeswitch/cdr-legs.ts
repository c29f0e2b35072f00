// What a document says of its own leg, and of the legs dialled for it: ringing, answers, talks, ends. Pure; called by
// cdr-facts.ts.
import type { AgentRef } from '../../calls/call-event.ts'
import type { CdrLeg } from './cdr-document.ts'
import type { Add } from './cdr-flow.ts'
import { agentOf, type DialledLeg, isOnlyConsulted } from './cdr-parties.ts'
import { cleanNumber, withoutDomain } from './endpoints.ts'
import { factId, micros } from './fact-ids.ts'
import { externalOutcomeOf, hungUpHere, leftByTransfer, notConnectedCauseOf, ringOutcomeOf } from './hangup-causes.ts'
import type { CdrSurroundings } from './json-cdr.ts'

/** The customer's own leg, dialled: ringing, answer, or why not. */
export function tellCustomer(leg: CdrLeg, add: Add): void {
  const number = cleanNumber(leg.profiles[0].destination)
  const at = number === null ? {} : { number }
  if (leg.progressedAt !== null)
    add(factId(leg.uuid, 'customer-ringing'), leg.progressedAt, { type: 'customer-ringing', ...at })
  if (leg.answeredAt !== null) {
    add(factId(leg.uuid, 'customer-answered'), leg.answeredAt, { type: 'customer-answered', ...at })
    return
  }
  const cause = notConnectedCauseOf(leg.end, leg.end.disposition === 'send_cancel')
  add(factId(leg.uuid, 'customer-not-connected'), leg.endedAt, { type: 'customer-not-connected', cause })
}

/** The platform rings the agent first. */
export function tellFirstPhone(
  leg: CdrLeg,
  call: { agent: AgentRef; callId: string; dialled: DialledLeg[] },
  add: Add,
): void {
  const { agent, callId } = call
  add(factId(leg.uuid, 'agent-ringing'), leg.createdAt, { type: 'agent-ringing', agent })
  if (leg.answeredAt !== null) {
    const fact = { type: 'agent-answered' as const, agent, withCustomer: false }
    add(factId(leg.uuid, 'agent-answered', 'phone'), leg.answeredAt, fact)
    return
  }
  const outcome = ringOutcomeOf(leg.end, true)
  add(factId(leg.uuid, 'agent-ring-ended'), leg.endedAt, { type: 'agent-ring-ended', agent, outcome })
  const fact = { type: 'customer-not-connected' as const, cause: 'agent-unavailable' as const }
  add(factId(callId, 'customer-not-connected'), leg.endedAt, fact)
}

/** The leg to the customer, by the document of whoever called her: it has one of its own, unless these are not written. */
export function tellDialledCustomer(leg: CdrLeg, to: DialledLeg, agent: AgentRef | null, add: Add): void {
  const number = to.number === null ? {} : { number: to.number }
  if (to.bridgedAt === null) {
    const cause = to.cause === '' || to.cause === 'NONE' ? leg.end.cause : to.cause
    const why = notConnectedCauseOf({ cause, sipStatus: leg.end.sipStatus }, hungUpHere(leg.end))
    add(factId(to.uuid, 'customer-not-connected'), leg.endedAt, { type: 'customer-not-connected', cause: why })
    return
  }
  add(factId(to.uuid, 'customer-answered'), to.bridgedAt, { type: 'customer-answered', ...number })
  if (!agent) return
  const which = micros(to.bridgedAt)
  add(factId(leg.uuid, 'agent-answered', which), to.bridgedAt, { type: 'agent-answered', agent })
  add(factId(leg.uuid, 'agent-left', which), leg.endedAt, { type: 'agent-left', agent })
}

export function tellDialledAgent(leg: CdrLeg, to: DialledLeg, add: Add): void {
  const { agent, bridgedAt, leftAt } = to
  if (!agent || bridgedAt === null) return
  const queue = to.uuid === leg.variable('cc_agent_uuid') ? withoutDomain(leg.variable('cc_queue')) : ''
  const skillGroup = queue ? { skillGroup: { id: queue.slice(0, 200) } } : {}
  const which = micros(bridgedAt)
  add(factId(to.uuid, 'agent-answered', which), bridgedAt, { type: 'agent-answered', agent, ...skillGroup })
  if (leftAt !== null) add(factId(to.uuid, 'agent-left', which), leftAt, { type: 'agent-left', agent })
}

export function tellDialledLine(leg: CdrLeg, to: DialledLeg, add: Add): void {
  const number = to.number === null ? {} : { number: to.number }
  const until = to.bridgedAt ?? leg.endedAt
  const dialledAt = leg.applications.findLast(({ name, at }) => name === 'bridge' && at <= until)?.at ?? until
  add(factId(to.uuid, 'external-dialled'), dialledAt, { type: 'external-dialled', ...number })
  if (to.bridgedAt !== null)
    add(factId(to.uuid, 'external-answered'), to.bridgedAt, { type: 'external-answered', ...number })
}

export function tellAgentLeg(leg: CdrLeg, around: CdrSurroundings, add: Add): void {
  const agent = agentOf(leg)
  const queue = withoutDomain(leg.variable('cc_queue')).slice(0, 200)
  const skillGroup = queue ? { skillGroup: { id: queue } } : {}
  add(factId(leg.uuid, 'agent-ringing'), leg.createdAt, { type: 'agent-ringing', agent, ...skillGroup })
  if (leg.answeredAt === null) {
    const outcome = ringOutcomeOf(leg.end, true)
    add(factId(leg.uuid, 'agent-ring-ended'), leg.endedAt, { type: 'agent-ring-ended', agent, outcome })
    return
  }
  if (leg.bridgedAt === null || isOnlyConsulted(leg, around)) return
  const which = micros(leg.bridgedAt)
  add(factId(leg.uuid, 'agent-answered', which), leg.bridgedAt, { type: 'agent-answered', agent, ...skillGroup })
  for (const [since, until] of holdsOf(leg)) {
    add(factId(leg.uuid, 'held', micros(since)), since, { type: 'held', by: 'agent', agent })
    add(factId(leg.uuid, 'resumed', micros(since)), until, { type: 'resumed', by: 'agent', agent })
  }
  add(factId(leg.uuid, 'agent-left', which), leg.endedAt, { type: 'agent-left', agent })
  if (hungUpHere(leg.end) && !leftByTransfer(leg.end))
    add(factId(leg.uuid, 'hangup-requested'), leg.endedAt, { type: 'hangup-requested', by: 'agent' })
}

/** hold_events, `{{since,until},{since,until}}` in microseconds. */
function holdsOf(leg: CdrLeg): [number, number][] {
  return [...leg.variable('hold_events').matchAll(/\{(\d{16}),(\d{16})\}/g)]
    .slice(0, 1_000)
    .map((pair) => [Number(pair[1]) / 1000, Number(pair[2]) / 1000])
}

export function tellLine(leg: CdrLeg, add: Add): void {
  const to = cleanNumber(leg.profiles[0].destination)
  const number = to === null ? {} : { number: to }
  add(factId(leg.uuid, 'external-dialled'), leg.createdAt, { type: 'external-dialled', ...number })
  if (leg.answeredAt !== null)
    add(factId(leg.uuid, 'external-answered'), leg.answeredAt, { type: 'external-answered', ...number })
  const gaveUp = leg.end.disposition === 'send_cancel'
  const outcome = leg.answeredAt === null ? externalOutcomeOf(leg.end, gaveUp) : ('answered' as const)
  add(factId(leg.uuid, 'external-ended'), leg.endedAt, { type: 'external-ended', outcome, ...number })
}

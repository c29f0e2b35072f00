// The values of a record that are decided rather than told (type, caller, callee, agent, skill group, established), each
// with the rule that decided it, the steps that made it so, and what the rule had to do without. The hangup reason has a
// file of its own. Pure.
import type {
  Agent,
  DecidedField,
  HangupReasonOrNone,
  MissingFact,
  ReasonBecause,
  SkillGroup,
  ValueBecause,
} from './call.ts'
import { type CallDraft, namedAgent, namedGroup, reachesOut, type ToldField } from './call-draft.ts'
import { REASON_RULES } from './hangup-reason.ts'
import type { CallType } from './vocabulary.ts'

/** The rules, by the value they decide; the console has a sentence for each. */
export const VALUE_RULES = {
  hangupReason: [...REASON_RULES, 'still-live'],
  type: ['type-told', 'type-guessed', 'type-assumed'],
  caller: ['caller-is-customer', 'caller-is-agent', 'caller-told', 'caller-unknown'],
  callee: ['callee-is-agent', 'callee-is-dialled-number', 'callee-is-customer', 'callee-unknown'],
  agent: ['agent-talked-first', 'agent-dialled', 'agent-rings', 'agent-rang-when-left', 'agent-none'],
  skillGroup: ['group-of-answer', 'group-of-last-queue', 'group-none'],
  establishedAt: ['established-on-arrival', 'established-by-customer', 'established-by-talk', 'established-never'],
} as const satisfies Record<DecidedField, readonly string[]>
export type ValueRule = (typeof VALUE_RULES)[DecidedField][number]

interface Decided<T> {
  value: T
  rule: ValueRule
  steps: string[]
  missing: MissingFact[]
}

export interface DecidedValues {
  type: Decided<CallType>
  caller: Decided<string | null>
  callee: Decided<string | null>
  agent: Decided<Agent | null>
  skillGroup: Decided<SkillGroup | null>
  establishedAt: Decided<number | null>
}

export function decideValues(draft: CallDraft, reason: HangupReasonOrNone): DecidedValues {
  const type = decideType(draft)
  const agent = decideAgent(draft, reason)
  return {
    type,
    agent,
    caller: decideCaller(draft, type.value, agent),
    callee: decideCallee(draft, type.value, agent),
    skillGroup: decideSkillGroup(draft),
    establishedAt: decideEstablishedAt(draft, type),
  }
}

/** The reasons alone, as the detail shows them. */
export function becauseOf(
  draft: CallDraft,
  decided: DecidedValues,
  reason: ReasonBecause | null,
): Record<DecidedField, ValueBecause> {
  const because = ({ rule, steps, missing }: Decided<unknown>): ValueBecause => ({ rule, steps, missing })
  const missing = (['end-estimated', 'no-start'] as const).filter((fact) =>
    fact === 'no-start' ? draft.type === null : draft.ended?.estimated,
  )
  return {
    hangupReason: reason ? { ...reason, missing } : { rule: 'still-live', steps: [], missing: [] },
    type: because(decided.type),
    caller: because(decided.caller),
    callee: because(decided.callee),
    agent: because(decided.agent),
    skillGroup: because(decided.skillGroup),
    establishedAt: because(decided.establishedAt),
  }
}

function decideType(draft: CallDraft): Decided<CallType> {
  const steps = toldBy(draft, 'callType')
  // A source that never said how the call began told of a caller at most.
  if (draft.type === null) return { value: 'inbound', rule: 'type-assumed', steps, missing: ['no-start'] }
  if (draft.typeGuessed) return { value: draft.type, rule: 'type-guessed', steps, missing: ['type-guessed'] }
  return decided(draft.type, 'type-told', steps)
}

/** First who talked with the customer; nobody: who dialled, or whose phone rings (rang when the caller left). */
function decideAgent(draft: CallDraft, reason: HangupReasonOrNone): Decided<Agent | null> {
  const { firstTalk, diallingAgent } = draft
  if (firstTalk?.agentId && draft.type !== 'internal')
    return decided(namedAgent(draft, firstTalk.agentId), 'agent-talked-first', [firstTalk.step])
  if (diallingAgent) return decided(namedAgent(draft, diallingAgent.id), 'agent-dialled', toldBy(draft, 'agent'))
  if (draft.ended === null) {
    const ringing = [...draft.rings].at(-1)
    return ringing
      ? decided(namedAgent(draft, ringing[0]), 'agent-rings', [ringing[1].step.eventId])
      : decided(null, 'agent-none', [])
  }
  // Somebody who was rung and missed it earlier did not have this call; who was ringing when the caller left did.
  const rangAtEnd = reason === 'abandoned-while-ringing' || draft.type === 'back-to-back'
  const id = rangAtEnd ? (draft.leaving?.ringingAgent ?? draft.lastRing?.agentId ?? null) : null
  if (id === null) return decided(null, 'agent-none', [])
  const rings = draft.leaving && draft.leaving.rings.length > 0 ? draft.leaving.rings : (draft.lastRing?.steps ?? [])
  return decided(namedAgent(draft, id), 'agent-rang-when-left', rings)
}

function decideCaller(draft: CallDraft, type: CallType, agent: Decided<Agent | null>): Decided<string | null> {
  if (type === 'inbound') {
    if (draft.customer) return decided(draft.customer, 'caller-is-customer', toldBy(draft, 'customer'))
  } else if (type === 'internal') {
    if (draft.diallingAgent) return decided(draft.diallingAgent.id, 'caller-is-agent', toldBy(draft, 'agent'))
  } else if (agent.value) return decided(agent.value.id, 'caller-is-agent', agent.steps)
  return draft.caller
    ? decided(draft.caller, 'caller-told', toldBy(draft, 'caller'))
    : decided(null, 'caller-unknown', [])
}

function decideCallee(draft: CallDraft, type: CallType, agent: Decided<Agent | null>): Decided<string | null> {
  const dialled = () =>
    draft.dialledNumber
      ? decided(draft.dialledNumber, 'callee-is-dialled-number', toldBy(draft, 'dialledNumber'))
      : decided(null, 'callee-unknown', [])
  if (type === 'inbound') return agent.value ? decided(agent.value.id, 'callee-is-agent', agent.steps) : dialled()
  if (type === 'internal') {
    if (draft.calledAgent) return decided(draft.calledAgent.id, 'callee-is-agent', toldBy(draft, 'otherAgent'))
    if (draft.lastRing) return decided(draft.lastRing.agentId, 'callee-is-agent', draft.lastRing.steps)
    return dialled()
  }
  return draft.customer
    ? decided(draft.customer, 'callee-is-customer', toldBy(draft, 'customer'))
    : decided(null, 'callee-unknown', [])
}

/** Where the answering agent was assigned; else the last queue entered. */
function decideSkillGroup(draft: CallDraft): Decided<SkillGroup | null> {
  const { firstTalk, lastQueue } = draft
  if (firstTalk?.groupId) return decided(namedGroup(draft, firstTalk.groupId), 'group-of-answer', [firstTalk.step])
  if (lastQueue) return decided(namedGroup(draft, lastQueue.id), 'group-of-last-queue', lastQueue.steps.slice(0, 1))
  return decided(null, 'group-none', [])
}

function decideEstablishedAt(draft: CallDraft, type: Decided<CallType>): Decided<number | null> {
  const { customerAnswered, firstTalk } = draft
  if (type.value === 'inbound') {
    const steps = type.steps.length > 0 ? type.steps : draft.steps.slice(0, 1).map((step) => step.eventId)
    return { value: draft.startedAt, rule: 'established-on-arrival', steps, missing: type.missing }
  }
  if (type.value === 'internal') {
    return firstTalk
      ? decided(firstTalk.at, 'established-by-talk', [firstTalk.step])
      : decided(null, 'established-never', [])
  }
  const reaching = reachesOut(type.value) || type.value === 'predictive'
  return reaching && customerAnswered
    ? decided(customerAnswered.at, 'established-by-customer', [customerAnswered.step])
    : decided(null, 'established-never', [])
}

function toldBy(draft: CallDraft, field: ToldField): string[] {
  const id = draft.toldBy.get(field)
  return id === undefined ? [] : [id]
}

function decided<T>(value: T, rule: ValueRule, steps: string[]): Decided<T> {
  return { value, rule, steps: [...new Set(steps)], missing: [] }
}

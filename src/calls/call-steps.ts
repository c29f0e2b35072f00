// Events as lines of the call's flow: what the detail shows. The words are chosen by the reader's language in the console.
import type { Agent, SkillGroup, Step } from './call.ts'
import type { AgentRef, CallEvent, SkillGroupRef } from './call-event.ts'

/** One event as a step; durations and remarks are filled in by whoever knows how it went on. */
export function stepOf(event: CallEvent, startedAt: number, mergedFrom: string | null): Step {
  const at = Math.floor(event.at)
  return {
    eventId: event.id,
    at,
    offsetMs: at - startedAt,
    type: event.type,
    durationMs: event.type === 'call-reconstructed' ? (event.durationMs ?? null) : null,
    agent: 'agent' in event ? agentOf(event.agent) : null,
    skillGroup: 'skillGroup' in event ? groupOf(event.skillGroup) : null,
    number: numberOf(event),
    key: event.type === 'key-pressed' ? event.key : null,
    node: 'node' in event ? (event.node ?? null) : null,
    outcome: outcomeOf(event),
    by: byOf(event),
    transfer: event.type === 'transferred' ? transferOf(event) : null,
    recording: event.type.startsWith('recording-') && 'n' in event ? (event.n ?? 1) : null,
    sources: event.type === 'call-reconstructed' ? event.sources : null,
    described: event.type === 'call-described' ? describedBy(event) : null,
    mergedFrom,
    remark: null,
  }
}

function outcomeOf(event: CallEvent): Step['outcome'] {
  if (event.type === 'customer-not-connected') return event.cause
  return 'outcome' in event ? (event.outcome ?? null) : null
}

function byOf(event: CallEvent): Step['by'] {
  if (event.type === 'call-ended') return event.releasedBy ?? null
  return 'by' in event ? (event.by ?? null) : null
}

function numberOf(event: CallEvent): string | null {
  if (event.type === 'call-started') return event.dialledNumber ?? null
  return 'number' in event ? (event.number ?? null) : null
}

function transferOf(event: Extract<CallEvent, { type: 'transferred' }>): NonNullable<Step['transfer']> {
  return {
    kind: event.kind ?? null,
    from: agentOf(event.from),
    toAgent: agentOf(event.toAgent),
    toSkillGroup: groupOf(event.toSkillGroup),
    toNumber: event.toNumber ?? null,
  }
}

function describedBy(event: Extract<CallEvent, { type: 'call-described' }>): NonNullable<Step['described']> {
  const { callType = null, customer = null, dialledNumber = null } = event
  return { callType, customer, dialledNumber }
}

function agentOf(agent: AgentRef | undefined): Agent | null {
  return agent ? { id: agent.id, name: agent.name ?? null } : null
}

function groupOf(group: SkillGroupRef | undefined): SkillGroup | null {
  return group ? { id: group.id, name: group.name ?? null } : null
}

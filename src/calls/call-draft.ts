// The state a call is in while its events are read in order: who is there, what is open, what was last. Plain facts;
// take-event.ts keeps them, hangup-reason.ts decides from them, call-state.ts writes the record from them.
import type { Agent, CallRecording, SkillGroup, Step } from './call.ts'
import type { AgentRef } from './call-event.ts'
import type { CallType, NotConnectedCause, QueueOutcome, ReleasingParty, RingOutcome } from './vocabulary.ts'

/** What a source tells outright about a call. */
export const TOLD_FIELDS = ['callType', 'customer', 'dialledNumber', 'caller', 'agent', 'otherAgent'] as const
export type ToldField = (typeof TOLD_FIELDS)[number]

/**
 *            ┌─ ivr ─┐            who is present and what is open decides the phase:
 *  started ──┤       ├─ queue ── ring ── talk ⇄ hold ── ended
 *            └───────┴── external line ──┘
 */
export interface CallDraft {
  type: CallType | null
  typeGuessed: boolean
  /** Which event told what, by its field: what decided values are led back to. */
  toldBy: Map<ToldField, string>
  source: string | null
  startedAt: number
  customer: string | null
  dialledNumber: string | null
  /** The calling number, where told outright. */
  caller: string | null
  /** Who dials (outbound, back-to-back, internal) and who is called (internal). */
  diallingAgent: AgentRef | null
  calledAgent: AgentRef | null
  names: Map<string, string>
  groupNames: Map<string, string>

  ivrSince: number | null
  ivrMs: number
  ivrStep: Step | null
  /** The step that entered the first menu, or whatever the PBX answers by itself. */
  ivrEntered: string | null
  keys: string[]

  queue: { id: string; since: number; step: Step } | null
  queueMs: number
  /** The queues entered, in order, each once. */
  queues: string[]
  lastQueue: { id: string; outcome: QueueOutcome | null; steps: string[] } | null

  /** Ringing agents' phones, by agent id. */
  rings: Map<string, { since: number; step: Step }>
  ringSince: number | null
  ringMs: number
  lastRing: { agentId: string; outcome: RingOutcome | null; steps: string[] } | null
  customerRinging: { since: number; step: Step } | null

  /** The customer is on the line: from the start (inbound), from the answer (outbound kinds, predictive). */
  customerAnswered: { at: number; step: string } | null
  notConnected: { cause: NotConnectedCause; step: string } | null
  /** Agents on the line, with the step that began their talk. */
  present: Map<string, { step: Step | null }>
  external: { since: number; step: Step; answeredAt: number | null } | null
  externalEntered: string | null
  /** Agents in order of their first part in the call. */
  parts: Map<string, { talked: boolean }>
  firstTalk: { agentId: string | null; at: number; step: string; groupId: string | null } | null
  talkSince: number | null
  talkMs: number
  hold: { since: number; step: Step } | null
  holdMs: number
  transfers: number

  recordings: Map<number, CallRecording>
  /** Files of calls that were merged into this one after the file came; by call and number. */
  mergedRecordings: Map<string, CallRecording>
  /** What was open when the customer (or, without such word, the end) broke the call off. */
  leaving: {
    by: ReleasingParty
    at: number
    step: string
    rings: string[]
    ringingAgent: string | null
    queueId: string | null
  } | null
  hangup: { by: ReleasingParty; at: number } | null
  ended: { at: number; releasedBy: ReleasingParty | null; estimated: boolean; step: string } | null
  /** Some of it was read from the PBX's own records afterwards. */
  reconstructed: boolean
  steps: Step[]
}

export function newDraft(source: string | null, startedAt: number): CallDraft {
  return {
    type: null,
    typeGuessed: false,
    toldBy: new Map(),
    source,
    startedAt,
    customer: null,
    dialledNumber: null,
    caller: null,
    diallingAgent: null,
    calledAgent: null,
    names: new Map(),
    groupNames: new Map(),
    ivrSince: null,
    ivrMs: 0,
    ivrStep: null,
    ivrEntered: null,
    keys: [],
    queue: null,
    queueMs: 0,
    queues: [],
    lastQueue: null,
    rings: new Map(),
    ringSince: null,
    ringMs: 0,
    lastRing: null,
    customerRinging: null,
    customerAnswered: null,
    notConnected: null,
    present: new Map(),
    external: null,
    externalEntered: null,
    parts: new Map(),
    firstTalk: null,
    talkSince: null,
    talkMs: 0,
    hold: null,
    holdMs: 0,
    transfers: 0,
    recordings: new Map(),
    mergedRecordings: new Map(),
    leaving: null,
    hangup: null,
    ended: null,
    reconstructed: false,
    steps: [],
  }
}

/** The kinds where the agent side calls the customer, who is there only after an answer. */
export function reachesOut(type: CallType | null): boolean {
  return type === 'outbound' || type === 'back-to-back' || type === 'virtual-number'
}

/** Keeps that an agent had a part in the call. */
export function addPart(draft: CallDraft, agent: AgentRef): void {
  if (!draft.parts.has(agent.id)) draft.parts.set(agent.id, { talked: false })
}

export function namedAgent(draft: CallDraft, id: string): Agent {
  return { id, name: draft.names.get(id) ?? null }
}

export function namedGroup(draft: CallDraft, id: string): SkillGroup {
  return { id, name: draft.groupNames.get(id) ?? null }
}

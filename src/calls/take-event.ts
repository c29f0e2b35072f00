// What each event does to a call draft. Any event is taken in any state; odd ones get a remark on their step.

import type { Step } from './call.ts'
import { addPart, type CallDraft, reachesOut, TOLD_FIELDS } from './call-draft.ts'
import type { CallEvent, CallEventOf } from './call-event.ts'
import { stepOf } from './call-steps.ts'
import { endCall, noteLeaving } from './draft-end.ts'
import { closeQueue, enterQueue, leaveIvr, refuseQueue } from './draft-queue.ts'
import { applyMergedRecording, applyRecording } from './draft-recordings.ts'
import { endCustomerRing, endRing } from './draft-ringing.ts'
import { answerAgent, endAgent, endExternal, endHold, followTalk } from './draft-talk.ts'

/** What may well be told after the end: it says nothing of what happened then. */
const SAYS_NOTHING_NEW: ReadonlySet<CallEvent['type']> = new Set(['calls-merged', 'call-reconstructed'])

/** Takes the next event, in order of time. `mergedFrom`: the call it was told of, if that was merged into this one. */
export function takeEvent(draft: CallDraft, event: CallEvent, mergedFrom: string | null): void {
  learnNames(draft, event)
  const step = stepOf(event, draft.startedAt, mergedFrom)
  if (mergedFrom !== null) {
    // A consultation: the agents had a part in the call, but nothing of it happened to the customer.
    takeConsultation(draft, event, step)
    draft.steps.push(step)
    return
  }
  if (draft.ended !== null && !event.type.startsWith('recording-') && !SAYS_NOTHING_NEW.has(event.type)) {
    step.remark = 'after-end'
    draft.steps.push(step)
    return
  }
  if (keepsStep(draft, event)) draft.steps.push(step)
  applyToDraft(draft, event, step)
  followTalk(draft, step)
}

function takeConsultation(draft: CallDraft, event: CallEvent, step: Step): void {
  if (event.type === 'call-reconstructed') draft.reconstructed = true
  if (event.type === 'agent-ringing' || event.type === 'agent-answered') addPart(draft, event.agent)
  switch (event.type) {
    case 'recording-stored':
    case 'recording-deleted':
    case 'recording-held':
    case 'recording-released':
    case 'recording-missing':
    case 'recording-silenced':
      applyMergedRecording(draft, event, step)
  }
}

/** Plumbing that tells a reader nothing new: that a file is ready, and the same party's repeated wish to hang up. */
function keepsStep(draft: CallDraft, event: CallEvent): boolean {
  if (event.type === 'recording-ready') return false
  if (event.type === 'hangup-requested') return draft.hangup?.by !== event.by
  return true
}

function applyToDraft(draft: CallDraft, event: CallEvent, step: Step): void {
  const at = step.at
  switch (event.type) {
    case 'call-started':
    case 'call-described':
      describe(draft, event)
      return
    case 'call-reconstructed':
      draft.reconstructed = true
      return
    case 'ivr-entered':
      draft.ivrSince ??= at
      draft.ivrStep ??= step
      draft.ivrEntered ??= step.eventId
      return
    case 'key-pressed':
      draft.keys.push(event.key)
      return
    case 'queue-entered':
      // Said again, by a source that had to ask what is going on.
      if (draft.queue?.id === event.skillGroup.id) {
        step.remark = 'already-in-queue'
        return
      }
      leaveIvr(draft, at)
      closeQueue(draft, at, 'moved', null)
      enterQueue(draft, event.skillGroup, step)
      return
    case 'queue-left':
      if (draft.queue === null) step.remark = 'not-in-queue'
      if (draft.queue === null && event.skillGroup) refuseQueue(draft, event.skillGroup, event.outcome ?? null, step)
      closeQueue(draft, at, event.outcome ?? null, step)
      return
    case 'agent-ringing':
      leaveIvr(draft, at)
      addPart(draft, event.agent)
      if (!draft.rings.has(event.agent.id)) draft.rings.set(event.agent.id, { since: at, step })
      draft.ringSince ??= at
      draft.lastRing = { agentId: event.agent.id, outcome: null, steps: [step.eventId] }
      return
    case 'agent-ring-ended':
      if (!draft.rings.has(event.agent.id)) step.remark = 'not-ringing'
      endRing(draft, event.agent.id, at, event.outcome ?? null, step)
      return
    case 'agent-answered':
      answerAgent(draft, event, step)
      return
    case 'agent-left':
      endAgent(draft, event.agent.id, at, step)
      return
    case 'customer-ringing':
      draft.customerRinging ??= { since: at, step }
      draft.ringSince ??= at
      return
    case 'customer-answered':
      draft.customerAnswered ??= { at, step: step.eventId }
      draft.notConnected = null
      // A feed that never spoke of the agent's own phone: who dials is on the line when the customer answers.
      if (reachesOut(draft.type) && draft.diallingAgent && draft.present.size === 0) {
        draft.present.set(draft.diallingAgent.id, { step: null })
      }
      endCustomerRing(draft, at)
      return
    case 'customer-not-connected':
      if (draft.customerAnswered === null) draft.notConnected = { cause: event.cause, step: step.eventId }
      endCustomerRing(draft, at)
      return
    case 'held':
      draft.hold ??= { since: at, step }
      return
    case 'resumed':
      if (draft.hold === null) step.remark = 'not-held'
      endHold(draft, at)
      return
    case 'transferred':
      draft.transfers++
      return
    case 'external-dialled':
      leaveIvr(draft, at)
      draft.external = { since: at, step, answeredAt: null }
      draft.externalEntered ??= step.eventId
      return
    case 'external-answered':
      leaveIvr(draft, at)
      draft.externalEntered ??= step.eventId
      draft.external = { ...(draft.external ?? { since: at, step }), answeredAt: at, step }
      return
    case 'external-ended':
      endExternal(draft, at)
      return
    case 'supervisor-joined':
    case 'supervisor-left':
      return
    case 'recording-started':
    case 'recording-ready':
    case 'recording-stored':
    case 'recording-deleted':
    case 'recording-missing':
    case 'recording-damaged':
    case 'recording-held':
    case 'recording-released':
    case 'recording-paused':
    case 'recording-resumed':
    case 'recording-silenced':
      applyRecording(draft, event, step)
      return
    case 'calls-merged':
      return
    case 'hangup-requested':
      draft.hangup = { by: event.by, at }
      if (event.by === 'customer') noteLeaving(draft, 'customer', step)
      return
    case 'call-ended':
      endCall(draft, event, step)
      return
    default:
      event satisfies never
  }
}

function describe(draft: CallDraft, event: CallEventOf<'call-started'> | CallEventOf<'call-described'>): void {
  if (event.callType) {
    draft.type = event.callType
    draft.typeGuessed = event.guessed?.includes('callType') ?? false
  }
  for (const field of TOLD_FIELDS) if (event[field] !== undefined) draft.toldBy.set(field, event.id)
  draft.customer = event.customer ?? draft.customer
  draft.dialledNumber = event.dialledNumber ?? draft.dialledNumber
  draft.caller = event.caller ?? draft.caller
  draft.diallingAgent = event.agent ?? draft.diallingAgent
  draft.calledAgent = event.otherAgent ?? draft.calledAgent
  const { type, diallingAgent, calledAgent } = draft
  if (diallingAgent) addPart(draft, diallingAgent)
  if (calledAgent) addPart(draft, calledAgent)
  // Who dials is on the line from the start; back-to-back, her own phone has to be picked up first.
  if (diallingAgent && (type === 'outbound' || type === 'virtual-number' || type === 'internal')) {
    if (!draft.present.has(diallingAgent.id)) draft.present.set(diallingAgent.id, { step: null })
  }
}

function learnNames(draft: CallDraft, event: CallEvent): void {
  const agents = [
    'agent' in event ? event.agent : undefined,
    'otherAgent' in event ? event.otherAgent : undefined,
    'from' in event ? event.from : undefined,
    'toAgent' in event ? event.toAgent : undefined,
  ]
  for (const agent of agents) if (agent?.name) draft.names.set(agent.id, agent.name)
  const groups = [
    'skillGroup' in event ? event.skillGroup : undefined,
    'toSkillGroup' in event ? event.toSkillGroup : undefined,
  ]
  for (const group of groups) if (group?.name) draft.groupNames.set(group.id, group.name)
}

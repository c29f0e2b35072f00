// The IVR and the queues of a call draft: entering, leaving, being refused at the door.
import type { Step } from './call.ts'
import type { CallDraft } from './call-draft.ts'
import type { SkillGroupRef } from './call-event.ts'
import type { QueueOutcome } from './vocabulary.ts'

export function enterQueue(draft: CallDraft, group: SkillGroupRef, step: Step): void {
  draft.queue = { id: group.id, since: step.at, step }
  if (!draft.queues.includes(group.id)) draft.queues.push(group.id)
  draft.lastQueue = { id: group.id, outcome: null, steps: [step.eventId] }
}

/** A queue that was never entered: it turned the caller away at the door. */
export function refuseQueue(draft: CallDraft, group: SkillGroupRef, outcome: QueueOutcome | null, step: Step): void {
  if (draft.lastQueue?.id === group.id) return
  if (!draft.queues.includes(group.id)) draft.queues.push(group.id)
  draft.lastQueue = { id: group.id, outcome, steps: [step.eventId] }
}

export function closeQueue(draft: CallDraft, at: number, outcome: QueueOutcome | null, step: Step | null): void {
  if (draft.lastQueue && step && (draft.queue || draft.lastQueue.outcome === null)) {
    draft.lastQueue = {
      ...draft.lastQueue,
      outcome: outcome ?? draft.lastQueue.outcome,
      steps: [...new Set([...draft.lastQueue.steps, step.eventId])],
    }
  }
  if (draft.queue === null) return
  draft.queueMs += at - draft.queue.since
  draft.queue.step.durationMs = at - draft.queue.since
  if (draft.lastQueue && draft.lastQueue.outcome === null) draft.lastQueue.outcome = outcome
  draft.queue = null
}

export function leaveIvr(draft: CallDraft, at: number): void {
  if (draft.ivrSince === null) return
  draft.ivrMs += at - draft.ivrSince
  if (draft.ivrStep) draft.ivrStep.durationMs = at - draft.ivrStep.at
  draft.ivrSince = null
  draft.ivrStep = null
}

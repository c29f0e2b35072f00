// The phones that ring in a call draft: agents' and the customer's.
import type { Step } from './call.ts'
import type { CallDraft } from './call-draft.ts'
import type { RingOutcome } from './vocabulary.ts'

export function endRing(
  draft: CallDraft,
  agentId: string,
  at: number,
  outcome: RingOutcome | null,
  step: Step | null,
): void {
  const ring = draft.rings.get(agentId)
  if (ring) {
    ring.step.durationMs = at - ring.step.at
    draft.rings.delete(agentId)
  }
  if (draft.lastRing?.agentId === agentId && step && draft.lastRing.outcome === null) {
    draft.lastRing = { ...draft.lastRing, outcome, steps: [...draft.lastRing.steps, step.eventId] }
  }
  stopRinging(draft, at)
}

export function endCustomerRing(draft: CallDraft, at: number): void {
  if (draft.customerRinging) draft.customerRinging.step.durationMs = at - draft.customerRinging.since
  draft.customerRinging = null
  stopRinging(draft, at)
}

export function stopRinging(draft: CallDraft, at: number): void {
  if (draft.ringSince === null || draft.rings.size > 0 || draft.customerRinging !== null) return
  draft.ringMs += at - draft.ringSince
  draft.ringSince = null
}

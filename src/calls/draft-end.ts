// The end of a call draft: what was open when somebody broke it off, and closing everything.
import type { Step } from './call.ts'
import type { CallDraft } from './call-draft.ts'
import type { CallEventOf } from './call-event.ts'
import { closeQueue, leaveIvr } from './draft-queue.ts'
import { endCustomerRing, endRing } from './draft-ringing.ts'
import { endAgent, endExternal } from './draft-talk.ts'
import type { ReleasingParty } from './vocabulary.ts'

export function noteLeaving(draft: CallDraft, by: ReleasingParty, step: Step): void {
  const rings = [...draft.rings.entries()]
  const ringing = rings.at(-1)?.[0] ?? null
  // A feed may close the ring, as cancelled, before it says that the caller left.
  const cancelled = rings.length === 0 && draft.lastRing?.outcome === 'cancelled' ? draft.lastRing : null
  draft.leaving = {
    by,
    at: step.at,
    step: step.eventId,
    rings: cancelled ? cancelled.steps : rings.map(([, ring]) => ring.step.eventId),
    ringingAgent: cancelled?.agentId ?? ringing,
    queueId: draft.queue?.id ?? null,
  }
}

export function endCall(draft: CallDraft, event: CallEventOf<'call-ended'>, step: Step): void {
  const releasedBy = event.releasedBy ?? draft.hangup?.by ?? null
  if (draft.leaving === null) noteLeaving(draft, releasedBy ?? 'system', step)
  const at = step.at
  draft.ended = { at, releasedBy, estimated: event.estimated === true, step: step.eventId }
  leaveIvr(draft, at)
  closeQueue(draft, at, null, null)
  for (const agentId of [...draft.rings.keys()]) endRing(draft, agentId, at, null, null)
  endCustomerRing(draft, at)
  endExternal(draft, at)
  for (const agentId of [...draft.present.keys()]) endAgent(draft, agentId, at, step)
}

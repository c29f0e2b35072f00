// Why a call ended: the one place where the hangup reason is decided. First rule that fits wins; each names the steps
// that made it fit. An abandon while a phone rings is not a queue abandon; a queue's time limit is not an abandon; a call
// that reached an agent is normal wherever it was moved; an end that nobody reported is unknown unless what came
// before tells.
import type { ReasonBecause } from './call.ts'
import { type CallDraft, reachesOut } from './call-draft.ts'
import type { HangupReason, NotConnectedCause, RingOutcome } from './vocabulary.ts'

/** The rules, in the order in which they are tried; the console has a sentence for each. */
export const REASON_RULES = [
  'customer-answered',
  'customer-not-reached',
  'agents-talked',
  'pbx-answered',
  'called-agent-not-reached',
  'agent-talked',
  'external-line-tried',
  'queue-gave-up',
  'end-not-reported',
  'left-while-agent-rang',
  'left-in-queue',
  'queue-ended-by-system',
  'rang-without-answer',
  'left-before-queue',
] as const
export type ReasonRule = (typeof REASON_RULES)[number]

export interface Reason {
  hangupReason: HangupReason
  notConnectedCause: NotConnectedCause | null
  because: ReasonBecause & { rule: ReasonRule }
}

/** The reason of an ended call. `draft.ended` is set. */
export function hangupReasonOf(draft: CallDraft): Reason {
  const { type, ended } = draft
  const estimated = ended?.estimated === true
  const end = ended ? [ended.step] : []
  if (type === 'internal') return reasonOfInternal(draft, end)
  if (reachesOut(type) || (type === 'predictive' && draft.customerAnswered === null)) {
    if (draft.customerAnswered) return because('normal', 'customer-answered', [draft.customerAnswered.step])
    // Nobody said that the customer was not reached, and nobody saw the end.
    if (estimated && draft.notConnected === null) return because('unknown', 'end-not-reported', end)
    const steps = draft.notConnected ? [draft.notConnected.step] : [...(draft.lastRing?.steps ?? []), ...end]
    return because('not-connected', 'customer-not-reached', steps, notConnectedCauseOf(draft))
  }
  if (draft.firstTalk?.agentId) return because('normal', 'agent-talked', [draft.firstTalk.step])
  if (draft.externalEntered) return because('transferred-external', 'external-line-tried', [draft.externalEntered])

  const { lastQueue, leaving } = draft
  if (lastQueue?.outcome === 'timeout' || lastQueue?.outcome === 'refused') {
    return because('queue-timeout', 'queue-gave-up', lastQueue.steps)
  }
  if (estimated && leaving?.by !== 'customer') return because('unknown', 'end-not-reported', end)

  const left = leaving ? [leaving.step] : end
  const inQueue = leaving?.queueId != null || lastQueue?.outcome === 'abandoned' || lastQueue?.outcome === null
  if (lastQueue && inQueue) {
    if (leaving && leaving.rings.length > 0 && leaving.by !== 'system') {
      return because('abandoned-while-ringing', 'left-while-agent-rang', [...leaving.rings, ...left])
    }
    const bySystem = leaving?.by === 'system' && ended?.releasedBy === 'system' && lastQueue.outcome === null
    if (bySystem) return because('queue-timeout', 'queue-ended-by-system', [...lastQueue.steps, ...end])
    return because('abandoned-in-queue', 'left-in-queue', [...lastQueue.steps, ...left])
  }
  if (leaving && leaving.rings.length > 0) {
    return because('abandoned-while-ringing', 'left-while-agent-rang', [...leaving.rings, ...left])
  }
  if (!lastQueue && draft.lastRing) {
    return because('abandoned-while-ringing', 'rang-without-answer', [...draft.lastRing.steps, ...left])
  }
  return because('abandoned-in-ivr', 'left-before-queue', left)
}

function reasonOfInternal(draft: CallDraft, end: string[]): Reason {
  if (draft.firstTalk) return because('normal', 'agents-talked', [draft.firstTalk.step])
  // A feature code, a voicemail box, listening in: nobody was called, and what was dialled did answer.
  if (draft.ivrEntered && !draft.lastRing) return because('normal', 'pbx-answered', [draft.ivrEntered])
  if (draft.ended?.estimated && draft.lastRing?.outcome == null) return because('unknown', 'end-not-reported', end)
  const steps = draft.notConnected ? [draft.notConnected.step] : [...(draft.lastRing?.steps ?? []), ...end]
  return because('not-connected', 'called-agent-not-reached', steps, notConnectedCauseOf(draft))
}

const CAUSE_OF_RING: Readonly<Record<RingOutcome, NotConnectedCause>> = {
  'no-answer': 'no-answer',
  rejected: 'rejected',
  busy: 'busy',
  cancelled: 'caller-cancelled',
  withdrawn: 'caller-cancelled',
  'answered-elsewhere': 'no-answer',
  unavailable: 'network',
}

function notConnectedCauseOf(draft: CallDraft): NotConnectedCause {
  if (draft.notConnected) return draft.notConnected.cause
  const ring = draft.lastRing?.outcome ?? null
  if (draft.type === 'back-to-back' && draft.lastRing && draft.present.size === 0 && draft.customerRinging === null) {
    // The customer was never dialled: the agent's own phone did not answer.
    if (ring !== null && ring !== 'cancelled') return 'agent-unavailable'
  }
  if (draft.type === 'internal' && ring !== null) return CAUSE_OF_RING[ring]
  if (draft.ended?.releasedBy === 'agent') return 'caller-cancelled'
  if (draft.ended?.releasedBy === 'customer') return 'rejected'
  return 'no-answer'
}

function because(
  hangupReason: HangupReason,
  rule: ReasonRule,
  steps: string[],
  notConnectedCause: NotConnectedCause | null = null,
): Reason {
  return { hangupReason, notConnectedCause, because: { rule, steps: [...new Set(steps)] } }
}

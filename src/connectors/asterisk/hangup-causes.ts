// What the Q.850 cause of a leg's Hangup and the status of its dial say, in the words of calls/vocabulary.ts. The status
// alone does not tell a refusal (603) or a wrong number (404) from no answer: Asterisk 22 says NOANSWER for all three.
// SIP answers become causes in res_pjsip (hangup_sip2cause): 486→17, 603→21, 404/485/604→1, 484→28, 480→19, 408→18, 503→34.
import type { ExternalOutcome, NotConnectedCause, RingOutcome } from '../../calls/vocabulary.ts'

const BUSY = 17
const REJECTED = 21
const ANSWERED_ELSEWHERE = 26
/** No user responding; no answer from the user: a time that was over. */
const TOO_LATE = new Set([18, 19])
/** Unallocated; number changed; invalid format. */
const INVALID_NUMBER = new Set([1, 22, 28])
/** No route, out of order, no circuit, failure, congestion, switch trouble, not available: the line, not the person. */
const NETWORK = new Set([
  2, 3, 6, 27, 29, 34, 38, 41, 42, 43, 44, 46, 47, 50, 57, 58, 63, 65, 69, 79, 88, 95, 96, 97, 111,
])
/** Nothing more than "the SIP side said something else": also what a cancelled call gets. */
const INTERWORKING = 127

/** How one dialled leg ended without an answer. */
export interface LegEnd {
  /** DialStatus of its first DialEnd; null: there was none (an Originate that fails). */
  status: string | null
  /** Cause of its Hangup; 0: not given. */
  cause: number
  /** Whoever was calling had hung up before. */
  callerGaveUp: boolean
}

/** Why the customer was not reached. */
export function notConnectedCauseOf({ status, cause, callerGaveUp }: LegEnd): NotConnectedCause {
  if (status === 'BUSY' || cause === BUSY) return 'busy'
  if (cause === REJECTED) return 'rejected'
  if (INVALID_NUMBER.has(cause)) return 'invalid-number'
  // The platform's own time for its call was over: behind a Local channel the leg is cancelled for that.
  if (status === 'CANCEL' && !callerGaveUp && TOO_LATE.has(cause)) return 'no-answer'
  if (status === 'CANCEL' || callerGaveUp) return 'caller-cancelled'
  if (status === 'CONGESTION' || status === 'CHANUNAVAIL' || NETWORK.has(cause)) return 'network'
  if (cause === INTERWORKING && status === null) return 'caller-cancelled'
  return cause === INTERWORKING ? 'network' : 'no-answer'
}

/** How dialling an external line ended without an answer. */
export function externalOutcomeOf(end: LegEnd): ExternalOutcome {
  const cause = notConnectedCauseOf(end)
  switch (cause) {
    case 'busy':
    case 'rejected':
    case 'no-answer':
      return cause
    case 'caller-cancelled':
      return 'cancelled'
    case 'invalid-number':
    case 'network':
    case 'agent-unavailable':
      return 'failed'
  }
}

/** How an agent's phone stopped ringing without an answer. `missed`: the queue said that she did not answer. */
export function ringOutcomeOf(end: LegEnd & { missed: boolean; answeredElsewhere: boolean }): RingOutcome {
  const { status, cause } = end
  if (status === 'BUSY' || cause === BUSY) return 'busy'
  if (cause === REJECTED) return 'rejected'
  if (cause === ANSWERED_ELSEWHERE) return 'answered-elsewhere'
  if (end.missed) return 'no-answer'
  if (end.callerGaveUp) return 'cancelled'
  if (end.answeredElsewhere) return 'answered-elsewhere'
  if (status === 'NOANSWER' || (status === null && !NETWORK.has(cause) && cause !== INTERWORKING)) return 'no-answer'
  if (status === 'CANCEL') return 'withdrawn'
  if (status === null) return cause === INTERWORKING ? 'cancelled' : 'unavailable'
  return 'unavailable'
}

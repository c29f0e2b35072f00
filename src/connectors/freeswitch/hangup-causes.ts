// What a leg's Hangup-Cause, SIP status and sip_hangup_disposition say, in the words of calls/vocabulary.ts. FreeSWITCH's
// mod_sofia turns SIP answers into causes: 486, 600 → USER_BUSY; 603 but also 401–403, 407 → CALL_REJECTED; 404 →
// UNALLOCATED_NUMBER; 485, 604 → NO_ROUTE_DESTINATION; 408, 504 → RECOVERY_ON_TIMER_EXPIRE; 480 → NO_USER_RESPONSE.
import type { ExternalOutcome, NotConnectedCause, RingOutcome } from '../../calls/vocabulary.ts'

/** How one leg ended. */
export interface LegEnd {
  /** Hangup-Cause, `USER_BUSY`. */
  cause: string
  /** `486`; '' when no SIP answer ended it. */
  sipStatus: string
  /** `recv_bye`: whoever is at this leg hung up; `send_bye`: the other side or FreeSWITCH did. */
  disposition: string
  /** `BLIND_TRANSFER`, `ATTENDED_TRANSFER`: this party moved the other one on, and left. */
  endpointDisposition: string
}

const TIMED_OUT = new Set(['NO_ANSWER', 'ALLOTTED_TIMEOUT', 'NO_USER_RESPONSE', 'PROGRESS_TIMEOUT', 'MEDIA_TIMEOUT'])
const INVALID_NUMBER = new Set(['UNALLOCATED_NUMBER', 'NUMBER_CHANGED', 'INVALID_NUMBER_FORMAT'])
const ANSWERED_ELSEWHERE = new Set(['LOSE_RACE', 'PICKED_OFF'])
/** The line refused us, not the person the call. */
const LINE_REFUSED = new Set(['401', '402', '403', '407'])

/** Why the customer was not reached. `callerGaveUp`: whoever was calling hung up before. */
export function notConnectedCauseOf(
  end: Pick<LegEnd, 'cause' | 'sipStatus'>,
  callerGaveUp: boolean,
): NotConnectedCause {
  const { cause, sipStatus } = end
  if (cause === 'USER_BUSY') return 'busy'
  if (cause === 'CALL_REJECTED') return LINE_REFUSED.has(sipStatus) ? 'network' : 'rejected'
  if (INVALID_NUMBER.has(cause)) return 'invalid-number'
  if (cause === 'NO_ROUTE_DESTINATION') return sipStatus === '485' || sipStatus === '604' ? 'invalid-number' : 'network'
  if (cause === 'ORIGINATOR_CANCEL') return 'caller-cancelled'
  if (TIMED_OUT.has(cause)) return 'no-answer'
  if (cause === 'RECOVERY_ON_TIMER_EXPIRE' && sipStatus === '408') return 'no-answer'
  if (cause === 'NORMAL_CLEARING' || cause === 'NONE' || cause === '')
    return callerGaveUp ? 'caller-cancelled' : 'no-answer'
  return 'network'
}

/** How dialling an external line ended without an answer. */
export function externalOutcomeOf(end: Pick<LegEnd, 'cause' | 'sipStatus'>, callerGaveUp: boolean): ExternalOutcome {
  const cause = notConnectedCauseOf(end, callerGaveUp)
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

/** How an agent's phone stopped ringing without an answer. */
export function ringOutcomeOf({ cause }: Pick<LegEnd, 'cause'>, callerGaveUp: boolean): RingOutcome {
  if (cause === 'USER_BUSY') return 'busy'
  if (cause === 'CALL_REJECTED') return 'rejected'
  if (ANSWERED_ELSEWHERE.has(cause)) return 'answered-elsewhere'
  if (cause === 'ORIGINATOR_CANCEL') return callerGaveUp ? 'cancelled' : 'withdrawn'
  if (TIMED_OUT.has(cause)) return 'no-answer'
  return cause === 'NORMAL_CLEARING' && callerGaveUp ? 'cancelled' : 'unavailable'
}

/** Did whoever is at this leg end it? */
export function hungUpHere({ disposition }: Pick<LegEnd, 'disposition'>): boolean {
  return disposition === 'recv_bye' || disposition === 'recv_cancel'
}

/** This party moved the other one on and left: the call may go on without it. */
export function leftByTransfer({ endpointDisposition }: Pick<LegEnd, 'endpointDisposition'>): boolean {
  return /TRANSFER/.test(endpointDisposition)
}

/** mod_callcenter's CC-Cancel-Reason, cc_cancel_reason. */
export function queueOutcomeOf(cancelReason: string): 'timeout' | 'abandoned' | 'moved' | null {
  switch (cancelReason) {
    case 'TIMEOUT':
    case 'NO_AGENT_TIMEOUT':
      return 'timeout'
    case 'BREAK_OUT':
      return 'abandoned'
    case 'EXIT_WITH_KEY':
      return 'moved'
    default:
      return null
  }
}

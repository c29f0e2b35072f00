// How a caller got into a queue and out of it: CEL knows when, queue_log why. Without queue_log, what CEL has must do.
// Pure; used by retell-cel.ts.
import type { CelCalls } from './cel-calls.ts'
import type { CelRow, QueueLogRow } from './gap-source.ts'
import { isSameSecond } from './hangup-requests.ts'

/** Queue() comes back at once where it takes nobody in. */
const REFUSAL_MS = 100

/** Did Queue() let the caller in, or turn her away at the door (JOINEMPTY, FULL)? */
export function wasLetIn(
  calls: CelCalls,
  start: CelRow,
  queue: string,
  queueLog: readonly QueueLogRow[] | null,
): boolean {
  const joined = queueLog?.some(
    (row) =>
      row.event === 'ENTERQUEUE' &&
      row.callId === start.uniqueid &&
      row.queue === queue &&
      isSameSecond(start.at, row.at),
  )
  if (joined) return true
  const rows = calls.byCall.get(start.linkedid) ?? []
  const end = rows.find(
    (row) =>
      row.uniqueid === start.uniqueid && row.event === 'APP_END' && row.at >= start.at && row.application === 'Queue',
  )
  return end === undefined || end.at - start.at > REFUSAL_MS
}

/** `over`: abandoned or timed out, which a hangup request before it tells apart. */
export function queueOutcomeOf(
  end: CelRow,
  queue: string,
  queueLog: readonly QueueLogRow[] | null,
): 'over' | 'moved' | 'left-empty' | 'timeout' {
  const row = queueLog?.findLast(
    ({ event, callId, queue: of, at }) =>
      /^EXIT|^ABANDON$/.test(event) && callId === end.uniqueid && of === queue && isSameSecond(end.at, at),
  )
  if (row?.event === 'EXITEMPTY') return 'left-empty'
  if (row?.event === 'EXITWITHTIMEOUT') return 'timeout'
  return row?.event === 'EXITWITHKEY' ? 'moved' : 'over'
}

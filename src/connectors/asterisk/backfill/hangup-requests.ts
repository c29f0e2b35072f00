// Who asked to hang up, and when: CEL says it only at the end of each channel (hangupsource), after all that it brought
// about. The request came before the first of these. Pure; used by retell-cel.ts.
import type { CelCalls, CelChannel } from './cel-calls.ts'
import type { CelRow, QueueLogRow } from './gap-source.ts'

export interface HangupRequest {
  channel: CelChannel
  at: number
  /** Q.850, as its own Hangup has it. */
  cause: string
}

/** What one hangup brings about comes within such pauses. */
export const TOGETHER_MS = 50
const BROUGHT_ABOUT = new Set(['BRIDGE_EXIT', 'HANGUP', 'CHAN_END', 'APP_END', 'STREAM_END', 'LINKEDID_END'])
const TICK_MS = 0.001

export function findHangupRequests(
  calls: CelCalls,
  rows: readonly CelRow[],
  queueLog: readonly QueueLogRow[] | null,
): HangupRequest[] {
  const requests = new Map<string, HangupRequest>()
  const note = (channel: CelChannel, at: number, cause: string | null) => {
    const known = requests.get(channel.uniqueid)
    if (!known) requests.set(channel.uniqueid, { channel, at, cause: cause ?? '0' })
    else {
      known.at = Math.min(known.at, at)
      if (cause !== null) known.cause = cause
    }
  }
  for (const row of rows) {
    if (row.event !== 'HANGUP') continue
    const source = row.extra['hangupsource'] ?? ''
    if (!source.includes('/') || source.startsWith('Local/') || source.startsWith('dialplan/')) continue
    const channel = calls.named(source, row.at)
    const own = channel?.uniqueid === row.uniqueid ? (row.extra['hangupcause'] ?? '0') : null
    if (channel) note(channel, beginningOf(calls, row), own)
  }
  for (const { event, callId, at } of queueLog ?? []) {
    const channel = calls.channels.get(callId)
    if (event !== 'ABANDON' || !channel || requests.has(callId)) continue
    const left = rows.find(
      (row) =>
        row.uniqueid === callId && row.event === 'APP_END' && row.application === 'Queue' && isSameSecond(row.at, at),
    )
    const ended = calls.byCall.get(channel.linkedid)?.some((row) => row.uniqueid === callId && row.event === 'HANGUP')
    if (left && ended) note(channel, beginningOf(calls, left), null)
  }
  return [...requests.values()]
}

/** queue_log has whole seconds, and writes a moment later. */
export function isSameSecond(at: number, second: number): boolean {
  return at >= second - 1_000 && at < second + 2_000
}

/** Just before the first of the rows that belong together with this one. */
function beginningOf(calls: CelCalls, row: CelRow): number {
  const rows = calls.byCall.get(row.linkedid) ?? []
  let first = row
  for (let i = rows.indexOf(row) - 1; i >= 0; i--) {
    const before = rows[i]
    if (!before || first.at - before.at > TOGETHER_MS || !BROUGHT_ABOUT.has(before.event)) break
    first = before
  }
  return first.at - TICK_MS
}

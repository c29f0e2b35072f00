// Counting for the board: the calls of a stretch of time by type, reason and skill group, and the live ones by phase. Read
// from indexes alone but for the live calls, of which there are few.

import type { LiveTally, Tally, WaitingCriteria } from '../../board/tally.ts'
import type { CallType, HangupReason, Phase } from '../../calls/vocabulary.ts'
import type { Database, Row } from './database.ts'

/** `call_by_start` holds listed calls only, with every column that is asked here. */
const CALLS = `FROM call INDEXED BY call_by_start`
const LISTED = `instance = ? AND started_at >= ? AND started_at < ? AND merged_into IS NULL AND type != 'internal'`

export function tally(
  db: Database,
  instance: string,
  { from, to }: { from: number; to: number },
  inTimeMs: number,
): Tally {
  const isAnswered = `type = 'inbound' AND hangup_reason = 'normal'`
  const rows = db.all(
    `SELECT type, hangup_reason, count(*) AS calls, sum(wait_ms <= ?) AS in_time, sum(wait_ms) AS wait_ms
     ${CALLS} WHERE ${LISTED} GROUP BY type, hangup_reason`,
    inTimeMs,
    instance,
    from,
    to,
  )
  const waits = db.all(
    `SELECT wait_ms / 1000 AS seconds, count(*) AS calls ${CALLS} WHERE ${LISTED} AND ${isAnswered} GROUP BY 1`,
    instance,
    from,
    to,
  )
  const groups = db.all(
    `SELECT group_id, type, hangup_reason, count(*) AS calls, sum(wait_ms <= ?) AS in_time, sum(wait_ms) AS wait_ms
     FROM (SELECT row AS listed, type, hangup_reason, wait_ms ${CALLS} WHERE ${LISTED}) CROSS JOIN call_skill_group ON call = listed
     GROUP BY group_id, type, hangup_reason`,
    inTimeMs,
    instance,
    from,
    to,
  )
  return {
    rows: rows.map(tallyRow),
    waits: waits.map((row) => ({ seconds: Number(row.seconds), calls: Number(row.calls) })),
    groups: groups.map((row) => ({ skillGroup: String(row.group_id), ...tallyRow(row) })),
  }
}

function tallyRow(row: Row) {
  return {
    type: String(row.type) as CallType,
    hangupReason: row.hangup_reason === null ? null : (String(row.hangup_reason) as HangupReason),
    calls: Number(row.calls),
    inTime: Number(row.in_time),
    waitMs: Number(row.wait_ms),
  }
}

export function liveTally(db: Database, instance: string, from: number, waiting: WaitingCriteria): LiveTally {
  const live = `FROM call INDEXED BY call_live WHERE instance = ? AND ended_at IS NULL AND merged_into IS NULL
    AND started_at >= ? AND type != 'internal'`
  const phases = db.all(
    `SELECT json_extract(record, '$.phase') AS phase, count(*) AS calls ${live} GROUP BY 1`,
    instance,
    from,
  )
  // What the customer has not spent in the IVR or talking was spent waiting.
  const waitingCalls = `SELECT row AS waiting, id, started_at + json_extract(record, '$.ivrMs') + talk_ms AS since ${live}
    AND type IN (${marks(waiting.types)}) AND json_extract(record, '$.phase') IN (${marks(waiting.phases)})`
  const values = [instance, from, ...waiting.types, ...waiting.phases]
  // With min() SQLite takes the other columns from the row that has it.
  const all = db.get(`SELECT count(*) AS calls, min(since) AS since, id FROM (${waitingCalls})`, ...values)
  const groups = db.all(
    `SELECT group_id, count(*) AS calls, min(since) AS since, id FROM (${waitingCalls})
     CROSS JOIN call_skill_group ON call = waiting GROUP BY group_id`,
    ...values,
  )
  return {
    phases: phases.map((row) => ({ phase: String(row.phase) as Phase, calls: Number(row.calls) })),
    waiting: waitingRow(all ?? {}),
    groups: groups.map((row) => ({ skillGroup: String(row.group_id), ...waitingRow(row) })),
  }
}

function waitingRow({ calls, since, id }: Row) {
  return {
    calls: Number(calls ?? 0),
    since: typeof since === 'number' ? since : null,
    callId: typeof id === 'string' ? id : null,
  }
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

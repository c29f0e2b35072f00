// Retention in SQL: what goes next, by indexes that hold nothing but recordings that may go, so that a sweep costs what it
// deletes and not what is kept; sums, which triggers keep (migrations.ts); and files that are due to be removed. Plans
// and rehearsals are made here, in a reader thread, beside the rows.
import type { SQLInputValue } from 'node:sqlite'
import { clockIn } from '../../calls/instant.ts'
import type { NewReceipt } from '../../receipts/receipt.ts'
import {
  type Candidate,
  isAfter,
  type Place,
  planRetention,
  type RecordingTotal,
  type RetentionView,
} from '../../retention/plan.ts'
import type { RetentionPolicy } from '../../retention/policy.ts'
import { cutoffAt, INFLOW_DAYS, type Rehearsal, rehearse, type StoredLately } from '../../retention/rehearsal.ts'
import type { FilesDue, PlannedDeletion, RecordingRow, RetentionMoment, StorageName, StoredPolicy } from '../store.ts'
import type { Database, Row } from './database.ts'
import { insertReceipts } from './receipt-sql.ts'
import { recording, toRecording } from './recording-sql.ts'

const PAGE = 256
const HOUR_MS = 3_600_000

export function retentionPolicy(db: Database, instance: string): StoredPolicy | null {
  const row = db.get('SELECT policy, changed_at, changed_by FROM retention WHERE instance = ?', instance)
  if (!row) return null
  const policy = JSON.parse(String(row.policy)) as RetentionPolicy
  return { policy, changedAt: Number(row.changed_at), changedBy: String(row.changed_by) }
}

export function saveRetentionPolicy(
  db: Database,
  instance: string,
  { policy, changedAt, changedBy }: StoredPolicy,
  receipts: NewReceipt[],
): void {
  db.transaction(() => {
    db.run(
      'INSERT OR REPLACE INTO retention (instance, policy, changed_at, changed_by) VALUES (?, ?, ?, ?)',
      instance,
      JSON.stringify(policy),
      changedAt,
      changedBy,
    )
    insertReceipts(db, receipts)
  })
}

export function recordingTotals(db: Database, instance: string): RecordingTotal[] {
  return db
    .all('SELECT * FROM recording_total WHERE instance = ? AND recordings > 0 ORDER BY group_id', instance)
    .map((row) => ({
      skillGroup: String(row.group_id),
      recordings: Number(row.recordings),
      bytes: Number(row.bytes),
      heldRecordings: Number(row.held_recordings),
      heldBytes: Number(row.held_bytes),
    }))
}

export function storedLately(db: Database, instance: string, now: number): StoredLately {
  const from = Math.floor(now / HOUR_MS) - INFLOW_DAYS * 24
  const rows = db.all(
    `SELECT group_id, sum(recordings) AS recordings, sum(bytes) AS bytes, min(hour) AS since FROM recording_inflow
       WHERE instance = ? AND hour > ? GROUP BY group_id`,
    instance,
    from,
  )
  const since = rows.length === 0 ? null : Math.min(...rows.map((row) => Number(row.since))) * HOUR_MS
  const groups = rows.map((row) => ({
    skillGroup: String(row.group_id),
    recordings: Number(row.recordings),
    bytes: Number(row.bytes),
  }))
  return { since, groups }
}

/** Hours that no inflow is measured by any more. */
export function forgetInflow(db: Database, instance: string, now: number): void {
  const before = Math.floor(now / HOUR_MS) - 2 * INFLOW_DAYS * 24
  db.run('DELETE FROM recording_inflow WHERE instance = ? AND hour < ?', instance, before)
}

/** The first `limit` deletions of a plan, each with its row. */
export function planDeletions(
  db: Database,
  instance: string,
  policy: RetentionPolicy,
  moment: RetentionMoment,
  limit: number,
): PlannedDeletion[] {
  const clock = clockIn(moment.timeZone)
  const view = viewOf(db, instance, { withHeld: false })
  const planned: PlannedDeletion[] = []
  for (const deletion of planRetention(policy, view, moment.freeBytes).due(cutoffAt(clock, clock.dayOf(moment.now)))) {
    const { callId, n } = deletion.recording
    const row = recording(db, instance, callId, n)
    const called = db.get('SELECT 1 FROM call WHERE instance = ? AND id = ?', instance, callId) !== undefined
    if (row) planned.push({ row, called, rule: deletion.rule, limit: deletion.limit, skillGroup: deletion.skillGroup })
    if (planned.length >= limit) break
  }
  return planned
}

export function rehearseRetention(
  db: Database,
  instance: string,
  policy: RetentionPolicy,
  { timeZone, now, freeBytes }: RetentionMoment,
): Rehearsal {
  const lately = storedLately(db, instance, now)
  const view = viewOf(db, instance, { withHeld: true })
  return rehearse(policy, view, { clock: clockIn(timeZone), now, freeBytes, lately })
}

/** Rows marked deleted whose files may still be there. */
export function recordingsToRemove(
  db: Database,
  instance: string,
  storage: StorageName,
  after: { callId: string; n: number } | null,
  limit: number,
): RecordingRow[] {
  return db
    .all(
      // By name: the primary key has the same order, and would be walked over all that is kept.
      `SELECT * FROM recording INDEXED BY recording_file_due WHERE instance = ? AND storage = ? AND file_due = 1
         AND (call_id, n) > (?, ?) ORDER BY call_id, n LIMIT ?`,
      instance,
      storage,
      after?.callId ?? '',
      after?.n ?? 0,
      limit,
    )
    .map(toRecording)
}

export function filesDue(db: Database, instance: string): FilesDue[] {
  return db
    .all(
      `SELECT storage, count(*) AS recordings, sum(size_bytes) AS bytes FROM recording INDEXED BY recording_file_due
         WHERE instance = ? AND file_due = 1 GROUP BY storage`,
      instance,
    )
    .map((row) => ({
      storage: String(row.storage) as StorageName,
      recordings: Number(row.recordings),
      bytes: Number(row.bytes),
    }))
}

export function recordingsRemoved(db: Database, instance: string, removed: { callId: string; n: number }[]): void {
  db.transaction(() => {
    for (const { callId, n } of removed)
      db.run(
        "UPDATE recording SET file_due = 0 WHERE instance = ? AND call_id = ? AND n = ? AND state = 'deleted'",
        instance,
        callId,
        n,
      )
  })
}

/** Which of these keys belong to a row whose file is to be in this storage, or is due to be removed from it. */
export function knownPaths(db: Database, instance: string, storage: StorageName, paths: string[]): string[] {
  return paths.filter(
    (path) =>
      db.get(
        `SELECT 1 FROM recording INDEXED BY recording_by_path
           WHERE instance = ? AND path = ? AND storage = ? AND (state <> 'deleted' OR file_due = 1)`,
        instance,
        path,
        storage,
      ) !== undefined,
  )
}

function viewOf(db: Database, instance: string, { withHeld }: { withHeld: boolean }): RetentionView {
  return {
    totals: recordingTotals(db, instance),
    oldest: (skillGroups, after) =>
      skillGroups === null
        ? inOrder((from) => oldestOf(db, instance, null, from), after)
        : merged(skillGroups.map((group) => inOrder((from) => oldestOf(db, instance, group, from), after))),
    held: (skillGroups) => (withHeld ? heldOf(db, instance, skillGroups) : []),
  }
}

const BEHIND = '(call_started_at, call_id, n) > (?, ?, ?)'
const FIRST: Place = { callStartedAt: Number.MIN_SAFE_INTEGER, callId: '', n: 0 }

function oldestOf(
  db: Database,
  instance: string,
  group: string | null,
  { callStartedAt, callId, n }: Place,
): Candidate[] {
  const values: SQLInputValue[] = [instance, ...(group === null ? [] : [group]), callStartedAt, callId, n, PAGE]
  const ofGroup = group === null ? '' : 'AND group_id = ?'
  const index = group === null ? 'recording_to_go' : 'recording_of_group_to_go'
  return db
    .all(
      `SELECT call_id, n, call_started_at, size_bytes, group_id FROM recording INDEXED BY ${index}
         WHERE instance = ? ${ofGroup} AND state = 'available' AND held_at IS NULL AND ${BEHIND}
         ORDER BY call_started_at, call_id, n LIMIT ?`,
      ...values,
    )
    .map(toCandidate)
}

function* heldOf(db: Database, instance: string, skillGroups: readonly string[] | null): Generator<Candidate> {
  const wanted = skillGroups && new Set(skillGroups)
  const page = ({ callStartedAt, callId, n }: Place) =>
    db
      .all(
        `SELECT call_id, n, call_started_at, size_bytes, group_id FROM recording INDEXED BY recording_held
           WHERE instance = ? AND state = 'available' AND held_at IS NOT NULL AND ${BEHIND}
           ORDER BY call_started_at, call_id, n LIMIT ?`,
        instance,
        callStartedAt,
        callId,
        n,
        PAGE,
      )
      .map(toCandidate)
  for (const one of inOrder(page, null)) if (!wanted || wanted.has(one.skillGroup)) yield one
}

/** Page after page, for as long as somebody asks. */
function* inOrder(pageAfter: (place: Place) => Candidate[], after: Place | null): Generator<Candidate> {
  for (let place = after ?? FIRST; ; ) {
    const page = pageAfter(place)
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    place = last
  }
}

/** Several in one order. */
function* merged(sources: Generator<Candidate>[]): Generator<Candidate> {
  const heads = sources.map((source) => ({ source, next: source.next() })).filter(({ next }) => !next.done)
  while (heads.length > 0) {
    let first = 0
    for (let i = 1; i < heads.length; i++) if (isAfter(heads[first]?.next.value, heads[i]?.next.value)) first = i
    const head = heads[first]
    if (!head) return
    yield head.next.value
    head.next = head.source.next()
    if (head.next.done) heads.splice(first, 1)
  }
}

function toCandidate(row: Row): Candidate {
  return {
    callId: String(row.call_id),
    n: Number(row.n),
    callStartedAt: Number(row.call_started_at),
    sizeBytes: Number(row.size_bytes),
    skillGroup: String(row.group_id),
  }
}

// Calls and their events in SQL: what the writer thread commits and what the reader threads look up by id or change number.
// Searching has a file of its own (call-search-sql.ts).
import type { SQLInputValue } from 'node:sqlite'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Agent, Call, CallSummary, SkillGroup, StoredCall } from '../../calls/call.ts'
import type { CallEvent } from '../../calls/call-event.ts'
import { INTERNAL_EVENT_TYPES } from '../../calls/internal-events.ts'
import { AppError } from '../../errors.ts'
import type { NewReceipt } from '../../receipts/receipt.ts'
import type { CallChanges, CallHistory, CallPlace, RecordingRow } from '../store.ts'
import { type CallRow, INDEXED, type PeopleRows } from './call-row.ts'
import { readTags, TAGS_OF_CALL, tagsOfCall } from './call-tags-sql.ts'
import type { Database, Row } from './database.ts'
import { insertReceipts } from './receipt-sql.ts'
import { recording, writeRecording } from './recording-sql.ts'
import { contactBefore, renewUnreached } from './unreached-sql.ts'

/** What the writer wrote last about a live call, so that what has not changed is not written again. */
interface Written {
  row: number
  /** The change number it then had: if another process wrote the call since, none of this holds any more. */
  seq: number
  indexed: CallRow['indexed']
  people: string
}
const written = new WeakMap<Database, Map<string, Written>>()
const WRITTEN_CALLS = 20_000

/** What the writer remembers of live calls no longer holds. */
export function forgetWritten(db: Database): void {
  written.delete(db)
}

export interface Batch {
  rows: CallRow[]
  recordings: RecordingRow[]
  receipts: NewReceipt[]
}

/** What the store adds to a call that is written. */
export type Kept = Pick<StoredCall, 'seq' | 'tags'>

/**
 * Events, records, recordings and receipts of one batch, in one transaction. Gives back each call's new change number, and
 * the tags that people gave it.
 */
export function commit(db: Database, { rows, recordings, receipts }: Batch, now: number): Kept[] {
  const memory = written.get(db) ?? new Map<string, Written>()
  written.set(db, memory)
  try {
    return db.transaction(() => {
      const nextSeq = takeSeqs(db, rows)
      const seqs = rows.map((row) => writeCall(db, memory, row, nextSeq(row.instance), now))
      // After their calls, whose skill group they take over, as everything that retention goes by.
      for (const recording of recordings) writeRecording(db, recording)
      for (const row of rows) followCall(db, row)
      insertReceipts(db, receipts)
      return rows.map(({ instance, id }, i) => {
        const tags = tagsOfCall(db, instance, id)
        return { seq: seqs[i] ?? 0, ...(tags.length > 0 ? { tags } : {}) }
      })
    })
  } catch (cause) {
    // What the memory says was written has been rolled back.
    memory.clear()
    if (cause instanceof Error && cause.message === 'recording-held')
      throw new AppError('recording-held', {}, { cause })
    throw cause
  }
}

function writeCall(db: Database, memory: Map<string, Written>, call: CallRow, seq: number, now: number): number {
  const { instance, indexed, people } = call
  for (const event of call.events) {
    db.run(
      'INSERT OR IGNORE INTO event (instance, call_id, id, at, type, body) VALUES (?, ?, ?, ?, ?, ?)',
      instance,
      ...event,
    )
  }
  const key = `${instance}\0${call.id}`
  const known = memory.get(key)
  const before = known && known.seq === call.before ? known : null
  const sameIndexed = before?.indexed.every((value, i) => value === indexed[i]) ?? false
  const contact = before && sameIndexed ? null : contactBefore(db, call, before?.indexed ?? null)
  const row = before && sameIndexed ? updateCall(db, call, seq, before.row) : upsertCall(db, call, seq)
  writeFlow(db, call, row)
  if (before?.people !== people) writePeople(db, call, row, now)
  const mergedInto = indexed[INDEXED.indexOf('merged_into')] ?? null
  // What was merged into it goes with it: from every part the whole stays one step away.
  if (mergedInto !== null)
    db.run('UPDATE call SET merged_into = ? WHERE instance = ? AND merged_into = ?', mergedInto, instance, call.id)
  if (!(before && sameIndexed)) renewUnreached(db, call, contact)
  if (call.live) {
    if (memory.size >= WRITTEN_CALLS) memory.clear()
    memory.set(key, { row, seq, indexed, people })
  } else {
    memory.delete(key)
  }
  return seq
}

/** Takes a change number for each call, in one statement an instance; the function gives them out in order. */
function takeSeqs(db: Database, rows: readonly { instance: string }[]): (instance: string) => number {
  const wanted = new Map<string, number>()
  for (const { instance } of rows) wanted.set(instance, (wanted.get(instance) ?? 0) + 1)
  const next = new Map<string, number>()
  for (const [instance, n] of wanted) {
    const row = db.get(
      'INSERT INTO instance (id, seq) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET seq = seq + excluded.seq RETURNING seq',
      instance,
      n,
    )
    next.set(instance, Number(row?.seq) - n + 1)
  }
  return (instance) => {
    const seq = next.get(instance)
    if (seq === undefined) throw new Error(`no change numbers were taken for ${instance}`)
    next.set(instance, seq + 1)
    return seq
  }
}

const COLUMNS = ['seq', ...INDEXED, 'record']
const UPSERT_CALL = `
  INSERT INTO call (instance, id, ${COLUMNS.join(', ')}) VALUES (${questionMarks(COLUMNS.length + 2)})
  ON CONFLICT (instance, id) DO UPDATE SET ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE call.seq IS ?
  RETURNING row`
const UPDATE_CALL = 'UPDATE call SET seq = ?, record = ? WHERE row = ? AND seq = ?'

function questionMarks(n: number): string {
  return Array(n).fill('?').join(', ')
}

/** Writes the record over the one it was derived from. @throws AppError call-changed: that one is not there any more. */
function upsertCall(db: Database, { instance, id, indexed, record, before }: CallRow, seq: number): number {
  const row = db.get(UPSERT_CALL, instance, id, seq, ...indexed, record, before)
  // A row that is there in another state is not touched, and so not returned.
  if (!row) throw new AppError('call-changed', { callId: id })
  return Number(row.row)
}

/** The same where nothing changes that is searched: the indexes are left alone, which is most of the work. */
function updateCall(db: Database, { id, record, before }: CallRow, seq: number, row: number): number {
  if (db.run(UPDATE_CALL, seq, record, row, before) === 0) throw new AppError('call-changed', { callId: id })
  return row
}

/** What retention goes by follows the call: its skill group, and what is held. */
function followCall(db: Database, { instance, skillGroup, recordings }: CallRow): void {
  for (const [id, n, heldAt] of recordings)
    db.run(
      `UPDATE recording SET group_id = ?, held_at = ? WHERE instance = ? AND call_id = ? AND n = ?
         AND (group_id <> ? OR held_at IS NOT ?)`,
      skillGroup,
      heldAt,
      instance,
      id,
      n,
      skillGroup,
      heldAt,
    )
}

/** A finished call's flow is written for the last time or nearly so, and is a tenth as large when compressed. */
function writeFlow(db: Database, { flow, live }: CallRow, row: number): void {
  db.run('INSERT OR REPLACE INTO call_flow (row, flow) VALUES (?, ?)', row, live ? flow : deflateRawSync(flow))
}

function readFlow(value: SQLInputValue | undefined): Pick<Call, 'steps' | 'reasonBecause' | 'because'> {
  return JSON.parse(value instanceof Uint8Array ? inflateRawSync(value).toString('utf8') : String(value))
}

export function rewrite(db: Database, rows: CallRow[], now: number): boolean[] {
  return db.transaction(() =>
    rows.map((row) => {
      const found = db.get('SELECT seq FROM call WHERE instance = ? AND id = ?', row.instance, row.id)
      if (Number(found?.seq) !== row.before) return false
      const contact = contactBefore(db, row, null)
      const at = upsertCall(db, row, takeSeqs(db, [row])(row.instance))
      writeFlow(db, row, at)
      followCall(db, row)
      writePeople(db, row, at, now)
      renewUnreached(db, row, contact)
      return true
    }),
  )
}

export function places(
  db: Database,
  instance: string,
  { from, to }: { from: number; to: number },
  after: CallPlace | null,
  limit: number,
): CallPlace[] {
  return db
    .all(
      `SELECT id, started_at, seq FROM call WHERE instance = ? AND started_at >= ? AND started_at < ?
         AND (started_at > ? OR (started_at = ? AND id > ?)) ORDER BY started_at, id LIMIT ?`,
      instance,
      from,
      to,
      after?.startedAt ?? -1,
      after?.startedAt ?? -1,
      after?.id ?? '',
      limit,
    )
    .map((row) => ({ id: String(row.id), startedAt: Number(row.started_at), seq: Number(row.seq) }))
}

/** The rows by which agents and skill groups find the call, and their names. */
function writePeople(db: Database, { instance, people }: CallRow, row: number, now: number): void {
  db.run('DELETE FROM call_agent WHERE call = ?', row)
  db.run('DELETE FROM call_skill_group WHERE call = ?', row)
  const { startedAt, agents, groups } = JSON.parse(people) as PeopleRows
  const seenAt = Math.min(startedAt, now)
  for (const { id, name, serving } of agents) {
    const nameKey = (name ?? '').toLowerCase()
    db.run(
      'INSERT INTO call_agent (call, agent_id, instance, started_at, serving, name_key) VALUES (?, ?, ?, ?, ?, ?)',
      row,
      id,
      instance,
      startedAt,
      serving ? 1 : 0,
      nameKey,
    )
    db.run(
      `INSERT INTO agent_name (instance, agent_id, name, name_key, seen_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET seen_at = max(seen_at, excluded.seen_at) WHERE excluded.seen_at > seen_at + 86400000`,
      instance,
      id,
      name ?? '',
      nameKey,
      seenAt,
    )
  }
  for (const { id, name } of groups) {
    db.run(
      'INSERT INTO call_skill_group (call, group_id, instance, started_at, name) VALUES (?, ?, ?, ?, ?)',
      row,
      id,
      instance,
      startedAt,
      name,
    )
    db.run(
      `INSERT INTO skill_group_name (instance, group_id, name, seen_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET seen_at = max(seen_at, excluded.seen_at) WHERE excluded.seen_at > seen_at + 86400000`,
      instance,
      id,
      name ?? '',
      seenAt,
    )
  }
}

/** The call an id goes by: itself, or where it was merged, over as many merges as there were (bounded: a circle ends). */
function survivorOf(
  db: Database,
  instance: string,
  id: string,
): { id: string; source: string | null; seq: number } | null {
  let at = id
  for (let hops = 0; hops < 20; hops++) {
    const row = db.get('SELECT merged_into, source, seq FROM call WHERE instance = ? AND id = ?', instance, at)
    if (!row) return null
    if (row.merged_into === null || hops === 19) return { id: at, source: textOrNull(row.source), seq: Number(row.seq) }
    at = String(row.merged_into)
  }
  return null
}

/** More than a call's events can come from. */
const MERGED_MAX = 10_000

/** Ids whose events count for this call: its own and those merged into it, directly or over another. */
function mergedIds(db: Database, instance: string, id: string): ReadonlySet<string> {
  const ids = new Set([id])
  for (const one of ids) {
    if (ids.size >= MERGED_MAX) break
    const rows = db.all('SELECT id FROM call WHERE instance = ? AND merged_into = ?', instance, one)
    for (const row of rows) ids.add(String(row.id))
  }
  return ids
}

export function histories(db: Database, instance: string, callIds: string[]): Map<string, CallHistory> {
  const found = new Map<string, CallHistory>()
  for (const asked of callIds) {
    const survivor = survivorOf(db, instance, asked)
    if (!survivor) continue
    const events = [...mergedIds(db, instance, survivor.id)].flatMap((id) =>
      db
        .all('SELECT call_id, id, at, type, body FROM event WHERE instance = ? AND call_id = ?', instance, id)
        .map(toEvent),
    )
    found.set(asked, { callId: survivor.id, source: survivor.source, seq: survivor.seq, events })
  }
  return found
}

function toEvent({ id, call_id: callId, at, type, body }: Row): CallEvent {
  return { id, callId, at, type, ...(JSON.parse(String(body)) as object) } as CallEvent
}

export function call(db: Database, instance: string, id: string): StoredCall | null {
  const survivor = survivorOf(db, instance, id)
  if (!survivor) return null
  const row = db.get(
    `SELECT seq, record, flow, ${TAGS_OF_CALL} AS tags FROM call JOIN call_flow USING (row) WHERE instance = ? AND id = ?`,
    instance,
    survivor.id,
  )
  return row ? { ...summaryOf(row), ...readFlow(row.flow) } : null
}

export function recordingOf(
  db: Database,
  instance: string,
  id: string,
  n: number,
): { call: CallSummary; row: RecordingRow | null } | null {
  const survivor = survivorOf(db, instance, id)
  const found = survivor && db.get('SELECT seq, record FROM call WHERE instance = ? AND id = ?', instance, survivor.id)
  if (!found) return null
  const call = summaryOf(found)
  const own = id === call.id ? null : recording(db, instance, id, n)
  const kept = call.recordings.find((one) => one.n === n)?.of ?? { callId: call.id, n }
  return { call, row: own ?? recording(db, instance, kept.callId, kept.n) }
}

export function summaryOf(row: Row): CallSummary {
  return { ...(JSON.parse(String(row.record)) as CallSummary), ...readTags(row), seq: Number(row.seq) }
}

export function changesSince(db: Database, instance: string, seq: number, limit: number): CallChanges {
  const rows = db.all(
    `SELECT seq, record, ${TAGS_OF_CALL} AS tags FROM call WHERE instance = ? AND seq > ? ORDER BY seq LIMIT ?`,
    instance,
    seq,
    limit + 1,
  )
  const complete = rows.length <= limit
  const calls = rows.slice(0, limit).map(summaryOf)
  return { calls, lastSeq: calls.at(-1)?.seq ?? seq, complete }
}

export function lastSeq(db: Database, instance: string): number {
  return Number(db.get('SELECT seq FROM instance WHERE id = ?', instance)?.seq ?? 0)
}

export function liveCallIds(db: Database, instance: string, source: string | null): string[] {
  const bySource = source === null ? '' : 'AND source = ?'
  const values = source === null ? [instance] : [instance, source]
  return db
    .all(
      `SELECT id FROM call WHERE instance = ? ${bySource} AND ended_at IS NULL AND merged_into IS NULL LIMIT 50000`,
      ...values,
    )
    .map((row) => String(row.id))
}

/** Calls looked at for the last event of a source: changed last, of all sources and of this one. */
const RECENT_CALLS = 20_000
const RECENT_OF_SOURCE = 200

export function lastEventAt(db: Database, instance: string, source: string): number | null {
  const own = [...INTERNAL_EVENT_TYPES]
  const row = db.get(
    `WITH changed AS (SELECT id, source, seq FROM call WHERE instance = ? ORDER BY seq DESC LIMIT ${RECENT_CALLS}),
       recent AS (SELECT id FROM changed WHERE source = ? ORDER BY seq DESC LIMIT ${RECENT_OF_SOURCE})
     SELECT max(event.at) AS at FROM recent JOIN event ON event.instance = ? AND event.call_id = recent.id
     WHERE event.type NOT IN (${own.map(() => '?').join(', ')})`,
    instance,
    source,
    instance,
    ...own,
  )
  return typeof row?.at === 'number' ? row.at : null
}

export function agents(db: Database, instance: string): Agent[] {
  return newestNames(
    db.all('SELECT agent_id AS id, name, seen_at FROM agent_name WHERE instance = ? LIMIT 20000', instance),
  )
}

export function skillGroups(db: Database, instance: string): SkillGroup[] {
  return newestNames(
    db.all('SELECT group_id AS id, name, seen_at FROM skill_group_name WHERE instance = ? LIMIT 5000', instance),
  )
}

function newestNames(rows: Row[]): { id: string; name: string | null }[] {
  const names = new Map<string, { name: string; seenAt: number }>()
  for (const row of rows) {
    const id = String(row.id)
    const before = names.get(id)
    const name = String(row.name)
    // A name that is known wins over none, a newer one over an older.
    const better = !before || (name !== '' && (before.name === '' || Number(row.seen_at) > before.seenAt))
    if (better) names.set(id, { name, seenAt: Number(row.seen_at) })
  }
  return [...names]
    .map(([id, { name }]) => ({ id, name: name === '' ? null : name }))
    .sort((a, b) => (a.name ?? a.id).localeCompare(b.name ?? b.id, 'zh') || a.id.localeCompare(b.id))
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

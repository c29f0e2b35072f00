// Exports in SQL: what was asked for and how far it is. A few rows, gone a day or so after they were made.
import { type CallSearch, noCriteria } from '../../calls/call-search.ts'
import type { ExportChange, ExportRow } from '../store.ts'
import type { Database, Row } from './database.ts'

export function addExport(db: Database, row: ExportRow, most: number): 'added' | 'too-many' {
  return db.transaction(() => {
    const open = db.get(
      `SELECT count(*) AS n FROM export WHERE instance = ? AND owner_id = ? AND state IN ('waiting', 'running')`,
      row.instance,
      row.ownerId,
    )
    if (Number(open?.n) >= most) return 'too-many'
    db.run(
      `INSERT INTO export (id, instance, owner_id, owner_name, actor, kind, state, search, columns, language, time_zone, plain,
         count, done, size_bytes, failure, created_at, started_at, ended_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.instance,
      row.ownerId,
      row.ownerName,
      row.actor,
      row.kind,
      row.state,
      JSON.stringify(row.search),
      JSON.stringify(row.columns),
      row.language,
      row.timeZone,
      row.plain ? 1 : 0,
      row.count,
      row.done,
      row.sizeBytes,
      row.failure,
      row.createdAt,
      row.startedAt,
      row.endedAt,
      row.expiresAt,
    )
    return 'added'
  })
}

export function exportById(db: Database, instance: string, id: string): ExportRow | null {
  const row = db.get('SELECT * FROM export WHERE id = ? AND instance = ?', id, instance)
  return row ? toExport(row) : null
}

export function exports(db: Database, instance: string, ownerId: string | null, limit: number): ExportRow[] {
  return db
    .all(
      `SELECT * FROM export WHERE instance = ? AND owner_id = ifnull(?, owner_id)
       ORDER BY created_at DESC, id DESC LIMIT ?`,
      instance,
      ownerId,
      limit,
    )
    .map(toExport)
}

export function openExports(db: Database, limit: number): ExportRow[] {
  return db
    .all(`SELECT * FROM export WHERE state IN ('waiting', 'running') ORDER BY created_at, id LIMIT ?`, limit)
    .map(toExport)
}

export function exportsOver(db: Database, now: number, limit: number): ExportRow[] {
  return db.all('SELECT * FROM export WHERE expires_at <= ? ORDER BY expires_at, id LIMIT ?', now, limit).map(toExport)
}

const CHANGEABLE = {
  state: 'state',
  count: 'count',
  done: 'done',
  sizeBytes: 'size_bytes',
  failure: 'failure',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  expiresAt: 'expires_at',
} as const satisfies Record<keyof ExportChange, string>

export function changeExport(
  db: Database,
  instance: string,
  id: string,
  from: ExportRow['state'][],
  change: ExportChange,
): boolean {
  const given = (Object.keys(CHANGEABLE) as (keyof ExportChange)[]).filter((field) => change[field] !== undefined)
  if (given.length === 0) return false
  return (
    db.run(
      `UPDATE export SET ${given.map((field) => `${CHANGEABLE[field]} = ?`).join(', ')}
       WHERE id = ? AND instance = ? AND state IN (SELECT value FROM json_each(?))`,
      ...given.map((field) => change[field] ?? null),
      id,
      instance,
      JSON.stringify(from),
    ) > 0
  )
}

export function removeExport(db: Database, instance: string, id: string): void {
  db.run('DELETE FROM export WHERE id = ? AND instance = ?', id, instance)
}

function toExport(row: Row): ExportRow {
  const orNull = (value: unknown) => (value === null ? null : Number(value))
  return {
    id: String(row.id),
    instance: String(row.instance),
    ownerId: String(row.owner_id),
    ownerName: String(row.owner_name),
    actor: String(row.actor),
    kind: String(row.kind) as ExportRow['kind'],
    state: String(row.state) as ExportRow['state'],
    // Asked for by an older version it may lack what could not be asked then.
    search: { ...noCriteria, ...(JSON.parse(String(row.search)) as CallSearch) },
    columns: JSON.parse(String(row.columns)) as string[],
    language: String(row.language) as ExportRow['language'],
    timeZone: String(row.time_zone),
    plain: row.plain === 1,
    count: orNull(row.count),
    done: Number(row.done),
    sizeBytes: Number(row.size_bytes),
    failure: row.failure === null ? null : String(row.failure),
    createdAt: Number(row.created_at),
    startedAt: orNull(row.started_at),
    endedAt: orNull(row.ended_at),
    expiresAt: orNull(row.expires_at),
  }
}

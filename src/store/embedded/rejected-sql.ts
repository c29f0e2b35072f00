// What was kept aside, in SQL. Bounded by rows: the oldest give way, their count stays.
import type { Rejected, RejectedRow } from '../store.ts'
import type { Database, Row } from './database.ts'

const KEPT_ROWS = 10_000

export function keepRejected(db: Database, instance: string, rows: Rejected[]): void {
  db.transaction(() => {
    for (const { source, kind, at, cause, detail, raw } of rows) {
      db.run(
        'INSERT INTO rejected (instance, source, kind, at, cause, detail, raw) VALUES (?, ?, ?, ?, ?, ?, ?)',
        instance,
        source,
        kind,
        at,
        cause,
        detail,
        raw,
      )
      db.run(
        `INSERT INTO rejected_count (instance, source, count) VALUES (?, ?, 1)
         ON CONFLICT DO UPDATE SET count = count + 1`,
        instance,
        source,
      )
    }
    db.run(
      `DELETE FROM rejected WHERE instance = ? AND id <=
         (SELECT id FROM rejected WHERE instance = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
      instance,
      instance,
      KEPT_ROWS,
    )
  })
}

export function rejected(
  db: Database,
  instance: string,
  { before, limit }: { before: number | null; limit: number },
): RejectedRow[] {
  return db
    .all(
      'SELECT * FROM rejected WHERE instance = ? AND id < ? ORDER BY id DESC LIMIT ?',
      instance,
      before ?? Number.MAX_SAFE_INTEGER,
      limit,
    )
    .map(toRejected)
}

export function rejectedByIds(db: Database, instance: string, ids: number[]): RejectedRow[] {
  return db
    .all(
      'SELECT * FROM rejected WHERE instance = ? AND id IN (SELECT value FROM json_each(?))',
      instance,
      JSON.stringify(ids),
    )
    .map(toRejected)
}

export function removeRejected(db: Database, instance: string, ids: number[]): number {
  return db.run(
    'DELETE FROM rejected WHERE instance = ? AND id IN (SELECT value FROM json_each(?))',
    instance,
    JSON.stringify(ids),
  )
}

export function rejectedCounts(
  db: Database,
  instance: string,
): { kept: number; ever: { source: string; count: number }[] } {
  const kept = Number(db.get('SELECT count(*) AS n FROM rejected WHERE instance = ?', instance)?.n ?? 0)
  const ever = db
    .all('SELECT source, count FROM rejected_count WHERE instance = ? ORDER BY source LIMIT 1000', instance)
    .map((row) => ({ source: String(row.source), count: Number(row.count) }))
  return { kept, ever }
}

function toRejected(row: Row): RejectedRow {
  return {
    id: Number(row.id),
    source: String(row.source),
    kind: String(row.kind) as RejectedRow['kind'],
    at: Number(row.at),
    cause: String(row.cause),
    detail: String(row.detail),
    raw: row.raw as unknown as Uint8Array,
  }
}

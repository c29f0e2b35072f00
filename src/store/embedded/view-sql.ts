// Saved searches and what people have arranged for themselves, in SQL. How many there may be is held here, in one
// transaction with the writing.
import type { ViewLimits, ViewRow } from '../store.ts'
import type { Database } from './database.ts'

const COLUMNS = 'id, instance, owner, name, query, shared, created_at'

export function views(db: Database, instance: string, userId: string): ViewRow[] {
  return db
    .all(
      `SELECT ${COLUMNS} FROM view WHERE instance = ? AND (owner = ? OR shared = 1) ORDER BY created_at, id`,
      instance,
      userId,
    )
    .map(rowToView)
}

export function view(db: Database, instance: string, id: string): ViewRow | null {
  const row = db.get(`SELECT ${COLUMNS} FROM view WHERE instance = ? AND id = ?`, instance, id)
  return row ? rowToView(row) : null
}

export function saveView(db: Database, row: ViewRow, limits: ViewLimits): 'saved' | 'too-many' {
  return db.transaction(() => {
    const others = (condition: string, ...values: (string | number)[]) =>
      Number(
        db.get(
          `SELECT count(*) AS n FROM view WHERE instance = ? AND id <> ? AND ${condition}`,
          row.instance,
          row.id,
          ...values,
        )?.n,
      )
    if (others('owner = ?', row.owner) >= limits.own) return 'too-many'
    if (row.shared && others('shared = 1') >= limits.shared) return 'too-many'
    db.run(
      `INSERT INTO view (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (instance, id) DO UPDATE SET name = excluded.name, query = excluded.query, shared = excluded.shared`,
      row.id,
      row.instance,
      row.owner,
      row.name,
      row.query,
      row.shared ? 1 : 0,
      row.createdAt,
    )
    return 'saved'
  })
}

export function removeView(db: Database, instance: string, id: string): boolean {
  return db.run('DELETE FROM view WHERE instance = ? AND id = ?', instance, id) > 0
}

export function preferences(db: Database, instance: string, userId: string): Record<string, string> {
  const rows = db.all('SELECT name, value FROM preference WHERE instance = ? AND user_id = ?', instance, userId)
  return Object.fromEntries(rows.map((row) => [String(row.name), String(row.value)]))
}

export function savePreference(db: Database, instance: string, userId: string, name: string, value: string): void {
  db.run(
    'INSERT OR REPLACE INTO preference (instance, user_id, name, value) VALUES (?, ?, ?, ?)',
    instance,
    userId,
    name,
    value,
  )
}

function rowToView(row: Record<string, unknown>): ViewRow {
  return {
    id: String(row.id),
    instance: String(row.instance),
    owner: String(row.owner),
    name: String(row.name),
    query: String(row.query),
    shared: row.shared === 1,
    createdAt: Number(row.created_at),
  }
}

// Files that no row points to any more, in SQL. Triggers (migrations.ts) note them in the transaction in which a row turns to
// another file; copies on their way are noted before they are made, with the time by which a row must point to them.
import type { LooseFile } from '../store.ts'
import type { Database } from './database.ts'

/** Whoever took one and died leaves it to the next after this. */
const TAKEN_MS = 600_000
/** A copy whose time is nearly up is given up: it may be removed at any moment. */
const MARGIN_MS = 60_000

const ANSWERED = `EXISTS (SELECT 1 FROM recording r INDEXED BY recording_by_path WHERE r.instance = l.instance
  AND r.path = l.path AND r.storage = l.storage AND (r.state <> 'deleted' OR r.file_due = 1))`

export function noteArriving(db: Database, { instance, storage, path }: LooseFile, dueAt: number): boolean {
  return db.transaction(() => {
    const found = db.get(
      'SELECT 1 FROM loose_file WHERE instance = ? AND storage = ? AND path = ?',
      instance,
      storage,
      path,
    )
    if (found) return false
    db.run(
      'INSERT INTO loose_file (instance, storage, path, due_at) VALUES (?, ?, ?, ?)',
      instance,
      storage,
      path,
      dueAt,
    )
    return true
  })
}

/** Inside a transaction: may a row be pointed to it? */
export function isArriving(db: Database, { instance, storage, path }: LooseFile, now: number): boolean {
  const found = db.get(
    'SELECT 1 FROM loose_file WHERE instance = ? AND storage = ? AND path = ? AND due_at > ?',
    instance,
    storage,
    path,
    now + MARGIN_MS,
  )
  return found !== undefined
}

export function noteLoose(db: Database, { instance, storage, path }: LooseFile): void {
  db.transaction(() => {
    db.run('DELETE FROM loose_file WHERE instance = ? AND storage = ? AND path = ?', instance, storage, path)
    db.run('INSERT INTO loose_file (instance, storage, path, due_at) VALUES (?, ?, ?, 0)', instance, storage, path)
  })
}

export function giveUpArriving(db: Database, instance: string): void {
  db.run('UPDATE OR REPLACE loose_file SET due_at = 0 WHERE instance = ? AND due_at > 0', instance)
}

export function takeLoose(
  db: Database,
  { instance, storage, path }: Pick<LooseFile, 'instance' | 'storage'> & { path: string | null },
  now: number,
  limit: number,
): LooseFile[] {
  return db.transaction(() => {
    const of = 'l.instance = ? AND l.storage = ? AND l.due_at <= ? AND (? IS NULL OR l.path = ?)'
    const given = [instance, storage, now, path, path]
    // A row came to point there after all: it is a recording's.
    db.run(`DELETE FROM loose_file AS l WHERE ${of} AND ${ANSWERED}`, ...given)
    const found = db.all(
      `SELECT DISTINCT path FROM loose_file AS l WHERE ${of} AND (taken_at IS NULL OR taken_at <= ?) LIMIT ?`,
      ...given,
      now - TAKEN_MS,
      limit,
    )
    return found.map((row) => {
      const taken = { instance, storage, path: String(row.path) }
      db.run(
        'UPDATE loose_file SET taken_at = ? WHERE instance = ? AND storage = ? AND path = ? AND due_at <= ?',
        now,
        instance,
        storage,
        taken.path,
        now,
      )
      return taken
    })
  })
}

export function looseRemoved(db: Database, files: LooseFile[]): void {
  db.transaction(() => {
    for (const { instance, storage, path } of files)
      db.run(
        'DELETE FROM loose_file WHERE instance = ? AND storage = ? AND path = ? AND taken_at IS NOT NULL',
        instance,
        storage,
        path,
      )
  })
}

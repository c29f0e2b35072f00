// Names given to agents and skill groups by hand, and how often they were in calls, in SQL.
import type { GivenName, Seen } from '../store.ts'
import type { Database } from './database.ts'

export function givenNames(db: Database): GivenName[] {
  return db.all('SELECT * FROM given_name').map((row) => ({
    instance: String(row.instance),
    kind: row.kind === 'agent' ? 'agent' : 'skill-group',
    id: String(row.id),
    name: row.name === null ? null : String(row.name),
    hidden: row.hidden === 1,
    changedAt: Number(row.changed_at),
    changedBy: String(row.changed_by),
  }))
}

export function giveName(db: Database, given: GivenName, most: number): 'saved' | 'too-many' {
  const { instance, kind, id, name, hidden, changedAt, changedBy } = given
  return db.transaction(() => {
    if (name === null && !hidden) {
      db.run('DELETE FROM given_name WHERE instance = ? AND kind = ? AND id = ?', instance, kind, id)
      return 'saved'
    }
    const others = db.get(
      'SELECT count(*) AS n FROM given_name WHERE instance = ? AND kind = ? AND id <> ?',
      instance,
      kind,
      id,
    )
    if (Number(others?.n) >= most) return 'too-many'
    db.run(
      'INSERT OR REPLACE INTO given_name (instance, kind, id, name, hidden, changed_at, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?)',
      instance,
      kind,
      id,
      name,
      hidden ? 1 : 0,
      changedAt,
      changedBy,
    )
    return 'saved'
  })
}

const TABLES = {
  agent: 'call_agent INDEXED BY call_agent_by_agent WHERE instance = ? AND agent_id = ?',
  'skill-group': 'call_skill_group INDEXED BY call_skill_group_by_group WHERE instance = ? AND group_id = ?',
} as const

/** Three walks in an index for each id, the last of them bounded. */
export function seen(
  db: Database,
  instance: string,
  kind: GivenName['kind'],
  ids: readonly string[],
  { since, most }: { since: number; most: number },
): Seen[] {
  const from = TABLES[kind]
  return ids.flatMap((id) => {
    const first = db.get(`SELECT started_at FROM ${from} ORDER BY started_at LIMIT 1`, instance, id)
    const last = db.get(`SELECT started_at FROM ${from} ORDER BY started_at DESC LIMIT 1`, instance, id)
    if (!first || !last) return []
    const counted = db.get(
      `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} AND started_at >= ? LIMIT ?)`,
      instance,
      id,
      since,
      most + 1,
    )
    const n = Number(counted?.n)
    const [firstAt, lastAt] = [Number(first.started_at), Number(last.started_at)]
    return [{ id, firstAt, lastAt, calls: Math.min(n, most), isMore: n > most }]
  })
}

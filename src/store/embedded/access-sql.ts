// Users, sessions and API keys in SQL.
import type { KeyRow, SessionRow, UserRow } from '../store.ts'
import type { Database, Row } from './database.ts'

export function addUser(db: Database, user: UserRow): 'added' | 'exists' {
  const added = db.run(
    `INSERT INTO user (id, instance, name, role, agent_id, password_hash, must_change_password, masks_numbers, created_at,
       disabled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
    user.id,
    user.instance,
    user.name,
    user.role,
    user.agentId,
    user.passwordHash,
    user.mustChangePassword ? 1 : 0,
    user.masksNumbers ? 1 : 0,
    user.createdAt,
    user.disabledAt,
  )
  return added === 1 ? 'added' : 'exists'
}

export function userByName(db: Database, name: string): UserRow | null {
  return toUser(db.get('SELECT * FROM user WHERE name = ?', name))
}

export function userById(db: Database, id: string): UserRow | null {
  return toUser(db.get('SELECT * FROM user WHERE id = ?', id))
}

export function users(db: Database, instance: string): UserRow[] {
  return db
    .all('SELECT * FROM user WHERE instance = ? ORDER BY name LIMIT 10000', instance)
    .flatMap((row) => toUser(row) ?? [])
}

/** Everything but name, instance and when it was made. */
export function updateUser(db: Database, user: UserRow): void {
  db.run(
    `UPDATE user SET role = ?, agent_id = ?, password_hash = ?, must_change_password = ?, masks_numbers = ?, disabled_at = ?
       WHERE id = ?`,
    user.role,
    user.agentId,
    user.passwordHash,
    user.mustChangePassword ? 1 : 0,
    user.masksNumbers ? 1 : 0,
    user.disabledAt,
    user.id,
  )
}

export function addSession(db: Database, session: SessionRow): void {
  db.run(
    'INSERT INTO session (token_hash, user_id, created_at, expires_at, sample) VALUES (?, ?, ?, ?, ?)',
    session.tokenHash,
    session.userId,
    session.createdAt,
    session.expiresAt,
    session.sample ? 1 : 0,
  )
}

export function session(db: Database, tokenHash: string, now: number): SessionRow | null {
  const row = db.get('SELECT * FROM session WHERE token_hash = ? AND expires_at > ?', tokenHash, now)
  if (!row) return null
  return {
    tokenHash,
    userId: String(row.user_id),
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    sample: row.sample === 1,
  }
}

export function showSample(db: Database, tokenHash: string, shown: boolean): void {
  db.run('UPDATE session SET sample = ? WHERE token_hash = ?', shown ? 1 : 0, tokenHash)
}

/** Moves the end of a session; one that was ended meanwhile stays ended. */
export function extendSession(db: Database, tokenHash: string, expiresAt: number): void {
  db.run('UPDATE session SET expires_at = ? WHERE token_hash = ?', expiresAt, tokenHash)
}

export function removeSession(db: Database, tokenHash: string): void {
  db.run('DELETE FROM session WHERE token_hash = ?', tokenHash)
}

export function removeSessionsOfUser(db: Database, userId: string, exceptTokenHash: string | null): void {
  db.run('DELETE FROM session WHERE user_id = ? AND token_hash IS NOT ?', userId, exceptTokenHash)
}

export function removeExpiredSessions(db: Database, now: number): void {
  db.run('DELETE FROM session WHERE expires_at <= ?', now)
}

export function addKey(db: Database, key: KeyRow): void {
  db.run(
    `INSERT INTO api_key (id, instance, name, secret_hash, scopes, masks_numbers, created_at, revoked_at, last_used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    key.id,
    key.instance,
    key.name,
    key.secretHash,
    JSON.stringify(key.scopes),
    key.masksNumbers ? 1 : 0,
    key.createdAt,
    key.revokedAt,
    key.lastUsedAt,
  )
}

export function keyBySecretHash(db: Database, secretHash: string): KeyRow | null {
  const row = db.get('SELECT * FROM api_key WHERE secret_hash = ?', secretHash)
  return row ? toKey(row) : null
}

export function keys(db: Database, instance: string): KeyRow[] {
  return db.all('SELECT * FROM api_key WHERE instance = ? ORDER BY created_at DESC LIMIT 10000', instance).map(toKey)
}

export function revokeKey(db: Database, instance: string, id: string, at: number): boolean {
  return (
    db.run(
      'UPDATE api_key SET revoked_at = ? WHERE instance = ? AND id = ? AND revoked_at IS NULL',
      at,
      instance,
      id,
    ) === 1
  )
}

export function touchKey(db: Database, id: string, at: number): void {
  db.run('UPDATE api_key SET last_used_at = ? WHERE id = ?', at, id)
}

function toUser(row: Row | undefined): UserRow | null {
  if (!row) return null
  return {
    id: String(row.id),
    instance: String(row.instance),
    name: String(row.name),
    role: String(row.role) as UserRow['role'],
    agentId: row.agent_id === null ? null : String(row.agent_id),
    passwordHash: String(row.password_hash),
    mustChangePassword: Number(row.must_change_password) === 1,
    masksNumbers: row.masks_numbers === 1,
    createdAt: Number(row.created_at),
    disabledAt: row.disabled_at === null ? null : Number(row.disabled_at),
  }
}

function toKey(row: Row): KeyRow {
  return {
    id: String(row.id),
    instance: String(row.instance),
    name: String(row.name),
    secretHash: String(row.secret_hash),
    scopes: JSON.parse(String(row.scopes)) as KeyRow['scopes'],
    masksNumbers: row.masks_numbers === 1,
    createdAt: Number(row.created_at),
    revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
    lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
  }
}

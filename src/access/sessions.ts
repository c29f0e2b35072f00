// Sessions of people: a random token in a cookie, its hash in the store. A session ends 12 hours after its last use,
// 30 days after the login at the latest, at logout, and when the account is disabled or its password changes.
import type { AccessStore, SessionRow } from '../store/store.ts'
import { hashSecret, newSecret } from './secrets.ts'

export const SESSION_COOKIE = 'callbook_session'

const HOUR_MS = 3_600_000
export const SESSION_IDLE_MS = 12 * HOUR_MS
export const SESSION_LONGEST_MS = 30 * 24 * HOUR_MS
/** Use is written down no more often than this, since each time costs a commit. */
const EXTEND_AFTER_MS = 10 * 60_000

/** Opens a session. The token goes into the cookie and nowhere else. */
export async function openSession(access: AccessStore, userId: string, now: number): Promise<string> {
  const token = newSecret()
  await access.removeExpiredSessions(now)
  await access.addSession({
    tokenHash: hashSecret(token),
    userId,
    createdAt: now,
    expiresAt: now + SESSION_IDLE_MS,
    sample: false,
  })
  return token
}

/** Moves a used session's end. true: it was moved, so the cookie must be sent again. */
export async function keepSession(access: AccessStore, session: SessionRow, now: number): Promise<boolean> {
  const expiresAt = Math.min(now + SESSION_IDLE_MS, session.createdAt + SESSION_LONGEST_MS)
  if (expiresAt - session.expiresAt < EXTEND_AFTER_MS) return false
  await access.extendSession(session.tokenHash, expiresAt)
  return true
}

// API keys for programs: `cbk_` and 32 random bytes, shown once when made; the store keeps the hash. Used by the routes
// and by the command line, which may work beside a running server.
import { randomUUID } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { AccessStore, KeyRow } from '../store/store.ts'
import { SCOPES, type Scope } from './permissions.ts'
import { hashSecret, newSecret } from './secrets.ts'

export const KEYS_MAX = 1_000
/** The last use is written down no more often than this. */
const TOUCH_AFTER_MS = 60_000

/**
 * Makes a key. `key` is the secret: it cannot be shown again.
 * @throws AppError too-many-keys
 */
export async function createKey(
  access: AccessStore,
  wanted: { instance: string; name: string; scopes: readonly Scope[]; masksNumbers?: boolean },
  now: number,
): Promise<{ key: string; row: KeyRow }> {
  const alive = (await access.keys(wanted.instance)).filter((row) => row.revokedAt === null)
  if (alive.length >= KEYS_MAX) throw new AppError('too-many-keys', { limit: KEYS_MAX })
  const key = `cbk_${newSecret()}`
  const row: KeyRow = {
    id: randomUUID(),
    instance: wanted.instance,
    name: wanted.name,
    secretHash: hashSecret(key),
    scopes: [...new Set(wanted.scopes)],
    masksNumbers: wanted.masksNumbers ?? false,
    createdAt: now,
    revokedAt: null,
    lastUsedAt: null,
  }
  await access.addKey(row)
  return { key, row }
}

/** @throws AppError key-not-found, also for one that is revoked already */
export async function revokeKey(access: AccessStore, instance: string, id: string, now: number): Promise<void> {
  if (!(await access.revokeKey(instance, id, now))) throw new AppError('key-not-found', { id })
}

/** Is it time to write down that a key was used? */
export function isTouchDue(key: KeyRow, now: number): boolean {
  return key.lastUsedAt === null || now - key.lastUsedAt >= TOUCH_AFTER_MS
}

/** `events:write,calls:read` → scopes. @throws AppError unknown-scope */
export function parseScopes(text: string): Scope[] {
  const words = text.split(',').map((word) => word.trim())
  return words.filter((word) => word !== '').map(toScope)
}

function toScope(word: string): Scope {
  const scope = SCOPES.find((known) => known === word)
  if (!scope) throw new AppError('unknown-scope', { scope: word.slice(0, 80), scopes: SCOPES.join(', ') })
  return scope
}

// From what a request shows (session cookie or API key) to the principal behind it, and the same question again later:
// a live feed that runs for hours asks it on a timer. Reads the store each time, so that a revoked key or a disabled
// user stops at once, on every process.
import { sampleInstanceOf } from '../config.ts'
import type { AccessStore, KeyRow, SessionRow, UserRow } from '../store/store.ts'
import { maySeeSample, type Principal, ROLE_SCOPES, type Scope } from './permissions.ts'
import { hashSecret } from './secrets.ts'

/** Proof of who asks, as the store knows it: never the secret itself. */
export type Credential = { kind: 'session'; tokenHash: string } | { kind: 'key'; secretHash: string }

export function sessionCredential(token: string): Credential {
  return { kind: 'session', tokenHash: hashSecret(token) }
}

export function keyCredential(key: string): Credential {
  return { kind: 'key', secretHash: hashSecret(key) }
}

/** A principal and the row that vouches for it. */
export type Identity =
  | { kind: 'session'; principal: Principal; session: SessionRow }
  | { kind: 'key'; principal: Principal; key: KeyRow }

/** Who it is at `now` (epoch ms); null: session ended, user disabled, key revoked or never there. */
export async function identify(access: AccessStore, credential: Credential, now: number): Promise<Identity | null> {
  if (credential.kind === 'key') {
    const key = await access.keyBySecretHash(credential.secretHash)
    return key && key.revokedAt === null ? { kind: 'key', principal: principalOfKey(key), key } : null
  }
  const session = await access.session(credential.tokenHash, now)
  const user = session && (await access.userById(session.userId))
  if (!session || !user || user.disabledAt !== null) return null
  return { kind: 'session', principal: principalOfUser(user, session.sample), session }
}

/**
 * Asked again while a feed runs: the principal with today's role and agent, or null where it may no longer go on.
 * `needs` was checked at the beginning and is checked again, since a role may have changed.
 */
export async function stillAllowed(
  access: AccessStore,
  credential: Credential,
  needs: Scope,
  now: number,
): Promise<Principal | null> {
  const identity = await identify(access, credential, now)
  return identity?.principal.scopes.has(needs) ? identity.principal : null
}

function principalOfKey(key: KeyRow): Principal {
  const { id, name, instance, masksNumbers } = key
  const scopes = new Set(key.scopes)
  return { kind: 'key', id, name, instance, home: instance, role: null, scopes, agentId: null, masksNumbers }
}

function principalOfUser(user: UserRow, looksAtSample: boolean): Principal {
  return {
    kind: 'user',
    id: user.id,
    name: user.name,
    instance: looksAtSample && maySeeSample(user) ? sampleInstanceOf(user.instance) : user.instance,
    home: user.instance,
    role: user.role,
    scopes: ROLE_SCOPES[user.role],
    agentId: user.agentId,
    masksNumbers: user.masksNumbers,
  }
}

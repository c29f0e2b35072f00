// Before any body is read: who asks, and may they? Sets request.principal for every route that is not public, and
// refuses with the catalogue's errors. Decides nothing about single calls: routes ask access/permissions.ts for that.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Credential, type Identity, identify, keyCredential, sessionCredential } from '../access/credentials.ts'
import { isTouchDue } from '../access/keys.ts'
import { has, type Principal } from '../access/permissions.ts'
import { setSessionCookie } from '../access/session-cookie.ts'
import { keepSession, SESSION_COOKIE } from '../access/sessions.ts'
import { AppError } from '../errors.ts'
import type { AccessStore } from '../store/store.ts'
import type { Needs } from './app.ts'
import { isFromOurPages } from './same-origin.ts'

/**
 * Lets the request on, or throws.
 * @throws AppError authentication-required, key-refused, not-allowed, origin-refused
 */
export async function authenticate(
  request: FastifyRequest,
  reply: FastifyReply,
  { access, needs, now }: { access: AccessStore; needs: Needs; now: number },
): Promise<void> {
  const basic = basicOf(request)
  const known = basic && request.routeOptions.config.basic?.(basic.name, basic.password)
  if (known) {
    request.principal = mayDo(known, needs)
    return
  }
  const credential = shownBy(request, basic)
  if (credential?.kind !== 'key' && !isFromOurPages(request)) throw new AppError('origin-refused')
  if (needs === 'public') return
  const identity = credential && (await identify(access, credential, now))
  if (!identity) throw new AppError(credential?.kind === 'key' ? 'key-refused' : 'authentication-required')
  request.principal = mayDo(identity.principal, needs)
  request.credential = credential
  await noteUse(request, reply, { access, identity, now })
}

function mayDo(principal: Principal, needs: Needs): Principal {
  if (needs !== 'signed-in' && needs !== 'public' && !has(principal, needs))
    throw new AppError('not-allowed', { needs })
  return principal
}

/** A key in the Authorization header goes before the cookie; schemes we know nothing of belong to a proxy in front of us. */
function shownBy(request: FastifyRequest, basic: { password: string } | null): Credential | null {
  const [scheme, key] = (request.headers.authorization ?? '').split(' ', 2)
  if (scheme?.toLowerCase() === 'bearer') return keyCredential(key ?? '')
  if (basic) return keyCredential(basic.password)
  const token = request.cookies[SESSION_COOKIE]
  return token ? sessionCredential(token) : null
}

/** Name and password of Basic authentication (RFC 7617), on routes that take it; elsewhere they are not for us. */
function basicOf(request: FastifyRequest): { name: string; password: string } | null {
  const [scheme, encoded] = (request.headers.authorization ?? '').split(' ', 2)
  if (!request.routeOptions.config.basic || scheme?.toLowerCase() !== 'basic') return null
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? { name: text, password: '' } : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Slides the session, or writes down the key's use. What the request came for goes on when that cannot be written. */
async function noteUse(
  request: FastifyRequest,
  reply: FastifyReply,
  { access, identity, now }: { access: AccessStore; identity: Identity; now: number },
): Promise<void> {
  try {
    if (identity.kind === 'key') {
      if (isTouchDue(identity.key, now)) await access.touchKey(identity.key.id, now)
    } else if (await keepSession(access, identity.session, now)) {
      setSessionCookie(request, reply, request.cookies[SESSION_COOKIE] ?? '')
    }
  } catch (error) {
    request.log.warn({ err: error }, 'the use of a session or key could not be written down')
  }
}

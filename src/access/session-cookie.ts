// The session cookie: its flags in one place. Secure only where the browser's side is TLS, or a plain-HTTP
// installation inside a company network could not log in at all.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_COOKIE, SESSION_IDLE_MS } from './sessions.ts'

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(SESSION_COOKIE, token, { ...flags(request), maxAge: SESSION_IDLE_MS / 1000 })
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, flags(request))
}

function flags(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const
}

// What a domain's routes are written against: the Fastify instance they are given, the need each route must declare,
// and the principal behind a request. Imported by every *-routes.ts; server.ts builds the instance.
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify'
import type { Credential } from '../access/credentials.ts'
import type { Principal, Scope } from '../access/permissions.ts'

/** `public`: anybody. `signed-in`: any user or key. A scope: whoever has it. */
export type Needs = 'public' | 'signed-in' | Scope

export type CallbookApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** The routes of one domain, with whole paths (`/api/v1/…`). Registered once, when the server is built. */
export type RouteSet = (app: CallbookApp) => void | Promise<void>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says what it needs; one that does not keeps the server from starting. */
    needs?: Needs
    /**
     * For senders that know nothing but Basic authentication: who a name and password belong to, null: nobody. An API key
     * as the password is taken on such routes as well.
     */
    basic?: (name: string, password: string) => Principal | null
    /** Its answer holds numbers that the asker wrote herself: the route masks the others. */
    masksNumbersItself?: boolean
  }
  interface FastifyRequest {
    /** null on public routes. */
    principal: Principal | null
    credential: Credential | null
  }
}

/** Who stands behind a request of a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  assert(request.principal, 'principalOf was asked on a public route')
  return request.principal
}

/** What the principal showed (session or key), to ask again later whether it still holds. */
export function credentialOf(request: FastifyRequest): Credential {
  assert(request.credential, 'credentialOf was asked on a public route')
  return request.credential
}

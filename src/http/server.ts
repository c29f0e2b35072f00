// Builds the HTTP server: what holds for every request (who asks, from where, limits, errors, headers, log) stands
// here and in the files beside; what is answered stands in the domains' routes, which are given in `routes`.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyHttpOptions, type FastifyRequest, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import type { AccessStore } from '../store/store.ts'
import type { CallbookApp, RouteSet } from './app.ts'
import { authenticate } from './authenticate.ts'
import { consoleRoutes } from './console.ts'
import { healthRoutes } from './health.ts'
import { maskNumbers } from './masking.ts'
import { describeApi } from './openapi.ts'
import { sendProblem } from './problem.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { validatorCompiler } from './validation.ts'

export interface ServerOptions {
  access: AccessStore
  log: Logger
  /** Believe the X-Forwarded-* headers of the one proxy in front of us. */
  trustProxy: boolean
  limits: Config['limits']
  now?: () => number
  /** Folder of the built console (web/dist); null: no console. */
  webRoot: string | null
  routes: readonly RouteSet[]
}

/** Bodies of ordinary requests; routes that take more (events, recordings) say so themselves. */
const BODY_BYTES = 256 * 1024
/** Call ids come in paths; percent-encoded, a character of one can take nine. */
const PATH_PARAMETER_CHARACTERS = 1_024
/** A connection on which nothing moves for this long is closed; live feeds send a heartbeat more often. */
const SILENT_CONNECTION_MS = 120_000

/**
 * A server that is not listening yet: `await app.listen({host, port})`, in the end `await app.close()`. Starting fails
 * where a route does not say what it needs.
 */
export function buildServer(options: ServerOptions): CallbookApp {
  const now = options.now ?? Date.now
  const http: FastifyHttpOptions<Server, FastifyBaseLogger> = {
    loggerInstance: options.log,
    // We write our own line: Fastify's would show query strings, and with them customers' numbers.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // One hop: whatever a client wrote into X-Forwarded-For itself stands further left and is not believed.
    trustProxy: options.trustProxy ? (_address, hop) => hop < 1 : false,
    bodyLimit: BODY_BYTES,
    connectionTimeout: SILENT_CONNECTION_MS,
    routerOptions: { maxParamLength: PATH_PARAMETER_CHARACTERS, ignoreTrailingSlash: true },
    genReqId: requestIdOf,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
  }
  const app: CallbookApp = Fastify(http).withTypeProvider()
  app.setValidatorCompiler(validatorCompiler())
  app.setSerializerCompiler(() => JSON.stringify)
  app.decorateRequest('principal', null)
  app.decorateRequest('credential', null)
  app.addHook('onRoute', ({ method, url, config }) => {
    if (!config?.needs) throw new Error(`Route ${String(method)} ${url} does not say what it needs (config.needs).`)
  })
  app.register(cookie)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    setSecurityHeaders(request, reply)
    // Without a route there is nothing to guard: it ends in not-found.
    if (request.is404) return
    const needs = request.routeOptions.config.needs
    if (!needs) throw new AppError('not-found')
    await authenticate(request, reply, { access: options.access, needs, now: now() })
  })
  maskNumbers(app, now)
  app.addHook('onResponse', async (request, reply) => logRequest(request, reply.statusCode, reply.elapsedTime))
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler((request, reply) => sendProblem(new AppError('not-found'), request, reply))
  describeApi(app)
  for (const routes of [healthRoutes(options.access, now), ...options.routes, consoleRoutes(options.webRoot)]) {
    app.register(async (scope) => routes(scope.withTypeProvider()))
  }
  return app
}

/** A caller may bring its own id, to find its request in our log, as long as it looks like one. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

function logRequest(request: FastifyRequest, status: number, elapsedMs: number): void {
  const { principal, method, url } = request
  const who = principal ? { [principal.kind]: principal.id } : {}
  const path = url.split('?', 1)[0]
  const quiet = request.routeOptions.config?.needs === 'public' && status < 400
  request.log[quiet ? 'debug' : 'info']({ method, path, status, ms: Math.round(elapsedMs), ...who }, 'request')
}

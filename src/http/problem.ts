// Every refusal and failure as problem+json (RFC 9457): the one place that turns an error into an HTTP answer. Sentences
// and statuses come from errors.ts; what is not in that catalogue is answered as `internal-error`, without its details.
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'

export interface Problem {
  /** The error's identity as a URI; `code` is the same in short. */
  type: string
  title: string
  status: number
  code: string
  detail: string
  [detail: string]: unknown
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** Answers `error`. Our own bugs are logged with their stack; the client learns the request id to ask about. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toAppError(error, request)
  if (!known) request.log.error({ err: error }, 'request failed: a bug, or a failure nobody foresaw')
  const refusal = known ?? new AppError('internal-error', { requestId: request.id })
  if (known && known.status >= 500) request.log.warn({ code: known.code, err: known.cause ?? known }, known.message)
  const retryAfter = retryAfterSeconds(refusal)
  if (retryAfter !== null) reply.header('retry-after', String(retryAfter))
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer realm="callbook"')
  // As bytes: a route's response schema describes its answers, not its refusals.
  return reply
    .code(refusal.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(toProblem(refusal)))
}

export function toProblem(error: AppError): Problem {
  return {
    ...error.details,
    type: `urn:callbook:error:${error.code}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    code: error.code,
    detail: error.message,
  }
}

/** The caller's mistakes that Fastify finds before a route runs, in the catalogue's words; null: not a caller's mistake. */
function toAppError(error: unknown, request: FastifyRequest): AppError | null {
  if (error instanceof AppError) return error
  if (!(error instanceof Error)) return null
  const { code, statusCode, validation, validationContext } = error as Partial<FastifyError>
  if (validation) return fromValidation(validation[0], validationContext)
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('body-too-large', { limit: request.routeOptions.bodyLimit })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('unsupported-media-type', { expected: 'application/json' })
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new AppError('malformed-json', { detail: 'it is empty' })
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new AppError('malformed-json', { detail: 'it cannot be parsed' }, { cause: error })
  }
  if (error instanceof SyntaxError && statusCode === 400)
    return new AppError('malformed-json', { detail: error.message.slice(0, 200) }, { cause: error })
  if (statusCode === 404) return new AppError('not-found', {}, { cause: error })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new AppError('bad-request', { detail: error.message.slice(0, 200) }, { cause: error })
  return null
}

type ValidationFinding = NonNullable<FastifyError['validation']>[number]

const PLACES: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
}

function fromValidation(finding: ValidationFinding | undefined, context: string | undefined): AppError {
  const place = PLACES[context ?? ''] ?? 'request'
  const path = (finding?.instancePath ?? '').slice(1).replaceAll('/', '.')
  const params: Record<string, unknown> = finding?.params ?? {}
  const missing = params.missingProperty ?? params.additionalProperty
  const field = [path, typeof missing === 'string' ? missing : ''].filter((part) => part !== '').join('.')
  const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : ''
  const said =
    typeof params.additionalProperty === 'string'
      ? 'is not known here'
      : typeof params.missingProperty === 'string'
        ? 'is missing'
        : `${finding?.message ?? 'is not valid'}${allowed}`
  return new AppError('bad-request', { detail: `${place}${field ? ` ${field}` : ''}: ${said}`, field: field || place })
}

function retryAfterSeconds(error: AppError): number | null {
  const seconds = error.details.seconds
  if (typeof seconds === 'number') return Math.max(1, Math.ceil(seconds))
  return error.code === 'store-unavailable' || error.code === 'store-busy' ? 1 : null
}

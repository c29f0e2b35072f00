// Numbers for those who may not see them: masked in every JSON answer, whichever route gives it, and only a few may be
// searched for in a while, so that nobody finds a number by trying what its mask leaves open. Registered by server.ts; what is
// no JSON (the live feed, names of files, exports) masks by itself.
import type { FastifyRequest } from 'fastify'
import { maskAnswer, type NumberTerms, searchedNumbers } from '../access/masked-numbers.ts'
import { maySeeNumbers } from '../access/permissions.ts'
import { AppError } from '../errors.ts'
import type { CallbookApp } from './app.ts'

const WINDOW_MS = 10 * 60_000
/** Different numbers that one may search for in that time. */
const MOST_NUMBERS = 30
const MOST_SEARCHERS = 20_000

export function maskNumbers(app: CallbookApp, now: () => number): void {
  const searches = new Map<string, { until: number; numbers: Set<string> }>()

  function noteSearch(principal: string, numbers: readonly string[]): void {
    const at = now()
    let known = searches.get(principal)
    if (!known || known.until <= at) {
      searches.delete(principal)
      known = { until: at + WINDOW_MS, numbers: new Set() }
      searches.set(principal, known)
      // The oldest, which is over first.
      const [oldest] = searches.size > MOST_SEARCHERS ? searches.keys() : []
      if (oldest !== undefined) searches.delete(oldest)
    }
    for (const number of numbers) {
      if (known.numbers.size >= MOST_NUMBERS && !known.numbers.has(number))
        throw new AppError('too-many-numbers', {
          limit: MOST_NUMBERS,
          seconds: Math.ceil((known.until - at) / 1_000),
        })
      known.numbers.add(number)
    }
  }

  app.addHook('preHandler', async (request) => {
    if (isMasked(request) && request.principal)
      noteSearch(request.principal.id, [...numbersIn(request.query), ...numbersIn(bodySearch(request.body))])
  })
  app.addHook('preSerialization', async (request, _reply, payload) => {
    if (!isMasked(request) || request.routeOptions.config.masksNumbersItself) return payload
    return maskAnswer(payload)
  })
}

function isMasked({ principal }: FastifyRequest): boolean {
  return principal !== null && !maySeeNumbers(principal)
}

function bodySearch(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'search' in body ? body.search : null
}

function numbersIn(query: unknown): string[] {
  if (typeof query !== 'object' || query === null) return []
  const terms = Object.entries(query).filter(([, value]) => typeof value === 'string')
  return searchedNumbers(Object.fromEntries(terms) as NumberTerms)
}

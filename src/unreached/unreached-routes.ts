// GET /api/v1/unreached and /unreached/count: customers whose calls were missed and who have not been reached since. An
// agent sees those whose missed calls passed a skill group that she served in the last days: it is her list of work.
import { type Static, Type } from 'typebox'
import { callsLimitedTo, maySeeNumbers, type Principal } from '../access/permissions.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import { cursorSeal } from './cursor-seal.ts'
import {
  MISSED_REASONS,
  type MissedReason,
  type UnreachedCursor,
  type UnreachedLine,
  type UnreachedSearch,
  USUAL_MISSED_REASONS,
} from './unreached.ts'
import type { UnreachedLists } from './unreached-lists.ts'

export interface UnreachedRoutesNeeds {
  lists: UnreachedLists
  clock: Clock
  searchWindowDays: number
  now(): number
}

export interface UnreachedLineJson extends Omit<UnreachedLine, 'firstAt' | 'lastAt' | 'lastCallbackAt'> {
  firstAt: string
  lastAt: string
  lastCallbackAt: string | null
}

export interface UnreachedPageJson {
  items: UnreachedLineJson[]
  nextCursor: string | null
}

const DEFAULT_DAYS = 7
const PAGE_LINES = 50

export function unreachedRoutes({ lists, clock, searchWindowDays, now }: UnreachedRoutesNeeds): RouteSet {
  const Question = Type.Object({
    days: Type.Integer({
      minimum: 1,
      maximum: searchWindowDays,
      default: Math.min(DEFAULT_DAYS, searchWindowDays),
      description: 'Missed today or on the days before, so many days together',
    }),
    reason: Type.Optional(
      Type.Unsafe<MissedReason[]>(Type.Array(Type.Enum([...MISSED_REASONS]), { minItems: 1, maxItems: 10 })),
    ),
    skillGroup: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100, description: 'Ids; any of them' }),
    ),
    order: Type.Unsafe<'waiting' | 'latest'>(
      Type.Enum(['waiting', 'latest'], { default: 'waiting', description: 'First missed first, or missed last first' }),
    ),
  })
  const PageQuestion = Type.Object({
    ...Question.properties,
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: PAGE_LINES }),
  })

  async function searchOf(principal: Principal, question: Static<typeof Question>): Promise<UnreachedSearch> {
    const { instance } = principal
    const today = clock.dayOf(now())
    const startOf = (days: number) => clock.startOfDay(clock.addDays(today, 1 - days)) ?? 0
    const agentId = callsLimitedTo(principal)
    const wanted = question.skillGroup ?? null
    const own = agentId === null ? null : await lists.skillGroupsOfAgent(instance, agentId, startOf(searchWindowDays))
    return {
      instance,
      from: startOf(question.days),
      reasons: question.reason ?? USUAL_MISSED_REASONS,
      skillGroups: own === null ? wanted : own.filter((id) => wanted === null || wanted.includes(id)),
      order: question.order,
    }
  }

  // The place in the list is a number: who may not see it gets it sealed, good until the server starts again.
  const seal = cursorSeal()

  return (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/unreached',
      config: { needs: 'calls:read' },
      schema: { querystring: PageQuestion },
      handler: async (request): Promise<UnreachedPageJson> => {
        const { cursor, limit, ...question } = request.query
        const principal = principalOf(request)
        const search = await searchOf(principal, question)
        const from = cursor === undefined ? null : readCursor(seal.open(cursor) ?? cursor)
        const found = await lists.lines(search, from, limit + 1)
        const items = found.slice(0, limit)
        const last = items.at(-1)
        return {
          items: items.map((line) => ({
            ...line,
            firstAt: clock.write(line.firstAt),
            lastAt: clock.write(line.lastAt),
            lastCallbackAt: line.lastCallbackAt === null ? null : clock.write(line.lastCallbackAt),
          })),
          nextCursor:
            found.length > limit && last
              ? maySeeNumbers(principal)
                ? writeCursor(search, last)
                : seal.close(writeCursor(search, last))
              : null,
        }
      },
    })

    app.route({
      method: 'GET',
      url: '/api/v1/unreached/count',
      config: { needs: 'calls:read' },
      schema: { querystring: Question },
      handler: async (request) => ({
        count: await lists.count(await searchOf(principalOf(request), request.query)),
      }),
    })
  }
}

/** The place after a line, in a form that readers pass back without looking into it. */
function writeCursor({ order }: UnreachedSearch, { firstAt, lastAt, number }: UnreachedLine): string {
  return Buffer.from(JSON.stringify([order === 'waiting' ? firstAt : lastAt, number])).toString('base64url')
}

/** @throws AppError bad-cursor */
function readCursor(cursor: string): UnreachedCursor {
  try {
    const [at, number, ...more] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (Number.isSafeInteger(at) && typeof number === 'string' && more.length === 0) return { at: at as number, number }
  } catch (cause) {
    throw new AppError('bad-cursor', {}, { cause })
  }
  throw new AppError('bad-cursor')
}

// The search of calls in SQL: the same questions as matchesSearch in calls/call-search.ts, for pages and counts. Queries
// are built with Kysely, so that values only ever travel as parameters, and run by the reader threads.
//
// There are two ways to go, chosen here and not by SQLite's planner, which knows too little (without statistics it walks a
// million calls to find the three of a number): from a list of candidates that an index gives (call-candidates-sql.ts), when
// that is short; or through all calls of the range, newest first, in call_by_start, which has every searched column in it.
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { CallSummary } from '../../calls/call.ts'
import type { CallCursor, CallSearch, NumberTerm } from '../../calls/call-search.ts'
import { type Candidates, candidatesOf, numberIs } from './call-candidates-sql.ts'
import { summaryOf } from './call-sql.ts'
import { TAGS_OF_CALL } from './call-tags-sql.ts'
import type { Database } from './database.ts'
import { type CallTables, queries, runQuery } from './query-builder.ts'

type Where = ExpressionBuilder<CallTables, 'call'>
type Condition = Expression<SqlBool>

/** Past this many calls a count says "at least". */
const COUNTED_CALLS = 2_000_000
/** Candidates fewer than these are gone through one by one; else the range is. A page can hope to be full early. */
const CANDIDATES = { page: 10_000, count: 50_000 } as const

export function page(db: Database, search: CallSearch, cursor: CallCursor | null, limit: number): CallSummary[] {
  const query = queries
    .selectFrom('call')
    .select(['seq', 'record', sql<string | null>`${sql.raw(TAGS_OF_CALL)}`.as('tags')])
    .where((where) => where.and([...conditions(db, where, search, 'page'), ...after(where, cursor)]))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  return runQuery(db, query.compile()).map(summaryOf)
}

export function count(db: Database, search: CallSearch): { count: number; exact: boolean } {
  const query = queries
    .selectFrom((from) =>
      from
        .selectFrom('call')
        .select(sql`1`.as('one'))
        .where((where) => where.and(conditions(db, where, search, 'count')))
        .limit(COUNTED_CALLS + 1)
        .as('found'),
    )
    .select(sql<number>`count(*)`.as('n'))
  const n = Number(runQuery(db, query.compile())[0]?.n ?? 0)
  return { count: Math.min(n, COUNTED_CALLS), exact: n <= COUNTED_CALLS }
}

function after(where: Where, cursor: CallCursor | null): Condition[] {
  if (!cursor) return []
  return [
    where('started_at', '<=', cursor.startedAt),
    where.or([where('started_at', '<', cursor.startedAt), where('id', '<', cursor.id)]),
  ]
}

function conditions(db: Database, where: Where, search: CallSearch, purpose: 'page' | 'count'): Condition[] {
  const { text } = search
  const lists = [
    search.participant === null ? null : candidatesOf.participant(db, search, search.participant),
    search.agents.length > 0 ? candidatesOf.agents(db, search, search.agents, search.agentIds) : null,
    search.skillGroups.length > 0 ? candidatesOf.skillGroups(db, search, search.skillGroups) : null,
    search.tags.length > 0 ? candidatesOf.tags(db, search, search.tags) : null,
    search.caller ? candidatesOf.number(db, search, 'caller', search.caller) : null,
    search.callee ? candidatesOf.number(db, search, 'callee', search.callee) : null,
    search.live === true || search.phases.length > 0 ? candidatesOf.live(db, search) : null,
    text === null || isNumberLike(text) ? null : candidatesOf.words(db, search, text),
  ].filter((list) => list !== null)
  const shortest = lists.reduce<Candidates | null>((best, one) => (best && best.calls <= one.calls ? best : one), null)
  const from = shortest && shortest.calls < CANDIDATES[purpose] ? shortest : null
  const all: (Condition | null)[] = [
    ...(from
      ? // The plus keeps every index of the table out of it: they all begin with the instance.
        [sql<SqlBool>`+instance = ${search.instance}`, sql<SqlBool>`"row" in (${from.rows})`]
      : [where('instance', '=', search.instance)]),
    ...lists.filter((list) => list !== from).map((list) => (purpose === 'page' ? list.each : isAmong(list))),
    where('merged_into', 'is', null),
    where('started_at', '>=', search.from),
    where('started_at', '<', search.to),
    search.types.length > 0 ? where('type', 'in', search.types) : where('type', '!=', 'internal'),
    search.live === false ? where('ended_at', 'is not', null) : null,
    search.hangupReasons.length > 0 ? where('hangup_reason', 'in', search.hangupReasons) : null,
    search.releasedBy.length > 0 ? where('released_by', 'in', search.releasedBy) : null,
    search.talkMs.min === null ? null : where('talk_ms', '>=', search.talkMs.min),
    search.talkMs.max === null ? null : where('talk_ms', '<=', search.talkMs.max),
    search.waitMs.min === null ? null : where('wait_ms', '>=', search.waitMs.min),
    search.waitMs.max === null ? null : where('wait_ms', '<=', search.waitMs.max),
    search.recorded === null ? null : where('recorded', '=', search.recorded ? 1 : 0),
    search.number ? anyNumberIs(search.number) : null,
    text !== null && isNumberLike(text) ? numberOrWords(db, search, text) : null,
  ]
  return all.filter((condition) => condition !== null)
}

/** Of one call after the other is asked whether it is in the list: quicker than `each` when most of the range is looked at. */
function isAmong({ rows, calls, each }: Candidates): Condition {
  return calls === Number.POSITIVE_INFINITY ? each : sql<SqlBool>`+"row" in (${rows})`
}

const NUMBERS = ['caller', 'callee', 'customer', 'dialled_number'] as const

function anyNumberIs(term: NumberTerm): Condition {
  return sql<SqlBool>`(${sql.join(
    NUMBERS.map((column) => numberIs(column, term)),
    sql` or `,
  )})`
}

function isNumberLike(text: string): boolean {
  return /^\+?\d{3,}$/.test(digitsOf(text))
}

function digitsOf(text: string): string {
  return text.replace(/[\s-]/g, '')
}

function numberOrWords(db: Database, search: CallSearch, text: string): Condition {
  const number = anyNumberIs({ match: 'anywhere', text: digitsOf(text) })
  return sql<SqlBool>`(${number} or ${candidatesOf.words(db, search, text).each})`
}

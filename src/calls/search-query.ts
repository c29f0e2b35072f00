// What a reader writes into the query of /calls, /calls/count and /calls/live, and the search it means. The window of
// days and the permission are put on here, for all three alike.
import { type Static, Type } from 'typebox'
import { wholeNumbers } from '../access/masked-numbers.ts'
import { callsLimitedTo, maySeeNumbers, type Principal } from '../access/permissions.ts'
import { AppError } from '../errors.ts'
import { type CallSearch, type DurationRange, type NumberTerm, noCriteria, parseNumberTerm } from './call-search.ts'
import { type Clock, parseIso } from './instant.ts'
import { CALL_TYPES, HANGUP_REASONS, PHASES, RELEASING_PARTIES } from './vocabulary.ts'

const Word = Type.String({ minLength: 1, maxLength: 100 })
const words = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T[]>(Type.Array(Type.Enum([...values]), { maxItems: 50 }))

export const SearchQuery = Type.Object({
  from: Type.Optional(
    Type.String({ maxLength: 40, description: 'ISO 8601 with zone, a day, or epoch ms; default: today' }),
  ),
  to: Type.Optional(Type.String({ maxLength: 40, description: 'Exclusive; a day is meant whole' })),
  caller: Type.Optional(Word),
  callee: Type.Optional(Word),
  number: Type.Optional(Word),
  agent: Type.Optional(Type.Array(Word, { maxItems: 50 })),
  skillGroup: Type.Optional(Type.Array(Word, { maxItems: 100 })),
  tag: Type.Optional(
    Type.Array(Word, { maxItems: 50, description: 'Tags of notes on the call; any of them, whole, case aside' }),
  ),
  type: Type.Optional(words(CALL_TYPES)),
  hangupReason: Type.Optional(words(HANGUP_REASONS)),
  releasedBy: Type.Optional(words(RELEASING_PARTIES)),
  talkMs: Type.Optional(
    Type.String({ pattern: '^\\d{0,12}(-\\d{0,12})?$', description: 'min-max, either may be left out' }),
  ),
  waitMs: Type.Optional(Type.String({ pattern: '^\\d{0,12}(-\\d{0,12})?$' })),
  recorded: Type.Optional(Type.Boolean()),
  live: Type.Optional(Type.Boolean()),
  phase: Type.Optional(words(PHASES)),
  q: Type.Optional(Type.String({ maxLength: 100 })),
})
export type SearchQuery = Static<typeof SearchQuery>

export interface SearchWindow {
  clock: Clock
  searchWindowDays: number
  now: number
  /** Adds what the words mean by names given by hand. */
  byNames?(search: CallSearch): CallSearch
}

/**
 * The search a query means, for this principal.
 * @throws AppError bad-time, bad-number-term, number-incomplete, search-too-wide, search-range-reversed
 */
export function toSearch(asked: SearchQuery, principal: Principal, window: SearchWindow): CallSearch {
  const masked = !maySeeNumbers(principal)
  const query = masked ? wholeNumbers(asked) : asked
  const { clock, now, searchWindowDays, byNames = (search: CallSearch) => search } = window
  const today = clock.dayOf(now)
  const earliest = clock.startOfDay(clock.addDays(today, 1 - searchWindowDays)) ?? 0
  const from = query.from === undefined ? (clock.startOfDay(today) ?? 0) : instantOf(query.from, 'from', clock, false)
  // Without an end: whatever is still to come (a feed runs on past midnight).
  const to = query.to === undefined ? now + 366 * 24 * 3_600_000 : instantOf(query.to, 'to', clock, true)
  if (to < from) throw new AppError('search-range-reversed')
  if (from < earliest) throw new AppError('search-too-wide', { days: searchWindowDays })
  const text = query.q?.trim()
  return byNames({
    ...noCriteria,
    instance: principal.instance,
    participant: callsLimitedTo(principal),
    masked,
    from,
    to,
    caller: termOf(query.caller, 'caller'),
    callee: termOf(query.callee, 'callee'),
    number: termOf(query.number, 'number'),
    agents: query.agent ?? [],
    skillGroups: query.skillGroup ?? [],
    tags: query.tag ?? [],
    types: query.type ?? [],
    hangupReasons: query.hangupReason ?? [],
    releasedBy: query.releasedBy ?? [],
    talkMs: rangeOf(query.talkMs),
    waitMs: rangeOf(query.waitMs),
    recorded: query.recorded ?? null,
    live: query.live ?? null,
    phases: query.phase ?? [],
    text: text ? text : null,
  })
}

function instantOf(value: string, field: string, clock: Clock, endOfDay: boolean): number {
  const day = clock.startOfDay(value)
  if (day !== null) return endOfDay ? (clock.startOfDay(clock.addDays(value, 1)) ?? day) : day
  // In a query a "+" means a space, and zones are often written without escaping it.
  const instant = /^\d{10,14}$/.test(value) ? Number(value) : parseIso(value.replace(' ', '+'))
  if (instant === null) throw new AppError('bad-time', { field, value })
  return instant
}

function termOf(value: string | undefined, field: string): NumberTerm | null {
  return value === undefined ? null : parseNumberTerm(value, field)
}

/** `1000-`, `-5000`, `1000-5000`, `1000` (at least). */
function rangeOf(value: string | undefined): DurationRange {
  const [min = '', max = ''] = (value ?? '').split('-')
  return { min: min === '' ? null : Number(min), max: max === '' ? null : Number(max) }
}

/** The place after a call, in a form that readers pass back without looking into it. */
export function writeCursor(call: { startedAt: number; id: string }): string {
  return Buffer.from(JSON.stringify([call.startedAt, call.id])).toString('base64url')
}

/** @throws AppError bad-cursor */
export function readCursor(cursor: string): { startedAt: number; id: string } {
  try {
    const [startedAt, id, ...more] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (Number.isSafeInteger(startedAt) && typeof id === 'string' && more.length === 0)
      return { startedAt: startedAt as number, id }
  } catch (cause) {
    throw new AppError('bad-cursor', {}, { cause })
  }
  throw new AppError('bad-cursor')
}

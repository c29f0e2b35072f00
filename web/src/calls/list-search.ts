// The search of the call list as it stands in the address (shareable, bookmarkable) and as the API is asked. Pure.
import {
  CALL_TYPES,
  type CallType,
  HANGUP_REASONS,
  type HangupReason,
  PHASES,
  type Phase,
  RELEASING_PARTIES,
  type ReleasingParty,
} from '../../../src/calls/vocabulary.ts'
import { recall } from '../ui/remembered.ts'
import { addDays, dayOf, isDay, isInstant } from '../ui/time.ts'

/** Relative days stay relative in the address: a bookmark of "today" is today's list tomorrow too. */
export const QUICK_RANGES = ['today', 'yesterday', '7d', '30d'] as const
export type QuickRange = (typeof QUICK_RANGES)[number]

/** Whole days, both included; or two instants (ISO 8601 with zone), the second not included: an hour of the board. */
export interface DayRange {
  from: string
  to: string
}

export const PAGE_SIZES = [20, 50, 100] as const
export type PageSize = (typeof PAGE_SIZES)[number]

/** As this reader chose it last on this computer. */
export function readPageSize(): PageSize {
  const size = Number(recall('page-size'))
  return PAGE_SIZES.find((known) => known === size) ?? 50
}

export interface ListSearch {
  range: QuickRange | DayRange
  caller: string
  callee: string
  /** Agent ids or parts of names. */
  agents: string[]
  skillGroups: string[]
  /** Tags of notes. */
  tags: string[]
  types: CallType[]
  hangupReasons: HangupReason[]
  /** Only live calls, only ended ones, or either. */
  live: boolean | null
  phases: Phase[]
  /** A call id, part of any number (three digits or more), or part of an agent's name. */
  text: string
  /** Caller, callee, customer or dialled number. */
  number: string
  releasedBy: ReleasingParty[]
  /** Seconds, as `min-max`; either side may be empty. */
  talk: SecondsRange
  wait: SecondsRange
  /** With a recording that can be heard, without one, or either. */
  recorded: boolean | null
}

export interface SecondsRange {
  min: number | null
  max: number | null
}

export type Condition = Exclude<keyof ListSearch, 'range'>

/** Conditions in the order in which the bar asks for them. */
export const CONDITIONS: readonly Condition[] = [
  'text',
  'caller',
  'callee',
  'agents',
  'skillGroups',
  'types',
  'hangupReasons',
  'number',
  'releasedBy',
  'recorded',
  'tags',
  'talk',
  'wait',
  'live',
  'phases',
]

/** Those that stand behind "more conditions". */
export const MORE_CONDITIONS: readonly Condition[] = ['number', 'tags', 'releasedBy', 'recorded', 'talk', 'wait']

/** Where in the list: null is the first page. */
export interface ListPlace {
  cursor: string | null
  /** The page's number as far as it is known from paging there. */
  page: number
}

export const plainSearch: ListSearch = {
  range: 'today',
  caller: '',
  callee: '',
  agents: [],
  skillGroups: [],
  tags: [],
  types: [],
  hangupReasons: [],
  live: null,
  phases: [],
  text: '',
  number: '',
  releasedBy: [],
  talk: { min: null, max: null },
  wait: { min: null, max: null },
  recorded: null,
}

const MAX_CHOICES = 50
export const MAX_TEXT = 100

export function readSearch(params: URLSearchParams): ListSearch {
  return {
    range: readRange(params),
    caller: (params.get('caller') ?? '').slice(0, 66),
    callee: (params.get('callee') ?? '').slice(0, 66),
    agents: choices(params, 'agent'),
    skillGroups: choices(params, 'skillGroup'),
    tags: choices(params, 'tag'),
    types: choices(params, 'type').filter((type): type is CallType => CALL_TYPES.some((known) => known === type)),
    hangupReasons: choices(params, 'hangupReason').filter((reason): reason is HangupReason =>
      HANGUP_REASONS.some((known) => known === reason),
    ),
    live: readBoolean(params.get('live')),
    phases: choices(params, 'phase').filter((phase): phase is Phase => PHASES.some((known) => known === phase)),
    text: (params.get('q') ?? '').slice(0, MAX_TEXT),
    number: (params.get('number') ?? '').slice(0, 66),
    releasedBy: choices(params, 'releasedBy').filter((party): party is ReleasingParty =>
      RELEASING_PARTIES.some((known) => known === party),
    ),
    talk: readSeconds(params.get('talkMs')),
    wait: readSeconds(params.get('waitMs')),
    recorded: readBoolean(params.get('recorded')),
  }
}

export function readPlace(params: URLSearchParams): ListPlace {
  const cursor = params.get('cursor')
  const page = Number(params.get('page'))
  if (cursor === null || cursor === '') return { cursor: null, page: 1 }
  return { cursor, page: Number.isInteger(page) && page > 1 && page < 1_000_000 ? page : 2 }
}

/** The address of a search: what is as usual is left out. */
export function writeSearch(search: ListSearch, place: ListPlace = { cursor: null, page: 1 }): URLSearchParams {
  const params = new URLSearchParams()
  if (typeof search.range === 'string') {
    if (search.range !== 'today') params.set('range', search.range)
  } else {
    params.set('from', search.range.from)
    params.set('to', search.range.to)
  }
  writeCriteria(search, params)
  if (place.cursor !== null) {
    params.set('cursor', place.cursor)
    params.set('page', String(place.page))
  }
  return params
}

/** What the list, the count and the live feed are asked. `today`: the contact centre's day. */
export function criteriaOf(search: ListSearch, today: string, windowDays: number): string {
  const { range } = search
  const { from, to } = isTimes(range) ? range : daysOf(range, today, windowDays)
  const params = new URLSearchParams({ from, to })
  writeCriteria(search, params)
  return params.toString()
}

function writeCriteria(search: ListSearch, params: URLSearchParams): void {
  if (search.caller !== '') params.set('caller', search.caller)
  if (search.callee !== '') params.set('callee', search.callee)
  for (const agent of search.agents) params.append('agent', agent)
  for (const group of search.skillGroups) params.append('skillGroup', group)
  for (const tag of search.tags) params.append('tag', tag)
  for (const type of search.types) params.append('type', type)
  for (const reason of search.hangupReasons) params.append('hangupReason', reason)
  if (search.live !== null) params.set('live', String(search.live))
  for (const phase of search.phases) params.append('phase', phase)
  if (search.text !== '') params.set('q', search.text)
  if (search.number !== '') params.set('number', search.number)
  for (const party of search.releasedBy) params.append('releasedBy', party)
  writeSeconds(search.talk, 'talkMs', params)
  writeSeconds(search.wait, 'waitMs', params)
  if (search.recorded !== null) params.set('recorded', String(search.recorded))
}

function writeSeconds({ min, max }: SecondsRange, name: string, params: URLSearchParams): void {
  if (min === null && max === null) return
  // To the end of the last second: 30 s on the screen may be 30,400 ms.
  params.set(name, `${min === null ? '' : min * 1000}-${max === null ? '' : max * 1000 + 999}`)
}

function readSeconds(text: string | null): SecondsRange {
  const [, min = '', max = ''] = /^(\d{0,9})(?:-(\d{0,9}))?$/.exec(text ?? '') ?? []
  const seconds = (ms: string) => (ms === '' ? null : Math.floor(Number(ms) / 1000))
  return { min: seconds(min), max: seconds(max) }
}

function readBoolean(text: string | null): boolean | null {
  return text === 'true' ? true : text === 'false' ? false : null
}

/** Are these two instants, and not days? */
export function isTimes(range: ListSearch['range']): range is DayRange {
  return typeof range !== 'string' && isInstant(range.from)
}

/** The search without one condition. */
export function without(search: ListSearch, condition: Condition): ListSearch {
  return { ...search, [condition]: plainSearch[condition] }
}

/** Is this condition asked for? */
export function isAsked(search: ListSearch, condition: Condition): boolean {
  return writeSearch({ ...plainSearch, [condition]: search[condition] }).size > 0
}

/** Oldest day a search may reach: today is one of the days. */
export function firstDayOf(today: string, windowDays: number): string {
  return addDays(today, 1 - windowDays)
}

/** The days of a range, both included, kept inside the window. */
export function daysOf(range: ListSearch['range'], today: string, windowDays: number): DayRange {
  const first = firstDayOf(today, windowDays)
  switch (range) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return clamp({ from: addDays(today, -1), to: addDays(today, -1) }, first, today)
    case '7d':
      return clamp({ from: addDays(today, -6), to: today }, first, today)
    case '30d':
      return clamp({ from: addDays(today, -29), to: today }, first, today)
    default:
      return clamp(isTimes(range) ? daysOfTimes(range) : range, first, today)
  }
}

/** The days that two instants touch; midnight is the end of the day before. */
function daysOfTimes({ from, to }: DayRange): DayRange {
  const last = dayOf(to)
  return { from: dayOf(from), to: to.slice(11, 23) === '00:00:00.000' && last > dayOf(from) ? addDays(last, -1) : last }
}

function clamp({ from, to }: DayRange, first: string, last: string): DayRange {
  const inside = (day: string) => (day < first ? first : day > last ? last : day)
  const [a, b] = [inside(from), inside(to)]
  return a <= b ? { from: a, to: b } : { from: b, to: a }
}

export function isPlain(search: ListSearch): boolean {
  return writeSearch(search).size === 0
}

/** Anything asked beside the days? */
export function hasConditions(search: ListSearch): boolean {
  return writeSearch({ ...search, range: 'today' }).size > 0
}

/** `138*`, `*8000`, `*3800*`, `13800138000`; empty is fine too. The server has the last word. */
export function isNumberTerm(text: string): boolean {
  const compact = text.replace(/[\s-]/g, '')
  return compact === '' || /^\*?[0-9A-Za-z+#._@]{1,64}\*?$/.test(compact)
}

function readRange(params: URLSearchParams): ListSearch['range'] {
  const range = params.get('range')
  const quick = QUICK_RANGES.find((known) => known === range)
  if (quick) return quick
  const from = params.get('from')
  const to = params.get('to') ?? from
  if (from === null || to === null) return 'today'
  return (isDay(from) && isDay(to)) || (isInstant(from) && isInstant(to)) ? { from, to } : 'today'
}

function choices(params: URLSearchParams, name: string): string[] {
  return [...new Set(params.getAll(name))].filter((value) => value !== '').slice(0, MAX_CHOICES)
}

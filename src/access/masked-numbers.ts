// Numbers of people as those see them who may not see numbers: `138****8000`. The one place that says how a number is masked,
// what in an answer is a number, and what such a reader may search by. Pure; asked by http/masking.ts for every answer, and by
// what is no JSON: the live feed, names of files, exports.
import type { CallSummary } from '../calls/call.ts'
import { AppError } from '../errors.ts'

/** Fewer digits are extensions and keys. */
const LEAST_DIGITS = 7
const HIDDEN = '****'
/** Not the whole part of a channel's id (`1795399913.0`). */
const RUN = /\+?\d{7,}(?!\d*\.\d)/g
/** As people write them: `138 0013 8000`, `+86-138-…`. */
const GROUPS = /(?<!\d)\+?\d{1,4}(?:[ -]\d{2,4}){1,4}(?!\d)/g
const DAY = /^20\d\d-?[01]\d-?[0-3]\d$/
/** Instants, UUIDs, hashes. */
const NO_NUMBER = /^(\d{4}-\d\d-\d\d(T.*)?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,})$/i
/**
 * Fields that name things and are asked for again by what stands in them. A source that puts numbers into its call ids shows
 * them: docs/known-limits.md.
 */
const IDS = new Set([
  'id',
  'callId',
  'eventId',
  'mergedFrom',
  'mergedInto',
  'mergedCallId',
  'cursor',
  'nextCursor',
  'sha256',
  'hash',
  'key',
  'steps',
])

/** `13800138000` → `138****8000`, `+8613800138000` → `+86138****8000`; what is no number of a person stays. */
export function maskNumber(number: string): string {
  const digits = number.replace(/\D/g, '')
  if (digits.length < LEAST_DIGITS) return number
  const plus = number.startsWith('+') ? '+' : ''
  const tail = digits.length >= 10 ? 4 : 2
  return `${plus}${digits.slice(0, Math.min(5, Math.max(1, digits.length - tail - 4)))}${HIDDEN}${digits.slice(-tail)}`
}

/** A sentence with its numbers masked; days and times stay. */
export function maskText(text: string): string {
  if (NO_NUMBER.test(text)) return text
  const masked = (number: string) => (DAY.test(number) ? number : maskNumber(number))
  return text.replace(RUN, masked).replace(GROUPS, masked)
}

/** A whole answer with every number in it masked, wherever it stands: what is added later is masked as well. */
export function maskAnswer(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return IDS.has(name) ? value : maskText(value)
  if (Array.isArray(value)) return value.map((one) => maskAnswer(one, name))
  // Instances of classes (streams, buffers) are no JSON of ours.
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskAnswer(one, key)]))
}

/** A call as exports and names of files show it. */
export function maskCall<Shown extends Pick<CallSummary, 'id' | 'customer'>>(call: Shown): Shown {
  return maskAnswer(call) as Shown
}

/** The number terms of a search. */
export interface NumberTerms {
  caller?: string | undefined
  callee?: string | undefined
  number?: string | undefined
  /** Free text: three digits are a part of a number there. */
  q?: string | undefined
}

/**
 * What somebody who may not see numbers searches by: whole numbers only, since what answers to parts of one tells the rest.
 * Free text of digits means a whole number.
 * @throws AppError number-incomplete
 */
export function wholeNumbers<Query extends NumberTerms>(query: Query): Query {
  const { caller, callee, number, q } = query
  if ([caller, callee, number].some((term) => term?.includes('*'))) throw new AppError('number-incomplete')
  const digits = q?.replace(/[\s-]/g, '') ?? ''
  if (!/^\+?\d{3,}$/.test(digits)) return query
  if (number !== undefined || digits.length < LEAST_DIGITS) throw new AppError('number-incomplete')
  return { ...query, q: undefined, number: digits }
}

/** The numbers that are searched for, as they stand there. */
export function searchedNumbers({ caller, callee, number, q }: NumberTerms): string[] {
  return [caller, callee, number, q].filter((term) => term !== undefined && /\d{3}/.test(term)) as string[]
}

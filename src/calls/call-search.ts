// What can be asked of the list of calls: the criteria, their defaults, and whether one call fits them. The store
// answers the same question in SQL; conformance.test.ts holds the two together.
import { AppError } from '../errors.ts'
import type { CallSummary } from './call.ts'
import type { CallType, HangupReason, Phase, ReleasingParty } from './vocabulary.ts'

/** What searching looks at: a call with or without its flow and change number. */
export type Searched = Omit<CallSummary, 'seq'>

/** `138*` prefix, `*8000` suffix, `*3800*` anywhere, plain: the whole number. */
export interface NumberTerm {
  match: 'exact' | 'prefix' | 'suffix' | 'anywhere'
  text: string
}

export interface CallSearch {
  instance: string
  /** By start, epoch ms: from inclusive, to exclusive. */
  from: number
  to: number
  /** Only calls this agent took part in (permission, not choice). */
  participant: string | null
  /** Whoever searches may not see the numbers of people: what is written of the calls found is masked. */
  masked: boolean
  caller: NumberTerm | null
  callee: NumberTerm | null
  /** Caller, callee, customer or dialled number. */
  number: NumberTerm | null
  /** Agent ids, or parts of agent names; several: any of them. Means who served the call (talked, or else rang last). */
  agents: string[]
  /** Ids that the agents' names mean as well: names given by hand (directory/names.ts). Only together with `agents`. */
  agentIds: string[]
  /** Ids, or whole names; several: any of them. */
  skillGroups: string[]
  /** Tags of notes, whole, case aside (tagKey); several: any of them. */
  tags: string[]
  /** Empty: every type but internal. */
  types: CallType[]
  hangupReasons: HangupReason[]
  releasedBy: ReleasingParty[]
  talkMs: DurationRange
  /** Time from entering the first queue or ringing to an answer: queueMs + ringMs of the record. */
  waitMs: DurationRange
  /** true: only with a recording that can be heard; false: only without; null: both. */
  recorded: boolean | null
  /** true: only calls that are live; false: only ended ones. */
  live: boolean | null
  /** Only calls that are live and in one of these phases; empty: no matter which. */
  phases: Phase[]
  /** Free text: a call id, part of a number (3 digits or more), or part of an agent's name. */
  text: string | null
  /** Ids that the text means as a name given by hand. */
  textAgentIds: string[]
}

export interface DurationRange {
  min: number | null
  max: number | null
}

/** Where a page begins: after this call, in the order newest first. */
export interface CallCursor {
  startedAt: number
  id: string
}

export const noCriteria: Omit<CallSearch, 'instance' | 'from' | 'to'> = {
  masked: false,
  participant: null,
  caller: null,
  callee: null,
  number: null,
  agents: [],
  agentIds: [],
  skillGroups: [],
  tags: [],
  types: [],
  hangupReasons: [],
  releasedBy: [],
  talkMs: { min: null, max: null },
  waitMs: { min: null, max: null },
  recorded: null,
  live: null,
  phases: [],
  text: null,
  textAgentIds: [],
}

/**
 * Reads `138*`, `*8000`, `*3800*`, `13800138000`; spaces and hyphens between digits are taken out.
 * @throws AppError bad-number-term
 */
export function parseNumberTerm(value: string, field: string): NumberTerm {
  const text = value.replace(/[\s-]/g, '')
  const shape = /^(\*?)([0-9A-Za-z+#._@]{1,64})(\*?)$/.exec(text)
  if (!shape) throw new AppError('bad-number-term', { field, value: value.slice(0, 80) })
  const [, before, digits = '', after] = shape
  if (before && after) return { match: 'anywhere', text: digits }
  if (before) return { match: 'suffix', text: digits }
  if (after) return { match: 'prefix', text: digits }
  return { match: 'exact', text: digits }
}

/** Does this call belong in the answer to this search? Pure; the live feed asks it for every change. */
export function matchesSearch(call: Searched, search: CallSearch): boolean {
  if (call.mergedInto !== null) return false
  if (call.startedAt < search.from || call.startedAt >= search.to) return false
  if (search.participant !== null && !call.agents.some((agent) => agent.id === search.participant)) return false
  if (search.types.length === 0 ? call.type === 'internal' : !search.types.includes(call.type)) return false
  if (search.live !== null && (call.endedAt === null) !== search.live) return false
  if (search.phases.length > 0 && (call.phase === null || !search.phases.includes(call.phase))) return false
  if (
    search.hangupReasons.length > 0 &&
    (call.hangupReason === null || !search.hangupReasons.includes(call.hangupReason))
  )
    return false
  if (search.releasedBy.length > 0 && (call.releasedBy === null || !search.releasedBy.includes(call.releasedBy)))
    return false
  if (!fits(call.talkMs, search.talkMs) || !fits(waitMsOf(call), search.waitMs)) return false
  if (search.recorded !== null && isRecorded(call) !== search.recorded) return false
  if (search.caller && !matchesNumber(call.caller, search.caller)) return false
  if (search.callee && !matchesNumber(call.callee, search.callee)) return false
  const number = search.number
  if (number && !numbersOf(call).some((value) => matchesNumber(value, number))) return false
  if (
    search.skillGroups.length > 0 &&
    !call.skillGroups.some((g) => search.skillGroups.some((s) => s === g.id || s === g.name))
  )
    return false
  if (search.tags.length > 0 && !isTagged(call, search.tags)) return false
  if (
    search.agents.length > 0 &&
    !search.agents.some((term) => servedBy(call, term)) &&
    !servedByOne(call, search.agentIds)
  )
    return false
  return search.text === null || matchesText(call, search.text) || servedByOne(call, search.textAgentIds)
}

/** Who served the call: those who talked, and the agent the record names. What the agent filter and the list's column mean. */
export function servingAgents(call: Searched): { id: string; name: string | null }[] {
  const serving = call.agents.filter((agent) => agent.talked || agent.id === call.agent?.id)
  return serving
}

function isTagged(call: Searched, wanted: readonly string[]): boolean {
  const keys = new Set(wanted.map(tagKey))
  return call.tags?.some((tag) => keys.has(tagKey(tag))) ?? false
}

/** By what a tag is found: Latin letters in lower case, as SQLite's lower() has it, so that both say the same. */
export function tagKey(tag: string): string {
  return tag.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

export function waitMsOf(call: Searched): number {
  return Math.max(call.queueMs, call.ringMs)
}

export function isRecorded(call: Searched): boolean {
  return call.recordings.some((recording) => recording.state === 'available')
}

export function numbersOf(call: Searched): string[] {
  return [call.caller, call.callee, call.customer, call.dialledNumber].filter((value) => value !== null)
}

function servedBy(call: Searched, term: string): boolean {
  const lower = term.toLowerCase()
  return servingAgents(call).some((agent) => agent.id === term || (agent.name ?? '').toLowerCase().includes(lower))
}

function servedByOne(call: Searched, ids: readonly string[]): boolean {
  return ids.length > 0 && servingAgents(call).some(({ id }) => ids.includes(id))
}

function matchesText(call: Searched, text: string): boolean {
  if (call.id === text || servedBy(call, text)) return true
  const digits = text.replace(/[\s-]/g, '')
  return /^\+?\d{3,}$/.test(digits) && numbersOf(call).some((value) => value.includes(digits))
}

function matchesNumber(value: string | null, term: NumberTerm): boolean {
  if (value === null) return false
  switch (term.match) {
    case 'exact':
      return value === term.text
    case 'prefix':
      return value.startsWith(term.text)
    case 'suffix':
      return value.endsWith(term.text)
    case 'anywhere':
      return value.includes(term.text)
  }
}

function fits(value: number, range: DurationRange): boolean {
  return (range.min === null || value >= range.min) && (range.max === null || value <= range.max)
}

// Every condition of a search in words, as its tag says it.
import type { TFunction } from 'i18next'
import type { Named } from '../api/calls.ts'
import { clockOf, dayOf, durationText } from '../ui/time.ts'
import {
  CONDITIONS,
  type Condition,
  isAsked,
  isTimes,
  type ListSearch,
  type SecondsRange,
  without,
} from './list-search.ts'

export interface ConditionTag {
  key: string
  field: string
  value: string
  /** The search without this condition. */
  rest: ListSearch
}

export interface KnownNames {
  agents: readonly Named[]
  skillGroups: readonly Named[]
}

export function conditionTags(search: ListSearch, names: KnownNames, t: TFunction): ConditionTag[] {
  const tags = CONDITIONS.filter((condition) => isAsked(search, condition)).map((condition) => ({
    key: condition as string,
    field: t(`callList.condition.${condition}`),
    value: valueText(search, condition, names, t),
    rest: without(search, condition),
  }))
  const { range } = search
  if (!isTimes(range)) return tags
  // An hour of the board: days have their own place in the bar, times only stand here.
  const day = dayOf(range.from)
  const value = t('search.times', { day, from: minutesOf(range.from), to: minutesOf(range.to) })
  const times = { key: 'times', field: t('callList.condition.times'), value }
  return [{ ...times, rest: { ...search, range: { from: day, to: day } } }, ...tags]
}

function minutesOf(iso: string): string {
  return clockOf(iso).slice(0, 5)
}

function valueText(search: ListSearch, condition: Condition, names: KnownNames, t: TFunction): string {
  const any = (texts: string[]) => texts.join(t('callList.condition.or'))
  switch (condition) {
    case 'text':
    case 'caller':
    case 'callee':
    case 'number':
      return search[condition]
    case 'agents':
      return any(search.agents.map((id) => nameOf(names.agents, id) ?? t('search.agentFree', { text: id })))
    case 'skillGroups':
      return any(search.skillGroups.map((id) => nameOf(names.skillGroups, id) ?? id))
    case 'tags':
      return any(search.tags)
    case 'types':
      return any(search.types.map((type) => t(`callType.${type}`)))
    case 'hangupReasons':
      return any(search.hangupReasons.map((reason) => t(`hangupReason.${reason}`)))
    case 'releasedBy':
      return any(search.releasedBy.map((party) => t(`releasedBy.${party}`)))
    case 'phases':
      return any(search.phases.map((phase) => t(`phase.${phase}`)))
    case 'live':
      return search.live ? t('callList.condition.isLive') : t('callList.condition.isOver')
    case 'recorded':
      return search.recorded ? t('callList.condition.with') : t('callList.condition.without')
    case 'talk':
    case 'wait':
      return rangeText(search[condition], t)
  }
}

function nameOf(known: readonly Named[], id: string): string | null {
  const found = known.find((one) => one.id === id)
  return found ? (found.name ?? found.id) : null
}

function rangeText({ min, max }: SecondsRange, t: TFunction): string {
  const text = (seconds: number) => durationText(seconds * 1000)
  if (min !== null && max !== null) return `${text(min)} – ${text(max)}`
  if (min !== null) return t('callList.condition.atLeast', { time: text(min) })
  return max === null ? '' : t('callList.condition.atMost', { time: text(max) })
}

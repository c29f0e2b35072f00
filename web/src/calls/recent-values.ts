// The values this reader searched for last, newest first: kept with her account, offered when a field is opened. Pure.
import type { ListSearch } from './list-search.ts'

export interface Recent {
  numbers: string[]
  agents: string[]
  skillGroups: string[]
  tags: string[]
}

export const nothingRecent: Recent = { numbers: [], agents: [], skillGroups: [], tags: [] }

/** Of each kind. */
const KEPT = 8

/** With what `next` asks for and `before` did not; the same object where that is nothing. */
export function withUsed(recent: Recent, before: ListSearch, next: ListSearch): Recent {
  const numberFields = ['caller', 'callee', 'number'] as const
  const numbers = numberFields.flatMap((field) =>
    next[field] !== '' && next[field] !== before[field] ? [next[field]] : [],
  )
  // Typed on from there after a pause: what stood there was never meant.
  const isHalf = (number: string) =>
    numberFields.some((field) => before[field] === number && next[field] !== number && next[field].startsWith(number))
  const added = (kind: 'agents' | 'skillGroups' | 'tags') => next[kind].filter((one) => !before[kind].includes(one))
  const used: Recent = { numbers, agents: added('agents'), skillGroups: added('skillGroups'), tags: added('tags') }
  if (Object.values(used).every((values) => values.length === 0)) return recent
  const newestFirst = (kind: keyof Recent) => [...new Set([...used[kind].toReversed(), ...recent[kind]])].slice(0, KEPT)
  return {
    numbers: newestFirst('numbers').filter((number) => !isHalf(number)),
    agents: newestFirst('agents'),
    skillGroups: newestFirst('skillGroups'),
    tags: newestFirst('tags'),
  }
}

/** What was kept, as far as it makes sense today. */
export function readRecent(kept: unknown): Recent {
  const lists = (kept ?? {}) as Partial<Record<keyof Recent, unknown>>
  const texts = (kind: keyof Recent) => {
    const list = lists[kind]
    return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string').slice(0, KEPT) : []
  }
  return { numbers: texts('numbers'), agents: texts('agents'), skillGroups: texts('skillGroups'), tags: texts('tags') }
}

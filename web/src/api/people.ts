// The agents and skill groups that are known, and what they are called here.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { PeopleJson, PersonJson } from '../../../src/directory/directory-routes.ts'
import { ask } from './client.ts'

export type { PersonJson }
export type PeopleKind = 'agents' | 'skill-groups'

export const PAGE_PEOPLE = 50

export interface PeopleQuestion {
  kind: PeopleKind
  text: string
  hidden: boolean
  page: number
}

export function peopleQuery({ kind, text, hidden, page }: PeopleQuestion) {
  return queryOptions({
    queryKey: ['people', kind, text, hidden, page],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ hidden: String(hidden), page: String(page) })
      if (text !== '') query.set('q', text)
      return ask<PeopleJson>(`/directory/${kind}?${query}`, { signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** `name` null: as the PBX says. @throws ApiProblem person-not-found, too-many-names */
export function givePersonName(
  kind: PeopleKind,
  id: string,
  given: { name: string | null; hidden: boolean },
): Promise<PersonJson> {
  return ask(`/directory/${kind}/${encodeURIComponent(id)}`, { method: 'PUT', body: given })
}

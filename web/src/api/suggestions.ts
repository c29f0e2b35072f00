// What the search's fields may offer: values that calls have most, and numbers that go with what is typed.
import { queryOptions } from '@tanstack/react-query'
import type { NumberSuggestionsJson, SuggestionsJson } from '../../../src/suggestions/suggestion-routes.ts'
import { ask } from './client.ts'

export type NumberField = keyof NumberSuggestionsJson

export const suggestionsQuery = queryOptions({
  queryKey: ['suggestions'],
  queryFn: ({ signal }) => ask<SuggestionsJson>('/suggestions', { signal }),
  staleTime: 60_000,
})

/** @param typed digits, perhaps with a `*` at either end */
export function numberSuggestionsQuery(field: NumberField, typed: string) {
  return queryOptions({
    queryKey: ['suggestions', field, typed],
    queryFn: ({ signal }) =>
      ask<Partial<NumberSuggestionsJson>>(`/suggestions/numbers?${new URLSearchParams({ field, typed })}`, { signal }),
    staleTime: 60_000,
    gcTime: 60_000,
  })
}

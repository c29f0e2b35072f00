// The questions about unreached customers. They are asked again by themselves: the list changes while one works on it.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { UnreachedPageJson } from '../../../src/unreached/unreached-routes.ts'
import { ask } from './client.ts'

const LIST_EVERY_MS = 5_000
const COUNT_EVERY_MS = 20_000
const PAGE_LINES = 50

/** @param criteria `days`, `skillGroup`…, as the API takes them */
export function unreachedQuery(criteria: string) {
  return infiniteQueryOptions({
    queryKey: ['unreached', criteria],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams(criteria)
      query.set('limit', String(PAGE_LINES))
      if (pageParam !== null) query.set('cursor', pageParam)
      return ask<UnreachedPageJson>(`/unreached?${query}`, { signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: LIST_EVERY_MS,
    staleTime: 0,
    placeholderData: keepPreviousData,
  })
}

/** `isWatched`: the list is open, and its number goes with it. */
export function unreachedCountQuery(criteria: string, isWatched: boolean) {
  return queryOptions({
    queryKey: ['unreached-count', criteria],
    queryFn: ({ signal }) => ask<{ count: number }>(`/unreached/count?${criteria}`, { signal }),
    refetchInterval: isWatched ? LIST_EVERY_MS : COUNT_EVERY_MS,
    staleTime: LIST_EVERY_MS,
    placeholderData: keepPreviousData,
  })
}

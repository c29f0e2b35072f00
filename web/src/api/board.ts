// The question the board asks, every other second while it is looked at.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { BoardJson } from '../../../src/board/board-json.ts'
import { ask } from './client.ts'

/** The server counts at most once a second, for however many boards. */
export const BOARD_EVERY_MS = 2_000

export const boardQuery = queryOptions({
  queryKey: ['board'],
  queryFn: ({ signal }) => ask<BoardJson>('/board', { signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]) }),
  refetchInterval: BOARD_EVERY_MS,
  // The interval is the retry: it goes on through a failure, and the page says how old its figures are.
  retry: false,
  staleTime: 0,
  placeholderData: keepPreviousData,
})

// The questions of the receipts page.
import { infiniteQueryOptions } from '@tanstack/react-query'
import type { ReceiptPageJson } from '../../../src/receipts/receipt-routes.ts'
import type { ReceiptVerdict } from '../../../src/receipts/verify-receipts.ts'
import { ask } from './client.ts'

const PAGE_ROWS = 50
const EVERY_MS = 30_000

/** Newest first. `callId`: only those of one call; null: all. */
export function receiptsQuery(callId: string | null) {
  return infiniteQueryOptions({
    queryKey: ['receipts', callId],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ limit: String(PAGE_ROWS) })
      if (pageParam !== null) query.set('before', String(pageParam))
      if (callId !== null) query.set('callId', callId)
      return ask<ReceiptPageJson>(`/receipts?${query}`, { signal })
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page: ReceiptPageJson) => page.nextBefore,
    // Whoever has paged back reads on undisturbed.
    refetchInterval: (query) => (query.state.data?.pages.length === 1 ? EVERY_MS : false),
  })
}

/** `head`: a hash that was written down earlier; null: the end of the chain is not proven. */
export function verifyReceipts(head: string | null): Promise<ReceiptVerdict> {
  return ask('/receipts/verification', { method: 'POST', body: head === null ? {} : { head } })
}

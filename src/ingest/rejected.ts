// What came in and could not be taken is kept aside: messages that a connector could not read, events that were refused.
// Kept in the store with bytes, time and cause, shown by rejected-routes.ts, taken again by replay-rejected.ts after a fix.
import type { Rejected, RejectedStore } from '../store/store.ts'

export interface RejectedMessages {
  /** Written soon, several at a time: a connector does not wait for it. */
  keep(instance: string, row: Omit<Rejected, 'at'>): void
  /** Resolves when the rows are on disk. At most REJECTED_OF_REQUEST of them are kept. */
  keepAll(instance: string, rows: Omit<Rejected, 'at'>[]): Promise<void>
  /** Since the start. */
  count(): number
  /** Resolves when everything is written. */
  close(): Promise<void>
}

/** Of one request or one burst; a feed that sends nothing but nonsense fills the log of it quickly enough. */
export const REJECTED_OF_REQUEST = 500
const RAW_BYTES = 64 * 1024
const WAITING_ROWS = 1_000

export function rejectedMessages(
  store: Pick<RejectedStore, 'keepRejected'>,
  now: () => number,
  onError: (error: unknown) => void,
): RejectedMessages {
  let count = 0
  const waiting = new Map<string, Rejected[]>()
  let writing: Promise<void> | null = null

  const complete = (row: Omit<Rejected, 'at'>): Rejected => ({ ...row, at: now(), raw: row.raw.subarray(0, RAW_BYTES) })

  async function write(): Promise<void> {
    for (const [instance, rows] of waiting) {
      waiting.delete(instance)
      // Losing such a row with the disk full is bearable; stopping the feed for it is not.
      await store.keepRejected(instance, rows).catch(onError)
    }
    writing = waiting.size > 0 ? write() : null
  }

  return {
    keep: (instance, row) => {
      count++
      const rows = waiting.get(instance) ?? []
      if (rows.length < WAITING_ROWS) waiting.set(instance, [...rows, complete(row)])
      writing ??= Promise.resolve().then(write)
    },
    keepAll: async (instance, rows) => {
      count += rows.length
      if (rows.length > 0) await store.keepRejected(instance, rows.slice(0, REJECTED_OF_REQUEST).map(complete))
    },
    count: () => count,
    close: async () => {
      while (writing) await writing
    },
  }
}

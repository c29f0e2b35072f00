// Receipts as NDJSON: how they are exported and read again. Bounded: a line that is no receipt is null, however long.
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { ReceiptStore } from '../store/store.ts'
import { canonicalJson, type Receipt } from './receipt.ts'

const AT_ONCE = 500
const LINE_CHARACTERS = 1024 * 1024

/** Every receipt of an instance, oldest first; those that come while it is read included. */
export async function* allReceipts(store: ReceiptStore, instance: string): AsyncGenerator<Receipt> {
  for (let after = 0; ; ) {
    const receipts = await store.receiptsAfter(instance, after, AT_ONCE)
    yield* receipts
    const last = receipts.at(-1)
    if (!last || receipts.length < AT_ONCE) return
    after = last.seq
  }
}

export function receiptToLine(receipt: Receipt): string {
  return canonicalJson(receipt)
}

/** The receipts of an exported file; null: a line that is none. Empty lines do not count. */
export async function* receiptsIn(input: Readable): AsyncGenerator<Receipt | null> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== '') yield lineToReceipt(line)
}

function lineToReceipt(line: string): Receipt | null {
  if (line.length > LINE_CHARACTERS) return null
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  return isReceipt(value) ? value : null
}

/** Only its frame: a newer Callbook may know kinds that this one does not, and their hashes hold all the same. */
function isReceipt(value: unknown): value is Receipt {
  if (typeof value !== 'object' || value === null) return false
  const { instance, seq, at, actor, previous, hash, body } = value as Partial<Record<keyof Receipt, unknown>>
  return (
    [instance, actor, previous, hash].every((text) => typeof text === 'string') &&
    [seq, at].every(Number.isFinite) &&
    typeof body === 'object' &&
    body !== null
  )
}

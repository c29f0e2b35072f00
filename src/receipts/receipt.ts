// A receipt says what was done to recordings for good, by whom and by which rule. Receipts of an instance form a chain:
// each one's hash covers the one before, so that none can be changed, taken out, put in or moved without breaking it.
// Pure: the store appends (in the transaction of what a receipt proves), verify-receipts.ts checks.
import { createHash } from 'node:crypto'
import type { Principal } from '../access/permissions.ts'
import type { ReceiptBody } from './receipt-body.ts'

/** What is to be put on record. The store gives it its number and its place in the chain. */
export interface NewReceipt {
  instance: string
  /** Epoch ms. */
  at: number
  /** `system`, `user:<name>` or `key:<name>`: actorOf() writes it. */
  actor: string
  body: ReceiptBody
}

export interface Receipt extends NewReceipt {
  /** From 1, without gaps. */
  seq: number
  /** The hash of the receipt before; of the first: 64 zeros. */
  previous: string
  /** SHA-256 over `previous` and the canonical JSON of `{actor, at, body, instance, seq}`, in hex. */
  hash: string
}

/** Where a chain stands: kept elsewhere, it proves later that nothing was cut off its end. */
export interface ReceiptHead {
  seq: number
  hash: string
}

export const SYSTEM_ACTOR = 'system'
export const CHAIN_BEGIN: ReceiptHead = { seq: 0, hash: '0'.repeat(64) }

/** Who acts, as receipts name it; a user called "system" is not the system. */
export function actorOf(principal: Pick<Principal, 'kind' | 'name'>): string {
  return `${principal.kind}:${principal.name}`
}

/** Puts a receipt behind `head`. */
export function sealReceipt(head: ReceiptHead, receipt: NewReceipt): Receipt {
  const placed = { ...receipt, seq: head.seq + 1, previous: head.hash }
  return { ...placed, hash: receiptHash(placed) }
}

export function receiptHash({ instance, seq, at, actor, body, previous }: Omit<Receipt, 'hash'>): string {
  return createHash('sha256')
    .update(previous + canonicalJson({ instance, seq, at, actor, body }))
    .digest('hex')
}

/** JSON with the keys of every object in order (by UTF-16 unit, as RFC 8785) and no spaces: the same value, the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const fields = Object.entries(value).filter(([, one]) => one !== undefined)
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${sorted.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(',')}}`
}

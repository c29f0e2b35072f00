// A receipt says what was done to recordings for good, by whom and by which rule. Receipts of an instance form a chain:
// each one's hash covers the one before, so that none can be changed, taken out, put in or moved without breaking it.
// Pure: the store appends (in the transaction of what a receipt proves), verify-receipts.ts checks.
import { createHash } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { Principal } from '../access/permissions.ts'

const CallId = Type.String({ minLength: 1, maxLength: 256 })
const N = Type.Integer({ minimum: 1, maximum: 99 })
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Amount = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Reason = Type.String({ maxLength: 500 })
const Any = Type.Unknown()

/** What each kind of receipt tells, beside when and by whom. */
const kinds = {
  /** `rule`: which rule of retention decided (`age`, `capacity`, `disk`), or `person`. `because`: a sentence's worth. */
  'recording-deleted': {
    callId: CallId,
    n: N,
    sha256: Sha256,
    sizeBytes: Amount,
    rule: Type.String(),
    because: Reason,
  },
  /** Retention passes this recording by until it is released. */
  'hold-placed': { callId: CallId, n: N, reason: Reason },
  'hold-released': { callId: CallId, n: N, reason: Reason },
  /** The whole policy before and after. */
  'retention-changed': { before: Any, after: Any },
  /** A part of the audio was made silent for good; times from the beginning of the recording. */
  'range-silenced': {
    callId: CallId,
    n: N,
    fromMs: Amount,
    toMs: Amount,
    sha256Before: Sha256,
    sha256After: Sha256,
    because: Reason,
  },
  /** The audio of a search was handed out as one file. `search`: the criteria. */
  'audio-exported': { search: Any, calls: Amount, bytes: Amount },
  /** Such a file was fetched, whole or in part. */
  'audio-downloaded': { exportId: Type.String({ maxLength: 64 }), bytes: Amount },
} as const

export type ReceiptKind = keyof typeof kinds
export const RECEIPT_KINDS = Object.keys(kinds) as ReceiptKind[]

function bodySchema<K extends ReceiptKind>(kind: K) {
  return Type.Object({ kind: Type.Literal(kind), ...kinds[kind] }, { additionalProperties: false })
}

/** One schema for all: a union told apart by `kind`. */
export const ReceiptBody = Type.Unsafe<ReceiptBody>(Type.Union(RECEIPT_KINDS.map((kind) => bodySchema(kind))))
export type ReceiptBody = {
  [K in ReceiptKind]: { kind: K } & Static<ReturnType<typeof Type.Object<(typeof kinds)[K]>>>
}[ReceiptKind]

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

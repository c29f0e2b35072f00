// What each kind of receipt tells, as a schema. Apart from receipt.ts, so that the store's threads need no schemas to start.
import { type Static, Type } from 'typebox'

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

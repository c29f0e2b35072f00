// Checks a chain of receipts, from the store or from an exported file, one after the other: whatever was changed, taken
// out, put in or moved is found. What was cut off the end leaves a whole chain; only a head kept elsewhere can tell.
import { CHAIN_BEGIN, type Receipt, type ReceiptHead, receiptHash } from './receipt.ts'

export type ReceiptProblem =
  /** No line of JSON with the fields of a receipt. */
  | 'unreadable'
  /** Its own hash does not cover what it says: it was changed. */
  | 'changed'
  /** Numbers are left out before it: receipts were removed. */
  | 'removed-before'
  /** Its number was passed already, or it belongs to another chain: it was put in, or moved. */
  | 'out-of-order'
  /** It does not follow the one before, though the numbers do: that one was put in the place of another. */
  | 'wrong-previous'
  /** The known head is nowhere in this chain: its end was cut off, or it was all written anew. */
  | 'head-missing'

export interface ReceiptFinding {
  problem: ReceiptProblem
  /** The number the receipt has or should have. */
  seq: number
  /** Which one it is in the order read, from 1. */
  line: number
}

export interface ReceiptVerdict {
  ok: boolean
  /** How many receipts were read. */
  receipts: number
  /** The last receipt: what to keep elsewhere. null: there are none. */
  head: ReceiptHead | null
  /** Whether a known head was looked for, and so a missing end would have been seen. */
  endProven: boolean
  /** The first few; one break can bring others with it. */
  findings: ReceiptFinding[]
}

const MOST_FINDINGS = 20

/**
 * Reads receipts in order; null stands for one that cannot be read. `knownHead`: a hash that was written down earlier,
 * of the end then: it must be somewhere in the chain.
 */
export async function verifyReceipts(
  receipts: AsyncIterable<Receipt | null> | Iterable<Receipt | null>,
  knownHead: string | null = null,
): Promise<ReceiptVerdict> {
  const findings: ReceiptFinding[] = []
  let last = CHAIN_BEGIN
  let instance: string | null = null
  let headSeen = knownHead === null
  let line = 0
  for await (const receipt of receipts) {
    line++
    instance ??= receipt?.instance ?? null
    const problem = receipt === null ? 'unreadable' : problemOf(receipt, last, instance)
    if (problem && findings.length < MOST_FINDINGS) findings.push({ problem, seq: receipt?.seq ?? last.seq + 1, line })
    if (receipt === null) {
      last = { seq: last.seq + 1, hash: '' }
      continue
    }
    last = { seq: receipt.seq, hash: receipt.hash }
    headSeen ||= receipt.hash === knownHead
  }
  if (!headSeen) findings.push({ problem: 'head-missing', seq: last.seq, line })
  const head = line === 0 ? null : last
  return { ok: findings.length === 0, receipts: line, head, endProven: knownHead !== null, findings }
}

function problemOf(receipt: Receipt, last: ReceiptHead, instance: string | null): ReceiptProblem | null {
  if (receipt.hash !== receiptHash(receipt)) return 'changed'
  if (receipt.instance !== instance || receipt.seq <= last.seq) return 'out-of-order'
  if (receipt.seq > last.seq + 1) return 'removed-before'
  // After one that could not be read there is nothing to follow.
  return receipt.previous === last.hash || last.hash === '' ? null : 'wrong-previous'
}

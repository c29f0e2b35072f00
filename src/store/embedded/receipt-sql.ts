// The chain of receipts in SQL. Appended inside the transaction of what it proves; nothing here changes or removes one.
import {
  CHAIN_BEGIN,
  canonicalJson,
  type NewReceipt,
  type Receipt,
  type ReceiptHead,
  sealReceipt,
} from '../../receipts/receipt.ts'
import type { ReceiptBody } from '../../receipts/receipt-body.ts'
import type { ReceiptChoice } from '../store.ts'
import type { Database, Row } from './database.ts'

/** Behind the chain of each one's instance, in order. Inside a transaction: another process may append too. */
export function insertReceipts(db: Database, receipts: readonly NewReceipt[]): Receipt[] {
  const heads = new Map<string, ReceiptHead>()
  return receipts.map((receipt) => {
    const head = heads.get(receipt.instance) ?? receiptHead(db, receipt.instance) ?? CHAIN_BEGIN
    const sealed = sealReceipt(head, receipt)
    db.run(
      'INSERT INTO receipt (instance, seq, at, actor, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
      sealed.instance,
      sealed.seq,
      sealed.at,
      sealed.actor,
      canonicalJson(sealed.body),
      sealed.previous,
      sealed.hash,
    )
    heads.set(receipt.instance, sealed)
    return sealed
  })
}

export function appendReceipts(db: Database, receipts: NewReceipt[]): Receipt[] {
  return db.transaction(() => insertReceipts(db, receipts))
}

export function receiptHead(db: Database, instance: string): ReceiptHead | null {
  const row = db.get('SELECT seq, hash FROM receipt WHERE instance = ? ORDER BY seq DESC LIMIT 1', instance)
  return row ? { seq: Number(row.seq), hash: String(row.hash) } : null
}

export function receiptsAfter(db: Database, instance: string, after: number, limit: number): Receipt[] {
  return db
    .all('SELECT * FROM receipt WHERE instance = ? AND seq > ? ORDER BY seq LIMIT ?', instance, after, limit)
    .map(toReceipt)
}

export function receiptsBefore(
  db: Database,
  instance: string,
  { before, callId, n }: ReceiptChoice,
  limit: number,
): Receipt[] {
  const until = before ?? Number.MAX_SAFE_INTEGER
  if (callId !== null)
    return db
      .all(
        // By name: newest first, the primary key would be walked past all other calls' receipts.
        `SELECT * FROM receipt INDEXED BY receipt_of_call WHERE instance = ? AND json_extract(body, '$.callId') = ?
           AND json_extract(body, '$.callId') IS NOT NULL AND seq < ? AND (? IS NULL OR json_extract(body, '$.n') = ?)
           ORDER BY seq DESC LIMIT ?`,
        instance,
        callId,
        until,
        n,
        n,
        limit,
      )
      .map(toReceipt)
  return db
    .all('SELECT * FROM receipt WHERE instance = ? AND seq < ? ORDER BY seq DESC LIMIT ?', instance, until, limit)
    .map(toReceipt)
}

function toReceipt(row: Row): Receipt {
  return {
    instance: String(row.instance),
    seq: Number(row.seq),
    at: Number(row.at),
    actor: String(row.actor),
    body: JSON.parse(String(row.body)) as ReceiptBody,
    previous: String(row.previous),
    hash: String(row.hash),
  }
}

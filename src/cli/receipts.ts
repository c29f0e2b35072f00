// `callbook receipts`: writes the chain of receipts out, and checks it, from the store or from a file, without a server.
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { DEFAULT_INSTANCE } from '../config.ts'
import type { Receipt } from '../receipts/receipt.ts'
import { allReceipts, receiptsIn, receiptToLine } from '../receipts/receipt-lines.ts'
import { type ReceiptFinding, type ReceiptProblem, verifyReceipts } from '../receipts/verify-receipts.ts'
import { printJson, printLine, say } from './print.ts'
import { withStore } from './with-store.ts'

interface Options {
  instance?: string
}

/** NDJSON on standard output; the head on standard error, to be kept elsewhere. */
export async function runReceiptsExport({ instance = DEFAULT_INSTANCE }: Options): Promise<void> {
  await withStore(async ({ receipts }) => {
    let last: Receipt | null = null
    async function* lines() {
      for await (const receipt of allReceipts(receipts, instance)) {
        last = receipt
        yield `${receiptToLine(receipt)}\n`
      }
    }
    await pipeline(lines, process.stdout, { end: false })
    const head = last as Receipt | null
    say(head ? `${head.seq} receipts. Head, to be kept elsewhere: ${head.hash}` : 'There are no receipts yet.')
  })
}

/** Exit code 1 where anything is wrong. */
export async function runReceiptsVerify({
  instance = DEFAULT_INSTANCE,
  file,
  head,
  json,
}: Options & { file?: string; head?: string; json?: boolean }): Promise<void> {
  const verdict =
    file === undefined
      ? await withStore(({ receipts }) => verifyReceipts(allReceipts(receipts, instance), head))
      : await verifyReceipts(receiptsIn(file === '-' ? process.stdin : createReadStream(file)), head)
  if (json) printJson(verdict)
  else {
    for (const finding of verdict.findings) printLine(sentenceOf(finding))
    if (verdict.head) say(`Head, to be kept elsewhere: ${verdict.head.hash}`)
    say(verdict.ok ? `${verdict.receipts} receipts, the chain is whole.` : 'The chain is broken.')
    if (verdict.ok && !verdict.endProven)
      say('Receipts cut off the end would leave it whole: give a head that was kept elsewhere with --head.')
  }
  if (!verdict.ok) process.exitCode = 1
}

const SENTENCES: Readonly<Record<ReceiptProblem, string>> = {
  unreadable: 'cannot be read',
  changed: 'was changed: its hash does not cover what it says',
  'removed-before': 'comes after a gap: receipts before it were removed',
  'out-of-order': 'stands where it does not belong: it was put in, or moved',
  'wrong-previous': 'does not follow the one before it: that one was put in the place of another',
  'head-missing': 'is the last, and the given head is nowhere: the end was cut off, or the chain was written anew',
}

function sentenceOf({ problem, seq, line }: ReceiptFinding): string {
  return `Receipt ${seq} (line ${line}) ${SENTENCES[problem]}.`
}

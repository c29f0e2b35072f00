// Fills the time in which nobody listened: works out from when to when it was, reads what the PBX wrote down meanwhile,
// asks what the store has of those calls, and hands it to the reader, which holds back what the new connection says.
// Called by asterisk-connector.ts once the snapshot is complete.
import { setTimeout as delay } from 'node:timers/promises'
import type { ConnectorOutput } from '../../connector.ts'
import type { AmiReader } from '../ami-reader.ts'
import type { GapRows, GapSource } from './gap-source.ts'
import type { StoredHistory } from './retell-gap.ts'

export interface FillGapNeeds {
  reader: AmiReader
  output: Pick<ConnectorOutput, 'lastHeardAt' | 'histories'>
  source: GapSource
  /** The PBX's time once the new connection was told everything. */
  to: number
}

/** The PBX writes its records a moment after it tells of them. */
const WRITE_LAG_MS = 300
const READ_MS = 60_000
/** Rows somewhat older than the gap: what was told of last, and what the store did not get before Callbook stopped. */
const MARGIN_MS = 1_000
/** Who asked for an end is written down only after what it brought about: rows of what is heard already tell it. */
const AHEAD_MS = 1_000
const UNSTORED_MARGIN_MS = 60_000
/** Calls that began longer ago are understood from what is known of them. */
const CONTEXT_MS = 6 * 3_600_000
const HISTORIES = 500

/** Returns a sentence for the administrator where something could not be read, else null. Throws only when stopping. */
export async function fillGap(
  { reader, output, source, to }: FillGapNeeds,
  signal: AbortSignal,
): Promise<string | null> {
  const heardUntil = reader.heardUntil()
  const from = heardUntil ?? (await output.lastHeardAt?.()) ?? null
  if (from === null || from >= to) return null
  await delay(WRITE_LAG_MS, undefined, { signal })
  const margin = heardUntil === null ? UNSTORED_MARGIN_MS : MARGIN_MS
  const began = Math.min(reader.oldestCallAt() ?? from, from - margin)
  const range = { from: from - margin, to: to + AHEAD_MS, context: Math.max(began, from - CONTEXT_MS) }
  const rows = await source
    .read(range, AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]))
    .catch((cause: Error) => {
      signal.throwIfAborted()
      return nothingRead(`What happened while the connection was away could not be read: ${cause.message}.`)
    })
  const stored = heardUntil === null ? await storedOf(rows, reader, output) : null
  if (!reader.retell(rows, { from, to }, stored, Date.now())) {
    return 'Too much happened while what was missed was being read: it was left out.'
  }
  return rows.problems.length > 0 ? rows.problems.join(' ') : null
}

/** What the store has of the calls that the rows speak of, and of those that it holds as live. */
async function storedOf(
  { cel, queueLog }: GapRows,
  reader: AmiReader,
  output: FillGapNeeds['output'],
): Promise<Map<string, StoredHistory>> {
  const ids = new Set(reader.expectedCalls())
  for (const { linkedid } of cel ?? []) ids.add(linkedid)
  for (const { callId } of queueLog ?? []) if (callId !== 'NONE') ids.add(callId)
  const stored = new Map<string, StoredHistory>()
  const all = [...ids]
  for (let i = 0; i < all.length; i += HISTORIES) {
    const found = await output.histories?.(all.slice(i, i + HISTORIES))
    for (const [id, history] of found ?? []) stored.set(id, history)
  }
  return stored
}

function nothingRead(problem: string): GapRows {
  return { cel: null, queueLog: null, problems: [problem] }
}

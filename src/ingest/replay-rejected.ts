// Takes what was kept aside once more, after a fix: refused events go through the door again, unreadable messages back to
// their connector. What is taken leaves the list; what is not stays, with today's reason.
import { checkEvent } from '../calls/check-event.ts'
import type { RejectedRow, RejectedStore } from '../store/store.ts'
import type { Ingest } from './ingest.ts'

export interface ReplayNeeds {
  store: Pick<RejectedStore, 'rejectedByIds' | 'removeRejected'>
  ingest: Pick<Ingest, 'append'>
  /** Gives a message back to the connector it came from; false: still unreadable, or the connector is not there. */
  reread(instance: string, source: string, raw: Uint8Array, at: number): boolean
  now(): number
}

export interface ReplayResult {
  taken: number
  still: { id: number; code: string; detail: string }[]
}

export async function replayRejected(needs: ReplayNeeds, instance: string, ids: number[]): Promise<ReplayResult> {
  const rows = (await needs.store.rejectedByIds(instance, ids)).sort((a, b) => a.id - b.id)
  const taken: number[] = []
  const still: ReplayResult['still'] = []
  for (const row of rows) {
    const refusal = row.kind === 'event' ? await replayEvent(needs, instance, row) : rereadMessage(needs, instance, row)
    if (refusal) still.push({ id: row.id, ...refusal })
    else taken.push(row.id)
  }
  await needs.store.removeRejected(instance, taken)
  return { taken: taken.length, still }
}

async function replayEvent(needs: ReplayNeeds, instance: string, { source, raw }: RejectedRow) {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(raw).toString('utf8'))
  } catch {
    return { code: 'event-malformed-json', detail: 'The line is not JSON.' }
  }
  const checked = checkEvent(value, needs.now())
  if ('refusal' in checked) return checked.refusal
  const { rejected } = await needs.ingest.append({ instance, source }, [checked.event])
  return rejected[0] ?? null
}

function rereadMessage(needs: ReplayNeeds, instance: string, { source, raw, at, detail }: RejectedRow) {
  return needs.reread(instance, source, raw, at) ? null : { code: 'unreadable', detail }
}

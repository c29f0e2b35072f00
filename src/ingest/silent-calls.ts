// Closes live calls whose end never comes. A connector closes its own when it sees the PBX again; this is the bound for
// everything else (a feed that stopped, a connector that was taken away): a call of which nothing was heard for too long
// ended, as far as anybody can tell, with its last event.
import type { CallEvent } from '../calls/call-event.ts'
import type { CallStore } from '../store/store.ts'
import type { Ingest } from './ingest.ts'

export interface SilentCallsNeeds {
  calls: Pick<CallStore, 'liveCallIds' | 'histories'>
  ingest: Pick<Ingest, 'append'>
  silentMs: number
  now(): number
}

const SOURCE = 'silent-calls'
/** Histories asked for at a time. */
const SLICE = 200

/** One look at an instance's live calls. Returns how many were closed. */
export async function closeSilentCalls(
  { calls, ingest, silentMs, now }: SilentCallsNeeds,
  instance: string,
): Promise<number> {
  const ids = await calls.liveCallIds(instance, null)
  let closed = 0
  for (let i = 0; i < ids.length; i += SLICE) {
    const histories = await calls.histories(instance, ids.slice(i, i + SLICE))
    const ends: CallEvent[] = []
    for (const { callId, events } of histories.values()) {
      const lastAt = Math.max(...events.map((event) => event.at))
      if (now() - lastAt < silentMs) continue
      ends.push({ id: `silent-${lastAt}`, callId, at: lastAt, type: 'call-ended', estimated: true })
    }
    if (ends.length > 0) closed += (await ingest.append({ instance, source: SOURCE }, ends)).accepted
  }
  return closed
}

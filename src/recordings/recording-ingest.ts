// How recordings tell of themselves: through ingest, events and rows in one commit, under a source of their own. Types and
// a name, shared by all who do.
import type { CallEvent } from '../calls/call-event.ts'
import type { NewReceipt } from '../receipts/receipt.ts'
import type { RecordingRow } from '../store/store.ts'

/** The part of ingest that recordings need: events and rows of one commit. */
export interface RecordingIngest {
  append(
    from: { instance: string; source: string },
    events: CallEvent[],
    recordings?: RecordingRow[],
    receipts?: NewReceipt[],
  ): Promise<unknown>
}

/** The source of what Callbook tells about files itself. */
export const RECORDINGS_SOURCE = 'recordings'

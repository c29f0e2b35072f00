// Does what a finding proposes. Everything goes through the ordinary doors, so a repair leaves its step in the flow.
import type { CallEvent } from '../calls/call-event.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { RecordingStore } from '../store/store.ts'
import type { Repair } from './findings.ts'

export interface RepairNeeds {
  ingest: Pick<Ingest, 'append'>
  recordings: Pick<RecordingStore, 'forgetAside'>
  /** Reads a PBX's logs again; false: that connector cannot. */
  backfill(instance: string, connector: string, range: { from: number; to: number }): Promise<boolean>
  now(): number
}

const SOURCE = 'reconciliation'

/** Returns whether something was done. Doing it twice does no harm. */
export async function repairFinding(needs: RepairNeeds, instance: string, repair: Repair): Promise<boolean> {
  const tell = async (event: CallEvent) =>
    (await needs.ingest.append({ instance, source: SOURCE }, [event])).accepted > 0
  switch (repair.action) {
    case 'close-call': {
      const { callId, at } = repair
      return tell({ id: `closed-${at}`, callId, at, type: 'call-ended', estimated: true })
    }
    case 'mark-missing': {
      const { callId, n } = repair
      return tell({ id: `missing-${n}`, callId, at: needs.now(), type: 'recording-missing', n, because: 'never came' })
    }
    case 'forget-file':
      await needs.recordings.forgetAside(instance, repair.origin)
      return true
    case 'backfill':
      return needs.backfill(instance, repair.connector, { from: repair.from, to: repair.to })
  }
}

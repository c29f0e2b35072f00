// Asks a thread of its own for the calls that the PBX's records tell of. Called by the connector.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { CallEvent } from '../../../calls/call-event.ts'
import type { ConnectorConfig, ConnectorSecrets } from '../../../config.ts'
import type { TimeRange } from './gap-source.ts'

export interface LoggedCallsTask {
  config: ConnectorConfig & ConnectorSecrets
  range: TimeRange & { now: number }
}

/** A day of a busy contact centre; past it the thread is ended and the answer is null. */
const MEMORY_MB = 1_024

/** Events of calls that began in the range and are over, by call id; null: there are no records, or they cannot be read. */
export async function readLoggedCalls(
  task: LoggedCallsTask,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CallEvent[]> | null> {
  if (signal.aborted) return null
  const thread = new Worker(new URL('./logged-calls-thread.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  try {
    const [answer] = (await once(thread, 'message', { signal })) as [ReadonlyMap<string, CallEvent[]> | null]
    return answer
  } catch {
    // The thread failed, or we stop: as if the records could not be read, which the report says.
    return null
  } finally {
    await thread.terminate()
  }
}

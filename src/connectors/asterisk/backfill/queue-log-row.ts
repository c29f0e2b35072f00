// Reads one line of queue_log: `epoch|call id|queue|member|event|values…`. Pure; called by file-gap-source.ts.
import type { QueueLogRow } from './gap-source.ts'

/** null: not a row of queue_log. */
export function readQueueLogLine(line: string): QueueLogRow | null {
  const [second = '', callId = '', queue = '', member = '', event = '', ...values] = line.split('|')
  if (!/^\d{9,11}$/.test(second) || !/^[A-Z]+$/.test(event)) return null
  return { at: Number(second) * 1000, callId, queue, member, event, values }
}

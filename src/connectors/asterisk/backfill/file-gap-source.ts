// CEL and queue_log in files, as Asterisk writes them by itself (cel_custom, logger). Made by the connector from its
// configuration.
import type { ConnectorConfig } from '../../../config.ts'
import { celLineReader } from './cel-row.ts'
import type { GapSource } from './gap-source.ts'
import { readLogTail } from './log-tail.ts'
import { readQueueLogLine } from './queue-log-row.ts'

/** Of each log: about 180,000 rows of CEL, some 8,000 calls. */
const MAX_BYTES = 64 * 1024 * 1024

/** @param maxBytes of each log */
export function fileGapSource(
  { cel, celColumns, queueLog }: NonNullable<ConnectorConfig['backfill']>,
  maxBytes = MAX_BYTES,
): GapSource {
  const readCel = celLineReader(celColumns ?? null)
  return {
    async read({ from, to, context }, signal) {
      const problems: string[] = []

      async function rowsOf<Row extends { at: number }>(
        path: string | undefined,
        read: (line: string) => Row | null,
        precisionMs: number,
      ): Promise<Row[] | null> {
        if (path === undefined) return null
        try {
          const timeOf = (line: string) => read(line)?.at ?? null
          const since = Math.min(from, context) - precisionMs
          const tail = await readLogTail(path, { from: since, timeOf, maxBytes }, signal)
          const rows = tail.lines.flatMap((line) => read(line) ?? []).filter((row) => row.at >= since && row.at <= to)
          const first = rows[0]
          if (!tail.isComplete && (!first || first.at > from)) {
            const since = first ? new Date(first.at).toISOString() : 'its end'
            problems.push(`Of ${path}, what was written before ${since} is too much or cannot be read.`)
          }
          return inOrder(rows)
        } catch (error) {
          signal.throwIfAborted()
          problems.push(`${path} cannot be read: ${(error as Error).message}.`)
          return null
        }
      }

      const celRows = await rowsOf(cel, readCel, 0)
      const queueRows = await rowsOf(queueLog, readQueueLogLine, 1_000)
      return { cel: celRows, queueLog: queueRows, problems }
    },
  }
}

/** By time; rows of one instant stay as they were written. */
function inOrder<Row extends { at: number }>(rows: Row[]): Row[] {
  return rows
    .map((row, i) => ({ row, i }))
    .sort((a, b) => a.row.at - b.row.at || a.i - b.i)
    .map(({ row }) => row)
}

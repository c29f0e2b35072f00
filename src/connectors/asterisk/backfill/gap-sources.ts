// The place, or places, where this site keeps CEL and queue_log: files, tables of a database, or one of each. Made by the
// connector and by whoever asks the PBX's logs on its behalf.
import type { ConnectorConfig, ConnectorSecrets } from '../../../config.ts'
import { databaseGapSource } from './database/database-gap-source.ts'
import { fileGapSource } from './file-gap-source.ts'
import type { GapSource } from './gap-source.ts'

/** null: none is configured. */
export function gapSourceOf({
  backfill,
  databaseUrl,
}: Pick<ConnectorConfig, 'backfill'> & Pick<ConnectorSecrets, 'databaseUrl'>): GapSource | null {
  if (!backfill) return null
  const files = fileGapSource(backfill)
  if (!backfill.database || !databaseUrl) return files
  const tables = databaseGapSource(backfill.database, databaseUrl)
  return {
    async read(range, signal) {
      const [file, table] = await Promise.all([files.read(range, signal), tables.read(range, signal)])
      return {
        cel: file.cel ?? table.cel,
        queueLog: file.queueLog ?? table.queueLog,
        problems: [...file.problems, ...table.problems],
      }
    },
  }
}

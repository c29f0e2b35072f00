// Opens the database at an address, of whichever kind it is. Used by database-gap-source.ts and by doctor.
import type { LogDatabase } from './log-database.ts'

/** @throws Error whose message has no password: the database is away, or refuses */
export async function openLogDatabase(url: string): Promise<LogDatabase> {
  // A driver is loaded where somebody has such a database.
  if (/^postgres(ql)?:/.test(url)) return (await import('./postgres.ts')).openPostgres(url)
  return (await import('./mariadb.ts')).openMariadb(url)
}

// One SQLite connection: opened with the right pragmas, migrated, its statements prepared once. Used inside the store's
// threads only: node:sqlite is synchronous and must not run where HTTP does.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { AppError } from '../../errors.ts'
import { migrations } from './migrations.ts'

export type Row = Record<string, SQLInputValue>

/** Statements kept prepared; a search makes its own text, so there is a bound. */
const PREPARED_STATEMENTS = 300

export class Database {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(folder: string, mode: 'write' | 'read') {
    this.#db = new DatabaseSync(join(folder, 'callbook.db'), { timeout: 10_000, readOnly: mode === 'read' })
    if (mode === 'write') {
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
      // An acknowledged event survives a power cut: FULL syncs the log at each commit. A larger log costs fewer checkpoints.
      this.#db.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY')
    } else {
      this.#db.exec('PRAGMA cache_size = -65536; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY')
    }
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[]
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined
  }

  /** Returns how many rows were changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  /** All or nothing, on disk when it returns. */
  transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (cause) {
      // A failed COMMIT (disk full) may have rolled back by itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw cause
    }
  }

  /** From here until close(), reads see the database as it stands now. */
  holdStill(): void {
    // Read once from end to end: what was read is not kept.
    this.#db.exec('PRAGMA cache_size = -4096; BEGIN')
    // SQLite takes its view at the first read, not at BEGIN.
    this.#version()
  }

  migrate(): void {
    if (this.#version() === migrations.length) return
    this.transaction(() => {
      // Read again: another process may have migrated while this one waited for the lock.
      const done = this.#version()
      if (done > migrations.length) {
        throw new AppError('config-invalid', { detail: 'The data folder was written by a newer Callbook' })
      }
      for (const step of migrations.slice(done)) this.#db.exec(step)
      this.#db.exec(`PRAGMA user_version = ${migrations.length}`)
    })
  }

  /** Lets SQLite look at how the indexes are filled; cheap when nothing changed much. */
  optimize(): void {
    this.#db.exec('PRAGMA optimize')
  }

  close(): void {
    this.#prepared.clear()
    this.#db.close()
  }

  #version(): number {
    return Number(this.#db.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql)
    if (known) return known
    const oldest = this.#prepared.size >= PREPARED_STATEMENTS ? this.#prepared.keys().next().value : undefined
    if (oldest !== undefined) this.#prepared.delete(oldest)
    const statement = this.#db.prepare(sql)
    this.#prepared.set(sql, statement)
    return statement
  }
}

/**
 * Makes the data folder, and sees that it can be written.
 * @throws AppError data-folder-unwritable
 */
export function makeDataFolder(folder: string): void {
  try {
    makeFolders(folder)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new AppError('data-folder-unwritable', { folder, detail: (cause as Error).message }, { cause })
  }
}

/** With those above it. Not mkdir's own `recursive`: below /proc or a link to nowhere that never returns (Node 26). */
function makeFolders(folder: string): void {
  const make = () => mkdirSync(folder, { mode: 0o750 })
  try {
    make()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(folder) !== folder) {
      makeFolders(dirname(folder))
      make()
    } else if (code === 'ENOENT' || !isFolder(folder)) {
      throw cause
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

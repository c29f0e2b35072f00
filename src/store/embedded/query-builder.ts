// Kysely as a builder of SQL text for the embedded store: it compiles statements with their parameters, Database runs them.
import { type CompiledQuery, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Database, Row } from './database.ts'

/** The columns of a call that are searched. */
export interface CallTables {
  call: {
    row: number
    instance: string
    id: string
    seq: number
    started_at: number
    ended_at: number | null
    type: string
    hangup_reason: string | null
    released_by: string | null
    talk_ms: number
    wait_ms: number
    recorded: number
    merged_into: string | null
    record: string
  }
}

export const queries = new Kysely<CallTables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
export function runQuery(db: Database, { sql, parameters }: CompiledQuery): Row[] {
  return db.all(sql, ...(parameters as (string | number | null)[]))
}

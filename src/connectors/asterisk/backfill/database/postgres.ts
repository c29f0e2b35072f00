// Asterisk's logs in PostgreSQL (cel_pgsql, cel_odbc, res_config_pgsql). Opened by open-log-database.ts.
import pg from 'pg'
import { CONNECT_MS, type LogColumn, type LogDatabase, STATEMENT_MS, type TimeKind } from './log-database.ts'

/** By the type's number (pg_type.oid). */
const KINDS: Readonly<Record<number, TimeKind>> = {
  1114: 'local',
  1184: 'zoned',
  20: 'epoch',
  21: 'epoch',
  23: 'epoch',
  700: 'epoch',
  701: 'epoch',
  1700: 'epoch',
}

export async function openPostgres(url: string): Promise<LogDatabase> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + 1_000,
    application_name: 'callbook',
    // Values as the database writes them.
    types: { getTypeParser: () => (text: string) => text },
  })
  // A connection that breaks between two statements is noticed at the next one.
  client.on('error', () => {})
  await client.connect()
  const quote = (name: string) => name.split('.').map(pg.escapeIdentifier).join('.')
  try {
    await client.query("SET default_transaction_read_only = on; SET TIME ZONE 'UTC'; SET DateStyle = ISO")
  } catch (cause) {
    await client.end()
    throw cause
  }
  return {
    rowOrder: 'ctid',
    quote,
    columnsOf: async (table) => {
      const { fields } = await client.query(`SELECT * FROM ${quote(table)} LIMIT 0`)
      return fields.map(({ name, dataTypeID }): LogColumn => ({ name, kind: KINDS[dataTypeID] ?? 'text' }))
    },
    query: async (text, values) => {
      let n = 0
      const { rows } = await client.query(
        text.replaceAll('?', () => `$${++n}`),
        [...values],
      )
      return rows
    },
    close: () => client.end().catch(() => {}),
  }
}

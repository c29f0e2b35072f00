// Asterisk's logs in MariaDB or MySQL (cel_odbc, res_config_odbc; FreePBX keeps its CEL so). Opened by open-log-database.ts.
import mysql from 'mysql2'
import { type Connection, createConnection, type FieldPacket } from 'mysql2/promise'
import { CONNECT_MS, type LogColumn, type LogDatabase, STATEMENT_MS, type TimeKind } from './log-database.ts'

const KINDS = new Map<number | undefined, TimeKind>([
  [mysql.Types.DATETIME, 'local'],
  // Kept as an instant, and written in the zone of the session.
  [mysql.Types.TIMESTAMP, 'local'],
  [mysql.Types.TINY, 'epoch'],
  [mysql.Types.SHORT, 'epoch'],
  [mysql.Types.LONG, 'epoch'],
  [mysql.Types.LONGLONG, 'epoch'],
  [mysql.Types.FLOAT, 'epoch'],
  [mysql.Types.DOUBLE, 'epoch'],
  [mysql.Types.NEWDECIMAL, 'epoch'],
])

export async function openMariadb(url: string): Promise<LogDatabase> {
  const connection = await createConnection({
    uri: url.replace(/^mariadb:/, 'mysql:'),
    connectTimeout: CONNECT_MS,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  })
  // A connection that breaks between two statements is noticed at the next one.
  connection.on('error', () => {})
  const quote = (name: string) =>
    name
      .split('.')
      .map((part) => mysql.escapeId(part))
      .join('.')
  try {
    await connection.query('SET SESSION TRANSACTION READ ONLY')
    await limitStatements(connection)
  } catch (cause) {
    connection.destroy()
    throw cause
  }
  return {
    rowOrder: null,
    quote,
    columnsOf: async (table) => {
      const [, fields] = await connection.query({ sql: `SELECT * FROM ${quote(table)} LIMIT 0`, timeout: STATEMENT_MS })
      return fields.map(
        (field: FieldPacket): LogColumn => ({ name: field.name, kind: KINDS.get(field.columnType) ?? 'text' }),
      )
    },
    query: async (text, values) => {
      const [rows] = await connection.query({ sql: text, timeout: STATEMENT_MS }, [...values])
      return (rows as Record<string, unknown>[]).map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : textOf(value)])),
      )
    },
    close: async () => connection.destroy(),
  }
}

/** The server itself ends what takes too long: MariaDB in seconds, MySQL in milliseconds. */
async function limitStatements(connection: Connection): Promise<void> {
  await connection
    .query(`SET SESSION max_statement_time = ${STATEMENT_MS / 1000}`)
    .catch(() => connection.query(`SET SESSION max_execution_time = ${STATEMENT_MS}`))
}

function textOf(value: unknown): string {
  return typeof value === 'object' && !Buffer.isBuffer(value) ? JSON.stringify(value) : String(value)
}

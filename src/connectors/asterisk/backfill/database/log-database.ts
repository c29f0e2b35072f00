// A database in which Asterisk keeps its logs, as far as reading them goes: one connection, read only, every statement
// bounded in time. PostgreSQL and MariaDB/MySQL differ in what this file declares and in nothing else.

/**
 * How a column holds a time. `zoned`: an instant. `local`: date and time by a clock whose zone the column does not say.
 * `epoch`: a number of seconds. `text`: either of the two last, as text.
 */
export type TimeKind = 'zoned' | 'local' | 'epoch' | 'text'

export interface LogColumn {
  name: string
  kind: TimeKind
}

export interface LogDatabase {
  /** What sorts rows written at one instant, where the table has no `id`; null: nothing does. */
  readonly rowOrder: string | null
  /** The columns of a table or view. @throws when it is not there, or may not be read */
  columnsOf(table: string): Promise<LogColumn[]>
  /** Rows as texts by column name, absent values null. `?` in the text stands for the values, in order. */
  query(text: string, values: readonly (string | number)[]): Promise<Record<string, string | null>[]>
  /** A name as it stands in a statement: `cel`, `logs.cel`. Names are checked when the configuration is read. */
  quote(name: string): string
  /** May be called twice. Ends a statement that still runs. */
  close(): Promise<void>
}

/** Each statement, and opening the connection. */
export const STATEMENT_MS = 20_000
export const CONNECT_MS = 10_000

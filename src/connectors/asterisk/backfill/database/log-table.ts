// One table of Asterisk's logs: which of its columns is which, in which clock its times are, and the rows of a stretch of
// time. Called by database-gap-source.ts and by doctor.
import { parseEventTime } from '../cel-row.ts'
import type { TimeRange } from '../gap-source.ts'
import type { LogColumn, LogDatabase } from './log-database.ts'

export interface LogTable {
  readonly name: string
  readonly time: LogColumn
  /** Of the table's columns: those that somebody reads. */
  readonly columns: readonly string[]
  /** Sorts rows of one instant. */
  readonly order: string | null
  /** The newest row is of then; epoch ms; null: there is none. */
  readonly newestAt: number | null
  /** How far the clock of its times is ahead of UTC, ms; 0 where they are instants. */
  readonly offsetMs: number
  /** Its times are whole seconds, as far as its newest rows show. */
  readonly isCoarse: boolean
  /** What the times of this table look like where they are text. */
  readonly isEpoch: boolean
}

export type LogRow = Record<string, string | null>

export interface LogTableWish {
  table: string
  /** Is this the column of the time? One is needed. */
  isTime(column: string): boolean
  isRead(column: string): boolean
  /** Without any one of these the table is not what it should be. */
  needed: readonly { name: string; is(column: string): boolean }[]
  /** The unique id of a row's channel, whose name begins with the second in which it was made. */
  channelOf(row: LogRow): string
}

/** Rows that tell in which zone their clock is. */
const NEWEST_ROWS = 300
const QUARTER_MS = 15 * 60_000
/** Zones are between −12 and +14 hours. */
const ZONE_MS = 14 * 3_600_000

/** @throws Error that says what is wrong with the table */
export async function openLogTable(database: LogDatabase, wish: LogTableWish): Promise<LogTable> {
  const all = await database.columnsOf(wish.table)
  const time = all.find(({ name }) => wish.isTime(name))
  const missing = wish.needed.filter(({ is }) => !all.some(({ name }) => is(name))).map(({ name }) => name)
  if (!time || missing.length > 0) throw new Error(`it has no column ${missing.join(', ') || 'of the time'}`)
  const columns = all.map(({ name }) => name).filter((name) => wish.isRead(name) || name === time.name)
  const order = all.some(({ name }) => name === 'id') ? 'id' : database.rowOrder
  const table = {
    name: wish.table,
    time,
    columns,
    order,
    newestAt: null,
    offsetMs: 0,
    isCoarse: false,
    isEpoch: time.kind === 'epoch',
  }
  const newest = await rowsWhere(database, table, '', [], NEWEST_ROWS)
  const first = newest[0]
  if (!first) return table
  const isEpoch = time.kind === 'epoch' || /^\d+(\.\d+)?$/.test(first[time.name] ?? '')
  const offsetMs = isEpoch || time.kind === 'zoned' ? 0 : offsetOf(newest, time.name, wish)
  const isCoarse = newest.every((row) => (timeOf({ time, offsetMs }, row) ?? 0) % 1000 === 0)
  return { ...table, isEpoch, offsetMs, isCoarse, newestAt: timeOf({ time, offsetMs }, first) }
}

/** When a row was written, epoch ms; null: it does not say. */
export function timeOf({ time, offsetMs }: Pick<LogTable, 'time' | 'offsetMs'>, row: LogRow): number | null {
  const text = row[time.name] ?? ''
  const at = parseEventTime(hasZone(text) ? text : `${text}Z`) ?? parseEventTime(text)
  return at === null ? null : at - offsetMs
}

/** The newest rows of a stretch of time, at most `max`, oldest first. */
export async function rowsBetween(
  database: LogDatabase,
  table: LogTable,
  { from, to }: TimeRange,
  max: number,
): Promise<LogRow[]> {
  const column = database.quote(table.time.name)
  const rows = await rowsWhere(
    database,
    table,
    `WHERE ${column} >= ? AND ${column} <= ?`,
    [writtenAs(table, Math.floor(from / 1000) * 1000), writtenAs(table, Math.ceil(to))],
    max,
  )
  return rows.reverse()
}

function rowsWhere(
  database: LogDatabase,
  { name, time, columns, order }: Pick<LogTable, 'name' | 'time' | 'columns' | 'order'>,
  where: string,
  values: readonly string[],
  max: number,
): Promise<LogRow[]> {
  const list = columns.map((column) => database.quote(column)).join(', ')
  const newestFirst = [database.quote(time.name), ...(order === null ? [] : [order])].map((one) => `${one} DESC`)
  const text = `SELECT ${list} FROM ${database.quote(name)} ${where} ORDER BY ${newestFirst.join(', ')} LIMIT ${max}`
  return database.query(text, values)
}

/** A time as the column has it. */
function writtenAs({ time, isEpoch, offsetMs }: LogTable, at: number): string {
  if (isEpoch) return (at / 1000).toFixed(6)
  const iso = new Date(at + offsetMs).toISOString()
  return time.kind === 'zoned' ? iso : iso.slice(0, -1).replace('T', ' ')
}

/** The channel of a row was made before the row, and most rows are written soon after. */
function offsetOf(rows: readonly LogRow[], time: string, { channelOf }: LogTableWish): number {
  let least = Number.POSITIVE_INFINITY
  for (const row of rows) {
    const second = /(?:^|-)(\d{10})\.\d+$/.exec(channelOf(row))?.[1]
    const at = parseEventTime(`${row[time] ?? ''}Z`)
    if (second === undefined || at === null) continue
    const ahead = at - Number(second) * 1000
    if (Math.abs(ahead) < ZONE_MS + QUARTER_MS) least = Math.min(least, ahead)
  }
  if (Number.isFinite(least)) return Math.round(least / QUARTER_MS) * QUARTER_MS
  // No channel says it: the PBX lives where we do.
  return -new Date().getTimezoneOffset() * 60_000
}

function hasZone(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) || /(Z|[+-]\d\d(:?\d\d)?)$/.test(text.slice(10))
}

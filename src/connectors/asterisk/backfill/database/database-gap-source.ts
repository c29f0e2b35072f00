// CEL and queue_log in tables of a database, for sites that keep them there. One connection for each time that something
// was missed, closed afterwards. Made by the connector from its configuration.
import type { ConnectorConfig } from '../../../../config.ts'
import { celRowOf, isCelColumn } from '../cel-row.ts'
import type { GapRows, GapSource, QueueLogRow } from '../gap-source.ts'
import type { LogDatabase } from './log-database.ts'
import { type LogRow, type LogTable, type LogTableWish, openLogTable, rowsBetween, timeOf } from './log-table.ts'
import { openLogDatabase } from './open-log-database.ts'

type DatabaseConfig = NonNullable<NonNullable<ConnectorConfig['backfill']>['database']>

/** Of each table: some 8,000 calls in CEL. */
const MAX_ROWS = 200_000
const QUEUE_COLUMNS = new Set(['time', 'callid', 'queuename', 'agent', 'event', 'data'])
const DATA = /^data[1-5]$/

/** What a table of CEL must be like, to be read by openLogTable. */
export function celWish(table: string): LogTableWish {
  return {
    table,
    isTime: (column) => isCelColumn(column, 'at'),
    isRead: (column) => isCelColumn(column),
    needed: (['at', 'event', 'uniqueid', 'linkedid', 'channel'] as const).map((field) => ({
      name: CEL_NAMES[field],
      is: (column) => isCelColumn(column, field),
    })),
    channelOf: (row) => field(row, (column) => isCelColumn(column, 'uniqueid')),
  }
}

const CEL_NAMES = {
  at: 'eventtime',
  event: 'eventtype',
  uniqueid: 'uniqueid',
  linkedid: 'linkedid',
  channel: 'channame',
}

export function queueLogWish(table: string): LogTableWish {
  const is = (name: string) => (column: string) => column.toLowerCase() === name
  return {
    table,
    isTime: is('time'),
    isRead: (column) => QUEUE_COLUMNS.has(column.toLowerCase()) || DATA.test(column.toLowerCase()),
    needed: ['time', 'callid', 'queuename', 'agent', 'event'].map((name) => ({ name, is: is(name) })),
    channelOf: (row) => field(row, is('callid')),
  }
}

/** @param url of the database, with user and password; @param maxRows of each table */
export function databaseGapSource(
  { celTable, queueLogTable }: Pick<DatabaseConfig, 'celTable' | 'queueLogTable'>,
  url: string,
  maxRows = MAX_ROWS,
): GapSource {
  return {
    async read({ from, to, context }, signal) {
      const none: GapRows = { cel: null, queueLog: null, problems: [] }
      let database: LogDatabase
      try {
        database = await openLogDatabase(url)
      } catch (error) {
        signal.throwIfAborted()
        return { ...none, problems: [`The database of CEL and queue_log is away: ${sentenceOf(error)}`] }
      }
      const close = () => void database.close()
      signal.addEventListener('abort', close, { once: true })
      const problems: string[] = []

      async function rowsOf<Row>(wish: LogTableWish | null, read: (table: LogTable, row: LogRow) => Row | null) {
        if (wish === null) return null
        try {
          const table = await openLogTable(database, wish)
          const since = Math.min(from, context)
          const rows = await rowsBetween(database, table, { from: since, to }, maxRows + 1)
          const isCut = rows.length > maxRows
          const oldest = isCut ? timeOf(table, rows[0] ?? {}) : null
          if (isCut && (oldest === null || oldest > from))
            problems.push(`The table ${wish.table} has more rows of that time than are read: the oldest are left out.`)
          return rows.flatMap((row) => read(table, row) ?? [])
        } catch (error) {
          signal.throwIfAborted()
          problems.push(`The table ${wish.table} cannot be read: ${sentenceOf(error)}`)
          return null
        }
      }

      try {
        const cel = await rowsOf(celTable ? celWish(celTable) : null, readCelRow)
        const queueLog = await rowsOf(queueLogTable ? queueLogWish(queueLogTable) : null, readQueueRow)
        return { cel, queueLog, problems }
      } finally {
        signal.removeEventListener('abort', close)
        await database.close()
      }
    },
  }
}

function readCelRow(table: LogTable, row: LogRow) {
  const at = timeOf(table, row)
  return at === null ? null : celRowOf({ ...row, [table.time.name]: (at / 1000).toFixed(6) })
}

function readQueueRow(table: LogTable, row: LogRow): QueueLogRow | null {
  const at = timeOf(table, row)
  const named = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value ?? '']))
  const event = named.get('event') ?? ''
  if (at === null || !/^[A-Z]+$/.test(event)) return null
  // Without queue_adaptive_realtime all values stand in one column.
  const single = named.get('data')
  const values = single ? single.split('|') : [1, 2, 3, 4, 5].map((n) => named.get(`data${n}`) ?? '')
  return {
    at: Math.floor(at / 1000) * 1000,
    callId: named.get('callid') ?? '',
    queue: named.get('queuename') ?? '',
    member: named.get('agent') ?? '',
    event,
    values,
  }
}

function field(row: LogRow, is: (column: string) => boolean): string {
  return Object.entries(row).find(([name]) => is(name))?.[1] ?? ''
}

/** What the database says, as the end of a sentence. Drivers put no password into it. */
export function sentenceOf(error: unknown): string {
  const { message, code } = error as Error & { code?: string }
  return `${(message || code || 'it does not answer').replace(/\.$/, '')}.`
}

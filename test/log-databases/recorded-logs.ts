// CEL and queue_log of the recorded traces, put into tables of a database as Asterisk would have, in the layouts that there
// are, and rows read there held against those of the files.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { celLineReader } from '../../src/connectors/asterisk/backfill/cel-row.ts'
import type { CelRow, QueueLogRow } from '../../src/connectors/asterisk/backfill/gap-source.ts'
import { readQueueLogLine } from '../../src/connectors/asterisk/backfill/queue-log-row.ts'

const FOLDER = new URL('../traces/asterisk/', import.meta.url)
const BATCH = 500
const TEXTS = ['userdeftype', 'cid_name', 'cid_num', 'exten', 'context', 'channame', 'appname', 'appdata']
TEXTS.push('uniqueid', 'linkedid', 'peer', 'extra')
const DATA = ['data1', 'data2', 'data3', 'data4', 'data5']

/** How a site has its tables. */
export interface Layout {
  /** The type of the times, and a time in it. */
  time: string
  timeOf(at: number): string | number
  /** The type of `eventtype`, and an event in it. */
  type?: string
  eventOf?(name: string): string | number
  /** A column that counts up; with it queue_log has data1 to data5, without it one `data`. */
  id?: string
}

export interface Fill {
  execute(text: string, values?: (string | number)[]): Promise<unknown>
  /** The n-th value of a statement, from 1 on. */
  place(n: number): string
}

const byTime = <Row extends { at: number }>(rows: Row[]): Row[] =>
  rows
    .map((row, i) => ({ row, i }))
    .sort((a, b) => a.row.at - b.row.at || a.i - b.i)
    .map(({ row }) => row)

const readCel = celLineReader(null)
const lines = (file: string) =>
  readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readFileSync(new URL(`${name}/${file}`, FOLDER), 'utf8').split('\n'))

/** Of all traces, in order of time. */
export const recorded = {
  cel: byTime(lines('cel.csv').flatMap((line) => readCel(line) ?? [])),
  queueLog: byTime(lines('queue_log').flatMap((line) => readQueueLogLine(line) ?? [])),
}

/** A stretch of time with all of it. */
export const always = {
  from: (recorded.cel[0]?.at ?? 0) - 1_000,
  to: (recorded.cel.at(-1)?.at ?? 0) + 60_000,
  context: 0,
}

/** As cel_pgsql and cel_odbc write a time, to the microsecond, by the clock of a zone. */
export function written(at: number, offsetHours: number): string {
  const ms = Math.floor(at)
  const micros = String(Math.min(999, Math.round((at - ms) * 1000))).padStart(3, '0')
  return `${new Date(ms + offsetHours * 3_600_000).toISOString().slice(0, -1).replace('T', ' ')}${micros}`
}

/** Makes the tables `<prefix>cel` and `<prefix>queue_log`, and fills them. */
export async function fillTables(fill: Fill, prefix: string, layout: Layout): Promise<void> {
  const { time, timeOf, type = 'varchar(40)', eventOf = (name: string) => name, id } = layout
  const counting = id ? `id ${id},` : ''
  const text = (names: string[]) => names.map((name) => `${name} text`).join(', ')
  const data = id ? DATA : ['data']
  const queueTexts = ['callid', 'queuename', 'agent', 'event', ...data]
  await fill.execute(`CREATE TABLE ${prefix}cel (${counting} eventtime ${time}, eventtype ${type}, ${text(TEXTS)})`)
  await fill.execute(`CREATE TABLE ${prefix}queue_log (${counting} time ${time}, ${text(queueTexts)})`)
  const extraOf = (extra: CelRow['extra']) => (Object.keys(extra).length === 0 ? '' : JSON.stringify(extra))
  await insert(
    fill,
    `${prefix}cel (eventtime, eventtype, ${TEXTS.join(', ')})`,
    recorded.cel.map((row) => [
      ...[timeOf(row.at), eventOf(row.event), row.detail, row.name, row.number, row.exten, '', row.channel],
      ...[row.application, row.data, row.uniqueid, row.linkedid, '', extraOf(row.extra)],
    ]),
  )
  await insert(
    fill,
    `${prefix}queue_log (time, ${queueTexts.join(', ')})`,
    recorded.queueLog.map(({ at, callId, queue, member, event, values }) => [
      ...[timeOf(at), callId, queue, member, event],
      ...(id ? five(values) : [values.join('|')]),
    ]),
  )
}

async function insert({ execute, place }: Fill, into: string, rows: (string | number)[][]): Promise<void> {
  for (let i = 0; i < rows.length; i += BATCH) {
    const slice = rows.slice(i, i + BATCH)
    let n = 0
    const places = slice.map((row) => `(${row.map(() => place(++n)).join(',')})`)
    await execute(`INSERT INTO ${into} VALUES ${places.join(',')}`, slice.flat())
  }
}

/** Are these all rows of the files, in their order? `precisionMs`: of the table's times. */
export function assertSameRows(
  read: { cel: readonly CelRow[] | null; queueLog: readonly QueueLogRow[] | null },
  { id, precisionMs = 0.001 }: { id?: string | undefined; precisionMs?: number },
): void {
  const cut = (at: number) => (precisionMs < 1 ? at : Math.floor(at / precisionMs) * precisionMs).toFixed(3)
  const rowOf = (row: CelRow) => JSON.stringify({ ...row, at: cut(row.at) })
  const queueRowOf = (row: QueueLogRow) => JSON.stringify({ ...row, values: five(row.values) })
  // Nothing sorts rows of one instant where nothing counts them.
  const order = (texts: string[]) => (id ? texts : texts.sort())
  assertSameTexts(order((read.cel ?? []).map(rowOf)), order(recorded.cel.map(rowOf)))
  assertSameTexts(order((read.queueLog ?? []).map(queueRowOf)), order(recorded.queueLog.map(queueRowOf)))
}

/** A difference in thousands of rows is shown where it begins. */
function assertSameTexts(texts: string[], right: string[]): void {
  const i = right.findIndex((text, at) => text !== texts[at])
  assert.equal(i < 0 ? undefined : texts[i], i < 0 ? undefined : right[i], `row ${i}`)
  assert.equal(texts.length, right.length)
}

function five(values: readonly string[]): string[] {
  return DATA.map((_, i) => values[i] ?? '')
}

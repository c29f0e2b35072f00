// The whole way from the bytes of CDR files to call events, without a file: rows, layout, calls, events. Pure but for what
// it counts. Called by csv-cdr-connector.ts; several files may be read one after the other as if they were one.
import type { CallEvent } from '../../calls/call-event.ts'
import type { Clock } from '../../calls/instant.ts'
import type { ConnectorConfig } from '../../config.ts'
import { AppError } from '../../errors.ts'
import { createEndpoints as asteriskEndpoints } from '../asterisk/endpoints.ts'
import { createEndpoints as freeswitchEndpoints } from '../freeswitch/endpoints.ts'
import { asteriskCall } from './asterisk-calls.ts'
import type { CdrCall, Guess } from './cdr-call.ts'
import { type CdrLayout, findLayout, fitsLayout, headerLayout, namedLayout } from './cdr-columns.ts'
import { type CdrRecord, type ReadRecord, recordReader } from './cdr-record.ts'
import { timeReader } from './cdr-time.ts'
import { callEventsOf } from './cdr-to-call-event.ts'
import { createWindow, type WindowLimits } from './cdr-window.ts'
import { type CsvItem, CsvRows } from './csv-rows.ts'
import { belongsTo, freeswitchCalls } from './freeswitch-calls.ts'

export interface CdrReaderOptions {
  /** Its lists tell agents from lines. */
  connector: ConnectorConfig
  /** Of the zone in which the files' times are, where they name none. */
  clock: Pick<Clock, 'fromLocal'>
  /** Names of the columns, in the PBX's words, where the files neither say them nor have a known order. */
  columns?: readonly string[]
  window?: WindowLimits
  onUnreadable(text: string, line: number, cause: string): void
}

export interface CdrFigures {
  rows: number
  unreadable: number
  calls: number
  layout: string | null
  guesses: Partial<Record<Guess, number>>
}

export interface CdrReader {
  /** The call events of calls that are complete, as far as one can tell. @throws AppError config-invalid: no such file is known */
  push(chunk: Uint8Array): CallEvent[]
  /** One file ends: the next begins with a line of its own. */
  endFile(): CallEvent[]
  /** Nothing more will come. */
  finish(): CallEvent[]
  figures(): CdrFigures
}

const LF = 10
/** Rows by which the order of columns is found. */
const SAMPLE_ROWS = 50
/** How far times may be from what unique ids say before they are in another zone. */
const ZONE_DOUBT_S = 900

export function createCdrReader(options: CdrReaderOptions): CdrReader {
  const readTime = timeReader(options.clock)
  const forAsterisk = asteriskEndpoints(options.connector)
  const forFreeswitch = freeswitchEndpoints(options.connector)
  const window = createWindow(options.window, (leg, root) => leg.uuid !== '' && belongsTo(leg, root, forFreeswitch))
  const figures: CdrFigures = { rows: 0, unreadable: 0, calls: 0, layout: null, guesses: {} }
  const given = options.columns ? layoutOf(options.columns) : null
  let layout = given
  let read: ((cells: readonly string[]) => ReadRecord) | null = null
  let sample: CsvItem[] = []
  let rows = newFile()

  function newFile(): CsvRows {
    return new CsvRows((cells) => layout === null || fitsLayout(layout, cells, readTime))
  }

  function adopt(found: CdrLayout): void {
    layout = found
    figures.layout = found.name
    read = recordReader(found, readTime)
  }

  function unreadable(text: string, line: number, cause: string): void {
    figures.unreadable++
    options.onUnreadable(text, line, cause)
  }

  function take(items: readonly CsvItem[], isEnd: boolean): CallEvent[] {
    if (read !== null) return items.flatMap(takeItem)
    sample.push(...items)
    const cells = sample.flatMap((item) => (item.type === 'row' ? [item.cells] : []))
    if (cells.length < SAMPLE_ROWS && !isEnd) return []
    const [first] = cells
    const found = (first && headerLayout(first)) ?? given ?? findLayout(cells, readTime)
    if (!found) {
      if (cells.length === 0) return []
      throw new AppError('config-invalid', {
        detail: `The columns are in no order that Callbook knows (the first row has ${first?.length}): name them with --columns`,
      })
    }
    adopt(found)
    const waiting = sample
    sample = []
    refuseOtherZone(waiting)
    return waiting.flatMap(takeItem)
  }

  function takeItem(item: CsvItem): CallEvent[] {
    if (item.type === 'unreadable') {
      unreadable(item.text, item.line, item.cause)
      return []
    }
    if (item.line === 1 && headerLayout(item.cells) !== null) return []
    const result = read?.(item.cells)
    if (!result) return []
    if ('cause' in result) {
      unreadable(item.text.slice(0, 1_000), item.line, result.cause)
      return []
    }
    figures.rows++
    return window.push(result.record).flatMap(tell)
  }

  /** Unique ids hold the second at which a channel was made: a start hours away from it is in another zone. */
  function refuseOtherZone(items: readonly CsvItem[]): void {
    const apart: number[] = []
    for (const item of items) {
      const result = item.type === 'row' ? read?.(item.cells) : undefined
      if (result && 'record' in result && result.record.bornAt !== null)
        apart.push(result.record.startAt / 1000 - result.record.bornAt)
    }
    const least = apart.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a), Number.POSITIVE_INFINITY)
    if (!Number.isFinite(least) || Math.abs(least) < ZONE_DOUBT_S) return
    const hours = Math.round((least / 3600) * 4) / 4
    throw new AppError('config-invalid', {
      detail: `The times of these rows are ${Math.abs(hours)} h ${hours < 0 ? 'before' : 'after'} what their unique ids say: give the zone they are written in with --timezone (UTC if cdr.conf has usegmtime=yes)`,
    })
  }

  function tell(records: CdrRecord[]): CallEvent[] {
    const calls: CdrCall[] =
      layout?.pbx === 'freeswitch' ? freeswitchCalls(records, forFreeswitch) : [asteriskCall(records, forAsterisk)]
    return calls.flatMap((call) => {
      figures.calls++
      for (const guess of call.guesses) figures.guesses[guess] = (figures.guesses[guess] ?? 0) + 1
      return callEventsOf(call)
    })
  }

  /** Line by line until the columns are known: what is a row may not depend on how many came at once. */
  function push(chunk: Uint8Array): CallEvent[] {
    const events: CallEvent[] = []
    let rest = chunk
    while (read === null && rest.length > 0) {
      const end = rest.indexOf(LF) + 1 || rest.length
      for (const event of take(rows.push(rest.subarray(0, end)), false)) events.push(event)
      rest = rest.subarray(end)
    }
    if (rest.length > 0) for (const event of take(rows.push(rest), false)) events.push(event)
    return events
  }

  return {
    push,
    endFile() {
      const events = take(rows.finish(), true)
      rows = newFile()
      return events
    },
    finish: () => window.finish().flatMap(tell),
    figures: () => figures,
  }
}

function layoutOf(columns: readonly string[]): CdrLayout {
  const layout = namedLayout(columns, 'as --columns says')
  if (layout) return layout
  throw new AppError('config-invalid', {
    detail:
      '--columns needs at least the end (or start and duration), and src, clid or channel: names as in cdr.conf or cdr_csv.conf.xml, separated by commas',
  })
}

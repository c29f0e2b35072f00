// Reads one line of a CEL file (cel_custom): separated by commas, or JSON. Which column is which: the connector's
// `celColumns`, else one of two layouts known by their first columns. Names of columns are Asterisk's, in all the
// spellings of its versions. Pure; called by file-gap-source.ts and database/.

import { byName } from '../../by-name.ts'
import type { CelRow } from './gap-source.ts'

type Column = keyof CelRow

/** Asterisk's names of a column (cel_custom's old and new mappings, cel_pgsql, cel_odbc), in lower case. */
const COLUMN_OF_NAME = byName<Column>({
  eventtype: 'event',
  eventname: 'event',
  eventtime: 'at',
  userdeftype: 'detail',
  usereventname: 'detail',
  user_defined_event_name: 'detail',
  uniqueid: 'uniqueid',
  unique_id: 'uniqueid',
  linkedid: 'linkedid',
  linked_id: 'linkedid',
  channame: 'channel',
  channel: 'channel',
  channel_name: 'channel',
  name: 'name',
  cidname: 'name',
  cid_name: 'name',
  'callerid(name)': 'name',
  num: 'number',
  cidnum: 'number',
  cid_num: 'number',
  'callerid(num)': 'number',
  exten: 'exten',
  extension: 'exten',
  appname: 'application',
  app: 'application',
  application_name: 'application',
  appdata: 'data',
  application_data: 'data',
  extra: 'extra',
  eventextra: 'extra',
})

/** The mapping that Asterisk's sample cel_custom.conf has had since 1.8. */
const SAMPLE_COLUMNS = [
  'eventtype',
  'eventtime',
  'name',
  'num',
  'ani',
  'rdnis',
  'dnid',
  'exten',
  'context',
  'channame',
  'appname',
  'appdata',
  'amaflags',
  'accountcode',
  'uniqueid',
  'linkedid',
  'peer',
  'userfield',
  'userdeftype',
  'eventextra',
]
/** The mapping that docs/connect-asterisk.md asks for: what is looked for most comes first. */
const CALLBOOK_COLUMNS = [
  'eventtime',
  'eventtype',
  'userdeftype',
  'uniqueid',
  'linkedid',
  'channame',
  'name',
  'num',
  'ani',
  'rdnis',
  'dnid',
  'exten',
  'context',
  'appname',
  'appdata',
  'accountcode',
  'peeraccount',
  'peer',
  'userfield',
  'eventextra',
  'tenantid',
]

const FIELDS_MAX = 60
const EVENT_NAME = /^[A-Z][A-Z_]+$/

/** Events by number, as tables whose `eventtype` is a number have them (ast_cel_event_type; -1 and 0 are none). */
const EVENT_OF_NUMBER = [
  '',
  'CHAN_START',
  'CHAN_END',
  'HANGUP',
  'ANSWER',
  'APP_START',
  'APP_END',
  'BRIDGE_ENTER',
  'BRIDGE_EXIT',
  'PARK_START',
  'PARK_END',
  'BLINDTRANSFER',
  'ATTENDEDTRANSFER',
  'USER_DEFINED',
  'LINKEDID_END',
  'PICKUP',
  'FORWARD',
  'LOCAL_OPTIMIZE',
  'LOCAL_OPTIMIZE_BEGIN',
  'STREAM_BEGIN',
  'STREAM_END',
  'DTMF',
]

/** Is this the name of a column of CEL that is read (or, of the one that is this field)? */
export function isCelColumn(name: string, field?: keyof CelRow): boolean {
  const column = COLUMN_OF_NAME.get(name.toLowerCase())
  return column !== undefined && (field === undefined || column === field)
}

/** A reader of lines; null: not a row of CEL. */
export type CelLineReader = (line: string) => CelRow | null

/** @param columns names of the columns in order; null: one of the known layouts */
export function celLineReader(columns: readonly string[] | null): CelLineReader {
  return (line) => {
    if (line.startsWith('{')) return readJson(line)
    const fields = splitLine(line)
    const names = columns ?? (EVENT_NAME.test(fields[0] ?? '') ? SAMPLE_COLUMNS : CALLBOOK_COLUMNS)
    const named: Record<string, string> = {}
    for (const [i, name] of names.entries()) named[name] = fields[i] ?? ''
    return celRowOf(named)
  }
}

/** A row from its columns by name. null: it has no time, event or channel. */
export function celRowOf(named: Readonly<Record<string, unknown>>): CelRow | null {
  const texts: Partial<Record<Column, string>> = {}
  for (const [name, value] of Object.entries(named)) {
    const column = COLUMN_OF_NAME.get(name.toLowerCase())
    if (column && value !== null && value !== undefined && value !== '') {
      texts[column] = typeof value === 'object' ? JSON.stringify(value) : String(value)
    }
  }
  const at = parseEventTime(texts.at ?? '')
  const { event: type = '', uniqueid = '' } = texts
  const event = /^\d{1,2}$/.test(type) ? (EVENT_OF_NUMBER[Number(type)] ?? '') : type
  if (at === null || !EVENT_NAME.test(event) || uniqueid === '') return null
  return {
    at,
    event,
    detail: texts.detail ?? '',
    uniqueid,
    linkedid: texts.linkedid ?? uniqueid,
    channel: texts.channel ?? '',
    name: texts.name ?? '',
    number: texts.number ?? '',
    exten: texts.exten ?? '',
    application: texts.application ?? '',
    data: texts.data ?? '',
    extra: extraOf(texts.extra ?? ''),
  }
}

function readJson(line: string): CelRow | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? celRowOf(value as Record<string, unknown>) : null
  } catch {
    // A line cut off by a crash, or somebody else's file: not a row.
    return null
  }
}

/** Fields in quotes (doubled inside) or bare, between commas. */
function splitLine(line: string): string[] {
  const fields: string[] = []
  let at = 0
  while (at <= line.length && fields.length < FIELDS_MAX) {
    if (line[at] === '"') {
      let field = ''
      let from = at + 1
      for (;;) {
        const quote = line.indexOf('"', from)
        if (quote < 0) return [...fields, field + line.slice(from)]
        field += line.slice(from, quote)
        if (line[quote + 1] !== '"') {
          at = quote + 2
          break
        }
        field += '"'
        from = quote + 2
      }
      fields.push(field)
    } else {
      const comma = line.indexOf(',', at)
      const end = comma < 0 ? line.length : comma
      fields.push(line.slice(at, end))
      at = end + 1
    }
  }
  return fields
}

/** `1795398984.956615`, or a date and time (cel.conf's dateformat; without zone: in this machine's). */
export function parseEventTime(text: string): number | null {
  const epoch = /^(\d{9,11})(?:\.(\d{1,9}))?$/.exec(text)
  if (epoch) return Number(epoch[1]) * 1000 + Number((epoch[2] ?? '').padEnd(6, '0').slice(0, 6)) / 1000
  const date = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?$/.exec(
    text,
  )
  if (!date) return null
  const [, year, month, day, hour, minute, second, fraction = '', zone] = date
  const fractionMs = Number(fraction.padEnd(6, '0').slice(0, 6)) / 1000
  const parts = [year, month, day, hour, minute, second].map(Number)
  const [y = 0, mo = 1, d = 1, h = 0, mi = 0, s = 0] = parts
  if (zone === undefined) return new Date(y, mo - 1, d, h, mi, s).getTime() + fractionMs
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  const offsetMs = offset
    ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) * 60_000
    : 0
  return Date.UTC(y, mo - 1, d, h, mi, s) + fractionMs - offsetMs
}

function extraOf(text: string): Readonly<Record<string, string>> {
  if (!text.startsWith('{')) return {}
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]))
  } catch {
    // Cut off by a column that is too short (cel_odbc): what it said is not known.
    return {}
  }
}

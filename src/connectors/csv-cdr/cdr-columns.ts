// The columns that CDR files have and the known orders of them: Asterisk's cdr_csv and cdr_custom, the templates that
// FreeSWITCH's mod_cdr_csv ships with, or a first line (or an option) that names them. Finds which one a file has. Pure.
//
// Asterisk: cdr_csv writes 16 columns, then uniqueid and userfield if cdr.conf says so (loguniqueid, loguserfield), then
// peeraccount, linkedid and sequence (newcdrcolumns). FreeSWITCH: conf/vanilla/autoload_configs/cdr_csv.conf.xml.
import type { ReadTime } from './cdr-time.ts'

/** Names of columns as the PBX has them, to ours. */
const COLUMNS = {
  accountcode: null,
  peeraccount: null,
  userfield: null,
  amaflags: 'amaFlags',
  src: 'caller',
  caller_id_number: 'caller',
  ani: 'caller',
  caller_id_name: 'callerName',
  dst: 'dialled',
  destination_number: 'dialled',
  did: 'did',
  dcontext: null,
  context: null,
  clid: 'callerId',
  caller_id: 'callerId',
  channel: 'channel',
  channel_name: 'channel',
  dstchannel: 'otherChannel',
  bridge_channel: 'otherChannel',
  lastapp: 'app',
  last_app: 'app',
  lastdata: 'appData',
  last_arg: 'appData',
  start: 'start',
  calldate: 'start',
  start_stamp: 'start',
  start_uepoch: 'start',
  answer: 'answer',
  answer_stamp: 'answer',
  answer_uepoch: 'answer',
  end: 'end',
  end_stamp: 'end',
  end_uepoch: 'end',
  duration: 'duration',
  billsec: 'talk',
  disposition: 'disposition',
  hangup_cause: 'cause',
  uniqueid: 'uniqueId',
  uuid: 'uuid',
  linkedid: 'linkedId',
  sequence: 'sequence',
  bleg_uuid: 'otherUuid',
  signal_bond: 'otherUuid',
  read_codec: null,
  write_codec: null,
} as const satisfies Record<string, string | null>

export type CdrColumn = NonNullable<(typeof COLUMNS)[keyof typeof COLUMNS]>

export interface CdrLayout {
  /** For people: which setting writes files like this. */
  name: string
  pbx: 'asterisk' | 'freeswitch'
  /** By position; null: not used. */
  columns: readonly (CdrColumn | null)[]
}

const ASTERISK = 'accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end'
const TIMES = 'duration billsec disposition amaflags'
const CUSTOM = 'clid src dst dcontext channel dstchannel lastapp lastdata start answer end'
const FREESWITCH =
  'caller_id_name caller_id_number destination_number context start_stamp answer_stamp end_stamp duration billsec hangup_cause uuid bleg_uuid accountcode'

const KNOWN: readonly CdrLayout[] = [
  layout(
    'cdr_csv with uniqueid, userfield and new columns',
    'asterisk',
    `${ASTERISK} ${TIMES} uniqueid userfield peeraccount linkedid sequence`,
  ),
  layout(
    'cdr_csv with uniqueid and new columns',
    'asterisk',
    `${ASTERISK} ${TIMES} uniqueid peeraccount linkedid sequence`,
  ),
  layout(
    'cdr_csv with userfield and new columns',
    'asterisk',
    `${ASTERISK} ${TIMES} userfield peeraccount linkedid sequence`,
  ),
  layout('cdr_csv with new columns', 'asterisk', `${ASTERISK} ${TIMES} peeraccount linkedid sequence`),
  layout('cdr_csv with uniqueid and userfield', 'asterisk', `${ASTERISK} ${TIMES} uniqueid userfield`),
  layout('cdr_csv with uniqueid', 'asterisk', `${ASTERISK} ${TIMES} uniqueid`),
  layout('cdr_csv with userfield', 'asterisk', `${ASTERISK} ${TIMES} userfield`),
  layout('cdr_csv', 'asterisk', `${ASTERISK} ${TIMES}`),
  layout(
    'cdr_custom as Callbook recommends it',
    'asterisk',
    `sequence uniqueid linkedid ${CUSTOM} ${TIMES} accountcode peeraccount userfield`,
  ),
  layout('cdr_custom with sequence', 'asterisk', `${CUSTOM} ${TIMES} accountcode uniqueid userfield sequence`),
  layout('cdr_custom', 'asterisk', `${CUSTOM} ${TIMES} accountcode uniqueid userfield`),
  layout('mod_cdr_csv, template example', 'freeswitch', `${FREESWITCH} read_codec write_codec`),
  layout('mod_cdr_csv, template sql', 'freeswitch', FREESWITCH),
  layout('mod_cdr_csv, template snom', 'freeswitch', `${FREESWITCH} read_codec write_codec - - - - -`),
  layout('mod_cdr_csv, template linksys', 'freeswitch', `${FREESWITCH} read_codec write_codec - -`),
  layout(
    'mod_cdr_csv, template asterisk',
    'freeswitch',
    `accountcode caller_id_number destination_number context caller_id channel_name bridge_channel last_app last_arg start_stamp answer_stamp end_stamp duration billsec hangup_cause amaflags uuid userfield`,
  ),
  layout(
    'mod_cdr_csv, template opencdrrate',
    'freeswitch',
    'uuid signal_bond direction ani destination_number answer_stamp end_stamp billsec accountcode userfield - - -',
  ),
]

function layout(name: string, pbx: CdrLayout['pbx'], names: string): CdrLayout {
  const columns = names.split(' ').map((column) => (isColumnName(column) ? COLUMNS[column] : null))
  return { name, pbx, columns }
}

function isColumnName(name: string): name is keyof typeof COLUMNS {
  return Object.hasOwn(COLUMNS, name)
}

/** A layout from names of columns as the PBX has them; null where they tell neither a time nor whose call it is. */
export function namedLayout(names: readonly string[], name: string): CdrLayout | null {
  const known = names.map((one) => one.trim().toLowerCase())
  if (!known.some(isColumnName)) return null
  const columns = known.map((one) => (isColumnName(one) ? COLUMNS[one] : null))
  const has = (column: CdrColumn) => columns.includes(column)
  if (!has('end') && !(has('start') && has('duration'))) return null
  if (!has('caller') && !has('callerId') && !has('channel')) return null
  return { name, pbx: has('uuid') ? 'freeswitch' : 'asterisk', columns }
}

/** The layout that a first line of names says; null: it is no such line. */
export function headerLayout(cells: readonly string[]): CdrLayout | null {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  return names.filter(isColumnName).length >= Math.max(4, names.length / 2)
    ? namedLayout(names, 'its own first line')
    : null
}

/** Which known layout most of these rows have; null: none fits any of them. The first of equals wins. */
export function findLayout(rows: readonly (readonly string[])[], readTime: ReadTime): CdrLayout | null {
  let best: { layout: CdrLayout; rows: number } | null = null
  for (const candidate of KNOWN) {
    const fitting = rows.filter((cells) => fitsLayout(candidate, cells, readTime)).length
    if (fitting > (best?.rows ?? 0)) best = { layout: candidate, rows: fitting }
  }
  return best?.layout ?? null
}

/** Has this row the columns of the layout, each with something that such a column may hold? */
export function fitsLayout({ columns, pbx }: CdrLayout, cells: readonly string[], readTime: ReadTime): boolean {
  if (cells.length !== columns.length) return false
  return columns.every((column, i) => {
    const cell = (cells[i] ?? '').trim()
    if (column === 'end') return readTime(cell) !== null
    if (column === null || cell === '') return column !== 'uuid' && column !== 'uniqueId' && column !== 'linkedId'
    switch (column) {
      case 'start':
      case 'answer':
        return readTime(cell) !== null
      case 'duration':
      case 'talk':
        return /^-?\d+(\.\d+)?$/.test(cell)
      case 'sequence':
        return /^\d+$/.test(cell)
      case 'disposition':
        return /^[A-Z][A-Z ]+$/.test(cell) && !cell.includes('_')
      case 'cause':
        return /^[A-Z][A-Z0-9_]+$/.test(cell)
      case 'uuid':
        return /^[0-9a-z-]{8,64}$/i.test(cell)
      case 'uniqueId':
      case 'linkedId':
        return /^[^\s,"]{1,150}$/.test(cell)
      case 'amaFlags':
        return /^(DOCUMENTATION|BILLING|OMIT|IGNORE|DEFAULT|UNKNOWN|\d+)$/i.test(cell)
      case 'channel':
        return pbx === 'freeswitch' || cell.includes('/') || !cell.includes(' ')
      default:
        return true
    }
  })
}

// One row of a CDR file with its cells read: who, with whom, when, how it ended. Pure; called by cdr-reader.ts.
import { createHash } from 'node:crypto'
import { cleanNumber } from '../freeswitch/endpoints.ts'
import type { CdrColumn, CdrLayout } from './cdr-columns.ts'
import type { ReadTime } from './cdr-time.ts'

/** Asterisk's dispositions and FreeSWITCH's hangup causes as they are written; '' where the file has no such column. */
export interface CdrRecord {
  /** Names the row among those of its call; the same whenever it is read. */
  key: string
  /** Names of the call: rows that share one belong together. */
  callKeys: readonly string[]
  /** What rows of one call have in common, but others too. */
  marks: readonly string[]
  /** The call's id, where a row alone can tell. */
  callId: string
  /** The row of the leg that the call is named after. */
  isRoot: boolean
  startAt: number
  answeredAt: number | null
  endAt: number
  caller: string
  callerName: string
  dialled: string
  did: string
  channel: string
  otherChannel: string
  app: string
  appData: string
  disposition: string
  cause: string
  /** FreeSWITCH: the other leg; '' none. */
  otherUuid: string
  uuid: string
  /** When the leg came into being as its unique id says (epoch s); null: it does not. */
  bornAt: number | null
}

export type ReadRecord = { record: CdrRecord } | { cause: string }

/** A call of which no row is longer than this is one whose times can be believed. */
const LONGEST_MS = 7 * 24 * 3_600_000

export function recordReader(layout: CdrLayout, readTime: ReadTime): (cells: readonly string[]) => ReadRecord {
  const position = new Map<CdrColumn, number>()
  for (const [i, column] of layout.columns.entries()) if (column && !position.has(column)) position.set(column, i)
  const columns = layout.columns.length

  return (cells) => {
    if (cells.length !== columns) return { cause: `The row has ${cells.length} columns; the file's have ${columns}.` }
    const cell = (column: CdrColumn) => (cells[position.get(column) ?? -1] ?? '').trim()
    const seconds = (column: CdrColumn) => Number(cell(column) || '0') * 1000
    const answeredAt = readTime(cell('answer'))
    const start = readTime(cell('start'))
    const end = readTime(cell('end'))
    const endAt = end ?? (start === null ? null : start + seconds('duration'))
    const startAt = start ?? answeredAt ?? endAt
    if (startAt === null || endAt === null) return { cause: 'The row says neither when it began nor when it ended.' }
    if (!(endAt >= startAt && endAt - startAt <= LONGEST_MS))
      return { cause: 'The row ends before it begins, or lasts more than a week.' }
    const { name, number } = callerIdOf(cell('callerId'))
    const caller = cell('caller') || number
    const identity = layout.pbx === 'asterisk' ? asteriskIdentity(cell, cells) : freeswitchIdentity(cell, caller)
    return {
      record: {
        ...identity,
        startAt,
        answeredAt: answeredAt !== null && answeredAt >= startAt && answeredAt <= endAt ? answeredAt : null,
        endAt,
        caller,
        callerName: cell('callerName') || name,
        dialled: cell('dialled'),
        did: cell('did'),
        channel: cell('channel'),
        otherChannel: cell('otherChannel'),
        app: cell('app'),
        appData: cell('appData'),
        disposition: cell('disposition').toUpperCase(),
        cause: cell('cause'),
        otherUuid: cell('otherUuid'),
        uuid: cell('uuid'),
      },
    }
  }
}

type Cell = (column: CdrColumn) => string
type Identity = Pick<CdrRecord, 'key' | 'callKeys' | 'marks' | 'callId' | 'isRoot' | 'bornAt'>

/** `1795399913.0`, `pbx1-1795399913.0` */
const BORN = /(?:^|-)(\d{9,11})\.\d+$/

function asteriskIdentity(cell: Cell, cells: readonly string[]): Identity {
  const uniqueId = cell('uniqueId')
  const linkedId = cell('linkedId') || null
  const born = BORN.exec(uniqueId)
  const key = cell('sequence') || hashOf(cells)
  const bornAt = born ? Number(born[1]) : null
  if (linkedId !== null)
    return { key, callKeys: [`linked ${linkedId}`], callId: linkedId, isRoot: uniqueId === linkedId, bornAt, marks: [] }
  // Without linked ids, Local channels join the rows of one call: one half is dialled, the other dials on.
  const locals = [cell('channel'), cell('otherChannel')].filter((name) => name.startsWith('Local/'))
  const pairs = locals.map((name) => `pair ${name.replace(/;[12]$/, '')}`)
  const isLocal = cell('channel').startsWith('Local/')
  if (uniqueId !== '')
    return { key, callKeys: [`unique ${uniqueId}`, ...pairs], callId: uniqueId, isRoot: !isLocal, bornAt, marks: [] }
  // Not even those: the channel's name, which is unique until Asterisk starts anew.
  const channel = cell('channel')
  const callKeys = [`channel ${channel}`, ...pairs]
  return { key, callKeys, callId: `${channel}@${cell('start')}`, isRoot: !isLocal, bornAt: null, marks: [] }
}

/**
 * Only a leg that dialled another one names it. Other legs of a call (phones that mod_callcenter rang) have marks in
 * common with it: the caller's number, a channel. freeswitch-calls.ts tells which belong together.
 */
function freeswitchIdentity(cell: Cell, caller: string): Identity {
  const uuid = cell('uuid')
  const other = cell('otherUuid')
  const callKeys = other === '' ? [`uuid ${uuid}`] : [`uuid ${uuid}`, `uuid ${other}`]
  const marks = [cell('channel'), cell('otherChannel')].filter((name) => name !== '').map((name) => `channel ${name}`)
  if (cleanNumber(caller) !== null) marks.push(`caller ${caller}`)
  return { key: uuid, callKeys, marks, callId: uuid, isRoot: other !== '', bornAt: null }
}

/** `"张三" <1001>` and its like. */
function callerIdOf(text: string): { name: string; number: string } {
  const parts = /^\s*"?(.*?)"?\s*<([^<>]*)>\s*$/s.exec(text)
  return parts ? { name: (parts[1] ?? '').trim(), number: (parts[2] ?? '').trim() } : { name: '', number: text }
}

function hashOf(cells: readonly string[]): string {
  return createHash('sha256').update(cells.join('\0')).digest('base64url').slice(0, 16)
}

// The unreached customers in SQL. The table is derived: whenever a call ends, or one that has ended changes, the contacts
// of its number are worked out anew from the calls, so that neither the order of arrival nor a rebuild matters.
import type { CallType, HangupReason, Phase } from '../../calls/vocabulary.ts'
import {
  CONTACTS_LOOKED_AT,
  isCallable,
  isMissed,
  isReached,
  type MissedReason,
  openContacts,
  type UnreachedCursor,
  type UnreachedLine,
  type UnreachedSearch,
} from '../../unreached/unreached.ts'
import { type CallRow, INDEXED } from './call-row.ts'
import type { Database, Row } from './database.ts'

/** What of a call decides whether its customer is unreached. */
export interface ContactBefore {
  customer: string | null
  hangupReason: HangupReason | null
  merged: boolean
  type: string
  startedAt: number
  waitMs: number
}

const CUSTOMER = INDEXED.indexOf('customer')
const REASON = INDEXED.indexOf('hangup_reason')
const MERGED = INDEXED.indexOf('merged_into')
const TYPE = INDEXED.indexOf('type')
const STARTED = INDEXED.indexOf('started_at')
const WAIT = INDEXED.indexOf('wait_ms')

/** How the call stood before it is written; null: it is new. `indexed`: what was written last, where that is known. */
export function contactBefore(db: Database, call: CallRow, indexed: CallRow['indexed'] | null): ContactBefore | null {
  if (indexed) return contactOf(indexed)
  if (call.before === null) return null
  const row = db.get(
    'SELECT customer, hangup_reason, merged_into, type, started_at, wait_ms FROM call WHERE instance = ? AND id = ?',
    call.instance,
    call.id,
  )
  return row ? toContact(row) : null
}

/** After the call is written: its customer's line, and that of the one it was told of before, are worked out anew. */
export function renewUnreached(db: Database, call: CallRow, before: ContactBefore | null): void {
  const now = contactOf(call.indexed)
  if (before && sameContact(before, now)) return
  // A live call neither is missed nor has reached anybody yet.
  const numbers = new Set([before, now].flatMap((c) => (c && c.hangupReason !== null ? [c.customer] : [])))
  // Most calls: one that has just ended, and was not missed, changes nothing for a customer who was not unreached.
  const mayOpen = (before !== null && before.hangupReason !== null) || isMissed(now)
  for (const number of numbers) {
    if (isCallable(number) && (mayOpen || hasLine(db, call.instance, number))) renewNumber(db, call.instance, number)
  }
}

function hasLine(db: Database, instance: string, number: string): boolean {
  return db.get('SELECT 1 FROM unreached WHERE instance = ? AND number = ? LIMIT 1', instance, number) !== undefined
}

function contactOf(indexed: CallRow['indexed']): ContactBefore {
  return toContact({
    customer: indexed[CUSTOMER] ?? null,
    hangup_reason: indexed[REASON] ?? null,
    merged_into: indexed[MERGED] ?? null,
    type: indexed[TYPE] ?? '',
    started_at: indexed[STARTED] ?? 0,
    wait_ms: indexed[WAIT] ?? 0,
  })
}

function toContact(row: Row): ContactBefore {
  return {
    customer: row.customer === null ? null : String(row.customer),
    hangupReason: row.hangup_reason === null ? null : (String(row.hangup_reason) as HangupReason),
    merged: row.merged_into !== null,
    type: String(row.type),
    startedAt: Number(row.started_at),
    waitMs: Number(row.wait_ms),
  }
}

function sameContact(a: ContactBefore, b: ContactBefore): boolean {
  return (
    a.customer === b.customer &&
    a.hangupReason === b.hangupReason &&
    a.merged === b.merged &&
    a.type === b.type &&
    a.startedAt === b.startedAt &&
    a.waitMs === b.waitMs
  )
}

/** Nearly always one of the newest few calls decides. */
const FIRST_LOOK = 6

function renewNumber(db: Database, instance: string, number: string): void {
  let contacts = contactsOf(db, instance, number, FIRST_LOOK)
  if (contacts.length === FIRST_LOOK && !contacts.some(isReached))
    contacts = contactsOf(db, instance, number, CONTACTS_LOOKED_AT)
  db.run('DELETE FROM unreached WHERE instance = ? AND number = ?', instance, number)
  for (const { row, startedAt, hangupReason, waitMs } of openContacts(contacts)) {
    db.run(
      'INSERT INTO unreached (instance, number, call, started_at, reason, wait_ms) VALUES (?, ?, ?, ?, ?, ?)',
      instance,
      number,
      row,
      startedAt,
      hangupReason,
      waitMs,
    )
  }
}

/** The ended calls with a customer, newest first: she is the caller or the callee of each. */
function contactsOf(db: Database, instance: string, number: string, limit: number) {
  const columns = 'row, id, started_at, type, hangup_reason, wait_ms'
  const ended = `merged_into IS NULL AND hangup_reason IS NOT NULL AND type != 'internal'`
  const part = (side: 'caller' | 'callee') =>
    `SELECT * FROM (SELECT ${columns} FROM call INDEXED BY call_by_${side}
       WHERE instance = ? AND ${side} = ? AND customer = ? AND ${ended} ORDER BY started_at DESC, id DESC LIMIT ?)`
  const values = [instance, number, number, limit]
  return db
    .all(
      `SELECT DISTINCT ${columns} FROM (${part('caller')} UNION ALL ${part('callee')}) ORDER BY started_at DESC, id DESC LIMIT ?`,
      ...values,
      ...values,
      limit,
    )
    .map((found) => ({
      row: Number(found.row),
      id: String(found.id),
      startedAt: Number(found.started_at),
      type: String(found.type) as CallType,
      hangupReason: String(found.hangup_reason) as HangupReason,
      waitMs: Number(found.wait_ms),
    }))
}

/** Of each number its missed calls; `values` go with `text`. */
function grouped({ instance, from, reasons, skillGroups }: UnreachedSearch) {
  const passed = skillGroups
    ? `HAVING max(EXISTS (SELECT 1 FROM call_skill_group AS g WHERE g.call = unreached.call AND group_id IN (${marks(skillGroups)})))`
    : ''
  return {
    text: `SELECT number, count(*) AS missed, min(started_at) AS first_at, max(started_at) AS last_at, max(wait_ms) AS wait_ms
      FROM unreached WHERE instance = ? AND started_at >= ? AND reason IN (${marks(reasons)}) GROUP BY number ${passed}`,
    values: [instance, from, ...reasons, ...(skillGroups ?? [])],
  }
}

export function countUnreached(db: Database, search: UnreachedSearch): number {
  const { text, values } = grouped(search)
  return Number(db.get(`SELECT count(*) AS n FROM (${text})`, ...values)?.n)
}

export function unreachedLines(
  db: Database,
  search: UnreachedSearch,
  cursor: UnreachedCursor | null,
  limit: number,
): UnreachedLine[] {
  const { text, values } = grouped(search)
  const [at, after, order] = search.order === 'waiting' ? ['first_at', '>', 'ASC'] : ['last_at', '<', 'DESC']
  const place = cursor ? `WHERE ${at} ${after} ? OR (${at} = ? AND number > ?)` : ''
  const placeValues = cursor ? [cursor.at, cursor.at, cursor.number] : []
  const rows = db.all(
    `SELECT * FROM (${text}) ${place} ORDER BY ${at} ${order}, number LIMIT ?`,
    ...values,
    ...placeValues,
    limit,
  )
  const live = liveWith(
    db,
    search.instance,
    rows.map((row) => String(row.number)),
  )
  return rows.map((row) => lineOf(db, search, row, live))
}

function lineOf(
  db: Database,
  { instance, from, reasons }: UnreachedSearch,
  row: Row,
  live: Map<string, NonNullable<UnreachedLine['live']>>,
): UnreachedLine {
  const number = String(row.number)
  const firstAt = Number(row.first_at)
  const contacts = db.all(
    `SELECT unreached.call, unreached.started_at, reason, id FROM unreached JOIN call ON row = unreached.call
     WHERE unreached.instance = ? AND number = ? AND unreached.started_at >= ? ORDER BY unreached.started_at DESC, id DESC`,
    instance,
    number,
    from,
  )
  const missed = contacts.filter((contact) => reasons.some((reason) => reason === contact.reason))
  const callbacks = contacts.filter((c) => c.reason === 'not-connected' && Number(c.started_at) >= firstAt)
  const ids = missed.map((contact) => Number(contact.call))
  const groups = db.all(
    `SELECT group_id, max(name) AS name FROM call_skill_group WHERE call IN (${marks(ids)}) GROUP BY group_id`,
    ...ids,
  )
  return {
    number,
    missed: Number(row.missed),
    firstAt,
    lastAt: Number(row.last_at),
    longestWaitMs: Number(row.wait_ms),
    lastReason: String(missed[0]?.reason) as MissedReason,
    lastCallId: String(missed[0]?.id),
    skillGroups: groups.map((g) => ({ id: String(g.group_id), name: g.name === null ? null : String(g.name) })),
    callbacks: callbacks.length,
    lastCallbackAt: callbacks[0] ? Number(callbacks[0].started_at) : null,
    live: live.get(number) ?? null,
  }
}

/** The live call with each of these customers; of several the newest. */
function liveWith(db: Database, instance: string, numbers: string[]): Map<string, NonNullable<UnreachedLine['live']>> {
  if (numbers.length === 0) return new Map()
  const rows = db.all(
    `SELECT id, customer, json_extract(record, '$.phase') AS phase FROM call INDEXED BY call_live
     WHERE instance = ? AND ended_at IS NULL AND merged_into IS NULL AND type != 'internal' AND customer IN (${marks(numbers)})
     ORDER BY started_at`,
    instance,
    ...numbers,
  )
  return new Map(
    rows.map((row) => [String(row.customer), { callId: String(row.id), phase: String(row.phase) as Phase }]),
  )
}

export function skillGroupsOfAgent(db: Database, instance: string, agentId: string, from: number): string[] {
  return db
    .all(
      `SELECT DISTINCT group_id FROM call_agent JOIN call_skill_group USING (call)
       WHERE call_agent.instance = ? AND agent_id = ? AND call_agent.started_at >= ? LIMIT 500`,
      instance,
      agentId,
      from,
    )
    .map((row) => String(row.group_id))
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

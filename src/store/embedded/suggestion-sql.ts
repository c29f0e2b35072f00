// What searches may offer, in SQL: counted among a bounded number of the newest calls, never among all.
import {
  CALLS_LOOKED_AT,
  CALLS_OF_AGENT_LOOKED_AT,
  type Frequent,
  type Looked,
  type NumberField,
  type Suggested,
  VALUES_TOLD,
} from '../../suggestions/suggestion.ts'
import type { Database, Row } from './database.ts'

const COLUMNS: Readonly<Record<NumberField, readonly string[]>> = {
  caller: ['caller'],
  callee: ['callee'],
  number: ['caller', 'callee', 'customer', 'dialled_number'],
}
const NUMBERS = COLUMNS.number.map((column) => `call.${column}`).join(', ')

export function frequent(db: Database, looked: Looked): Frequent {
  const calls = newest(db, looked)
  return {
    caller: counted(numbersOf(calls, 'caller')),
    callee: counted(numbersOf(calls, 'callee')),
    number: counted(numbersOf(calls, 'number')),
    // Who else took part in her calls is not an agent's business.
    agents:
      looked.participant === null
        ? counted(idsOf(db, calls, 'SELECT agent_id AS id FROM call_agent WHERE serving = 1 AND call = ?'))
        : [],
    skillGroups: counted(idsOf(db, calls, 'SELECT group_id AS id FROM call_skill_group WHERE call = ?')),
  }
}

export function numbersLike(db: Database, looked: Looked, field: NumberField, digits: string): Suggested[] {
  const begins = looked.participant === null ? counted(beginning(db, looked, field, digits)) : []
  const calls = newest(db, looked)
  const counts = new Map(
    counted(
      numbersOf(calls, field).filter((number) => number.includes(digits)),
      CALLS_LOOKED_AT,
    ).map(({ value, calls }) => [value, calls]),
  )
  for (const { value, calls } of begins) if (!counts.has(value)) counts.set(value, calls)
  const isAtBegin = (value: string) => Number(value.startsWith(digits))
  return [...counts]
    .map(([value, calls]) => ({ value, calls }))
    .sort((a, b) => isAtBegin(b.value) - isAtBegin(a.value) || b.calls - a.calls || (a.value < b.value ? -1 : 1))
    .slice(0, VALUES_TOLD)
}

/** Rows of the newest calls that are listed, with their numbers. */
function newest(db: Database, { instance, participant, from }: Looked): Row[] {
  const listed = `call.merged_into IS NULL AND call.type != 'internal'`
  if (participant === null)
    return db.all(
      `SELECT call.row, ${NUMBERS} FROM call INDEXED BY call_by_start
       WHERE instance = ? AND started_at >= ? AND ${listed} ORDER BY started_at DESC, id DESC LIMIT ${CALLS_LOOKED_AT}`,
      instance,
      from,
    )
  return db.all(
    `SELECT call.row, ${NUMBERS} FROM
       (SELECT call AS own FROM call_agent INDEXED BY call_agent_by_agent WHERE instance = ? AND agent_id = ?
          AND started_at >= ? ORDER BY started_at DESC LIMIT ${CALLS_OF_AGENT_LOOKED_AT})
     CROSS JOIN call ON call.row = own WHERE ${listed}`,
    instance,
    participant,
    from,
  )
}

/** Each number of each call, once a call. */
function numbersOf(calls: readonly Row[], field: NumberField): string[] {
  const columns = COLUMNS[field]
  return calls.flatMap((call) => {
    const numbers = columns.map((column) => call[column]).filter((value) => typeof value === 'string' && value !== '')
    return [...new Set(numbers as string[])]
  })
}

function idsOf(db: Database, calls: readonly Row[], sql: string): string[] {
  return calls.flatMap((call) => db.all(sql, Number(call.row)).map(({ id }) => String(id)))
}

/** Numbers are looked up in the indexes of callers and callees, as far as this many calls. */
const CALLS_OF_PREFIX = 500

function beginning(db: Database, { instance, from }: Looked, field: NumberField, digits: string): string[] {
  const columns = field === 'number' ? ['caller', 'callee'] : [field]
  return columns.flatMap((column) =>
    db
      .all(
        `SELECT ${column} AS number FROM call INDEXED BY call_by_${column}
         WHERE instance = ? AND ${column} >= ? AND ${column} < ? AND started_at >= ? LIMIT ${CALLS_OF_PREFIX}`,
        instance,
        digits,
        `${digits}\u{10FFFF}`,
        from,
      )
      .map(({ number }) => String(number)),
  )
}

/** Most frequent first. */
function counted(values: readonly string[], most: number = VALUES_TOLD): Suggested[] {
  const calls = new Map<string, number>()
  for (const value of values) calls.set(value, (calls.get(value) ?? 0) + 1)
  return [...calls]
    .map(([value, calls]) => ({ value, calls }))
    .sort((a, b) => b.calls - a.calls || (a.value < b.value ? -1 : 1))
    .slice(0, most)
}

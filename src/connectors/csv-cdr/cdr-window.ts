// Puts the rows of one call together. Rows of a call may lie apart in a file (each is written when its part is over), so
// calls wait in a window, bounded by the file's own time and by the number of rows. A row that comes later still gets the
// id of its call: what it tells is added to the call then. Pure; called by cdr-reader.ts.
import type { CdrRecord } from './cdr-record.ts'

export interface CdrWindow {
  /** Takes a row; returns the calls that have waited long enough, each with its rows in the order of the file. */
  push(record: CdrRecord): CdrRecord[][]
  /** The rest. */
  finish(): CdrRecord[][]
}

export interface WindowLimits {
  /** How long after its last row's end a call may still get rows, by the ends of the rows that come. */
  waitMs: number
  rows: number
}

export const WINDOW: WindowLimits = { waitMs: 2 * 3_600_000, rows: 50_000 }

/** Is this row, which names no other, a leg of the call that the other row began? Asked of rows that share a mark. */
export type Belongs = (leg: CdrRecord, root: CdrRecord) => boolean

interface Group {
  records: CdrRecord[]
  keys: Set<string>
  endAt: number
}

/** Calls with the same mark (a caller's number) that are looked through for one row. */
const RELATIVES_MAX = 200

export function createWindow(limits: WindowLimits = WINDOW, belongs: Belongs = () => false): CdrWindow {
  /** In order of their last row; a set keeps the order of adding. */
  const groups = new Set<Group>()
  const byKey = new Map<string, Group>()
  const byMark = new Map<string, Set<Group>>()
  let waiting = 0

  function join(record: CdrRecord): void {
    const found = new Set<Group>()
    for (const key of record.callKeys) {
      const group = byKey.get(key)
      if (group) found.add(group)
    }
    const [group = { records: [], keys: new Set<string>(), endAt: 0 }, ...others] = found
    // Several beginnings of one call: they came before the row that joins them.
    for (const other of others) absorb(group, other)
    for (const key of record.callKeys) {
      group.keys.add(key)
      byKey.set(key, group)
    }
    group.records.push(record)
    group.endAt = Math.max(group.endAt, record.endAt)
    mark(group, record)
    groups.delete(group)
    groups.add(group)
    waiting++
  }

  function absorb(group: Group, other: Group): void {
    forget(other)
    for (const record of other.records) {
      group.records.push(record)
      mark(group, record)
    }
    for (const key of other.keys) {
      group.keys.add(key)
      byKey.set(key, group)
    }
    group.endAt = Math.max(group.endAt, other.endAt)
  }

  function mark(group: Group, { marks }: CdrRecord): void {
    for (const one of marks) {
      const marked = byMark.get(one)
      if (marked) marked.add(group)
      else byMark.set(one, new Set([group]))
    }
  }

  function forget(group: Group): void {
    groups.delete(group)
    for (const key of group.keys) byKey.delete(key)
    for (const { marks } of group.records) {
      for (const one of marks) {
        const marked = byMark.get(one)
        marked?.delete(group)
        if (marked?.size === 0) byMark.delete(one)
      }
    }
  }

  /** The rows of a call whose time is over; none if it turns out to be a leg of one that still waits. */
  function release(group: Group): CdrRecord[] {
    for (const other of relativesOf(group)) {
      if (isLegOf(group, other)) {
        absorb(other, group)
        return []
      }
      if (isLegOf(other, group)) absorb(group, other)
    }
    forget(group)
    waiting -= group.records.length
    return group.records
  }

  function relativesOf(group: Group): Set<Group> {
    const found = new Set<Group>()
    for (const { marks } of group.records) {
      for (const one of marks) {
        for (const other of byMark.get(one) ?? []) {
          if (found.size >= RELATIVES_MAX) return found
          if (other !== group) found.add(other)
        }
      }
    }
    return found
  }

  function isLegOf(one: Group, other: Group): boolean {
    const [leg] = one.records
    return one.records.length === 1 && leg !== undefined && other.records.some((root) => belongs(leg, root))
  }

  return {
    push(record) {
      join(record)
      const released: CdrRecord[][] = []
      for (const group of groups) {
        if (waiting <= limits.rows && group.endAt + limits.waitMs >= record.endAt) break
        const records = release(group)
        if (records.length > 0) released.push(records)
      }
      return released
    },
    finish() {
      const released: CdrRecord[][] = []
      for (const group of groups) {
        const records = release(group)
        if (records.length > 0) released.push(records)
      }
      return released
    },
  }
}

// What the list shows: the page as it was fetched, with what the live feed has told since. Pure. The reader's place is
// kept here: rows that would push what somebody is reading are held back and counted instead.
import type { CallJson } from '../../../src/calls/call-json.ts'
import type { LiveEvent } from '../api/live-feed.ts'

/** The last word about a call since the feed was opened; `call` null: it no longer belongs in this search. */
export interface LiveChange {
  call: CallJson | null
  seq: number
  /** By this browser's clock; a row glows for a moment after it changed. */
  arrivedAt: number
}

export type LiveChanges = ReadonlyMap<string, LiveChange>

/** Changes remembered for one search; past it the older half goes into the fetched pages (bakeIn). */
export const MAX_CHANGES = 3_000

/** Takes the feed's events in; the same or an older word about a call changes nothing. */
export function applyLiveEvents(changes: LiveChanges, events: readonly LiveEvent[], arrivedAt: number): LiveChanges {
  const next = new Map(changes)
  for (const event of events) {
    if (event.type === 'reset') continue
    const id = event.type === 'call' ? event.call.id : event.callId
    const known = next.get(id)
    if (known && known.seq >= event.seq) continue
    // Deleted first, so that the map stays in order of arrival.
    next.delete(id)
    next.set(id, { call: event.type === 'call' ? event.call : null, seq: event.seq, arrivedAt })
  }
  return next
}

/**
 * The changes that one of these pages shows, or would have to: on a busy day nearly all are of calls further down, and
 * thousands of those would be kept for nothing.
 */
export function concerning(changes: LiveChanges, pages: readonly FetchedPage[]): LiveChanges {
  const shown = new Set(pages.flatMap((page) => page.items.map((item) => item.id)))
  const isWanted = (id: string, { call }: LiveChange) =>
    shown.has(id) || (call !== null && pages.some((page) => !isBelow(call, page)))
  return new Map([...changes].filter(([id, change]) => isWanted(id, change)))
}

/** Parts the changes when they have become too many: the newer half is kept. `dropped` null: not too many. */
export function trimChanges(changes: LiveChanges): { kept: LiveChanges; dropped: LiveChanges | null } {
  if (changes.size <= MAX_CHANGES) return { kept: changes, dropped: null }
  const entries = [...changes]
  const half = entries.length >> 1
  return { kept: new Map(entries.slice(half)), dropped: new Map(entries.slice(0, half)) }
}

/** The page with its rows as the changes left them. Calls that are not on it are not put in. */
export function bakeIn<Page extends FetchedPage>(page: Page, changes: LiveChanges): Page {
  return { ...page, items: page.items.map((item) => latest(item, changes)).filter((call) => call !== null) }
}

function latest(item: CallJson, changes: LiveChanges): CallJson | null {
  const change = changes.get(item.id)
  return change && change.seq > item.seq ? change.call : item
}

export interface FetchedPage {
  items: readonly CallJson[]
  nextCursor: string | null
  lastSeq: number
}

export interface ListView {
  rows: CallJson[]
  /** New calls (their ids) that are not shown, so that nothing moves under the reader's eyes. */
  heldBack: string[]
  /** There are more rows than may be shown: where the next page begins is only known once the page is fetched anew. */
  isCut: boolean
}

export interface Reading {
  isFirstPage: boolean
  /** The reader has scrolled down, or is aiming at a row: nothing may be put in. */
  isHeld: boolean
  /** Calls that were on show when the reader began to. */
  shown: Pick<ReadonlySet<string>, 'has'>
  /** Start of the newest call when the list was first opened (epoch ms): what began later is new. */
  openedAt: number
  /** Rows the first page may grow to. */
  mostRows: number
}

export function viewOf(page: FetchedPage, changes: LiveChanges, reading: Reading): ListView {
  const rows: CallJson[] = []
  const onPage = new Set<string>()
  for (const item of page.items) {
    onPage.add(item.id)
    const call = latest(item, changes)
    if (call !== null) rows.push(call)
  }
  const top = page.items[0]
  const heldBack: string[] = []
  for (const [id, { call, seq }] of changes) {
    if (call === null || onPage.has(id) || seq <= page.lastSeq) continue
    if (isBelow(call, page)) continue
    const isAbove = top === undefined || newestFirst(call, top) < 0
    if (!reading.isFirstPage && isAbove) {
      if (Date.parse(call.startedAt) > reading.openedAt) heldBack.push(id)
      continue
    }
    if (reading.isHeld && !reading.shown.has(id)) {
      heldBack.push(id)
      continue
    }
    rows.push(call)
  }
  rows.sort(newestFirst)
  const isCut = reading.isFirstPage && rows.length > reading.mostRows
  return { rows: isCut ? rows.slice(0, reading.mostRows) : rows, heldBack, isCut }
}

/** Does this call stand on a later page? */
export function isBelow(call: CallJson, page: FetchedPage): boolean {
  const bottom = page.items.at(-1)
  return bottom !== undefined && page.nextCursor !== null && newestFirst(call, bottom) > 0
}

/** Are there calls among the changes that a page would have to show, and does not know? */
export function addsTo(page: FetchedPage, changes: LiveChanges): boolean {
  for (const [id, { call, seq }] of changes)
    if (call && seq > page.lastSeq && !isBelow(call, page) && !page.items.some((item) => item.id === id)) return true
  return false
}

/** The list's order: by start, newest first, then by id, as the store pages. */
export function newestFirst(a: CallJson, b: CallJson): number {
  const byStart = compareInstants(b.startedAt, a.startedAt)
  if (byStart !== 0) return byStart
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0
}

/** Where the offset from UTC begins in an instant of the API. */
const OFFSET_AT = 23

/** Instants of one offset from UTC stand in the order of their letters; only around a change of the clocks they do not. */
function compareInstants(a: string, b: string): number {
  if (a === b) return 0
  if (a.slice(OFFSET_AT) === b.slice(OFFSET_AT)) return a < b ? -1 : 1
  return Date.parse(a) - Date.parse(b)
}

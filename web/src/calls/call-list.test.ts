import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallJson } from '../../../src/calls/call-json.ts'
import type { LiveEvent } from '../api/live-feed.ts'
import {
  applyLiveEvents,
  bakeIn,
  concerning,
  type FetchedPage,
  type LiveChanges,
  MAX_CHANGES,
  type Reading,
  trimChanges,
  viewOf,
} from './call-list.ts'

const at = (minute: number) => `2026-11-23T10:${String(minute).padStart(2, '0')}:00.000+08:00`
const call = (id: string, minute: number, seq: number, more: Partial<CallJson> = {}) =>
  ({ id, startedAt: at(minute), seq, phase: null, ...more }) as CallJson
const tell = (call: CallJson): LiveEvent => ({ type: 'call', call, seq: call.seq })
const changesOf = (...events: LiveEvent[]): LiveChanges => applyLiveEvents(new Map(), events, 0)
const ids = (page: FetchedPage, changes: LiveChanges, reading: Reading = top) =>
  viewOf(page, changes, reading).rows.map((row) => row.id)

const page: FetchedPage = {
  items: [call('c', 30, 3), call('b', 20, 2), call('a', 10, 1)],
  nextCursor: null,
  lastSeq: 3,
}
const top: Reading = { isFirstPage: true, isHeld: false, shown: new Set(), openedAt: Date.parse(at(30)), mostRows: 75 }
const scrolled: Reading = { ...top, isHeld: true, shown: new Set(['a', 'b', 'c']) }
const otherPage: Reading = { ...top, isFirstPage: false }

test('a new call appears on top of today’s list', () => {
  assert.deepEqual(ids(page, changesOf(tell(call('d', 31, 4)))), ['d', 'c', 'b', 'a'])
})

test('a change replaces its row, in place, and an old word changes nothing', () => {
  const changes = changesOf(tell(call('b', 20, 5, { phase: 'talking' })), tell(call('b', 20, 4)))
  const { rows } = viewOf(page, changes, top)
  assert.equal(rows[1]?.phase, 'talking')
  assert.equal(rows.length, 3)
})

test('what the page already knows is not counted twice when the feed repeats it', () => {
  assert.deepEqual(ids(page, changesOf(tell(call('c', 30, 3)), tell(call('z', 31, 2)))), ['c', 'b', 'a'])
})

test('a call that no longer fits the search leaves the list', () => {
  assert.deepEqual(ids(page, changesOf({ type: 'gone', callId: 'b', seq: 9 })), ['c', 'a'])
})

test('while somebody has scrolled down, new calls are counted and not put in', () => {
  const { rows, heldBack } = viewOf(page, changesOf(tell(call('d', 31, 4)), tell(call('e', 32, 5))), scrolled)
  assert.deepEqual(
    rows.map((row) => row.id),
    ['c', 'b', 'a'],
  )
  assert.equal(heldBack.length, 2)
})

test('calls already on show stay when the reader begins to scroll', () => {
  const changes = changesOf(tell(call('d', 31, 4)))
  const { rows, heldBack } = viewOf(page, changes, { ...scrolled, shown: new Set(['a', 'b', 'c', 'd']) })
  assert.deepEqual(
    rows.map((row) => row.id),
    ['d', 'c', 'b', 'a'],
  )
  assert.equal(heldBack.length, 0)
})

test('on another page new calls are counted; changes of calls on earlier pages are not new calls', () => {
  const older: FetchedPage = { ...page, items: [call('b', 20, 2), call('a', 10, 1)] }
  const { rows, heldBack } = viewOf(older, changesOf(tell(call('d', 31, 4)), tell(call('c', 30, 5))), otherPage)
  assert.deepEqual(
    rows.map((row) => row.id),
    ['b', 'a'],
  )
  assert.equal(heldBack.length, 1)
})

test('a call older than the page belongs to a later page', () => {
  const first: FetchedPage = { ...page, nextCursor: 'x' }
  assert.deepEqual(ids(first, changesOf(tell(call('0', 5, 8)))), ['c', 'b', 'a'])
  assert.deepEqual(ids(page, changesOf(tell(call('0', 5, 8)))), ['c', 'b', 'a', '0'])
})

test('calls that began in the same millisecond keep one order', () => {
  assert.deepEqual(ids(page, changesOf(tell(call('cc', 30, 6)), tell(call('bb', 30, 7)))), ['cc', 'c', 'bb', 'b', 'a'])
})

test('an empty list fills by itself', () => {
  assert.deepEqual(ids({ items: [], nextCursor: null, lastSeq: 0 }, changesOf(tell(call('a', 1, 1)))), ['a'])
})

test('the memory of changes is bounded, and what is forgotten stays true in the rows', () => {
  const events = Array.from({ length: MAX_CHANGES }, (_, n) => tell(call(`n${n}`, 31, n + 10)))
  const early = [tell(call('b', 20, 5, { phase: 'held' })), { type: 'gone', callId: 'a', seq: 6 } as const]
  const changes = changesOf(...early, ...events)
  const { kept, dropped } = trimChanges(changes)
  assert.ok(dropped)
  assert.equal(kept.size + dropped.size, changes.size)
  assert.ok(kept.size <= MAX_CHANGES)
  const baked = bakeIn(page, dropped)
  assert.deepEqual(
    baked.items.map((item) => [item.id, item.phase]),
    [
      ['c', null],
      ['b', 'held'],
    ],
  )
  assert.equal(trimChanges(kept).dropped, null)
})

test('changes of calls that no page shows are not kept', () => {
  const changes = changesOf(
    tell(call('new', 31, 5)),
    tell(call('b', 20, 6)),
    tell(call('further-down', 5, 7)),
    { type: 'gone', callId: 'a', seq: 8 },
    { type: 'gone', callId: 'elsewhere', seq: 9 },
  )
  const whole: FetchedPage = { ...page, nextCursor: 'more' }
  assert.deepEqual([...concerning(changes, [whole]).keys()], ['new', 'b', 'a'])
  const nextPage: FetchedPage = { ...whole, items: [call('further-down', 5, 1)] }
  assert.deepEqual([...concerning(changes, [whole, nextPage]).keys()], ['new', 'b', 'further-down', 'a'])
  // The last page shows whatever is older, too.
  assert.ok(concerning(changes, [page]).has('further-down'))
})

test('the order holds through the night in which the clocks go back', () => {
  const startedAt = (iso: string, id: string) => call(id, 0, 1, { startedAt: iso })
  const page: FetchedPage = {
    items: [startedAt('2026-10-25T02:10:00.000+01:00', 'later'), startedAt('2026-10-25T02:50:00.000+02:00', 'earlier')],
    nextCursor: null,
    lastSeq: 1,
  }
  assert.deepEqual(ids(page, changesOf()), ['later', 'earlier'])
})

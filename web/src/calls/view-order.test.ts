import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SavedView } from '../api/views.ts'
import { arranged, defaultView, isSameQuery, moveView, unarranged } from './view-order.ts'

const view = (id: string): SavedView => ({ id, name: id, query: '', shared: false, mayChange: true, own: true })
const views = [view('a'), view('b'), view('c')]
const ids = (all: readonly SavedView[]) => all.map((each) => each.id).join('')

test('views stand as they were arranged, new ones behind', () => {
  assert.equal(ids(arranged(views, unarranged)), 'abc')
  assert.equal(ids(arranged(views, { order: ['c', 'gone', 'a'], default: null })), 'cab')
})

test('a view moves by one place and no further than the ends', () => {
  const moved = moveView(views, unarranged, 'a', 1)
  assert.equal(ids(arranged(views, moved)), 'bac')
  assert.equal(moveView(views, moved, 'b', -1), moved)
  assert.equal(moveView(views, moved, 'gone', 1), moved)
})

test('a default view that was deleted is none', () => {
  assert.equal(defaultView(views, { order: [], default: 'b' })?.id, 'b')
  assert.equal(defaultView(views, { order: [], default: 'gone' }), null)
})

test('the same search is known again, whatever the order of its parts and the page', () => {
  assert.ok(isSameQuery('range=7d&type=inbound', 'type=inbound&range=7d&cursor=x&page=2'))
  assert.ok(!isSameQuery('type=inbound', 'type=outbound'))
})

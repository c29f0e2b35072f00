import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draggedTo, edgeTo, gripAt } from './range-drag.ts'

const range = { fromMs: 4_000, toMs: 6_000 }

test('near an edge the edge is meant, inside the part the part, elsewhere a new one', () => {
  assert.deepEqual(gripAt(range, 4_090, 100), { what: 'from' })
  assert.deepEqual(gripAt(range, 5_950, 100), { what: 'to' })
  assert.equal(gripAt(range, 5_000, 100).what, 'part')
  assert.equal(gripAt(range, 8_000, 100).what, 'new')
})

test('a new part is drawn in either direction, and ends with the recording', () => {
  const grip = { what: 'new', atMs: 8_000 } as const
  assert.deepEqual(draggedTo(range, grip, 9_500, 10_000), { fromMs: 8_000, toMs: 9_500 })
  assert.deepEqual(draggedTo(range, grip, 7_000, 10_000), { fromMs: 7_000, toMs: 8_000 })
  assert.deepEqual(draggedTo(range, grip, 99_000, 10_000), { fromMs: 8_000, toMs: 10_000 })
  assert.deepEqual(draggedTo(range, grip, 8_000, 10_000), { fromMs: 8_000, toMs: 8_100 }, 'a click alone')
})

test('a part that is moved keeps its length', () => {
  const grip = gripAt(range, 5_000, 100)
  assert.deepEqual(draggedTo(range, grip, 6_000, 10_000), { fromMs: 5_000, toMs: 7_000 })
  assert.deepEqual(draggedTo(range, grip, -9_000, 10_000), { fromMs: 0, toMs: 2_000 })
  assert.deepEqual(draggedTo(range, grip, 99_000, 10_000), { fromMs: 8_000, toMs: 10_000 })
})

test('an edge stops at the other one, and at the ends of the recording', () => {
  assert.deepEqual(edgeTo(range, 'from', 9_000, 10_000), { fromMs: 5_900, toMs: 6_000 })
  assert.deepEqual(edgeTo(range, 'to', 0, 10_000), { fromMs: 4_000, toMs: 4_100 })
  assert.deepEqual(edgeTo(range, 'to', 12_000, 10_000), { fromMs: 4_000, toMs: 10_000 })
})

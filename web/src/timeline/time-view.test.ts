import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isWhole, momentAt, moved, placeOf, pointOf, roomFor, shareOf, ticksOf, within, zoomed } from './time-view.ts'

const MINUTE = 60_000

test('a moment stands at the same place whoever asks, and is found again there', () => {
  const view = { fromMs: 20_000, toMs: 60_000 }
  assert.equal(shareOf(view, 30_000), 0.25)
  assert.equal(momentAt(view, 0.25), 30_000)
  assert.deepEqual(pointOf(view, 30_000), { insetInlineStart: '25.000%' })
  assert.equal(pointOf(view, 19_999), null)
})

test('what lasts is cut to what is on show, and left out beyond it', () => {
  const view = { fromMs: 20_000, toMs: 60_000 }
  assert.deepEqual(placeOf(view, 0, 30_000), { insetInlineStart: '0.000%', width: '25.000%' })
  assert.deepEqual(placeOf(view, 50_000, 90_000), { insetInlineStart: '75.000%', width: '25.000%' })
  assert.equal(placeOf(view, 0, 10_000), null)
  assert.equal(placeOf(view, 70_000, 80_000), null)
})

test('looking closer keeps the moment in its place, and ends at some seconds', () => {
  const whole = { fromMs: 0, toMs: 10 * MINUTE }
  const closer = zoomed(10 * MINUTE, whole, 2, 4 * MINUTE)
  assert.deepEqual(closer, { fromMs: 2 * MINUTE, toMs: 7 * MINUTE })
  assert.equal(shareOf(closer, 4 * MINUTE), shareOf(whole, 4 * MINUTE))
  let view = whole
  for (let n = 0; n < 20; n++) view = zoomed(10 * MINUTE, view, 2, MINUTE)
  assert.equal(view.toMs - view.fromMs, 4_000)
  for (let n = 0; n < 20; n++) view = zoomed(10 * MINUTE, view, 0.5, MINUTE)
  assert.ok(isWhole(10 * MINUTE, view))
})

test('nothing beyond the ends of the call can be looked at', () => {
  assert.deepEqual(within(60_000, { fromMs: -5_000, toMs: 15_000 }), { fromMs: 0, toMs: 20_000 })
  assert.deepEqual(moved(60_000, { fromMs: 30_000, toMs: 50_000 }, 1), { fromMs: 40_000, toMs: 60_000 })
  assert.deepEqual(within(1_000, { fromMs: 0, toMs: 400 }), { fromMs: 0, toMs: 1_000 })
})

test('a live call grows into room that is there: always some, never much, and it is seldom lengthened', () => {
  const lengths = new Set<number>()
  for (let second = 0; second < 3_600; second++) {
    const room = roomFor(second * 1000)
    assert.ok(room > second * 1000, `${second} s`)
    assert.ok(second < 30 || room < second * 1000 * 1.5, `${second} s`)
    assert.ok(room >= Math.max(0, ...lengths), 'never shorter')
    lengths.add(room)
  }
  assert.ok(lengths.size < 50, `${lengths.size}`)
})

test('the ruler has round numbers, and not more than fit', () => {
  assert.deepEqual(ticksOf({ fromMs: 0, toMs: 40_000 }, 5), [0, 10_000, 20_000, 30_000, 40_000])
  assert.deepEqual(ticksOf({ fromMs: 61_000, toMs: 65_000 }, 5), [61_000, 62_000, 63_000, 64_000, 65_000])
  for (const total of [999, 61_000, 3_600_000, 90_000_000])
    assert.ok(ticksOf({ fromMs: 0, toMs: total }, 6).length <= 7)
})

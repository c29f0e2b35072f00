import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeOfCount, changeOfRate, percentText } from './compare.ts'

test('a count is compared in percent of last week, coloured only where it matters and one way is better', () => {
  assert.deepEqual(changeOfCount(112, 100, null), { text: '+12%', tone: 'even' })
  assert.deepEqual(changeOfCount(112, 100, 'more'), { text: '+12%', tone: 'good' })
  assert.deepEqual(changeOfCount(112, 100, 'less'), { text: '+12%', tone: 'bad' })
  assert.deepEqual(changeOfCount(97, 100, 'more'), { text: '−3%', tone: 'even' })
  assert.deepEqual(changeOfCount(100, 100, 'more'), { text: '±0%', tone: 'even' })
  assert.deepEqual(changeOfCount(7, 19, 'less'), { text: null, tone: 'even' })
})

test('a rate is compared in points', () => {
  assert.deepEqual(changeOfRate(0.84, 0.8, 'more'), { text: '+4.0', tone: 'good' })
  assert.deepEqual(changeOfRate(0.05, 0.08, 'less'), { text: '−3.0', tone: 'good' })
  assert.deepEqual(changeOfRate(0.805, 0.8, 'more'), { text: '+0.5', tone: 'even' })
  assert.deepEqual(changeOfRate(null, 0.8, 'more'), { text: null, tone: 'even' })
  assert.equal(percentText(0.8, 'en'), '80.0%')
  assert.equal(percentText(null, 'en'), '–')
})

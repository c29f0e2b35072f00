import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDuration, writeDuration } from './typed-duration.ts'

test('seconds, minutes and hours are read as they are typed', () => {
  assert.equal(readDuration('90'), 90)
  assert.equal(readDuration(' 1:30 '), 90)
  assert.equal(readDuration('1：30'), 90)
  assert.equal(readDuration('1:02:03'), 3_723)
  assert.equal(readDuration(''), null)
  for (const nonsense of ['1m', '1:99', '-5', '1:2:3:4', '1.5']) assert.equal(readDuration(nonsense), 'wrong', nonsense)
})

test('what is written is read back', () => {
  for (const seconds of [0, 59, 60, 90, 3_723, 86_400]) assert.equal(readDuration(writeDuration(seconds)), seconds)
  assert.equal(writeDuration(null), '')
})

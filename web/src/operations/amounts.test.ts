import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agoText, bytesText, longTimeText } from './amounts.ts'

test('a long time is said in the largest unit of which there are two', () => {
  assert.equal(longTimeText(14 * 3_600_000 + 59_000, 'zh-CN'), '14 小时')
  assert.equal(longTimeText(47 * 3_600_000, 'en'), '47 hours')
  assert.equal(longTimeText(48 * 3_600_000, 'en'), '2 days')
  assert.equal(longTimeText(90_000, 'en'), '90 seconds')
})

test('how long ago something was is said as people say it, also when clocks differ a little', () => {
  assert.equal(agoText(5_400, 'zh-CN'), '5 秒钟前')
  assert.equal(agoText(61_000, 'en'), '1 minute ago')
  assert.equal(agoText(-800, 'en'), 'now')
})

test('bytes are counted one by one while they are few', () => {
  assert.equal(bytesText(478, 'en'), '478 bytes')
  assert.equal(bytesText(478, 'zh-CN'), '478 字节')
  assert.equal(bytesText(65_536, 'en'), '65.5 kB')
})

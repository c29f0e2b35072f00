import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sizeText } from './size-text.ts'

test('sizes are said in the unit that leaves one to three digits', () => {
  assert.equal(sizeText(0, 'en'), '0 bytes')
  assert.equal(sizeText(999, 'zh-CN'), '999 字节')
  assert.equal(sizeText(1_234, 'en'), '1.2 kB')
  assert.equal(sizeText(45_600_000, 'en'), '46 MB')
  assert.equal(sizeText(2_000_000_000, 'zh-CN'), '2 GB')
})

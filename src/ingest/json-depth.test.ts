import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNestedDeeper } from './json-depth.ts'

const deeper = (text: string, levels: number) => isNestedDeeper(Buffer.from(text), levels)

test('depth counts open arrays and objects, not how many there are', () => {
  assert.equal(deeper('[[]]', 2), false)
  assert.equal(deeper('[[]]', 1), true)
  assert.equal(deeper('{"a":[{"b":[]}]}', 3), true)
  assert.equal(deeper(`[${'{"a":[]},'.repeat(1000)}1]`, 3), false)
})

test('brackets in strings do not count, whatever is escaped in them', () => {
  assert.equal(deeper('["[[[[", "\\"[[[", "\\\\", "张[["]', 1), false)
  assert.equal(deeper('["\\\\", [["x"]]]', 2), true)
})

test('text that is no JSON is not its business', () => {
  for (const text of ['', ']]]]', '"never closed [[[[', '\\']) assert.equal(deeper(text, 1), false)
})

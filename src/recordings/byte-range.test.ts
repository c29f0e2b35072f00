import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ifRangeHolds, isNotModified, parseRange } from './byte-range.ts'

const validators = { etag: '"abc"', lastModified: 'Mon, 23 Nov 2026 02:00:00 GMT' }

test('a range is read with open and suffix ends, and cut at the end of the file', () => {
  assert.deepEqual(parseRange('bytes=0-99', 1_000), { first: 0, last: 99 })
  assert.deepEqual(parseRange('bytes=500-', 1_000), { first: 500, last: 999 })
  assert.deepEqual(parseRange('bytes=-100', 1_000), { first: 900, last: 999 })
  assert.deepEqual(parseRange('bytes=-5000', 1_000), { first: 0, last: 999 })
  assert.deepEqual(parseRange('bytes=990-5000', 1_000), { first: 990, last: 999 })
  assert.deepEqual(parseRange('Bytes=0-0', 1_000), { first: 0, last: 0 })
  assert.deepEqual(parseRange('bytes=999-999', 1_000), { first: 999, last: 999 })
})

test('a range outside the file cannot be satisfied', () => {
  assert.equal(parseRange('bytes=1000-', 1_000), 'unsatisfiable')
  assert.equal(parseRange('bytes=5000-6000', 1_000), 'unsatisfiable')
  assert.equal(parseRange('bytes=-0', 1_000), 'unsatisfiable')
})

test('what is no single range of bytes is answered with the whole', () => {
  for (const header of [
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=9-5',
    'bytes=a-b',
    'bytes=0-1,5-9',
    'seconds=1-2',
    'bytes=0x1-9',
  ])
    assert.equal(parseRange(header, 1_000), 'whole', String(header))
  assert.equal(parseRange(`bytes=${'9'.repeat(400)}-`, 1_000), 'unsatisfiable')
})

test('If-Range wants the very same file', () => {
  assert.equal(ifRangeHolds(undefined, validators), true)
  assert.equal(ifRangeHolds('"abc"', validators), true)
  assert.equal(ifRangeHolds('W/"abc"', validators), false)
  assert.equal(ifRangeHolds('"abd"', validators), false)
  assert.equal(ifRangeHolds('Mon, 23 Nov 2026 02:00:00 GMT', validators), true)
  assert.equal(ifRangeHolds('Mon, 23 Nov 2026 02:00:01 GMT', validators), false)
})

test('If-None-Match goes before If-Modified-Since', () => {
  const ask = (ifNoneMatch: string | undefined, ifModifiedSince: string | undefined) =>
    isNotModified({ ifNoneMatch, ifModifiedSince }, validators)
  assert.equal(ask(undefined, undefined), false)
  assert.equal(ask('"abc"', undefined), true)
  assert.equal(ask('"x", W/"abc"', undefined), true)
  assert.equal(ask('*', undefined), true)
  assert.equal(ask('"x"', validators.lastModified), false)
  assert.equal(ask(undefined, validators.lastModified), true)
  assert.equal(ask(undefined, 'Mon, 23 Nov 2026 01:59:59 GMT'), false)
  assert.equal(ask(undefined, 'whenever'), false)
})

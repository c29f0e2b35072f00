import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actorName, sizeText, unitFor } from './sizes.ts'

test('sizes have three digits, and never a thousand of a unit', () => {
  const texts = [0, 999, 1_000, 17_250, 999_499, 999_500, 1.5e12, 500e9, 12_345_678].map((bytes) =>
    sizeText(bytes, 'en'),
  )
  assert.deepEqual(texts, ['0 B', '999 B', '1 kB', '17.3 kB', '999 kB', '1 MB', '1.5 TB', '500 GB', '12.3 MB'])
})

test('an amount is edited in the unit it is large in', () => {
  assert.deepEqual([1, 5e8, 1e9, 999e9, 1e12].map(unitFor), ['MB', 'MB', 'GB', 'GB', 'TB'])
})

test('who acts goes by name, even with a colon in it', () => {
  assert.deepEqual([actorName('user:a:b'), actorName('system')], ['a:b', null])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterQuiet, quietStretches } from './quiet.ts'

const talk = {
  silence: [
    [10_000, 14_000],
    [0, 3_000],
    [20_000, 21_400],
  ] as [number, number][],
}

test('long silences are skipped but for a moment at either end; pauses between sentences are not', () => {
  assert.deepEqual(quietStretches(talk), [
    [0, 2_750],
    [10_250, 13_750],
  ])
  assert.deepEqual(quietStretches(null), [])
})

test('from within one it goes on at its end; from where somebody speaks nowhere', () => {
  const stretches = quietStretches(talk)
  assert.equal(afterQuiet(stretches, 0), 2_750)
  assert.equal(afterQuiet(stretches, 11_000), 13_750)
  for (const at of [2_750, 9_999, 10_100, 13_750, 20_500]) assert.equal(afterQuiet(stretches, at), null)
})

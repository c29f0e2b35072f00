import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainSearch } from './list-search.ts'
import { nothingRecent, readRecent, withUsed } from './recent-values.ts'

test('what is asked for anew comes first, and nothing twice', () => {
  const first = withUsed(nothingRecent, plainSearch, { ...plainSearch, caller: '138*', agents: ['1001', '1002'] })
  assert.deepEqual(first, { ...nothingRecent, numbers: ['138*'], agents: ['1002', '1001'] })
  const before = { ...plainSearch, agents: ['1002'] }
  const second = withUsed(first, before, { ...before, agents: ['1002', '1001'], number: '*8000', tags: ['投诉'] })
  assert.deepEqual(second, { numbers: ['*8000', '138*'], agents: ['1001', '1002'], skillGroups: [], tags: ['投诉'] })
})

test('taking a condition away uses nothing, and no more than eight are kept', () => {
  const asked = { ...plainSearch, caller: '1380', skillGroups: ['sales'] }
  assert.equal(withUsed(nothingRecent, asked, plainSearch), nothingRecent)
  let recent = nothingRecent
  for (let n = 0; n < 20; n++) recent = withUsed(recent, plainSearch, { ...plainSearch, callee: `1380000${n}` })
  assert.equal(recent.numbers.length, 8)
  assert.equal(recent.numbers[0], '138000019')
})

test('a number typed in two breaths is one number', () => {
  const half = withUsed(nothingRecent, plainSearch, { ...plainSearch, caller: '139' })
  assert.deepEqual(half.numbers, ['139'])
  const whole = withUsed(half, { ...plainSearch, caller: '139' }, { ...plainSearch, caller: '13900139000' })
  assert.deepEqual(whole.numbers, ['13900139000'])
})

test('what was kept by another version is read as far as it makes sense', () => {
  assert.deepEqual(readRecent(null), nothingRecent)
  assert.deepEqual(readRecent({ numbers: ['138', 7], agents: 'x' }), { ...nothingRecent, numbers: ['138'] })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { criteriaOf, readChoice, usualCriteria, writeChoice } from './unreached-search.ts'

test('a choice comes back from its address; the usual one has a bare address', () => {
  const choice = { days: 30, skillGroups: ['sales', 'vip'], withIvr: true, order: 'latest' as const }
  assert.deepEqual(readChoice(writeChoice(choice), 30), choice)
  assert.equal(writeChoice(readChoice(new URLSearchParams(''), 30)).toString(), '')
  assert.equal(usualCriteria(30), 'days=7&order=waiting')
  assert.equal(usualCriteria(5), 'days=5&order=waiting')
})

test('nonsense in the address is left out', () => {
  const choice = readChoice(new URLSearchParams('days=9999&order=loud&ivr=yes&skillGroup='), 30)
  assert.deepEqual(choice, { days: 7, skillGroups: [], withIvr: false, order: 'waiting' })
})

test('leaving in the IVR is asked for beside the usual reasons', () => {
  const asked = new URLSearchParams(criteriaOf({ days: 1, skillGroups: [], withIvr: true, order: 'waiting' }))
  assert.equal(asked.getAll('reason').length, 4)
})

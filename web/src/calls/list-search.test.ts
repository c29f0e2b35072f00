import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CONDITIONS,
  criteriaOf,
  daysOf,
  isAsked,
  isNumberTerm,
  isPlain,
  type ListSearch,
  plainSearch,
  readPlace,
  readSearch,
  without,
  writeSearch,
} from './list-search.ts'

const everything: ListSearch = {
  range: { from: '2026-11-01', to: '2026-11-20' },
  caller: '138*',
  callee: '*8000',
  agents: ['1001', '张'],
  skillGroups: ['sales', 'support'],
  tags: ['投诉'],
  types: ['inbound', 'internal'],
  hangupReasons: ['abandoned-in-queue', 'queue-timeout'],
  live: false,
  phases: ['queued'],
  text: '李 四',
  number: '*3800*',
  releasedBy: ['customer'],
  talk: { min: 30, max: 90 },
  wait: { min: null, max: 5 },
  recorded: false,
}

test('a search comes back from its address as it was', () => {
  for (const search of [everything, plainSearch, { ...plainSearch, range: '7d' as const }]) {
    assert.deepEqual(readSearch(new URLSearchParams(writeSearch(search).toString())), search)
  }
  const place = { cursor: 'abc=/+', page: 3 }
  assert.deepEqual(readPlace(new URLSearchParams(writeSearch(everything, place).toString())), place)
})

test('the list opens on today: a bare address is today’s list', () => {
  assert.equal(writeSearch(plainSearch).toString(), '')
  assert.ok(isPlain(readSearch(new URLSearchParams(''))))
  assert.equal(criteriaOf(plainSearch, '2026-11-23', 30), 'from=2026-11-23&to=2026-11-23')
})

test('an hour of the board is asked as two instants, and shown as its day', () => {
  const range = { from: '2026-11-22T23:00:00.000+08:00', to: '2026-11-23T00:00:00.000+08:00' }
  const search = { ...plainSearch, range }
  assert.deepEqual(readSearch(new URLSearchParams(writeSearch(search).toString())), search)
  assert.equal(new URLSearchParams(criteriaOf(search, '2026-11-23', 30)).get('to'), range.to)
  assert.deepEqual(daysOf(range, '2026-11-23', 30), { from: '2026-11-22', to: '2026-11-22' })
})

test('days of the quick buttons, both ends included', () => {
  const days = (range: ListSearch['range'], window = 30) => daysOf(range, '2026-11-23', window)
  assert.deepEqual(days('yesterday'), { from: '2026-11-22', to: '2026-11-22' })
  assert.deepEqual(days('7d'), { from: '2026-11-17', to: '2026-11-23' })
  assert.deepEqual(days('30d'), { from: '2026-10-25', to: '2026-11-23' })
  assert.deepEqual(days('30d', 14), { from: '2026-11-10', to: '2026-11-23' })
})

test('an address cannot lead outside the last 30 days', () => {
  const days = (from: string, to: string) => daysOf({ from, to }, '2026-11-23', 30)
  assert.deepEqual(days('2020-01-01', '2030-01-01'), { from: '2026-10-25', to: '2026-11-23' })
  assert.deepEqual(days('2026-11-20', '2026-11-18'), { from: '2026-11-18', to: '2026-11-20' })
})

test('nonsense in the address is left out, not shown as an error', () => {
  const read = readSearch(new URLSearchParams('range=next&from=soon&type=telepathy&type=inbound&hangupReason=&agent='))
  assert.deepEqual(read, { ...plainSearch, types: ['inbound'] })
  assert.deepEqual(readPlace(new URLSearchParams('cursor=x&page=-3')), { cursor: 'x', page: 2 })
})

test('all conditions go to the API together with the days', () => {
  const params = new URLSearchParams(criteriaOf(everything, '2026-11-23', 30))
  assert.deepEqual(params.getAll('skillGroup'), ['sales', 'support'])
  assert.deepEqual(params.getAll('agent'), ['1001', '张'])
  assert.equal(params.get('from'), '2026-11-01')
  assert.equal(params.get('caller'), '138*')
})

test('numbers may have a star at either end', () => {
  for (const good of ['', '138*', '*8000', '*3800*', '13800138000', '+86 138-0013-8000'])
    assert.ok(isNumberTerm(good), good)
  for (const bad of ['1*3', '*', '**', '138 OR 1=1;', '138%']) assert.ok(!isNumberTerm(bad), bad)
})

test('each condition can be taken away by itself, and there is no other', () => {
  assert.deepEqual(
    [...CONDITIONS].sort(),
    Object.keys(plainSearch)
      .filter((key) => key !== 'range')
      .sort(),
  )
  for (const condition of CONDITIONS) {
    assert.ok(isAsked(everything, condition), condition)
    const less = without(everything, condition)
    assert.ok(!isAsked(less, condition), condition)
    assert.equal(CONDITIONS.filter((other) => isAsked(less, other)).length, CONDITIONS.length - 1)
  }
})

test('seconds on the screen mean whole seconds to the API, up to the end of the last', () => {
  const params = new URLSearchParams(criteriaOf({ ...plainSearch, talk: { min: 30, max: 90 } }, '2026-11-23', 30))
  assert.equal(params.get('talkMs'), '30000-90999')
})

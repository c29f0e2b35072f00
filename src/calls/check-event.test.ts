import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkEvent } from './check-event.ts'

const NOW = Date.parse('2026-11-23T10:00:00+08:00')
const start = { id: 'e1', callId: 'c1', at: '2026-11-23T09:59:00.250+08:00', type: 'call-started', callType: 'inbound' }

test('an event is kept with the fields its type knows, at every depth, and no others', () => {
  const given = { ...start, agent: { id: '1001', name: '张三', password: 'x' }, customer: '138', hobby: { a: 1 } }
  assert.deepEqual(checkEvent(given, NOW), {
    event: { ...start, at: NOW - 59_750, agent: { id: '1001', name: '张三' }, customer: '138' },
  })
})

test('what is kept is a copy: the sender’s object may change', () => {
  const given = { ...start, agent: { id: '1001' } }
  const checked = checkEvent(given, NOW)
  given.agent.id = '1002'
  assert.ok('event' in checked && checked.event.type === 'call-started')
  assert.equal(checked.event.agent?.id, '1001')
})

test('fields that JavaScript objects have by themselves are not taken for the event’s', () => {
  const given = JSON.parse(
    '{"id":"e1","callId":"c1","at":1763863140000,"type":"ivr-entered","__proto__":{"node":"x"},"constructor":1}',
  )
  const checked = checkEvent(given, NOW)
  assert.deepEqual(checked, { event: { id: 'e1', callId: 'c1', at: 1763863140000, type: 'ivr-entered' } })
  assert.equal(({} as { node?: unknown }).node, undefined)
})

test('each odd event is refused with its own code', () => {
  const codeOf = (value: unknown) => {
    const checked = checkEvent(value, NOW)
    return 'refusal' in checked ? checked.refusal.code : 'taken'
  }
  assert.equal(codeOf(start), 'taken')
  for (const value of [null, 7, 'x', [start]]) assert.equal(codeOf(value), 'event-not-an-object')
  for (const type of ['call-exploded', '', undefined, 5, '__proto__', 'constructor', 'toString'])
    assert.equal(codeOf({ ...start, type }), 'unknown-event-type')
  assert.equal(codeOf({ ...start, type: 'recording-stored' }), 'event-type-reserved')
  for (const at of [undefined, null, 'yesterday', '2026-11-23T10:00:00', '2026-02-31T10:00:00Z', true])
    assert.equal(codeOf({ ...start, at }), 'invalid-event', String(at))
  for (const at of ['3000-01-01T00:00:00Z', '1999-12-31T23:59:59Z', NOW + 25 * 3_600_000, -1, 1e300])
    assert.equal(codeOf({ ...start, at }), 'event-time-out-of-range', String(at))
  for (const changed of [
    { id: '' },
    { callId: 7 },
    { callType: 'telepathy' },
    { customer: '1'.repeat(65) },
    { agent: '1001' },
    { agent: {} },
  ])
    assert.equal(codeOf({ ...start, ...changed }), 'invalid-event', JSON.stringify(changed))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addDays, clockOf, dayAt, dayIn, dayOf, durationText, isDay, offsetText } from './time.ts'

test('a call is shown at the clock of its contact centre, wherever the browser stands', () => {
  assert.equal(clockOf('2026-11-23T00:30:07.120+08:00'), '00:30:07')
  assert.equal(dayOf('2026-11-23T00:30:07.120+08:00'), '2026-11-23')
})

test('today is the contact centre’s day, not the browser’s', () => {
  const at = Date.parse('2026-11-22T16:30:00Z')
  assert.equal(dayIn('Asia/Shanghai', at), '2026-11-23')
  assert.equal(dayIn('UTC', at), '2026-11-22')
  assert.equal(dayIn('America/New_York', at), '2026-11-22')
})

test('the day that the server told holds up to its midnight, and not before or after', () => {
  const where = {
    timeZone: 'Asia/Shanghai',
    today: { day: '2026-11-23', from: '2026-11-23T00:00:00.000+08:00', to: '2026-11-24T00:00:00.000+08:00' },
  }
  const midnight = Date.parse(where.today.to)
  assert.equal(dayAt(midnight - 1, where), '2026-11-23')
  assert.equal(dayAt(midnight, where), '2026-11-24')
  assert.equal(dayAt(Date.parse(where.today.from) - 1, where), '2026-11-22')
  assert.equal(dayAt(midnight, { ...where, today: { day: '', from: '', to: '' } }), '2026-11-24')
})

test('days are counted over the ends of months and years', () => {
  assert.equal(addDays('2026-03-01', -1), '2026-02-28')
  assert.equal(addDays('2026-12-31', 1), '2027-01-01')
  assert.ok(isDay('2028-02-29'))
  assert.ok(!isDay('2026-02-29'))
  assert.ok(!isDay('today'))
})

test('durations and offsets read like a clock', () => {
  assert.equal(durationText(198_160), '3:18')
  assert.equal(durationText(3_723_000), '1:02:03')
  assert.equal(durationText(0), '0:00')
  assert.equal(offsetText(7_120), '+0:07.1')
  assert.equal(offsetText(3_661_990), '+1:01:01.9')
  assert.equal(offsetText(-450), '−0:00.4')
})

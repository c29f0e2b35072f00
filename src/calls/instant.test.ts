import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clockIn, parseIso } from './instant.ts'

test('reads ISO 8601 with zone, to the microsecond, and nothing else', () => {
  assert.equal(parseIso('2026-11-23T10:00:00.000+08:00'), Date.UTC(2026, 10, 23, 2))
  assert.equal(parseIso('2026-11-23T02:00:00Z'), Date.UTC(2026, 10, 23, 2))
  assert.equal(parseIso('2026-11-23T10:00+0800'), Date.UTC(2026, 10, 23, 2))
  assert.equal(parseIso('2026-11-23T02:00:00.123456Z'), Date.UTC(2026, 10, 23, 2) + 123.456)
  for (const wrong of [
    '2026-11-23',
    '2026-11-23T10:00:00',
    '2026-02-31T00:00:00Z',
    '2026-11-23T25:00:00Z',
    'now',
    '',
    '1795399913',
  ]) {
    assert.equal(parseIso(wrong), null, wrong)
  }
})

test('what is written is read back as the same millisecond, in every zone', () => {
  for (const zone of ['Asia/Shanghai', 'UTC', 'America/St_Johns', 'Europe/Berlin', 'Asia/Kathmandu']) {
    const clock = clockIn(zone)
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) }), (at) => {
        assert.equal(parseIso(clock.write(at)), at)
        const start = clock.startOfDay(clock.dayOf(at)) ?? Number.NaN
        assert.ok(start <= at && at < start + 26 * 3_600_000)
        assert.equal(clock.dayOf(start), clock.dayOf(at))
      }),
      { numRuns: 200 },
    )
  }
})

test('days are days of the zone, also where the clock is put back', () => {
  const shanghai = clockIn('Asia/Shanghai')
  assert.equal(shanghai.write(Date.UTC(2026, 10, 22, 16)), '2026-11-23T00:00:00.000+08:00')
  assert.equal(shanghai.dayOf(Date.UTC(2026, 10, 22, 16)), '2026-11-23')
  assert.equal(shanghai.addDays('2026-03-01', -1), '2026-02-28')
  assert.equal(shanghai.startOfDay('2026-13-01'), null)
  const berlin = clockIn('Europe/Berlin')
  const dayLength = (berlin.startOfDay('2026-10-26') ?? 0) - (berlin.startOfDay('2026-10-25') ?? 0)
  assert.equal(dayLength, 25 * 3_600_000)
})

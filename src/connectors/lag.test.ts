import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLagMeter } from './lag.ts'

test('of a hundred messages the slowest one shows in the longest, and the second slowest in the 99th', () => {
  const meter = createLagMeter()
  assert.equal(meter.figures(0), null)
  for (let i = 1; i <= 100; i++) {
    meter.heard(1_000, 1_000)
    meter.committed(1_000, 1_000 + (i === 100 ? 5_000 : i - 0.5))
  }
  assert.deepEqual(meter.figures(7_000), { p50: 50, p99: 99, max: 5_000, messages: 100 })
})

test('a PBX whose clock is wrong by an hour is no slower for it', () => {
  for (const wrongMs of [3_600_000, -3_600_000]) {
    const meter = createLagMeter()
    meter.heard(10_000_000 + wrongMs, 10_000_002)
    meter.heard(10_000_100 + wrongMs, 10_000_150)
    meter.committed(10_000_000 + wrongMs, 10_000_072)
    assert.equal(meter.figures(10_000_200)?.max, 70)
  }
})

test('what is long past counts no longer', () => {
  const meter = createLagMeter()
  meter.committed(0, 900)
  meter.committed(400_000, 400_010)
  assert.equal(meter.figures(400_010)?.max, 900)
  meter.committed(700_000, 700_020)
  assert.deepEqual(meter.figures(700_020), { p50: 11, p99: 20, max: 20, messages: 2 })
  assert.equal(meter.figures(2_000_000), null)
})

test('everything slower than the last class counts in it', () => {
  const meter = createLagMeter()
  meter.committed(0, 60_000)
  meter.committed(0, 50_000)
  assert.deepEqual(meter.figures(60_000), { p50: 11_000, p99: 11_000, max: 60_000, messages: 2 })
})

// A few seconds of the fuzzing with every run of the tests; `npm run fuzz` does a million of each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzAmi } from './ami-fuzz.ts'
import { fuzzCdr } from './cdr-fuzz.ts'
import { fuzzEsl } from './esl-fuzz.ts'
import { fuzzEvents } from './event-fuzz.ts'
import { fuzzSocket } from './socket-fuzz.ts'

const MEBIBYTE = 1024 * 1024

test('6,000 mutilated AMI frames: nothing throws, all is read or said to be unreadable, every call derives', () => {
  const { calls, unreadable, lateGrowthBytes } = fuzzAmi({ frames: 6_000, seed: 20_261_123 })
  assert.ok(calls > 100 && unreadable > 0, 'they were calls, and some frames were not')
  assert.ok(lateGrowthBytes < 32 * MEBIBYTE, `${lateGrowthBytes} bytes are kept`)
})

test('2,500 mutilated frames and documents of a FreeSWITCH: the same', () => {
  const { calls, unreadable, lateGrowthBytes } = fuzzEsl({ frames: 2_500, seed: 20_261_123 })
  assert.ok(calls > 20 && unreadable > 0)
  assert.ok(lateGrowthBytes < 32 * MEBIBYTE, `${lateGrowthBytes} bytes are kept`)
})

test('5,000 mutilated events in batches: each is taken, known already, or refused and counted', async () => {
  const { events, refused, lateGrowthBytes } = await fuzzEvents({ frames: 5_000, seed: 20_261_123 })
  assert.ok(events > 1_000 && refused > 20)
  assert.ok(lateGrowthBytes < 64 * MEBIBYTE, `${lateGrowthBytes} bytes are kept`)
})

test('a PBX that sends mutilated bytes on a real socket is listened to all the same', async () => {
  const { calls } = await fuzzSocket({ frames: 1_000, seed: 20_261_123 })
  assert.ok(calls > 0)
})

test('5,000 rows of mutilated CDR files: each is read or said to be unreadable, and every call derives', () => {
  const { calls, unreadable } = fuzzCdr({ frames: 5_000, seed: 20_261_123 })
  assert.ok(calls > 500 && unreadable > 0)
})

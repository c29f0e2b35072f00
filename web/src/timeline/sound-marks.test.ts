import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Talk, toSound } from '../recordings/peaks.ts'
import { soundMarks, talkShares } from './sound-marks.ts'

const talk: Talk = {
  customerChannel: 1,
  customerMs: 30_000,
  agentMs: 20_000,
  overlapMs: 5_000,
  silenceMs: 15_000,
  customer: [],
  agent: [],
  overlap: [
    [1_000, 1_200],
    [5_000, 9_800],
  ],
  silence: [
    [0, 2_000],
    [20_000, 33_000],
  ],
}
const recording = {
  durationMs: 60_000,
  pauses: [
    { fromMs: 15_000, toMs: 20_000 },
    { fromMs: 65_000, toMs: null },
  ],
  silenced: [{ fromMs: 100, toMs: 900, because: 'card' }],
}
const steps = [
  { type: 'held', offsetMs: 30_000, durationMs: 4_000 },
  { type: 'held', offsetMs: 2_000, durationMs: 9_000 },
  { type: 'resumed', offsetMs: 34_000, durationMs: null },
] as const

test('what is worth seeing is marked in the time of the recording, and cut to it', () => {
  assert.deepEqual(soundMarks({ recording, talk, steps, startMs: 10_000 }), [
    { kind: 'silence', fromMs: 20_000, toMs: 33_000 },
    { kind: 'silence', fromMs: 0, toMs: 2_000 },
    { kind: 'overlap', fromMs: 5_000, toMs: 9_800 },
    { kind: 'silenced', fromMs: 100, toMs: 900 },
    { kind: 'paused', fromMs: 5_000, toMs: 10_000 },
    { kind: 'paused', fromMs: 55_000, toMs: 60_000 },
    { kind: 'hold', fromMs: 20_000, toMs: 24_000 },
    { kind: 'hold', fromMs: 0, toMs: 1_000 },
  ])
})

test('where the place of the recording in the call is not known, only its own times are marked', () => {
  const kinds = soundMarks({ recording, talk: null, steps, startMs: null }).map(({ kind }) => kind)
  assert.deepEqual(kinds, ['silenced'])
})

test('shares are of the whole recording', () => {
  assert.deepEqual(talkShares(talk), { customer: 50, agent: 33, overlap: 8, silence: 25 })
  assert.deepEqual(talkShares({ customerMs: 0, agentMs: 0, overlapMs: 0, silenceMs: 0 }), {
    customer: 0,
    agent: 0,
    overlap: 0,
    silence: 0,
  })
})

test('the customer is drawn first, on whichever side the PBX recorded her', () => {
  const json = {
    channels: 2,
    sample_rate: 8_000,
    samples_per_pixel: 400,
    length: 2,
    data: [-64, 32, -1, 1, 0, 0, -128, 127],
  }
  const [left, right] = [
    [0.5, 0],
    [1 / 128, 1],
  ]
  assert.deepEqual(
    toSound({ ...json, talk: null }).channels.map((one) => [...one]),
    [left, right],
  )
  assert.deepEqual(
    toSound({ ...json, talk }).channels.map((one) => [...one]),
    [right, left],
  )
})

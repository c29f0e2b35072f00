import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallDetailJson, DetailRecordingJson } from '../../../src/calls/call-json.ts'
import { gapsBetween, inTracks, looseParts, soundParts } from './recording-place.ts'

const START = Date.parse('2026-11-23T10:00:00.000+08:00')
const iso = (second: number) => new Date(START + second * 1000).toISOString()

/** Of so many seconds, told at `told` to begin. */
function recording(seconds: number | null, told: number | null = 5, n = 1): DetailRecordingJson {
  const durationMs = seconds === null ? null : seconds * 1000
  const fromMs = told === null ? null : told * 1000
  const state = seconds === null ? 'recording' : 'available'
  return { n, state, durationMs, fromMs, playable: true } as DetailRecordingJson
}

/** A call of 40 s, answered at 20 s. */
function callWith(recordings: DetailRecordingJson[], more: Partial<CallDetailJson> = {}): CallDetailJson {
  const times = { startedAt: iso(0), answeredAt: iso(20), endedAt: iso(40), phase: null, steps: [] }
  return { ...times, recordings, ...more } as unknown as CallDetailJson
}

const placesOf = (call: CallDetailJson, lastedMs = 40_000) =>
  soundParts(call, lastedMs).map(({ fromMs, toMs, kind }) => `${kind} ${fromMs / 1000}–${toMs / 1000}`)

test('a recording that lasts as long as the talk begins with it', () => {
  assert.deepEqual(placesOf(callWith([recording(19.7)])), ['heard 20–39.7'])
})

test('one that lasts from where recording was told begins there', () => {
  assert.deepEqual(placesOf(callWith([recording(35.2)])), ['heard 5–40.2'])
})

test('one of the whole call begins with the call', () => {
  assert.deepEqual(placesOf(callWith([recording(40, null)])), ['heard 0–40'])
})

test('one that was stopped before the end began when it was told to', () => {
  assert.deepEqual(placesOf(callWith([recording(8, 12)])), ['heard 12–20'])
})

test('one of which nothing was told is as long as the talk with one of the agents', () => {
  const steps = [
    { type: 'agent-answered', offsetMs: 20_000, durationMs: 6_100 },
    { type: 'agent-answered', offsetMs: 28_000, durationMs: 12_000 },
  ] as CallDetailJson['steps']
  assert.deepEqual(placesOf(callWith([recording(6, null)], { steps })), ['heard 20–26'])
})

test('one that fits nowhere has no place, and is shown by itself', () => {
  const call = callWith([recording(12, null)])
  assert.deepEqual(placesOf(call), [])
  assert.deepEqual(
    looseParts(call).map(({ fromMs, toMs, isLoose }) => [fromMs, toMs, isLoose]),
    [[0, 12_000, true]],
  )
})

test('in a live call what is being recorded reaches to now, and what was stopped has its place', () => {
  const call = callWith([recording(3, 2), recording(null, 9, 2)], { endedAt: null, phase: 'talking' })
  assert.deepEqual(placesOf(call, 15_000), ['heard 2–5', 'running 9–15'])
})

test('what is gone keeps its place; what was never finished had none', () => {
  const gone = { ...recording(35), state: 'deleted' } as DetailRecordingJson
  assert.deepEqual(placesOf(callWith([gone, recording(null, 9, 2)])), ['gone 5–40'])
})

test('several recordings follow each other in one line; those that overlap lie below each other', () => {
  const call = callWith([recording(35, 5, 1), recording(4, 10, 2), recording(6, 20, 3)])
  const tracks = inTracks(soundParts(call, 40_000))
  assert.deepEqual(
    tracks.map((track) => track.map((part) => part.recording.n)),
    [[1], [2, 3]],
  )
})

test('where nothing was recorded there is a gap, but for the moments a recorder needs', () => {
  const call = callWith([recording(10, 5, 1), recording(12, 16, 2)])
  assert.deepEqual(gapsBetween(soundParts(call, 40_000), 40_000), [
    [0, 5_000],
    [28_000, 40_000],
  ])
})

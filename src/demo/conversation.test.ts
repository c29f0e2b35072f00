import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audioBytesOf, makeConversation, wavBytes, wavHeader } from './conversation.ts'
import { SAMPLE_RATE } from './voices.ts'

const WINDOW = SAMPLE_RATE / 10
const LOUD = 500

test('two voices are heard, one on each side', () => {
  const samples = makeConversation(30_000, 11)
  for (const channel of [0, 1]) {
    const windows = loudness(samples, channel)
    const speaking = windows.filter((rms) => rms > LOUD)
    assert.ok(speaking.length > windows.length * 0.2, `channel ${channel} speaks in ${speaking.length} windows`)
    assert.ok(Math.max(...windows) > 2_000)
  }
})

test('the voices take turns instead of talking at the same time', () => {
  const samples = makeConversation(60_000, 12)
  const customer = loudness(samples, 0)
  const agent = loudness(samples, 1)
  const both = customer.filter((rms, i) => rms > LOUD && (agent[i] ?? 0) > LOUD)
  assert.ok(both.length < customer.length * 0.05, `${both.length} of ${customer.length} windows`)
  const turns = customer.map((rms, i) => (rms > LOUD ? 'c' : (agent[i] ?? 0) > LOUD ? 'a' : '')).join('')
  assert.ok(turns.replace(/(.)\1+/g, '$1').length > 8, 'both spoke several times')
})

test('a pause is the hiss of a line and not digital silence', () => {
  const samples = makeConversation(10_000, 13)
  assert.ok(loudness(samples, 0).every((rms) => rms > 1))
})

test('the same seed makes the same conversation, another seed another one', () => {
  const audio = (seed: number) => audioBytesOf(makeConversation(5_000, seed))
  assert.ok(audio(1).equals(audio(1)))
  assert.ok(!audio(1).equals(audio(2)))
})

test('the WAV header tells the length of the talk', () => {
  const samples = makeConversation(2_500, 3)
  const file = Buffer.concat([wavHeader(samples.byteLength), audioBytesOf(samples)])
  assert.equal(file.byteLength, wavBytes(2_500))
  assert.equal(file.readUInt32LE(4), file.byteLength - 8)
  assert.equal(file.readUInt32LE(40) / file.readUInt32LE(28), 2.5)
})

function loudness(samples: Int16Array, channel: number): number[] {
  const windows: number[] = []
  for (let frame = 0; frame + WINDOW <= samples.length / 2; frame += WINDOW) {
    let energy = 0
    for (let i = 0; i < WINDOW; i++) energy += (samples[(frame + i) * 2 + channel] ?? 0) ** 2
    windows.push(Math.sqrt(energy / WINDOW))
  }
  return windows
}

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { speakPhrase, type Voice } from '../../demo/voices.ts'
import { walkWav } from '../wav.ts'
import { ALAW, ULAW } from './g711.ts'
import { coarser, type Peaks, readDat } from './peaks.ts'
import { pcm16Reader, silentByte } from './samples.ts'
import { listenToSound, readSound, type SoundFormat } from './sound.ts'
import type { Range, Talk } from './talk.ts'

const RATE = 8_000

/** Listens to audio cut into pieces of any length, as a disk or a bucket gives it. */
function hear(audio: Uint8Array, format: Omit<SoundFormat, 'dataBytes'>, pieceBytes = 10_007) {
  const listener = listenToSound({ ...format, dataBytes: audio.length })
  for (let at = 0; at < audio.length; at += pieceBytes) listener.add(audio.subarray(at, at + pieceBytes))
  const heard = readSound(listener.finish().file)
  assert(heard)
  return heard
}

function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
}

/** What the peaks are by their definition. */
function naivePeaks(samples: readonly number[], channels: number, perPoint: number): number[] {
  const points: number[] = []
  for (let first = 0; first < samples.length; first += perPoint * channels)
    for (let channel = 0; channel < channels; channel++) {
      const of = samples.slice(first, first + perPoint * channels).filter((_, i) => i % channels === channel)
      points.push(Math.min(...of) >> 8, Math.max(...of) >> 8)
    }
  return points
}

test('peaks are the lowest and highest of each stretch and channel, however the audio is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 2, maxLength: 6_000 }),
      fc.constantFrom(1, 2, 3),
      fc.integer({ min: 1, max: 5_000 }),
      (values, channels, pieceBytes) => {
        const whole = values.slice(0, Math.floor(values.length / channels) * channels)
        fc.pre(whole.length > 0)
        const format = { format: 1, bitsPerSample: 16, channels, sampleRate: RATE }
        const { peaks } = hear(bytesOf(Int16Array.from(whole)), format, pieceBytes)
        assert.equal(peaks.samplesPerPoint, 400)
        assert.deepEqual([...peaks.points], naivePeaks(whole, channels, 400))
      },
    ),
    { numRuns: 100 },
  )
})

test('fewer points hold the same lowest and highest', () => {
  const points = Int8Array.from({ length: 2 * 2 * 1_001 }, (_, i) => ((i * 37) % 200) - 100)
  const peaks: Peaks = { channels: 2, sampleRate: RATE, samplesPerPoint: 400, points }
  const fewer = coarser(peaks, 100)
  assert.equal(fewer.samplesPerPoint, 4_400)
  assert.equal(fewer.points.length / 4, 91)
  for (const side of [0, 1, 2, 3]) {
    const of = (all: Int8Array) => [...all].filter((_, i) => i % 4 === side)
    const extreme = side % 2 === 0 ? Math.min : Math.max
    assert.equal(extreme(...of(fewer.points)), extreme(...of(points)))
  }
  assert.equal(coarser(peaks, 5_000).points, points)
})

test('a day of sound does not grow without bound: points span more samples', () => {
  const listener = listenToSound({
    format: 7,
    bitsPerSample: 8,
    channels: 2,
    sampleRate: RATE,
    dataBytes: 86_400 * 16_000,
  })
  listener.add(new Uint8Array(1_000_000).fill(0xff))
  const heard = readSound(listener.finish().file)
  assert.equal(heard?.peaks.samplesPerPoint, 3_456)
})

test('every encoding is read as the samples it stands for', () => {
  const tone = Array.from({ length: 800 }, (_, i) => Math.round(Math.sin(i / 9) * 30_000))
  const write = (width: number, put: (target: Buffer, value: number, at: number) => void) => {
    const bytes = Buffer.alloc(tone.length * width)
    for (const [i, value] of tone.entries()) put(bytes, value, i * width)
    return bytes
  }
  const encodings: [format: number, bits: number, bytes: Buffer, off: number][] = [
    [1, 8, write(1, (to, value, at) => to.writeUInt8((value >> 8) + 128, at)), 255],
    [1, 16, write(2, (to, value, at) => to.writeInt16LE(value, at)), 0],
    [1, 24, write(3, (to, value, at) => to.writeIntLE(value * 256, at, 3)), 0],
    [1, 32, write(4, (to, value, at) => to.writeInt32LE(value * 65_536, at)), 0],
    [3, 32, write(4, (to, value, at) => to.writeFloatLE(value / 32_768, at)), 1],
    [3, 64, write(8, (to, value, at) => to.writeDoubleLE(value / 32_768, at)), 0],
  ]
  for (const [format, bitsPerSample, bytes, off] of encodings) {
    const samples = pcm16Reader({ format, bitsPerSample })(bytes)
    assert.equal(samples.length, tone.length)
    for (const [i, value] of tone.entries())
      assert.ok(
        Math.abs((samples[i] ?? 0) - value) <= off,
        `${format}/${bitsPerSample} at ${i}: ${samples[i]} for ${value}`,
      )
    assert.deepEqual(
      [...pcm16Reader({ format, bitsPerSample })(Buffer.alloc(24, silentByte({ format, bitsPerSample })))].filter(
        (s) => s !== 0,
      ),
      [],
    )
  }
  assert.throws(() => pcm16Reader({ format: 0x31, bitsPerSample: 0 }), RangeError)
})

test('G.711 codes stand for the samples of the standard', () => {
  // ITU-T G.711 tables 1a and 2a, from the 13- and 14-bit values to 16 bits.
  assert.deepEqual(
    [ALAW[0xd5], ALAW[0x55], ALAW[0xaa], ALAW[0x2a], ALAW[0x80], ALAW[0x81]],
    [8, -8, 32_256, -32_256, 5_504, 5_248],
  )
  assert.deepEqual([ULAW[0xff], ULAW[0x7f], ULAW[0x80], ULAW[0x00], ULAW[0xf0]], [0, 0, 32_124, -32_124, 120])
  assert.equal(new Set(ALAW).size, 256)
  assert.equal(silentByte({ format: 6, bitsPerSample: 8 }), 0xd5)
  assert.equal(silentByte({ format: 7, bitsPerSample: 8 }), 0xff)
})

const customer: Voice = { pitchHz: 110, formantScale: 0.98, syllablesPerSecond: 4.4, seed: 7 }
const agent: Voice = { pitchHz: 215, formantScale: 1.15, syllablesPerSecond: 4.9, seed: 8 }

/** Two voices over the hiss of a line, at known times; `phrases`: channel, start in seconds, which words. */
function conversation(seconds: number, phrases: [channel: 0 | 1, at: number, n: number][], hiss = 20) {
  const samples = new Int16Array(seconds * RATE * 2)
  let noise = 1
  for (let i = 0; i < samples.length; i++) {
    noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff
    samples[i] = ((noise >> 16) % (2 * hiss + 1)) - hiss
  }
  const truth: [Range[], Range[]] = [[], []]
  for (const [channel, at, n] of phrases) {
    const words = speakPhrase(channel === 0 ? customer : agent, n)
    const first = Math.round(at * RATE)
    for (const [i, value] of words.entries()) {
      const to = (first + i) * 2 + channel
      if (to < samples.length) samples[to] = Math.max(-32_768, Math.min(32_767, (samples[to] ?? 0) + value))
    }
    truth[channel].push([at * 1000, at * 1000 + (words.length / RATE) * 1000])
  }
  return { samples, truth }
}

function heardIn(samples: Int16Array): Talk {
  const { talk } = hear(bytesOf(samples), { format: 1, bitsPerSample: 16, channels: 2, sampleRate: RATE })
  assert(talk)
  return talk
}

/** Of all 10 ms, the share in which both agree whether somebody talks. */
function agreement(heard: readonly Range[], truth: readonly Range[], seconds: number): number {
  const at = (ranges: readonly Range[], ms: number) => ranges.some(([from, to]) => from <= ms && ms < to)
  let same = 0
  for (let ms = 5; ms < seconds * 1000; ms += 10) if (at(heard, ms) === at(truth, ms)) same++
  return same / (seconds * 100)
}

for (const hiss of [0, 20, 150])
  test(`two voices are heard when they talk, over ${hiss === 0 ? 'a silent' : hiss < 100 ? 'a usual' : 'a noisy'} line`, () => {
    const { samples, truth } = conversation(
      40,
      [
        [1, 0.5, 0],
        [0, 5, 1],
        [1, 11, 2],
        [0, 16, 3],
        [1, 17, 4],
        [0, 30, 5],
      ],
      hiss,
    )
    const talk = heardIn(samples)
    for (const channel of [0, 1] as const) {
      const share = agreement(talk.channels[channel].ranges, truth[channel], 40)
      assert.ok(
        share > 0.95,
        `channel ${channel}: ${(share * 100).toFixed(1)} % right: ${JSON.stringify(talk.channels[channel].ranges)} ${JSON.stringify(truth[channel])}`,
      )
    }
    assert.ok(talk.overlap.talkMs > 0, 'both talked at 17 s')
    assert.ok(talk.overlap.ranges.every(([from, to]) => from >= 16_000 && to <= 22_000))
    assert.ok(talk.silence.ranges.some(([from, to]) => to - from > 5_000 && from > 18_000 && to <= 30_100))
    const [a, b] = talk.channels
    assert.equal(a.talkMs + b.talkMs - talk.overlap.talkMs + talk.silence.talkMs, 40_000)
  })

test('a line without a word is silence, and a click is no word', () => {
  const { samples } = conversation(20, [])
  for (let i = 0; i < 300; i++) samples[2 * (8 * RATE + i)] = i % 2 === 0 ? 20_000 : -20_000
  const talk = heardIn(samples)
  assert.deepEqual(talk.channels, [
    { talkMs: 0, ranges: [] },
    { talkMs: 0, ranges: [] },
  ])
  assert.deepEqual(talk.silence, { talkMs: 20_000, ranges: [[0, 20_000]] })
})

test('the echo of one party in the other channel is not the other party', () => {
  const { samples, truth } = conversation(20, [
    [0, 1, 1],
    [0, 8, 2],
  ])
  for (let i = 0; i < samples.length; i += 2)
    samples[i + 1] = (samples[i + 1] ?? 0) + Math.round((samples[i] ?? 0) / 30)
  const talk = heardIn(samples)
  assert.ok(talk.channels[1].talkMs < 300, `${talk.channels[1].talkMs} ms`)
  assert.ok(agreement(talk.channels[0].ranges, truth[0], 20) > 0.95)
})

test('a call of many short words keeps its times and a bounded list', () => {
  const samples = new Int16Array(2_000 * RATE * 2)
  for (let word = 0; word < 1_900; word++)
    for (let i = 0; i < RATE * (0.3 + (word % 7) / 20); i++)
      samples[2 * (word * RATE + i)] = i % 2 === 0 ? 9_000 : -9_000
  const talk = heardIn(samples)
  const [party] = talk.channels
  assert.ok(party.ranges.length <= 1_000 && party.ranges.length > 500, `${party.ranges.length} ranges`)
  const spoken = Array.from({ length: 1_900 }, (_, word) => 300 + (word % 7) * 50).reduce((a, b) => a + b)
  assert.ok(Math.abs(party.talkMs - spoken) < 1_900 * 20, `${party.talkMs} of ${spoken}`)
  assert.ok(talk.silence.ranges.length <= 1_000)
})

test('the stereo recording of a real Asterisk has somebody on both sides', () => {
  const file = readFileSync(new URL('../../../test/recordings/1795398725.18-stereo.wav', import.meta.url))
  const layout = walkWav(file, file.length)
  assert('dataOffset' in layout)
  const { peaks, talk } = hear(file.subarray(layout.dataOffset), layout)
  assert.equal(peaks.points.length / 4, Math.ceil(layout.frames / 400))
  assert(talk)
  const [left, right] = talk.channels
  assert.ok(left.talkMs > 3_000 && right.talkMs > 3_900, `${left.talkMs} and ${right.talkMs} ms`)
})

test('what is no .peaks file is not read as one', () => {
  assert.equal(readSound(new Uint8Array(3)), null)
  assert.equal(readSound(new Uint8Array(500).fill(7)), null)
  const { file } = listenToSound({ format: 1, bitsPerSample: 16, channels: 2, sampleRate: RATE, dataBytes: 0 }).finish()
  assert.ok(readSound(file)?.talk)
  assert.equal(readSound(file.subarray(0, file.length - 1)), null)
  assert.equal(readDat(file.subarray(0, 20)), null)
})

// Two synthetic voices talking with each other, as a stereo WAV: the customer on the left, the agent on the right, one
// after the other with short pauses, over the hiss of a line. Phrases are made once per voice and used again, so that an
// hour of talk costs little more than copying.
import { type Random, randomFrom } from './random.ts'
import { SAMPLE_RATE, speakPhrase, type Voice } from './voices.ts'

const CHANNELS = 2
const BYTES_PER_FRAME = CHANNELS * 2
export const WAV_HEADER_BYTES = 44
const PHRASES_PER_VOICE = 10
const VOICES = 6
const HISS = 14

const customers = makeVoices(1_000, [108, 205, 128, 232, 96, 188], 1)
const agents = makeVoices(2_000, [218, 122, 196, 240, 138, 172], 1.06)
const phrases = new Map<string, Int16Array>()

function makeVoices(seed: number, pitches: readonly number[], formantScale: number): Voice[] {
  return pitches.map((pitchHz, i) => ({
    pitchHz,
    formantScale: formantScale * (pitchHz > 160 ? 1.12 : 0.98),
    syllablesPerSecond: 4.2 + (i % 3) * 0.5,
    seed: seed + i,
  }))
}

/** Samples of both channels, interleaved: left customer, right agent. `seed` chooses voices and words. */
export function makeConversation(durationMs: number, seed: number): Int16Array {
  const random = randomFrom(seed)
  const frames = Math.round((durationMs * SAMPLE_RATE) / 1000)
  const samples = new Int16Array(frames * CHANNELS)
  addHiss(samples, random)
  const speakers = [random.whole(0, VOICES - 1), random.whole(0, VOICES - 1)] as const
  // The agent answers: she speaks first.
  let channel: 0 | 1 = 1
  let at = Math.round(SAMPLE_RATE * random.between(0.2, 0.6))
  while (at < frames) {
    const turn = random.whole(1, 3)
    for (let i = 0; i < turn && at < frames; i++) {
      const phrase = phraseOf(channel, speakers[channel], random.whole(0, PHRASES_PER_VOICE - 1))
      mix(samples, phrase, at, channel)
      at += phrase.length + Math.round(SAMPLE_RATE * random.between(0.12, 0.45))
    }
    at += Math.round(SAMPLE_RATE * random.between(0.1, 0.6))
    channel = channel === 0 ? 1 : 0
  }
  return samples
}

function phraseOf(channel: 0 | 1, speaker: number, n: number): Int16Array {
  const name = `${channel}/${speaker}/${n}`
  let phrase = phrases.get(name)
  if (!phrase) {
    const voice = (channel === 0 ? customers : agents)[speaker]
    if (!voice) throw new RangeError(`there is no voice ${name}`)
    phrase = speakPhrase(voice, n)
    phrases.set(name, phrase)
  }
  return phrase
}

function addHiss(samples: Int16Array, random: Random): void {
  let noise = random.whole(1, 0x7fffffff)
  for (let i = 0; i < samples.length; i++) {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) & 0x7fffffff
    samples[i] = ((noise >> 16) % (2 * HISS + 1)) - HISS
  }
}

function mix(samples: Int16Array, phrase: Int16Array, at: number, channel: 0 | 1): void {
  const frames = Math.min(phrase.length, samples.length / CHANNELS - at)
  for (let i = 0; i < frames; i++) {
    const j = (at + i) * CHANNELS + channel
    samples[j] = (samples[j] ?? 0) + (phrase[i] ?? 0)
  }
}

/** A WAV header; `audioBytes` 0 is what Asterisk leaves there until the file is finished. */
export function wavHeader(audioBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(audioBytes === 0 ? 0 : audioBytes + WAV_HEADER_BYTES - 8, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(CHANNELS, 22)
  header.writeUInt32LE(SAMPLE_RATE, 24)
  header.writeUInt32LE(SAMPLE_RATE * BYTES_PER_FRAME, 28)
  header.writeUInt16LE(BYTES_PER_FRAME, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(audioBytes, 40)
  return header
}

/** The samples as they lie in a file; this machine and WAV are both little-endian. */
export function audioBytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
}

/** How many bytes a conversation of this length takes, header included. */
export function wavBytes(durationMs: number): number {
  return WAV_HEADER_BYTES + Math.round((durationMs * SAMPLE_RATE) / 1000) * BYTES_PER_FRAME
}

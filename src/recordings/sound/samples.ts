// Plain audio of every encoding as 16-bit samples, and what silence is in each. Pure; the peaks, the joining of two
// directions and the silencing of a range read audio through it. Wide samples lose what is below 16 bits.
import { ALAW, ALAW_SILENCE, ULAW, ULAW_SILENCE } from './g711.ts'

/** How the samples of a recording are written; a part of WavFormat and of RecordingRow. */
export interface Encoding {
  /** WAVE format tag: 1 PCM, 3 float, 6 A-law, 7 µ-law. */
  format: number
  bitsPerSample: number
}

/** Whole samples (channels interleaved) → as many 16-bit ones. The result is overwritten by the next call. */
export type ToPcm16 = (bytes: Uint8Array) => Int16Array

/** A reader of this encoding. @throws RangeError for compressed audio, which is no samples. */
export function pcm16Reader({ format, bitsPerSample }: Encoding): ToPcm16 {
  const read = READERS.get(`${format}/${bitsPerSample}`)
  if (!read) throw new RangeError(`audio of WAVE format ${format} with ${bitsPerSample} bits is no samples`)
  const width = bitsPerSample / 8
  let samples = new Int16Array(0)
  return (bytes) => {
    const count = Math.floor(bytes.length / width)
    if (samples.length < count) samples = new Int16Array(count)
    const filled = samples.subarray(0, count)
    read(bytes, filled)
    return filled
  }
}

/** The byte that fills a range of this encoding with silence. */
export function silentByte({ format, bitsPerSample }: Encoding): number {
  if (format === 6) return ALAW_SILENCE
  if (format === 7) return ULAW_SILENCE
  return format === 1 && bitsPerSample === 8 ? 0x80 : 0
}

type Read = (bytes: Uint8Array, samples: Int16Array) => void

const READERS = new Map<string, Read>([
  ['1/8', (bytes, samples) => each(samples, (i) => ((bytes[i] ?? 0x80) - 0x80) << 8)],
  ['1/16', readPcm16],
  ['1/24', (bytes, samples) => each(samples, (i) => topOf(bytes, 3 * i + 1))],
  ['1/32', (bytes, samples) => each(samples, (i) => topOf(bytes, 4 * i + 2))],
  ['3/32', (bytes, samples) => readFloats(bytes, samples, 4)],
  ['3/64', (bytes, samples) => readFloats(bytes, samples, 8)],
  ['6/8', (bytes, samples) => each(samples, (i) => ALAW[bytes[i] ?? ALAW_SILENCE] ?? 0)],
  ['7/8', (bytes, samples) => each(samples, (i) => ULAW[bytes[i] ?? ULAW_SILENCE] ?? 0)],
])

function each(samples: Int16Array, sampleAt: (i: number) => number): void {
  for (let i = 0; i < samples.length; i++) samples[i] = sampleAt(i)
}

/** The upper 16 bits of a little-endian sample. */
function topOf(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

function readPcm16(bytes: Uint8Array, samples: Int16Array): void {
  if (isLittleEndian)
    new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength).set(bytes.subarray(0, samples.byteLength))
  else each(samples, (i) => topOf(bytes, 2 * i))
}

function readFloats(bytes: Uint8Array, samples: Int16Array, width: 4 | 8): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  each(samples, (i) => {
    const value = width === 4 ? view.getFloat32(i * width, true) : view.getFloat64(i * width, true)
    // NaN becomes silence.
    return Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768) || 0))
  })
}

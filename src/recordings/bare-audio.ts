// Audio files without a header, whose encoding only their name (or the type of an upload) tells: what Asterisk and FreeSWITCH
// write for `alaw`, `ulaw`, `sln…`, `gsm` and `g722`. Pure; called by watched folders and uploads. Samples and G.711 are stored
// as they come and handed out with a header in front, by arithmetic; GSM and G.722 are decoded when they come in.
import type { WavLayout } from './wav.ts'

/** How the bytes of such a file are to be read. */
export interface BareEncoding {
  format: number
  channels: number
  sampleRate: number
  bitsPerSample: number
  blockAlign: number
  framesPerBlock: number
  compressed: boolean
}

const ALAW = samples(6, 8, 8_000, 1)
const ULAW = samples(7, 8, 8_000, 1)
/**
 * Extension (lower case) → encoding. Asterisk 22 formats/format_*.c; FreeSWITCH's native files are named after the codec.
 * Not `pcm`: µ-law to Asterisk, 16-bit samples to everybody else.
 */
const BY_EXTENSION = new Map<string, BareEncoding>([
  ...['alaw', 'al', 'alw', 'pcma'].map((name) => [name, ALAW] as const),
  ...['ulaw', 'ul', 'ulw', 'mu', 'mulaw', 'pcmu'].map((name) => [name, ULAW] as const),
  ...[8, 12, 16, 24, 32, 48, 96, 192].map((kHz) => [`sln${kHz}`, samples(1, 16, kHz * 1_000, 1)] as const),
  ...['sln', 'slin'].map((name) => [name, samples(1, 16, 8_000, 1)] as const),
  ['sln44', samples(1, 16, 44_100, 1)],
  // What MixMonitor's option D writes (and it insists on this extension): both directions, a sample of each in turn.
  ['raw', samples(1, 16, 8_000, 2)],
  ['gsm', coded(0x31, { blockAlign: 33, framesPerBlock: 160, sampleRate: 8_000 })],
  ['g722', coded(0x28f, { blockAlign: 1, framesPerBlock: 2, sampleRate: 16_000 })],
])

/** The encoding of a file without header by its name; null: no such file (a .wav tells by itself). */
export function bareEncoding(name: string): BareEncoding | null {
  return BY_EXTENSION.get(extensionOf(name)) ?? null
}

/** Can a file of this name be a recording? A WAV, also as Asterisk names those of 16 kHz and of GSM, or one without a header. */
export function isAudioName(name: string): boolean {
  return ['wav', 'wav16', 'wav49'].includes(extensionOf(name)) || bareEncoding(name) !== null
}

/** Media type (lower case) of headerless audio → encoding; RFC 2046 §4.3 (basic), RFC 3551 §4.5. null: another type. */
export function bareEncodingOfType(type: string): BareEncoding | null {
  const name = /^audio\/(basic|pcma|pcmu|gsm|g722)$/.exec(type)?.[1]
  return name === undefined ? null : (BY_EXTENSION.get(name === 'basic' ? 'pcmu' : name) ?? null)
}

function extensionOf(name: string): string {
  return /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** All of the file is audio, in whole blocks. Nothing in it says that the recorder has finished. */
export function bareLayout(encoding: BareEncoding, fileBytes: number): WavLayout {
  const { blockAlign, framesPerBlock, sampleRate } = encoding
  const blocks = Math.floor(fileBytes / blockAlign)
  const frames = blocks * framesPerBlock
  const durationMs = Math.round((frames / sampleRate) * 1000)
  return {
    ...encoding,
    dataOffset: 0,
    dataBytes: blocks * blockAlign,
    frames,
    durationMs,
    headerSound: false,
    finished: false,
  }
}

/** The layout of a stored one, from its row. */
export function bareLayoutOf(row: { format: number; sizeBytes: number }): WavLayout {
  const encoding = [...BY_EXTENSION.values()].find((one) => one.compressed && one.format === row.format)
  if (!encoding) throw new RangeError(`WAVE format ${row.format} does not come without a header`)
  return bareLayout(encoding, row.sizeBytes)
}

function samples(format: number, bitsPerSample: number, sampleRate: number, channels: number): BareEncoding {
  const blockAlign = (channels * bitsPerSample) / 8
  return { format, channels, sampleRate, bitsPerSample, blockAlign, framesPerBlock: 1, compressed: false }
}

function coded(
  format: number,
  block: { blockAlign: number; framesPerBlock: number; sampleRate: number },
): BareEncoding {
  return { format, channels: 1, bitsPerSample: 0, compressed: true, ...block }
}

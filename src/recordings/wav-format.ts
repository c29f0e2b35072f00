// The `fmt ` chunk: which encodings a WAV may have, how long a block of each is, and what the others are called, so that
// a refusal names what came. Format tags: RFC 2361 and Microsoft's mmreg.h. G.711 and PCM are plain: every block is one
// sample of each channel, and every browser plays them. The others are compressed: they become PCM once (sound/decode-with-ffmpeg.ts).

export interface WavFormat {
  /** WAVE format tag; of WAVE_FORMAT_EXTENSIBLE the one inside. */
  format: number
  channels: number
  sampleRate: number
  bitsPerSample: number
  /** Bytes of one block: of one sample of all channels where the audio is plain, of `framesPerBlock` samples where it is compressed. */
  blockAlign: number
  /** Samples of each channel in one block; 1 where the audio is plain. May have a fraction, or be 0: not known (MP3). */
  framesPerBlock: number
  /** Not samples, but code that makes samples: nothing in here can be cut or played by arithmetic. */
  compressed: boolean
  /** The chunk's own block alignment is the one the other fields give. */
  consistent: boolean
}

const EXTENSIBLE = 0xfffe
/** The last 14 bytes of KSDATAFORMAT_SUBTYPE_*: what says that the first two are a format tag. */
const SUBTYPE_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]

/** Format tag → allowed bits per sample. */
const TAKEN = new Map<number, readonly number[]>([
  [1, [8, 16, 24, 32]],
  [3, [32, 64]],
  [6, [8]],
  [7, [8]],
])

/** Format tag → bytes and samples of a block, from the chunk's fields; null: they make no sense. */
const COMPRESSED = new Map<number, (chunk: CompressedFields) => Block | null>([
  // Microsoft ADPCM: a head of 7 bytes a channel holds two samples, then two a byte.
  [0x02, ({ align, channels, perBlock }) => blockOf(align, perBlock ?? ((align - 7 * channels) * 2) / channels + 2)],
  // IMA ADPCM: a head of 4 bytes a channel holds one sample, then two a byte.
  [0x11, ({ align, channels, perBlock }) => blockOf(align, perBlock ?? ((align - 4 * channels) * 2) / channels + 1)],
  // GSM 6.10 as in wav49: two frames of 160 samples packed into 65 bytes, whatever the chunk says.
  [0x31, () => blockOf(65, 320)],
  // G.726: 2 to 5 bits a sample; eight samples are a whole number of bytes.
  [0x45, ({ bits, channels }) => (bits >= 2 && bits <= 5 ? blockOf(bits * channels, 8) : null)],
  [0x64, ({ bits, channels }) => (bits >= 2 && bits <= 5 ? blockOf(bits * channels, 8) : null)],
  // MP3: of any length, so by bytes a second; where the chunk does not say that, only `fact` and decoding tell the length.
  [
    0x55,
    ({ rate, bytesPerSecond }) => ({ blockAlign: 1, framesPerBlock: bytesPerSecond > 0 ? rate / bytesPerSecond : 0 }),
  ],
  // G.722: 64 kbit/s, 16 kHz (some writers say 8000).
  [0x65, ({ rate, channels }) => blockOf(channels, rate / 8_000)],
  [0x28f, ({ rate, channels }) => blockOf(channels, rate / 8_000)],
])

interface CompressedFields {
  channels: number
  rate: number
  align: number
  bits: number
  bytesPerSecond: number
  /** What the chunk says about the samples of a block. */
  perBlock: number | null
}

interface Block {
  blockAlign: number
  framesPerBlock: number
}

function blockOf(blockAlign: number, framesPerBlock: number): Block | null {
  return blockAlign > 0 && framesPerBlock > 0 && Number.isFinite(framesPerBlock) ? { blockAlign, framesPerBlock } : null
}

const NAMES = new Map<number, string>([
  [0x0001, 'PCM'],
  [0x0002, 'Microsoft ADPCM'],
  [0x0003, 'float'],
  [0x0006, 'A-law'],
  [0x0007, 'µ-law'],
  [0x0011, 'IMA ADPCM'],
  [0x0031, 'GSM 6.10'],
  [0x0042, 'G.723.1'],
  [0x0045, 'G.726'],
  [0x0050, 'MPEG'],
  [0x0055, 'MP3'],
  [0x0064, 'G.726'],
  [0x0065, 'G.722'],
  [0x0083, 'G.729'],
  [0x00ff, 'AAC'],
  [0x028f, 'G.722'],
])

const MAX_CHANNELS = 64
const MAX_SAMPLE_RATE = 768_000

/** Reads a `fmt ` chunk's body, or says in a sentence why this audio is not taken in. */
export function readFormat(chunk: Uint8Array): WavFormat | { problem: string } {
  if (chunk.length < 16) return { problem: 'its fmt chunk is too short' }
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  let format = view.getUint16(0, true)
  const channels = view.getUint16(2, true)
  const sampleRate = view.getUint32(4, true)
  const declaredAlign = view.getUint16(12, true)
  const bitsPerSample = view.getUint16(14, true)
  if (format === EXTENSIBLE) {
    if (chunk.length < 40) return { problem: 'its extensible fmt chunk is too short' }
    if (!SUBTYPE_TAIL.every((byte, i) => chunk[26 + i] === byte)) return { problem: 'its sub-format is not known' }
    format = view.getUint16(24, true)
  }
  if (channels === 0 || channels > MAX_CHANNELS) return { problem: `it claims ${channels} channels` }
  if (sampleRate === 0 || sampleRate > MAX_SAMPLE_RATE) return { problem: `it claims ${sampleRate} samples a second` }
  const said = { format, channels, sampleRate, bitsPerSample }
  const compressed = COMPRESSED.get(format)
  if (compressed) {
    const perBlock = chunk.length >= 20 && view.getUint16(16, true) >= 2 ? view.getUint16(18, true) || null : null
    const bytesPerSecond = view.getUint32(8, true)
    const block = compressed({
      channels,
      rate: sampleRate,
      align: declaredAlign,
      bits: bitsPerSample,
      bytesPerSecond,
      perBlock,
    })
    if (!block) return { problem: `its ${formatName(format)} has blocks of no sensible length` }
    return { ...said, ...block, compressed: true, consistent: true }
  }
  const bits = TAKEN.get(format)
  if (!bits) return { problem: `its audio is ${formatName(format)}, which is not known` }
  if (!bits.includes(bitsPerSample))
    return { problem: `its audio is ${formatName(format)} of ${bitsPerSample} bits, which is not known` }
  const blockAlign = channels * (bitsPerSample / 8)
  return { ...said, blockAlign, framesPerBlock: 1, compressed: false, consistent: declaredAlign === blockAlign }
}

/** What people call a format tag. */
export function formatName(format: number): string {
  const hex = `0x${format.toString(16).padStart(4, '0')}`
  const name = NAMES.get(format)
  return name ? `${name} (WAVE format ${hex})` : `WAVE format ${hex}`
}

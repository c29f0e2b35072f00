// WAV files of every kind a PBX or a recorder of calls may write, made by sox, by ffmpeg and by hand, each with the length
// its maker gave it. Used by wav-corpus.test.ts; nothing of it lies in the repository.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chunk, ds64, tone, wavFile } from '../support/wav-files.ts'

export interface CorpusFile {
  name: string
  bytes: Buffer
  /** What its maker put in. */
  durationMs: number
  /** Cannot be played before it is decoded. */
  compressed: boolean
}

const run = promisify(execFile)
const SECONDS = 2.37

interface Recipe {
  name: string
  program: 'sox' | 'ffmpeg'
  /** How the sound is written: arguments between source and file. */
  as: string
  rate?: number
  channels?: number
  compressed?: boolean
  /** Samples that the encoder adds by itself (its delay is part of the stream). */
  addedFrames?: number
  /** The encoder fills its last block with silence: of so many samples. */
  block?: number
}

const sox = (name: string, as: string, more: Partial<Recipe> = {}): Recipe => ({ name, program: 'sox', as, ...more })
const ffmpeg = (name: string, as: string, more: Partial<Recipe> = {}): Recipe => ({
  name,
  program: 'ffmpeg',
  as,
  ...more,
})

const RECIPES: readonly Recipe[] = [
  sox('sox-pcm8', '-b 8 -e unsigned-integer'),
  sox('sox-pcm16', '-b 16'),
  sox('sox-pcm16-stereo', '-b 16', { channels: 2 }),
  sox('sox-pcm16-16k', '-b 16', { rate: 16_000 }),
  sox('sox-pcm16-44k1-stereo', '-b 16', { rate: 44_100, channels: 2 }),
  sox('sox-pcm24', '-b 24'),
  sox('sox-pcm24-48k-stereo', '-b 24', { rate: 48_000, channels: 2 }),
  sox('sox-pcm32', '-b 32 -e signed-integer'),
  sox('sox-float32', '-b 32 -e floating-point'),
  sox('sox-float64', '-b 64 -e floating-point'),
  sox('sox-alaw', '-b 8 -e a-law'),
  sox('sox-alaw-stereo', '-b 8 -e a-law', { channels: 2 }),
  sox('sox-ulaw', '-b 8 -e u-law'),
  sox('sox-ulaw-stereo', '-b 8 -e u-law', { channels: 2 }),
  sox('sox-gsm', '-e gsm-full-rate', { compressed: true }),
  sox('sox-ima-adpcm', '-e ima-adpcm', { compressed: true }),
  sox('sox-ima-adpcm-stereo', '-e ima-adpcm', { compressed: true, channels: 2 }),
  sox('sox-ms-adpcm', '-e ms-adpcm', { compressed: true }),
  sox('sox-ms-adpcm-stereo', '-e ms-adpcm', { compressed: true, channels: 2 }),
  ffmpeg('ffmpeg-pcm8', '-c:a pcm_u8'),
  ffmpeg('ffmpeg-pcm8-stereo', '-c:a pcm_u8', { channels: 2 }),
  ffmpeg('ffmpeg-pcm16-list-first', '-c:a pcm_s16le -metadata title=call -metadata artist=pbx'),
  ffmpeg('ffmpeg-pcm16-bitexact', '-c:a pcm_s16le -bitexact'),
  ffmpeg('ffmpeg-pcm16-bext', '-c:a pcm_s16le -write_bext 1 -metadata description=call'),
  ffmpeg('ffmpeg-pcm16-rf64', '-c:a pcm_s16le -rf64 always'),
  ffmpeg('ffmpeg-pcm16-rf64-stereo', '-c:a pcm_s16le -rf64 always', { channels: 2 }),
  ffmpeg('ffmpeg-pcm24-extensible', '-c:a pcm_s24le', { rate: 48_000 }),
  ffmpeg('ffmpeg-pcm32-extensible', '-c:a pcm_s32le', { channels: 2 }),
  ffmpeg('ffmpeg-float32', '-c:a pcm_f32le', { channels: 2 }),
  ffmpeg('ffmpeg-float64', '-c:a pcm_f64le'),
  ffmpeg('ffmpeg-alaw', '-c:a pcm_alaw'),
  ffmpeg('ffmpeg-alaw-16k-stereo', '-c:a pcm_alaw', { rate: 16_000, channels: 2 }),
  ffmpeg('ffmpeg-ulaw', '-c:a pcm_mulaw'),
  ffmpeg('ffmpeg-gsm', '-c:a libgsm_ms', { compressed: true, block: 320 }),
  ffmpeg('ffmpeg-ima-adpcm', '-c:a adpcm_ima_wav', { compressed: true, block: 2_041 }),
  ffmpeg('ffmpeg-ms-adpcm', '-c:a adpcm_ms', { compressed: true, block: 2_036 }),
  ffmpeg('ffmpeg-g722', '-c:a g722', { compressed: true, rate: 16_000 }),
  ffmpeg('ffmpeg-g726', '-c:a g726 -b:a 32k', { compressed: true }),
  ffmpeg('ffmpeg-mp3', '-c:a libmp3lame -b:a 32k', { compressed: true, addedFrames: 1_105 }),
]

/** Everything; resolves when all files are made. @throws Error with what sox or ffmpeg said. */
export async function makeCorpus(): Promise<CorpusFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-corpus-'))
  try {
    const made: CorpusFile[] = []
    const waiting = [...RECIPES]
    const cook = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) made.push(await makeOne(folder, next))
    }
    await Promise.all([cook(), cook(), cook()])
    return [...made, ...handmade(), ...damaged(made)]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeOne(folder: string, recipe: Recipe): Promise<CorpusFile> {
  const { name, program, as, rate = 8_000, channels = 1, compressed = false, addedFrames = 0, block = 1 } = recipe
  const path = join(folder, `${name}.wav`)
  const words = as.split(' ')
  if (program === 'sox') {
    const sound = ['synth', String(SECONDS), 'sine', '300-1900', 'gain', '-9']
    await run('sox', ['-R', '-n', '-r', String(rate), '-c', String(channels), ...words, path, ...sound])
  } else {
    const source = `aevalsrc=0.4*sin(2*PI*(300+200*t)*t):d=${SECONDS}:s=${rate}`
    await run('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-f',
      'lavfi',
      '-i',
      source,
      '-ac',
      String(channels),
      ...words,
      path,
    ])
  }
  const frames = Math.ceil(Math.round(SECONDS * rate + addedFrames) / block) * block
  return { name, bytes: await readFile(path), durationMs: (frames / rate) * 1000, compressed }
}

/** Put together chunk by chunk: what no encoder writes any more, and what recorders write while they are at it. */
function handmade(): CorpusFile[] {
  const audio = tone(2 * 16_000)
  const list = chunk('LIST', Buffer.from('INFOISFT\x05\0\0\0sox\0\0\0'))
  const odd = chunk('junk', Buffer.alloc(33, 65))
  const stereo = { channels: 2, bitsPerSample: 8, format: 6, audio: swinging(2 * 16_000) }
  const files: Record<string, Buffer> = {
    'hand-plain': wavFile({ audio }),
    'hand-list-first': wavFile({ audio, first: [list] }),
    'hand-odd-chunk-between': wavFile({ audio, between: [odd] }),
    'hand-chunks-after': wavFile({ audio, last: [list, odd] }),
    'hand-long-chunk-after': wavFile({ audio, last: [chunk('LIST', Buffer.alloc(20_000, 67))] }),
    'hand-extensible-16': wavFile({ audio, extensible: true }),
    'hand-extensible-alaw-stereo': wavFile({ ...stereo, extensible: true }),
    'hand-sixty-chunks': wavFile({ audio, first: Array.from({ length: 60 }, () => chunk('JUNK', Buffer.alloc(8))) }),
    'hand-audio-at-60k': wavFile({ audio, first: [chunk('JUNK', Buffer.alloc(60_000))] }),
    'hand-format-last': formatLast(audio),
    'hand-size-zero': wavFile({ audio, claims: 0, riffClaims: 8 }),
    'hand-size-unknown': wavFile({ audio, claims: 0xffffffff, riffClaims: 0xffffffff }),
    'hand-size-sox-pipe': wavFile({ audio, claims: 0x7fffffff, riffClaims: 0x80000023 }),
    'hand-size-too-large': wavFile({ audio, claims: audio.length + 2 }),
    'hand-size-stale': wavFile({ audio, claims: 16_000 }),
    'hand-riff-zero': wavFile({ audio, riffClaims: 0 }),
    'hand-riff-short': wavFile({ audio, riffClaims: 100 }),
    'hand-litter-after': Buffer.concat([wavFile({ audio }), Buffer.alloc(128, 0xaa)]),
    'hand-half-sample': Buffer.concat([wavFile({ audio, claims: audio.length + 1 }), Buffer.alloc(1)]),
    'hand-wrong-block': wavFile({ audio, blockAlign: 4 }),
    'hand-alaw-zero': wavFile({ ...stereo, claims: 0 }),
    'hand-rf64': wavFile({
      outer: 'RF64',
      riffClaims: 0xffffffff,
      claims: 0xffffffff,
      audio,
      first: [ds64(32_072, 32_000)],
    }),
    'hand-bw64': wavFile({
      outer: 'BW64',
      riffClaims: 0xffffffff,
      claims: 0xffffffff,
      audio,
      first: [ds64(32_072, 32_000)],
    }),
    'hand-rf64-unfinished': wavFile({ outer: 'RF64', claims: 0xffffffff, audio, first: [ds64(0, 0)] }),
    'hand-mono-alaw-odd': wavFile({ format: 6, bitsPerSample: 8, audio: swinging(16_001) }),
    'hand-pcm8-odd-zero': wavFile({ bitsPerSample: 8, audio: swinging(16_001), claims: 0 }),
  }
  return Object.entries(files).map(([name, bytes]) => ({ name, bytes, durationMs: 2_000, compressed: false }))
}

function formatLast(audio: Buffer): Buffer {
  const whole = wavFile({ audio })
  return Buffer.concat([whole.subarray(0, 12), chunk('data', audio), whole.subarray(12, 36)])
}

/** Bytes around the middle, as companded sound has them. */
function swinging(bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => 0xd5 ^ (Math.abs((i % 40) - 20) * 3)))
}

/** Files of sox and ffmpeg that were cut off, or whose recorder died before it wrote their length. */
function damaged(made: readonly CorpusFile[]): CorpusFile[] {
  return made.flatMap(({ name, bytes, compressed }) => {
    const whole = /^(sox-pcm16-stereo|sox-alaw|ffmpeg-pcm24-extensible|sox-float32)$/.test(name)
    const coded = /^(sox-gsm|sox-ima-adpcm)$/.test(name)
    if (!whole && !coded) return []
    const at = bytes.indexOf('data', 12, 'latin1')
    const claimed = bytes.readUInt32LE(at + 4)
    // Half of the sound; of ADPCM and GSM whole blocks of it.
    const align = bytes.readUInt16LE(32)
    const half = Math.floor(claimed / 2 / align) * align
    const cut = {
      name: `${name}-cut`,
      bytes: bytes.subarray(0, at + 8 + half),
      durationMs: lengthOf(bytes, half),
      compressed,
    }
    if (coded) return [cut]
    const unfinished = Buffer.from(bytes)
    unfinished.writeUInt32LE(0, at + 4)
    unfinished.writeUInt32LE(8, 4)
    return [cut, { name: `${name}-size-zero`, bytes: unfinished, durationMs: SECONDS * 1000, compressed }]
  })
}

/** By the fields of its `fmt ` chunk at the usual place. */
function lengthOf(bytes: Buffer, dataBytes: number): number {
  const [format, rate, align] = [bytes.readUInt16LE(20), bytes.readUInt32LE(24), bytes.readUInt16LE(32)]
  const perBlock = format === 0x31 || format === 0x11 ? bytes.readUInt16LE(38) : 1
  return ((dataBytes / align) * perBlock * 1000) / rate
}

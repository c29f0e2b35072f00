// Makes 16-bit WAV files of recordings that no browser plays: compressed ones through ffmpeg, where there is one, and
// 64-bit floats by arithmetic. Called by the intake for new files and by conversions.ts for those that had to wait. A few
// at a time; what is under way ends with close().
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { AppError } from '../../errors.ts'
import { onDisk } from '../storage/disk-problem.ts'
import type { FileFacts } from '../storage/recording-storage.ts'
import type { Spool, SpoolFile } from '../storage/spool.ts'
import type { WavLayout } from '../wav.ts'
import { WAV_HEADER_BYTES, wavHeader } from '../wav-header.ts'
import { decodeWithFfmpeg, FfmpegFailed, ffmpegVersion } from './ffmpeg.ts'
import { pcm16Reader } from './samples.ts'
import { turnstile } from './turnstile.ts'

/** What was made: a file of the spool, finished, with what a row says about it. The caller discards it. */
export interface DecodedSound extends FileFacts {
  spooled: SpoolFile
  layout: WavLayout
}

/** `absent`: there is nothing to decode it with; `failed`: what there is cannot read it, and why. */
export type Decoded = DecodedSound | 'absent' | { failed: string }

export interface SoundDecoder {
  /** @throws AppError store-unavailable when the spool's disk fails or the server stops. */
  decode(file: FileHandle, layout: WavLayout): Promise<Decoded>
  /** The version of ffmpeg, or null: there is none. Asked anew once a minute while there is none. */
  ffmpeg(): Promise<string | null>
  /** Ends what is under way. Safe to call twice. */
  close(): void
}

/** Can browsers play audio of this kind? (Chromium reads no 64-bit floats; MP3 goes everywhere.) */
export function isPlayable({ format, bitsPerSample }: Pick<WavLayout, 'format' | 'bitsPerSample'>): boolean {
  return format === 0x55 || !needsDecoding({ format, bitsPerSample })
}

/** Is it to become PCM when it comes in? */
export function needsDecoding({ format, bitsPerSample }: Pick<WavLayout, 'format' | 'bitsPerSample'>): boolean {
  return ![1, 3, 6, 7].includes(format) || bitsPerSample === 64
}

const ASK_AGAIN_MS = 60_000
const PIECE_BYTES = 256 * 1024
const MAX_CHANNELS_DECODED = 2

export function soundDecoder({
  ffmpeg: program,
  spool,
  limits,
  askAgainMs = ASK_AGAIN_MS,
}: {
  ffmpeg: string
  spool: Pick<Spool, 'newFile'>
  limits: { recordingBytes: number; recordingDecoders: number; recordingDecodeMs: number }
  askAgainMs?: number
}): SoundDecoder {
  const stop = new AbortController()
  const inTurn = turnstile(limits.recordingDecoders)
  let asked: { at: number; version: Promise<string | null> } | null = null
  let version: string | null = null

  async function ffmpeg(): Promise<string | null> {
    if (version !== null) return version
    if (!asked || performance.now() - asked.at > askAgainMs)
      asked = { at: performance.now(), version: ffmpegVersion(program) }
    version = await asked.version
    return version
  }

  /** @throws FfmpegFailed */
  async function write(spooled: SpoolFile, samples: AsyncIterable<Uint8Array>, shape: Shape): Promise<DecodedSound> {
    const { channels, sampleRate, mostBytes } = shape
    const blockAlign = 2 * channels
    await spooled.file.write(new Uint8Array(WAV_HEADER_BYTES), 0, WAV_HEADER_BYTES, 0)
    let at = WAV_HEADER_BYTES
    for await (const piece of samples) {
      const bytes = piece.subarray(0, Math.max(0, mostBytes + WAV_HEADER_BYTES - at))
      for (let done = 0; done < bytes.length; )
        done += (await spooled.file.write(bytes, done, bytes.length - done, at + done)).bytesWritten
      at += bytes.length
    }
    const dataBytes = Math.floor((at - WAV_HEADER_BYTES) / blockAlign) * blockAlign
    if (dataBytes === 0) throw new FfmpegFailed('there is no sound in it')
    const fields = { format: 1, bitsPerSample: 16, channels, sampleRate, blockAlign, dataBytes }
    await spooled.file.write(wavHeader(fields), 0, WAV_HEADER_BYTES, 0)
    const sizeBytes = WAV_HEADER_BYTES + dataBytes
    await spooled.file.truncate(sizeBytes)
    const frames = dataBytes / blockAlign
    const durationMs = Math.round((frames / sampleRate) * 1000)
    const whole = {
      dataOffset: WAV_HEADER_BYTES,
      framesPerBlock: 1,
      compressed: false,
      headerSound: true,
      finished: true,
    }
    return {
      spooled,
      sizeBytes,
      sha256: await hashOf(spooled.file, sizeBytes),
      layout: { ...fields, ...whole, frames, durationMs },
    }
  }

  async function decode(file: FileHandle, layout: WavLayout): Promise<Decoded> {
    if (layout.compressed && (await ffmpeg()) === null) return 'absent'
    return inTurn(async () => {
      const spooled = await onDisk(spool.newFile())
      try {
        const shape = shapeOf(layout, limits.recordingBytes)
        const samples = layout.compressed
          ? decodeWithFfmpeg(program, inputOf(file, layout), inputFor(layout, shape, limits), stop.signal)
          : plainSamples(file, layout)
        return await onDisk(write(spooled, samples, shape))
      } catch (cause) {
        await spooled.discard()
        const failure = cause instanceof AppError ? cause.cause : cause
        if (stop.signal.aborted) throw new AppError('store-unavailable', { detail: 'Callbook is stopping' }, { cause })
        if (failure instanceof FfmpegFailed) return { failed: failure.message }
        throw cause
      }
    })
  }

  return { decode, ffmpeg, close: () => stop.abort() }
}

interface Shape {
  channels: number
  sampleRate: number
  /** More is cut off: compressed audio ends inside its last block. */
  mostBytes: number
}

function shapeOf({ channels, sampleRate, format, frames }: WavLayout, limitBytes: number): Shape {
  const kept = Math.min(channels, MAX_CHANNELS_DECODED)
  const rate = format === 0x65 || format === 0x28f ? 16_000 : sampleRate
  const told = frames > 0 ? Math.round((frames / sampleRate) * rate) * kept * 2 : limitBytes
  return { channels: kept, sampleRate: rate, mostBytes: Math.min(told, limitBytes) }
}

function inputFor(
  { dataOffset, format }: WavLayout,
  { channels, sampleRate }: Shape,
  limits: { recordingBytes: number; recordingDecodeMs: number },
) {
  const bounds = { channels, sampleRate, limitBytes: limits.recordingBytes, limitMs: limits.recordingDecodeMs }
  if (dataOffset > 0) return { container: 'wav', bareRate: null, ...bounds }
  if (format === 0x31) return { container: 'gsm', bareRate: sampleRate, ...bounds }
  // ffmpeg's reader of bare G.722 knows its one rate, and takes none.
  return { container: 'g722', bareRate: null, ...bounds }
}

/** What ffmpeg gets: the file, with the lengths of its header set right (it would stop at a wrong one). */
async function* inputOf(file: FileHandle, layout: WavLayout): AsyncGenerator<Uint8Array> {
  const { dataOffset, dataBytes } = layout
  if (dataOffset > 0) {
    const head = await readWhole(file, 0, dataOffset)
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
    view.setUint32(4, Math.min(0xffffffff, dataOffset - 8 + dataBytes), true)
    view.setUint32(dataOffset - 4, Math.min(0xffffffff, dataBytes), true)
    yield head
  }
  yield* piecesOf(file, dataOffset, dataBytes)
}

/** 64-bit floats (and whatever else is plain) as 16-bit samples. Two channels at most are kept. */
async function* plainSamples(file: FileHandle, layout: WavLayout): AsyncGenerator<Uint8Array> {
  const read = pcm16Reader(layout)
  const { channels, blockAlign, dataOffset, dataBytes } = layout
  for await (const piece of piecesOf(file, dataOffset, dataBytes, blockAlign)) {
    const samples = read(piece)
    const kept =
      channels <= MAX_CHANNELS_DECODED ? samples : samples.filter((_, i) => i % channels < MAX_CHANNELS_DECODED)
    yield new Uint8Array(kept.buffer, kept.byteOffset, kept.byteLength)
  }
}

/** Pieces that are whole blocks each. Every piece is used up before the next is asked for. */
async function* piecesOf(file: FileHandle, from: number, length: number, blockAlign = 1): AsyncGenerator<Uint8Array> {
  const pieceBytes = Math.max(1, Math.floor(PIECE_BYTES / blockAlign)) * blockAlign
  for (let at = 0; at < length; at += pieceBytes)
    yield await readWhole(file, from + at, Math.min(pieceBytes, length - at))
}

/** @throws Error where the file ends before that; what the file system throws */
export async function readWhole(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done)
    if (bytesRead === 0) throw new Error('the file of a recording became shorter while it was read')
    done += bytesRead
  }
  return bytes
}

async function hashOf(file: FileHandle, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of piecesOf(file, 0, sizeBytes)) hash.update(piece)
  return hash.digest('hex')
}

// The two directions of a call, each in a file of its own, as one stereo WAV: what came in from the recorded channel on the
// left, what went out to it on the right (as MixMonitor's option D has them). Both begin with the call's first sound, so they
// are laid side by side from their beginnings, and the shorter one is silent at its end. Called by recording-watch.ts.
import type { FileHandle } from 'node:fs/promises'
import type { SpoolFile } from '../storage/spool.ts'
import type { WavLayout } from '../wav.ts'
import { WAV_HEADER_BYTES, wavHeader } from '../wav-header.ts'
import { pcm16Reader } from './samples.ts'
import { needsDecoding, readWhole, type SoundDecoder } from './sound-decoder.ts'

/** One direction: an open file and what is in it. `dataBytes` 0: nothing was heard from there. */
export interface HalfSound {
  file: FileHandle
  layout: WavLayout
}

export interface JoinedHalves {
  /** Of the WAV that `audio` gives. */
  sizeBytes: number
  audio: AsyncIterable<Uint8Array>
  /** Removes what was decoded for it. Does not close the files that were given. */
  close(): Promise<void>
}

const FRAMES_AT_A_TIME = 32 * 1024

/**
 * Both halves side by side. `absent`: they are compressed, and there is nothing to decode them with; `problem`: a clause to
 * follow "this is not a WAV that can be read:".
 * @throws AppError store-unavailable
 */
export async function joinHalves(
  { left, right }: { left: HalfSound; right: HalfSound },
  decoder: Pick<SoundDecoder, 'decode'>,
): Promise<JoinedHalves | 'absent' | { problem: string }> {
  const spooled: SpoolFile[] = []
  const close = async () => {
    for (const file of spooled.splice(0)) await file.discard()
  }
  try {
    const plain: HalfSound[] = []
    for (const half of [left, right]) {
      const decoded = await plainHalf(half, decoder)
      if (decoded === 'absent' || 'failed' in decoded) {
        await close()
        return decoded === 'absent' ? 'absent' : { problem: decoded.failed }
      }
      if (decoded.spooled) spooled.push(decoded.spooled)
      plain.push(decoded.sound)
    }
    const heard = plain.filter(({ layout }) => layout.dataBytes > 0).map(({ layout }) => layout)
    const sampleRate = heard[0]?.sampleRate ?? left.layout.sampleRate
    if (heard.some((layout) => layout.channels !== 1 || layout.sampleRate !== sampleRate)) {
      await close()
      return { problem: 'its two directions are not two mono files of one sample rate' }
    }
    const frames = Math.max(0, ...heard.map((layout) => layout.frames))
    const dataBytes = frames * 4
    const header = wavHeader({ format: 1, channels: 2, sampleRate, bitsPerSample: 16, blockAlign: 4, dataBytes })
    const audio = interleaved(header, plain, frames)
    return { sizeBytes: WAV_HEADER_BYTES + dataBytes, audio, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

async function plainHalf(
  half: HalfSound,
  decoder: Pick<SoundDecoder, 'decode'>,
): Promise<{ sound: HalfSound; spooled: SpoolFile | null } | 'absent' | { failed: string }> {
  if (half.layout.dataBytes === 0 || !needsDecoding(half.layout)) return { sound: half, spooled: null }
  const decoded = await decoder.decode(half.file, half.layout)
  if (decoded === 'absent' || 'failed' in decoded) return decoded
  return { sound: { file: decoded.spooled.file, layout: decoded.layout }, spooled: decoded.spooled }
}

/** Each piece is used up before the next is asked for. */
async function* interleaved(
  header: Uint8Array,
  halves: readonly HalfSound[],
  frames: number,
): AsyncGenerator<Uint8Array> {
  yield header
  const readers = halves.map(({ layout }) => (layout.dataBytes > 0 ? pcm16Reader(layout) : null))
  const both = new Int16Array(2 * Math.min(FRAMES_AT_A_TIME, frames))
  for (let from = 0; from < frames; from += FRAMES_AT_A_TIME) {
    const count = Math.min(FRAMES_AT_A_TIME, frames - from)
    const filled = both.subarray(0, 2 * count).fill(0)
    for (const [channel, { file, layout }] of halves.entries()) {
      const there = Math.max(0, Math.min(count, layout.frames - from))
      const read = readers[channel]
      if (there === 0 || !read) continue
      const bytes = await readWhole(file, layout.dataOffset + from * layout.blockAlign, there * layout.blockAlign)
      const samples = read(bytes)
      for (let i = 0; i < there; i++) filled[2 * i + channel] = samples[i] ?? 0
    }
    yield new Uint8Array(filled.buffer, filled.byteOffset, filled.byteLength)
  }
}

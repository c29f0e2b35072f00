// The header of a WAV, read as PBXs really write it: chunks in any order, sizes that are zero, unfinished, wrapped or
// wrong. Says where the audio lies and how long it is, or in a sentence why this is no WAV that can be played. Pure: gets
// the first bytes and the file's size, never opens a file (wav-file.ts does).
//
//   RIFF <size: never believed> WAVE ─┬─ fmt   encoding           (wav-format.ts)
//                                     ├─ ds64  64-bit sizes of RF64 (EBU Tech 3306)
//                                     ├─ data  the audio: min(declared, really there), in whole blocks
//                                     └─ LIST, bext, fact, …  walked over
import { readFormat, type WavFormat } from './wav-format.ts'

/** How many bytes of a file's beginning the walker may see: audio that begins later is refused. */
export const WAV_HEAD_BYTES = 64 * 1024
const MAX_CHUNKS = 64
const UNFINISHED = 0xffffffff
/** The most that RIFF can say: in a longer file every length has wrapped. */
const RIFF_BYTES = 0xffffffff + 8
/** Bytes after the audio that are no chunk: below this much sound they are litter, above it audio the header does not know of. */
const LITTER_MS = 100
const MP3_FRAME = 1_152

export interface WavLayout extends Omit<WavFormat, 'consistent'> {
  /** Where the audio begins. */
  dataOffset: number
  /** Audio that is really there, in whole blocks; 0 where nothing was recorded (yet). */
  dataBytes: number
  /** Samples of each channel in it. */
  frames: number
  durationMs: number
  /** The file may be handed out as it is; false: a new header goes in front of the audio (wav-header.ts). */
  headerSound: boolean
  /** The header tells the length of the audio that is there: the recorder has finished it. */
  finished: boolean
}

/** Ask again with the 8 bytes that begin at `tailOffset`: they tell whether the header knows of all the audio. */
export interface TailNeeded {
  tailOffset: number
}

interface Sizes {
  dataOffset: number
  /** As written in the data chunk, or in ds64. */
  declared: number
  /** Samples of each channel, as the `fact` chunk of compressed audio says; null: it does not. */
  frames: number | null
}

/**
 * Walks a WAV's chunks. `head`: the file's first bytes (all of it, or at least WAV_HEAD_BYTES); `fileBytes`: its size;
 * `tail`: the 8 bytes at `tailOffset`, once asked for. `problem`: a clause to follow "this is not a WAV that can be read:".
 */
export function walkWav(
  head: Uint8Array,
  fileBytes: number,
  tail?: Uint8Array,
): WavLayout | TailNeeded | { problem: string } {
  const walked = walkChunks(head, fileBytes)
  if ('problem' in walked) return walked
  const { format, sizes, riffEnd, is64, isUsual } = walked
  const there = fileBytes - sizes.dataOffset
  let finished = sizes.declared > 0 && sizes.declared !== UNFINISHED && sizes.declared <= there
  let dataBytes = finished ? sizes.declared : there
  let headerSound = finished && isUsual && format.consistent && riffEnd >= sizes.dataOffset + sizes.declared
  const tailOffset = sizes.dataOffset + dataBytes + (dataBytes % 2)
  const tailBytes = fileBytes - tailOffset
  const bytesPerMs = (format.sampleRate * format.blockAlign) / format.framesPerBlock / 1000
  if (finished && tailBytes > bytesPerMs * LITTER_MS) {
    const seen = tail ?? (tailOffset + 8 <= head.length ? head.subarray(tailOffset, tailOffset + 8) : undefined)
    if (!seen) return { tailOffset }
    if (!isChunkHeader(seen, tailBytes) || (fileBytes > RIFF_BYTES && !is64)) {
      // The recorder wrote on after it wrote the length (crash, or more than 32 bits can say): the rest is audio too.
      dataBytes = there
      headerSound = false
      finished = false
    }
  }
  dataBytes -= dataBytes % format.blockAlign
  const { consistent: _, ...rest } = format
  const frames = framesOf(format, dataBytes, finished ? sizes.frames : null)
  const durationMs = Math.round((frames / format.sampleRate) * 1000)
  return { ...rest, dataOffset: sizes.dataOffset, dataBytes, frames, durationMs, headerSound, finished }
}

/** Compressed audio ends inside its last block; `fact` says where, and is believed where it can be true. */
function framesOf(
  { blockAlign, framesPerBlock, compressed }: WavFormat,
  dataBytes: number,
  fact: number | null,
): number {
  const there = Math.round((dataBytes / blockAlign) * framesPerBlock)
  if (!compressed || fact === null || fact === 0) return there
  if (framesPerBlock === 0) return fact
  const slack = Math.max(framesPerBlock, MP3_FRAME)
  return fact <= there + slack && fact > there - 2 * slack ? fact : there
}

function walkChunks(
  head: Uint8Array,
  fileBytes: number,
): { format: WavFormat; sizes: Sizes; riffEnd: number; is64: boolean; isUsual: boolean } | { problem: string } {
  if (fileBytes === 0) return { problem: 'it is empty' }
  const outer = idAt(head, 0)
  const is64 = outer === 'RF64' || outer === 'BW64'
  if (outer === 'RIFX') return { problem: 'it is a big-endian RIFX file' }
  if (outer !== 'RIFF' && !is64) return { problem: 'it does not begin with RIFF' }
  if (idAt(head, 8) !== 'WAVE') return { problem: 'it is a RIFF file, but not a WAVE' }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const riffEnd = view.getUint32(4, true) + 8
  let format: WavFormat | null = null
  let sizes: Sizes | null = null
  // Firefox plays neither RF64 nor audio that comes before its format.
  let isUsual = !is64
  let dataBytes64: number | null = null
  let frames: number | null = null
  let offset = 12
  for (let chunks = 0; !(format && sizes); chunks++) {
    if (chunks === MAX_CHUNKS) return { problem: `it has more than ${MAX_CHUNKS} chunks before its audio` }
    if (offset + 8 > fileBytes)
      return { problem: format ? 'it has no data chunk' : sizes ? 'it has no fmt chunk' : 'it ends inside its header' }
    if (offset + 8 > head.length) return { problem: `its audio begins beyond the first ${WAV_HEAD_BYTES} bytes` }
    const id = idAt(head, offset)
    const size = view.getUint32(offset + 4, true)
    const body = offset + 8
    if (id === 'data') {
      if (!format) isUsual = false
      // Of two data chunks the first counts: the second is what some recorders leave behind in the sound.
      sizes ??= { dataOffset: body, declared: is64 && size === UNFINISHED ? (dataBytes64 ?? size) : size, frames: null }
      if (!format && (sizes.declared === 0 || sizes.declared > fileBytes - body))
        return { problem: 'it has no fmt chunk' }
    } else if (body + size > fileBytes) {
      return { problem: `its chunk ${printable(id)} runs beyond the end of the file` }
    } else if (id === 'fmt ') {
      if (body + Math.min(size, 40) > head.length) return { problem: 'its fmt chunk comes too late' }
      const read = readFormat(head.subarray(body, body + Math.min(size, 40)))
      if ('problem' in read) return read
      format ??= read
    } else if (id === 'ds64' && size >= 16 && body + 16 <= head.length) {
      dataBytes64 = Math.min(Number(view.getBigUint64(body + 8, true)), Number.MAX_SAFE_INTEGER)
    } else if (id === 'fact' && size >= 4 && body + 4 <= head.length) {
      frames = view.getUint32(body, true)
    }
    offset = body + size + (size % 2)
  }
  return { format, sizes: { ...sizes, frames }, riffEnd, is64, isUsual }
}

/** Could these 8 bytes begin a chunk of at most `room` bytes? Four letters and a length that fits: sound rarely looks so. */
function isChunkHeader(bytes: Uint8Array, room: number): boolean {
  if (bytes.length < 8 || !/^\w[\w ]{3}$/.test(idAt(bytes, 0))) return false
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getUint32(4, true) <= room - 8
}

function idAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4))
}

function printable(id: string): string {
  return JSON.stringify(id.replace(/[^ -~]/g, '?'))
}

// The bytes of a recording as they are handed out: the file as it is, or, where its own header is wrong, a new header
// followed by the audio of the file. Any range of either is found by arithmetic. Called by the download route and by exports.
import type { RecordingRow } from '../store/store.ts'
import type { ByteRange } from './byte-range.ts'
import type { OpenedFile } from './storage/recording-storage.ts'
import { WAV_HEADER_BYTES, wavHeader } from './wav-header.ts'

/** What is handed out, in order: bytes made here, then a piece of the file, then a padding byte where RIFF wants one. */
export interface Download {
  before: Uint8Array
  fileOffset: number
  fileBytes: number
  after: Uint8Array
  sizeBytes: number
}

type Served = Pick<
  RecordingRow,
  | 'conversion'
  | 'format'
  | 'channels'
  | 'sampleRate'
  | 'bitsPerSample'
  | 'dataOffset'
  | 'dataBytes'
  | 'headerSound'
  | 'sizeBytes'
>

const NOTHING = new Uint8Array(0)

export function downloadOf(row: Served): Download {
  // Compressed audio cannot be mended by arithmetic: it goes out as it came.
  if (row.headerSound || row.conversion !== null)
    return { before: NOTHING, fileOffset: 0, fileBytes: row.sizeBytes, after: NOTHING, sizeBytes: row.sizeBytes }
  const blockAlign = row.channels * (row.bitsPerSample / 8)
  const after = row.dataBytes % 2 === 1 ? new Uint8Array(1) : NOTHING
  return {
    before: wavHeader({ ...row, blockAlign }),
    fileOffset: row.dataOffset,
    fileBytes: row.dataBytes,
    after,
    sizeBytes: WAV_HEADER_BYTES + row.dataBytes + after.length,
  }
}

/** The bytes of `range`, in order; leaves the file open. Listeners get theirs from write-download.ts. */
export async function* piecesOf(
  file: OpenedFile,
  { before, fileOffset, fileBytes, after }: Download,
  { range, signal }: { range: ByteRange; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const end = range.last + 1
  const fileEnd = before.length + fileBytes
  if (range.first < before.length) yield before.subarray(range.first, end)
  const first = Math.max(range.first, before.length)
  const length = Math.min(end, fileEnd) - first
  if (length > 0) yield* file.read({ offset: fileOffset + first - before.length, length }, signal)
  if (end > fileEnd) yield after.subarray(Math.max(0, range.first - fileEnd), end - fileEnd)
}

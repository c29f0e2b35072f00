// A ZIP of files that are stored as they are, as arithmetic: what stands where, and any range of its bytes, without the
// ZIP itself lying anywhere. Sizes and checksums are known beforehand. Pure but for reading the files.
import type { ByteRange } from '../recordings/byte-range.ts'
import {
  centralRecord,
  centralRecordBytes,
  endOfDirectory,
  localHeader,
  localHeaderBytes,
  type ZipEntry,
} from './zip-format.ts'

/** The bytes of the file of entry `index`; `range` is inside it. */
export type ReadEntry = (index: number, range: ByteRange) => AsyncIterable<Uint8Array>

export interface ZipLayout {
  entries: readonly ZipEntry[]
  sizeBytes: number
}

export function zipLayout(entries: readonly ZipEntry[]): ZipLayout {
  let sizeBytes = 0
  for (const part of partsOf(entries)) sizeBytes += part.sizeBytes
  return { entries, sizeBytes }
}

/** The bytes of a range, in order. */
export async function* zipBytes(
  { entries }: Pick<ZipLayout, 'entries'>,
  range: ByteRange,
  read: ReadEntry,
): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const part of partsOf(entries)) {
    const begin = at
    at += part.sizeBytes
    if (at <= range.first) continue
    if (begin > range.last) return
    const first = Math.max(0, range.first - begin)
    const last = Math.min(part.sizeBytes - 1, range.last - begin)
    if (last < first) continue
    if ('bytes' in part) yield part.bytes().subarray(first, last + 1)
    else yield* read(part.entry, { first, last })
  }
}

type Part = { sizeBytes: number; bytes(): Uint8Array } | { sizeBytes: number; entry: number }

/** Everything in the file, in order. Records are short and made when they are needed. */
function* partsOf(entries: readonly ZipEntry[]): Generator<Part> {
  const offsets: number[] = []
  let at = 0
  for (const [index, entry] of entries.entries()) {
    offsets.push(at)
    const headerBytes = localHeaderBytes(entry)
    yield { sizeBytes: headerBytes, bytes: () => localHeader(entry) }
    yield { sizeBytes: entry.sizeBytes, entry: index }
    at += headerBytes + entry.sizeBytes
  }
  const offset = at
  for (const [index, entry] of entries.entries()) {
    const headerAt = offsets[index] ?? 0
    const sizeBytes = centralRecordBytes(entry, headerAt)
    yield { sizeBytes, bytes: () => centralRecord(entry, headerAt) }
    at += sizeBytes
  }
  const end = endOfDirectory({ entries: entries.length, offset, sizeBytes: at - offset })
  yield { sizeBytes: end.length, bytes: () => end }
}

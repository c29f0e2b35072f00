// The records of a ZIP file (PKWARE APPNOTE 6.3), with ZIP64 where a size or place does not fit into 32 bits. Names are
// UTF-8. Sizes and checksums are known before a record is written, so no data descriptors. Pure arithmetic on bytes.

export interface ZipEntry {
  name: string
  method: 'store' | 'deflate'
  /** Of the uncompressed bytes. */
  crc32: number
  /** Bytes in the file, and uncompressed. */
  packedBytes: number
  sizeBytes: number
  /** What a clock on the wall showed, given as if it were UTC; epoch ms. ZIP knows no zones. */
  wallAt: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_64 = 0x06064b50
const END_64_LOCATOR = 0x07064b50
const MAX_32 = 0xffffffff
const MAX_16 = 0xffff
const NAME_IS_UTF8 = 1 << 11
const VERSION_PLAIN = 20
const VERSION_64 = 45
const MADE_ON_UNIX = 3 << 8
/** -rw-r--r-- */
const FILE_MODE = 0o100644

export function localHeaderBytes(entry: ZipEntry): number {
  return 30 + Buffer.byteLength(entry.name, 'utf8') + (isLarge(entry) ? 20 : 0)
}

/** What stands in front of an entry's bytes. */
export function localHeader(entry: ZipEntry): Uint8Array {
  const name = Buffer.from(entry.name, 'utf8')
  const is64 = isLarge(entry)
  const header = Buffer.alloc(localHeaderBytes(entry))
  header.writeUInt32LE(LOCAL, 0)
  header.writeUInt16LE(is64 ? VERSION_64 : VERSION_PLAIN, 4)
  writeCommon(header, 6, entry, is64)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(is64 ? 20 : 0, 28)
  name.copy(header, 30)
  if (is64) write64(header, 30 + name.length, [entry.sizeBytes, entry.packedBytes])
  return header
}

export function centralRecordBytes(entry: ZipEntry, offset: number): number {
  return 46 + Buffer.byteLength(entry.name, 'utf8') + extraBytes(largeOf(entry, offset))
}

/** An entry's line of the directory at the end; `offset`: where its local header begins. */
export function centralRecord(entry: ZipEntry, offset: number): Uint8Array {
  const name = Buffer.from(entry.name, 'utf8')
  const large = largeOf(entry, offset)
  const extra = extraBytes(large)
  const record = Buffer.alloc(46 + name.length + extra)
  record.writeUInt32LE(CENTRAL, 0)
  record.writeUInt16LE(MADE_ON_UNIX | (extra > 0 ? VERSION_64 : VERSION_PLAIN), 4)
  record.writeUInt16LE(extra > 0 ? VERSION_64 : VERSION_PLAIN, 6)
  writeCommon(record, 8, entry, isLarge(entry))
  record.writeUInt16LE(name.length, 28)
  record.writeUInt16LE(extra, 30)
  record.writeUInt32LE(FILE_MODE * 0x10000, 38)
  record.writeUInt32LE(Math.min(offset, MAX_32), 42)
  name.copy(record, 46)
  if (extra > 0) write64(record, 46 + name.length, large)
  return record
}

/** What ends the file: how many entries, and where their directory is. */
export function endOfDirectory({
  entries,
  offset,
  sizeBytes,
}: {
  entries: number
  offset: number
  sizeBytes: number
}): Uint8Array {
  const is64 = entries >= MAX_16 || offset >= MAX_32 || sizeBytes >= MAX_32
  const end = Buffer.alloc(22)
  end.writeUInt32LE(END, 0)
  end.writeUInt16LE(Math.min(entries, MAX_16), 8)
  end.writeUInt16LE(Math.min(entries, MAX_16), 10)
  end.writeUInt32LE(Math.min(sizeBytes, MAX_32), 12)
  end.writeUInt32LE(Math.min(offset, MAX_32), 16)
  if (!is64) return end
  const end64 = Buffer.alloc(56 + 20)
  end64.writeUInt32LE(END_64, 0)
  end64.writeBigUInt64LE(44n, 4)
  end64.writeUInt16LE(MADE_ON_UNIX | VERSION_64, 12)
  end64.writeUInt16LE(VERSION_64, 14)
  end64.writeBigUInt64LE(BigInt(entries), 24)
  end64.writeBigUInt64LE(BigInt(entries), 32)
  end64.writeBigUInt64LE(BigInt(sizeBytes), 40)
  end64.writeBigUInt64LE(BigInt(offset), 48)
  end64.writeUInt32LE(END_64_LOCATOR, 56)
  end64.writeBigUInt64LE(BigInt(offset + sizeBytes), 64)
  end64.writeUInt32LE(1, 72)
  return Buffer.concat([end64, end])
}

function isLarge({ packedBytes, sizeBytes }: ZipEntry): boolean {
  return packedBytes >= MAX_32 || sizeBytes >= MAX_32
}

/** What does not fit into a directory record's own fields, in the order of the ZIP64 extra field. */
function largeOf(entry: ZipEntry, offset: number): number[] {
  return [...(isLarge(entry) ? [entry.sizeBytes, entry.packedBytes] : []), ...(offset >= MAX_32 ? [offset] : [])]
}

function extraBytes(values: readonly number[]): number {
  return values.length === 0 ? 0 : 4 + 8 * values.length
}

/** From the flags to the uncompressed size: alike in both records. */
function writeCommon(record: Buffer, at: number, entry: ZipEntry, is64: boolean): void {
  const { time, date } = dosTime(entry.wallAt)
  record.writeUInt16LE(NAME_IS_UTF8, at)
  record.writeUInt16LE(entry.method === 'deflate' ? 8 : 0, at + 2)
  record.writeUInt16LE(time, at + 4)
  record.writeUInt16LE(date, at + 6)
  record.writeUInt32LE(entry.crc32, at + 8)
  record.writeUInt32LE(is64 ? MAX_32 : entry.packedBytes, at + 12)
  record.writeUInt32LE(is64 ? MAX_32 : entry.sizeBytes, at + 16)
}

/** The ZIP64 extra field. */
function write64(record: Buffer, at: number, values: readonly number[]): void {
  record.writeUInt16LE(1, at)
  record.writeUInt16LE(8 * values.length, at + 2)
  for (const [i, value] of values.entries()) record.writeBigUInt64LE(BigInt(value), at + 4 + 8 * i)
}

/** Two seconds are the finest that MS-DOS knew, 1980 the first year and 2107 the last. */
function dosTime(wallAt: number): { time: number; date: number } {
  const wall = new Date(Math.min(Math.max(wallAt, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)))
  return {
    time: (wall.getUTCHours() << 11) | (wall.getUTCMinutes() << 5) | (wall.getUTCSeconds() >> 1),
    date: ((wall.getUTCFullYear() - 1980) << 9) | ((wall.getUTCMonth() + 1) << 5) | wall.getUTCDate(),
  }
}

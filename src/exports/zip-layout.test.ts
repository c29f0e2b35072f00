import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { python, pythonMissing } from '../../test/support/python.ts'
import type { ByteRange } from '../recordings/byte-range.ts'
import type { ZipEntry } from './zip-format.ts'
import { type ReadEntry, zipBytes, zipLayout } from './zip-layout.ts'

const WALL = Date.UTC(2026, 10, 23, 10, 15, 30)
const READ_ZIP = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps({'bad': z.testzip() if len(sys.argv) < 3 else None,
  'entries': [[i.filename, i.file_size, i.header_offset, list(i.date_time)] for i in z.infolist()],
  'last': z.read(z.infolist()[-1]).decode()}))`

interface ReadZip {
  bad: string | null
  entries: [name: string, sizeBytes: number, offset: number, time: number[]][]
  last: string
}

function entryOf(name: string, bytes: Uint8Array): ZipEntry {
  const { length } = bytes
  return { name, method: 'store', crc32: crc32(bytes), sizeBytes: length, packedBytes: length, wallAt: WALL }
}

function readerOf(files: readonly Uint8Array[]): ReadEntry {
  return async function* (index, { first, last }) {
    yield (files[index] ?? new Uint8Array()).subarray(first, last + 1)
  }
}

async function bytesOf(entries: readonly ZipEntry[], range: ByteRange, read: ReadEntry): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of zipBytes({ entries }, range, read)) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('any range of a ZIP is a slice of the whole, and the whole is as long as was worked out', async () => {
  const file = fc.record({
    name: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    bytes: fc.uint8Array({ maxLength: 50 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { maxLength: 6 }),
      fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
      async (files, cuts) => {
        const entries = files.map(({ name, bytes }) => entryOf(name, bytes))
        const read = readerOf(files.map(({ bytes }) => bytes))
        const { sizeBytes } = zipLayout(entries)
        const whole = await bytesOf(entries, { first: 0, last: sizeBytes - 1 }, read)
        assert.equal(whole.length, sizeBytes)
        for (const [a, b] of cuts) {
          const first = a % sizeBytes
          const last = first + (b % (sizeBytes - first))
          assert.deepEqual(await bytesOf(entries, { first, last }, read), whole.subarray(first, last + 1))
        }
      },
    ),
    { numRuns: 100 },
  )
})

test('past 4 GiB and 65,535 files another reader finds every entry (ZIP64)', async (t) => {
  const missing = await pythonMissing('zipfile')
  if (missing) return t.skip(missing)
  const folder = mkdtempSync(join(tmpdir(), 'callbook-zip-'))
  try {
    const large: ZipEntry = {
      ...entryOf('20261123/长通话.wav', new Uint8Array()),
      sizeBytes: 5 * 2 ** 30,
      packedBytes: 5 * 2 ** 30,
    }
    const small = Array.from({ length: 65_600 }, (_, i) => entryOf(`20261123/${i}.wav`, Buffer.from('RIFF')))
    const last = Buffer.from('the last one')
    const entries = [large, ...small, entryOf('20261123/最后.wav', last)]
    const { sizeBytes } = zipLayout(entries)
    const files = [new Uint8Array(), ...small.map(() => Buffer.from('RIFF')), last]
    // The five gigabytes are a hole in the file: what stands before and after them is written.
    const read: ReadEntry = (index, range) => {
      assert.notEqual(index, 0, 'the hole is not read')
      return readerOf(files)(index, range)
    }
    const path = join(folder, 'large.zip')
    const fd = openSync(path, 'w')
    ftruncateSync(fd, sizeBytes)
    const headerBytes = 30 + Buffer.byteLength(large.name) + 20
    writeSync(fd, await bytesOf(entries, { first: 0, last: headerBytes - 1 }, read), 0, headerBytes, 0)
    const after = headerBytes + large.sizeBytes
    const rest = await bytesOf(entries, { first: after, last: sizeBytes - 1 }, read)
    writeSync(fd, rest, 0, rest.length, after)
    closeSync(fd)
    const zip = python<ReadZip>('zipfile', READ_ZIP, path, 'without the hole')
    assert.equal(zip.entries.length, entries.length)
    assert.deepEqual(zip.entries[0], ['20261123/长通话.wav', 5 * 2 ** 30, 0, [2026, 11, 23, 10, 15, 30]])
    assert.ok((zip.entries.at(-1)?.[2] ?? 0) > 5 * 2 ** 30)
    assert.equal(zip.last, 'the last one')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

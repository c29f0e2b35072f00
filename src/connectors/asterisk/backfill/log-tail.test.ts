// The end of logs on a real disk: growing, rotated, compressed, longer than may be read, and not there.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readLogTail } from './log-tail.ts'

const T0 = 1_790_000_000_000
const signal = new AbortController().signal
const timeOf = (line: string) => (/^\d{13} /.test(line) ? Number(line.slice(0, 13)) : null)

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'callbook-log-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

/** One line a second, from a second on. */
function lines(from: number, count: number, padding = ''): string {
  return Array.from({ length: count }, (_, i) => `${T0 + (from + i) * 1000} row ${from + i} 张三${padding}\n`).join('')
}

function numbers(read: readonly string[], from: number): number[] {
  return read.filter((line) => (timeOf(line) ?? 0) >= from).map((line) => Number(/row (\d+)/.exec(line)?.[1]))
}

const since = (second: number) => T0 + second * 1000

test('only the end of a long log is read, and all of it from the wanted time on', async (t) => {
  const path = join(folder(t), 'cel.csv')
  writeFileSync(path, lines(0, 20_000, 'x'.repeat(80)))
  const wish = { from: since(19_000), timeOf, maxBytes: 10_000_000 }
  const { lines: read, isComplete } = await readLogTail(path, wish, signal)
  assert.ok(isComplete)
  assert.deepEqual(
    numbers(read, wish.from),
    Array.from({ length: 1_000 }, (_, i) => 19_000 + i),
  )
  assert.ok(read.length < 8_000, `${read.length} lines were read`)
})

test('what is being written is read as far as it goes', async (t) => {
  const path = join(folder(t), 'cel.csv')
  writeFileSync(path, lines(0, 10))
  appendFileSync(path, `${since(10)} row 10`)
  const read = await readLogTail(path, { from: since(8), timeOf, maxBytes: 1_000_000 }, signal)
  assert.deepEqual(numbers(read.lines, since(8)), [8, 9, 10])
})

test('a gap that reaches back over rotations is read from the rotated files, compressed or not, and no further', async (t) => {
  const path = join(folder(t), 'queue_log')
  writeFileSync(`${path}.3.gz`, 'this is not gzip: it is too old to be looked at')
  writeFileSync(`${path}.2.gz`, gzipSync(lines(0, 100)))
  writeFileSync(`${path}.1`, lines(100, 100))
  writeFileSync(`${path}.backup`, lines(0, 500))
  writeFileSync(path, lines(200, 50))
  const touch = (name: string, second: number) => utimesSync(name, since(second) / 1000, since(second) / 1000)
  touch(`${path}.3.gz`, -1000)
  touch(`${path}.2.gz`, 99)
  touch(`${path}.1`, 199)
  touch(path, 250)
  const read = await readLogTail(path, { from: since(50), timeOf, maxBytes: 1_000_000 }, signal)
  assert.ok(read.isComplete)
  assert.deepEqual(
    numbers(read.lines, since(50)),
    Array.from({ length: 200 }, (_, i) => 50 + i),
  )
})

test('a log that has just been rotated away, and not begun again, is found under its new name', async (t) => {
  const path = join(folder(t), 'cel.csv')
  writeFileSync(path, lines(0, 30))
  renameSync(path, `${path}-20261123`)
  const read = await readLogTail(path, { from: since(20), timeOf, maxBytes: 1_000_000 }, signal)
  assert.equal(numbers(read.lines, since(20)).length, 10)
})

test('more than may be read is cut off at its beginning, and said to be', async (t) => {
  const path = join(folder(t), 'cel.csv')
  writeFileSync(path, lines(0, 10_000))
  writeFileSync(`${path}.1`, lines(-10_000, 10_000))
  const read = await readLogTail(path, { from: since(-5_000), timeOf, maxBytes: 100_000 }, signal)
  assert.equal(read.isComplete, false)
  const told = numbers(read.lines, since(-5_000))
  assert.equal(told.at(-1), 9_999)
  assert.ok(told.length > 2_000 && told.length < 4_000, `${told.length} rows`)
})

test('a log that is not there is an error; an empty one, or one without news, is none', async (t) => {
  const path = join(folder(t), 'cel.csv')
  const wish = { from: since(0), timeOf, maxBytes: 1_000_000 }
  await assert.rejects(readLogTail(path, wish, signal), /no such file/)
  await assert.rejects(readLogTail('/nowhere/cel.csv', wish, signal), /ENOENT/)
  writeFileSync(path, '')
  assert.deepEqual(numbers((await readLogTail(path, wish, signal)).lines, wish.from), [])
})

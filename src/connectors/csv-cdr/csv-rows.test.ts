import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CsvItem, CsvRows, cellsOf, ROW_MAX_BYTES } from './csv-rows.ts'

/** All items of a file that comes in these chunks. */
function read(chunks: readonly Uint8Array[], columns = 3): CsvItem[] {
  const rows = new CsvRows((cells) => cells.length === columns && !cells[0]?.endsWith('"'))
  return [...chunks.flatMap((chunk) => rows.push(chunk)), ...rows.finish()]
}

const rowsOf = (text: string, columns?: number) =>
  read([Buffer.from(text)], columns).map((item) => (item.type === 'row' ? item.cells : item.cause))

test('quotes are read as Asterisk doubles them and as FreeSWITCH leaves them', () => {
  assert.deepEqual(cellsOf('"""张三"" <1001>","",7'), ['"张三" <1001>', '', '7'])
  assert.deepEqual(cellsOf('""""" <138>","x"'), ['"" <138>', 'x'])
  assert.deepEqual(cellsOf('"Bob "B" Smith","138","a,b"'), ['Bob "B" Smith', '138', 'a,b'])
  assert.deepEqual(cellsOf('INSERT INTO cdr VALUES ("a","b", "c");'), ['a', 'b', 'c'])
  assert.deepEqual(cellsOf(',,'), ['', '', ''])
  assert.equal(cellsOf('"a","b'), null)
})

test('rows are the same however the bytes are cut, and a character is never torn', () => {
  const bytes = Buffer.from('\ufeff"张三","2","3"\r\n\r\n"a\nb","2","3"\n"last","😀","3"')
  const whole = read([bytes])
  assert.deepEqual(
    whole.map((item) => item.type === 'row' && [item.line, ...item.cells]),
    [
      [1, '张三', '2', '3'],
      [3, 'a\nb', '2', '3'],
      [5, 'last', '😀', '3'],
    ],
  )
  assert.deepEqual(read([...bytes].map((byte) => Uint8Array.of(byte))), whole)
})

test('a line that breaks off costs itself and nothing else', () => {
  assert.deepEqual(rowsOf('"1","2","3"\n"4","5\n"6","7","8"\n"9","10","11"\n'), [
    ['1', '2', '3'],
    'A quote is never closed.',
    ['6', '7', '8'],
    ['9', '10', '11'],
  ])
})

test('a line without end and quotes without end are given up within their bounds', () => {
  const long = `"${'x'.repeat(ROW_MAX_BYTES * 3)}`
  const items = read([Buffer.from(`${long}\n"1","2","3"\n`)])
  assert.deepEqual(
    items.map((item) => item.type),
    ['unreadable', 'row'],
  )
  assert.ok(items.every((item) => item.text.length <= 1_000))
  const open = rowsOf(`${'"never\n'.repeat(200)}"1","2","3"\n`)
  assert.deepEqual(open.at(-1), ['1', '2', '3'])
})

test('whatever a file holds, nothing is thrown and no line is lost silently', () => {
  const piece = fc.constantFrom('"', '""', ',', '\n', '\r\n', 'a', '张', '"1","2","3"\n', ' ', '\u0000')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      (pieces, sizes) => {
        const bytes = Buffer.from(pieces.join(''))
        const whole = read([bytes])
        const chunks: Buffer[] = []
        for (let from = 0, i = 0; from < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1
          chunks.push(bytes.subarray(from, from + size))
          from += size
        }
        assert.deepEqual(read(chunks), whole)
        const lines = pieces
          .join('')
          .split('\n')
          .filter((line) => line.replace(/\r$/, '').trim() !== '')
        const told = whole.reduce(
          (sum, { text }) => sum + text.split('\n').filter((line) => line.trim() !== '').length,
          0,
        )
        assert.ok(told >= lines.length || pieces.join('').includes('\ufeff'), `${told} of ${lines.length} lines`)
      },
    ),
    { numRuns: 500 },
  )
})

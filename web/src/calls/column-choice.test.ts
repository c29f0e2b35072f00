import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  COLUMN_KEYS,
  clampWidth,
  defaultColumns,
  isDefault,
  MAX_WIDTH,
  MIN_WIDTH,
  moveColumn,
  onNarrowScreen,
  readColumns,
  resizeColumn,
  toggleColumn,
} from './column-choice.ts'

const keys = (columns: readonly { key: string }[]) => columns.map((column) => column.key)

test('what was kept is read as far as it makes sense: unknown, doubled and broken columns fall out', () => {
  const kept = [
    { key: 'talk', width: 9_999 },
    { key: 'talk', width: 80 },
    { key: 'gone' },
    null,
    'id',
    { key: 'caller' },
  ]
  assert.deepEqual(readColumns(kept), [
    { key: 'talk', width: MAX_WIDTH },
    { key: 'caller', width: null },
  ])
  for (const nonsense of [null, {}, 'x', [], [{ key: 'nothing' }]]) assert.equal(readColumns(nonsense), defaultColumns)
})

test('on a narrow screen the id gives way to who called', () => {
  assert.deepEqual(keys(onNarrowScreen(defaultColumns)).slice(0, 3), ['startedAt', 'establishedAt', 'caller'])
  assert.equal(onNarrowScreen(defaultColumns).at(-1)?.key, 'id')
  const own = defaultColumns.slice(1)
  assert.equal(onNarrowScreen(own), own)
  assert.deepEqual(keys(onNarrowScreen(defaultColumns.slice(0, 1))), ['id'])
})

test('a column is shown at the end and hidden again; the last one stays', () => {
  const more = toggleColumn(defaultColumns, 'customer')
  assert.equal(more.at(-1)?.key, 'customer')
  assert.deepEqual(toggleColumn(more, 'customer'), defaultColumns)
  const [only] = defaultColumns
  assert.ok(only)
  assert.deepEqual(toggleColumn([only], only.key), [only])
})

test('columns move without leaving the row of columns', () => {
  const three = defaultColumns.slice(0, 3)
  assert.deepEqual(keys(moveColumn(three, 'id', 2)), ['startedAt', 'establishedAt', 'id'])
  assert.deepEqual(keys(moveColumn(three, 'id', 99)), ['startedAt', 'establishedAt', 'id'])
  assert.deepEqual(keys(moveColumn(three, 'establishedAt', -1)), ['establishedAt', 'id', 'startedAt'])
  assert.equal(moveColumn(three, 'keys', 0), three)
})

test('a width has bounds, and a change of it is no longer the default', () => {
  assert.equal(clampWidth(1), MIN_WIDTH)
  const wider = resizeColumn(defaultColumns, 'caller', 200.4)
  assert.equal(wider.find((column) => column.key === 'caller')?.width, 200)
  assert.ok(!isDefault(wider) && isDefault(defaultColumns))
  assert.equal(new Set(COLUMN_KEYS).size, COLUMN_KEYS.length)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { en } from '../../web/src/i18n/en.ts'
import { zhCN } from '../../web/src/i18n/zh-CN.ts'
import { wordsIn } from './export-words.ts'

test('an exported file says what the screen says', () => {
  for (const [language, console] of [
    ['zh-CN', zhCN],
    ['en', en],
  ] as const) {
    const words = wordsIn(language)
    for (const list of ['callType', 'hangupReason', 'notConnectedCause', 'phase', 'releasedBy'] as const)
      assert.deepEqual(words[list], console[list], `${language}: ${list}`)
    // In a file the recording's state and number have columns of their own.
    const { actions: _, recorded: __, reason, cause, ...columns } = console.list.column
    for (const [column, title] of Object.entries({ ...columns, hangupReason: reason, notConnectedCause: cause }))
      assert.equal((words.column as Record<string, string>)[column], title, `${language}: column ${column}`)
  }
})

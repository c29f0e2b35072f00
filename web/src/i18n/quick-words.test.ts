import assert from 'node:assert/strict'
import { test } from 'node:test'
import i18next from 'i18next'
import { quickWords } from './quick-words.ts'
import { zhCN } from './zh-CN.ts'

await i18next.init({
  lng: 'zh-CN',
  resources: { 'zh-CN': { translation: zhCN } },
  interpolation: { escapeValue: false },
})
const quick = quickWords(i18next.t)

test('words and sentences are the same as without it, the first time and every other', () => {
  for (const _ of [1, 2]) {
    assert.equal(quick('phase.talking'), i18next.t('phase.talking'))
    for (const value of ['13800138000', '$1 & <b>', ''])
      assert.equal(quick('list.copyValue', { value }), i18next.t('list.copyValue', { value }))
    for (const id of ['1001', '1002'])
      assert.equal(quick('party.named', { name: '张三', id }), i18next.t('party.named', { name: '张三', id }))
  }
})

test('what is counted is not kept', () => {
  for (const count of [1, 2, 12])
    assert.equal(
      quick('list.count', { count, formatted: String(count) }),
      i18next.t('list.count', { count, formatted: String(count) }),
    )
})

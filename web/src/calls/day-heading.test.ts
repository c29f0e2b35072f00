import assert from 'node:assert/strict'
import { test } from 'node:test'
import i18next from 'i18next'
import { en } from '../i18n/en.ts'
import { zhCN } from '../i18n/zh-CN.ts'
import { dayHeading, zoneOffset } from './day-heading.ts'

const resources = { 'zh-CN': { translation: zhCN }, en: { translation: en } }
await i18next.init({ lng: 'zh-CN', resources, fallbackLng: false })

test('days are called as people call them', () => {
  const chinese = i18next.getFixedT('zh-CN')
  const english = i18next.getFixedT('en')
  assert.equal(dayHeading('2026-11-28', '2026-11-28', 'zh-CN', chinese), '今天 11月28日周六')
  assert.equal(dayHeading('2026-11-27', '2026-11-28', 'zh-CN', chinese), '昨天 11月27日周五')
  assert.equal(dayHeading('2026-11-25', '2026-11-28', 'zh-CN', chinese), '11月25日周三')
  assert.equal(dayHeading('2026-11-28', '2026-11-28', 'en', english), 'Today · Sat, Nov 28')
  assert.equal(dayHeading('2026-11-01', '2026-11-28', 'en', english), 'Sun, Nov 1')
})

test('a zone is said as its distance from UTC, summer time included', () => {
  assert.equal(zoneOffset('Asia/Shanghai', Date.parse('2026-11-28T00:00:00Z')), 'UTC+8')
  assert.equal(zoneOffset('Etc/UTC', 0), 'UTC+0')
  assert.equal(zoneOffset('Europe/Berlin', Date.parse('2026-07-01T00:00:00Z')), 'UTC+2')
})

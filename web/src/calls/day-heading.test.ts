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
  const today = { day: '', from: '', to: '' }
  assert.equal(zoneOffset(Date.parse('2026-11-28T00:00:00Z'), { timeZone: 'Asia/Shanghai', today }), 'UTC+8')
  assert.equal(zoneOffset(0, { timeZone: 'Etc/UTC', today }), 'UTC+0')
  assert.equal(zoneOffset(Date.parse('2026-07-01T00:00:00Z'), { timeZone: 'Europe/Berlin', today }), 'UTC+2')
})

test('the offset of the day that the server told is its own, unless the clocks are changed on it', () => {
  const on = (timeZone: string, from: string, to: string, at: string) =>
    zoneOffset(Date.parse(at), { timeZone, today: { day: from.slice(0, 10), from, to } })
  const day = (offset: string) => [`2026-11-28T00:00:00.000${offset}`, `2026-11-29T00:00:00.000${offset}`] as const
  const noon = '2026-11-28T12:00:00Z'
  // Nobody's zone: what is said comes from the day alone.
  assert.equal(on('Etc/GMT-3', ...day('+08:00'), noon), 'UTC+8')
  assert.equal(on('Asia/Kolkata', ...day('+05:30'), noon), 'UTC+5:30')
  assert.equal(on('Etc/UTC', ...day('+00:00'), noon), 'UTC+0')
  assert.equal(on('America/Caracas', ...day('-10:00'), noon), 'UTC-10')
  const changed = ['2026-10-25T00:00:00.000+02:00', '2026-10-26T00:00:00.000+01:00'] as const
  assert.equal(on('Europe/Berlin', ...changed, '2026-10-25T12:00:00Z'), 'UTC+1')
})

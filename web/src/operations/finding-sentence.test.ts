import assert from 'node:assert/strict'
import { test } from 'node:test'
import i18next from 'i18next'
import { FINDING_KINDS, type Finding } from '../../../src/reconciliation/findings.ts'
import { pagesEn } from '../i18n/pages-en.ts'
import { pagesZhCN } from '../i18n/pages-zh-CN.ts'
import { findingSentence } from './finding-sentence.ts'

await i18next.init({
  lng: 'zh-CN',
  resources: { 'zh-CN': { translation: pagesZhCN }, en: { translation: pagesEn } },
  interpolation: { escapeValue: false },
})

const say = (kind: Finding['kind'], facts: Finding['facts'], language = 'zh-CN') =>
  findingSentence({ kind, severity: 'error', callId: 'c', facts, repair: null }, i18next.getFixedT(language), language)

test('every kind of finding is a whole sentence in both languages', () => {
  const facts = { n: 1, talkMs: 198_000, recordedMs: 62_000, silentMs: 46_800_000, connector: 'pbx1', skewMs: -3200 }
  for (const kind of FINDING_KINDS) {
    for (const language of ['zh-CN', 'en']) {
      const said = say(kind, { ...facts, origin: 'pbx1:a.wav:12:34', because: 'not-a-wav' }, language)
      assert.doesNotMatch(said, /operations\.|\{\{|undefined|null|NaN/, kind)
      assert.notEqual(said.trim(), '', kind)
    }
  }
})

test('a finding says how much, how long and which file', () => {
  assert.equal(say('recording-length', { talkMs: 198_000, recordedMs: 62_000 }), '通话 3:18，录音只有 1:02')
  assert.equal(say('call-without-end', { silentMs: 46_800_000 }, 'en'), 'Shown as going on, but silent for 13 hours')
  assert.equal(say('clock-skew', { connector: 'pbx1', skewMs: -3200 }), 'pbx1 的时钟比 Callbook 慢 3.2 秒')
  const file = { origin: 'pbx1:2026/a:b.wav:12:34', because: 'no-such-reason' }
  assert.equal(say('file-unreadable', file), '2026/a:b.wav：no-such-reason')
})

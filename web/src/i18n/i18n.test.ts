import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MissingFact } from '../../../src/calls/call.ts'
import { VALUE_RULES } from '../../../src/calls/derived-values.ts'
import { REASON_RULES } from '../../../src/calls/hangup-reason.ts'
import { FINDING_KINDS, type Repair } from '../../../src/reconciliation/findings.ts'
import { en } from './en.ts'
import { pagesEn } from './pages-en.ts'
import { pagesZhCN } from './pages-zh-CN.ts'
import { zhCN } from './zh-CN.ts'

type Tree = { readonly [key: string]: string | Tree }

function leaves(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const here = path ? `${path}.${key}` : key
    if (typeof value === 'string') found.set(here, value)
    else for (const [k, v] of leaves(value, here)) found.set(k, v)
  }
  return found
}

const chinese = leaves({ ...zhCN, ...pagesZhCN })
const english = leaves({ ...en, ...pagesEn })

test('both languages have the same keys', () => {
  assert.deepEqual([...english.keys()].sort(), [...chinese.keys()].sort())
})

test('no word is missing, and both languages fill in the same values', () => {
  const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort()
  for (const [key, text] of chinese) {
    assert.notEqual(text.trim(), '', key)
    assert.notEqual(english.get(key)?.trim(), '', key)
    assert.deepEqual(blanks(english.get(key) ?? ''), blanks(text), key)
  }
})

test('no Chinese is left in the English, and no English sentence in the Chinese', () => {
  for (const [key, text] of english) assert.doesNotMatch(text, /[\u4e00-\u9fff]/, key)
  for (const [key, text] of chinese) assert.doesNotMatch(text.replace(/\{\{\w+\}\}/g, ''), /[a-z]{3,} [a-z]{2,}/, key)
})

test('every rule that decides a hangup reason has a sentence', () => {
  assert.deepEqual(Object.keys(zhCN.rule).sort(), [...REASON_RULES].sort())
})

test('every rule that decides another value has a sentence', () => {
  const rules = Object.values(VALUE_RULES).flat()
  const decided = rules.filter((rule) => !REASON_RULES.some((reason) => reason === rule))
  assert.deepEqual(Object.keys(zhCN.valueRule).sort(), [...new Set(decided)].sort())
})

test('everything that may have been missing has a sentence', () => {
  // The compiler holds this list to the type.
  const facts: Record<MissingFact, true> = { 'no-start': true, 'type-guessed': true, 'end-estimated': true }
  assert.deepEqual(Object.keys(zhCN.missingFact).sort(), Object.keys(facts).sort())
})

test('everything a reconciliation may find has a title and a sentence, and every repair says what it does', () => {
  const { finding, repair, repairText } = pagesZhCN.operations.reconciliation
  assert.deepEqual(Object.keys(finding).sort(), [...FINDING_KINDS].sort())
  // The compiler holds this list to the type.
  const repairs: Record<Repair['action'], true> = {
    'close-call': true,
    'mark-missing': true,
    'forget-file': true,
    backfill: true,
  }
  assert.deepEqual(Object.keys(repair).sort(), Object.keys(repairs).sort())
  assert.deepEqual(Object.keys(repairText).sort(), Object.keys(repairs).sort())
})

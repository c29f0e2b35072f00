import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallSummary } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { clockIn } from '../calls/instant.ts'
import { csvFormat, quoted, safeInSpreadsheets } from './csv-format.ts'
import { columnsOf } from './export-columns.ts'
import { wordsIn } from './export-words.ts'

const clock = clockIn('Asia/Shanghai')
const at = Date.parse('2026-11-23T10:00:00.120+08:00')
const events: CallEvent[] = [
  { id: 's', callId: '1795399913.0', at, type: 'call-started', callType: 'inbound', customer: '+8613800138000' },
  { id: 'a', callId: '1795399913.0', at: at + 4_000, type: 'agent-answered', agent: { id: '1001', name: '=1+1' } },
  { id: 'k', callId: '1795399913.0', at: at + 1_000, type: 'key-pressed', key: '1' },
  { id: 'e', callId: '1795399913.0', at: at + 64_600, type: 'call-ended', releasedBy: 'customer' },
]
const call: CallSummary = { ...deriveCall({ callId: '1795399913.0', source: 'pbx1', events }), seq: 1 }
const columns = columnsOf(['id', 'startedAt', 'type', 'caller', 'agent', 'talk', 'keys', 'endEstimated'])

test('for a spreadsheet: numbers stay text, nothing runs, times are said with their zone, durations in seconds', () => {
  const csv = csvFormat(columns, { clock, words: wordsIn('zh-CN'), plain: false })
  assert.equal(csv.head, '\ufeff通话ID,开始时间,呼叫类型,主叫号码,坐席,通话时长（秒）,客户按键,结束时间为估计\r\n')
  assert.equal(csv.row(call), '"\t1795399913.0",2026-11-23 10:00:00+08:00,呼入,"\t+8613800138000",\'=1+1,61,"\t1",\r\n')
})

test('for a program: codes, every digit, nothing added', () => {
  const csv = csvFormat(columns, { clock, words: wordsIn('zh-CN'), plain: true })
  assert.equal(csv.head, 'id,startedAt,type,caller,agent,talkSeconds,keys,endEstimated\r\n')
  assert.equal(csv.row(call), '1795399913.0,2026-11-23T10:00:00.120+08:00,inbound,+8613800138000,=1+1,60.6,1,\r\n')
})

test('what a spreadsheet would run, or take for a number, a date or a time, is text in the cell', () => {
  for (const text of ['=1+1', '@SUM(A1)', '-cmd', '+cmd|x', '\tx', '\r=1', '＝1+x'])
    assert.equal(safeInSpreadsheets(text), `'${text}`)
  for (const text of ['13800138000', '02150001000', '+8613800138000', '1E10', '1795399913.0', '10-11', '1,2', '-1+2'])
    assert.equal(safeInSpreadsheets(text), `\t${text}`)
  for (const text of ['张三', 'pbx1-1795399913.0', '', 'sip:1001', 'a=b']) assert.equal(safeInSpreadsheets(text), text)
})

test('quotation marks, commas and line ends do not leave their cell', () => {
  assert.equal(quoted('a"b'), '"a""b"')
  assert.equal(quoted('a,b'), '"a,b"')
  assert.equal(quoted('a\r\nb'), '"a\r\nb"')
  assert.equal(quoted(' a'), '" a"')
  assert.equal(quoted('a b'), 'a b')
})

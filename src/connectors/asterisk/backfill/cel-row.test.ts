// Lines of CEL files as Asterisk writes them, in the layouts of its versions, and what is no row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { celLineReader, parseEventTime } from './cel-row.ts'
import { readQueueLogLine } from './queue-log-row.ts'

const hangup = {
  at: 1795398991121.992,
  event: 'HANGUP',
  detail: '',
  uniqueid: '1795398984.142',
  linkedid: '1795398984.142',
  channel: 'PJSIP/customers-00000052',
  name: '张 "三"',
  number: '13800138000',
  exten: 'sales',
  application: 'Queue',
  data: 'sales,t,,,60',
  extra: { hangupcause: '16', hangupsource: 'PJSIP/1001-00000053', dialstatus: 'ANSWER' },
}
const extra = '"{""hangupcause"":16,""hangupsource"":""PJSIP/1001-00000053"",""dialstatus"":""ANSWER""}"'

test('the mapping of the guide, that of Asterisk’s sample, columns named by the user and JSON say the same', () => {
  const read = celLineReader(null)
  const guide = `"1795398991.121992","HANGUP","","1795398984.142","1795398984.142","PJSIP/customers-00000052","张 ""三""","13800138000","","","02150001000","sales","cc-queue","Queue","sales,t,,,60","","1001","","",${extra},""`
  assert.deepEqual(read(guide), hangup)
  const sample = `"HANGUP","1795398991.121992","张 ""三""","13800138000","13800138000","","02150001000","sales","cc-queue","PJSIP/customers-00000052","Queue","sales,t,,,60","3","","1795398984.142","1795398984.142","","","",${extra}`
  assert.deepEqual(read(sample), hangup)
  const own = [
    'EventTime',
    'EventType',
    'LinkedID',
    'UniqueID',
    '',
    'ChanName',
    'CIDNum',
    'CIDName',
    'Exten',
    'AppName',
    'AppData',
    'Extra',
  ]
  const line = `1795398991.121992,HANGUP,1795398984.142,1795398984.142,a literal,PJSIP/customers-00000052,13800138000,"张 ""三""",sales,Queue,"sales,t,,,60",${extra}`
  assert.deepEqual(celLineReader(own)(line), hangup)
  const json = {
    eventtype: 'HANGUP',
    eventtime: '1795398991.121992',
    uniqueid: '1795398984.142',
    linkedid: '1795398984.142',
    channame: 'PJSIP/customers-00000052',
    cidname: '张 "三"',
    cidnum: '13800138000',
    exten: 'sales',
    appname: 'Queue',
    appdata: 'sales,t,,,60',
    extra: { hangupcause: 16, hangupsource: 'PJSIP/1001-00000053', dialstatus: 'ANSWER' },
  }
  assert.deepEqual(read(JSON.stringify(json)), hangup)
})

test('what is no row is not taken for one', () => {
  const read = celLineReader(null)
  for (const line of [
    '',
    'nonsense',
    '"1795398991.1219',
    '{"eventtype":',
    '{"a":1}',
    '"yesterday","HANGUP","","1.1"',
    '0,0,0',
  ])
    assert.equal(read(line), null, line)
  for (const line of ['', '1795398984|x', 'soon|1.1|sales|NONE|ABANDON|1|1|4', '1795398984|1.1|sales|NONE|abandon'])
    assert.equal(readQueueLogLine(line), null, line)
})

test('times come as epoch or as dates, with fractions and zones', () => {
  assert.equal(parseEventTime('1795398991.121992'), 1795398991121.992)
  assert.equal(parseEventTime('1795398991'), 1795398991000)
  assert.equal(parseEventTime('2026-11-23 10:00:00.250 +0800'), Date.parse('2026-11-23T02:00:00.250Z'))
  assert.equal(parseEventTime('2026-11-23T10:00:00Z'), Date.parse('2026-11-23T10:00:00Z'))
  assert.equal(parseEventTime('2026-11-23 10:00:00'), new Date(2026, 10, 23, 10).getTime())
  assert.equal(parseEventTime('23.11.2026'), null)
})

test('a row of queue_log is its second, call, queue, member, event and values', () => {
  assert.deepEqual(readQueueLogLine('1795398988|1795398984.142|sales|张三|CONNECT|2|1795398986.143|1'), {
    at: 1795398988000,
    callId: '1795398984.142',
    queue: 'sales',
    member: '张三',
    event: 'CONNECT',
    values: ['2', '1795398986.143', '1'],
  })
})

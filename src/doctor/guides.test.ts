// The set-up guides in docs/: both languages give the same lines, these are the lines that doctor asks for, and Callbook
// takes their connectors. That an Asterisk takes them too is seen by `npm run test:pbx`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkConnector } from '../config.ts'
import { celLineReader } from '../connectors/asterisk/backfill/cel-row.ts'
import type { AsteriskFacts } from './asterisk/ami-facts.ts'
import { checkCel } from './asterisk/check-sources.ts'
import { READ_CLASSES, WRITE_CLASSES } from './asterisk/manager-lines.ts'

const GUIDES = ['connect-asterisk', 'connect-freepbx', 'connect-freeswitch'] as const

const read = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, block]) => block ?? '')
}

test('the guides give the same lines in both languages', () => {
  // Comments and the choice of a language are not lines for a machine.
  const plain = (block: string) => block.replace(/<!--.*?-->\n/g, '').replace(/^LANG=\S+ /gm, '')
  for (const guide of GUIDES)
    for (const language of ['ini', 'json', 'sh', 'xml'])
      assert.deepEqual(blocks(read(`${guide}.zh-CN`), language).map(plain), blocks(read(guide), language).map(plain))
})

test('their connectors are taken', () => {
  for (const guide of GUIDES) {
    const whole = blocks(read(guide), 'json').find((block) => block.startsWith('{')) ?? ''
    const { connectors } = JSON.parse(whole) as { connectors: object[] }
    const parts = blocks(read(guide), 'json').filter((block) => block.startsWith('"'))
    checkConnector({ ...connectors[0], ...JSON.parse(`{${parts.join(',')}}`) })
  }
})

test('the AMI user is the one that doctor asks for', () => {
  for (const guide of ['connect-asterisk', 'connect-freepbx']) {
    const user = blocks(read(guide), 'ini').find((block) => block.includes('[callbook]')) ?? ''
    assert.match(user, new RegExp(`^read = ${READ_CLASSES.join(',')}$`, 'm'))
    assert.match(user, new RegExp(`^write = ${WRITE_CLASSES.join(',')}$`, 'm'))
  }
})

test('CEL is written in the columns that doctor asks for, and such a line is understood', () => {
  const off = { cel: { enabled: false, subscribers: [], events: [] }, directories: null } as Partial<AsteriskFacts>
  const [, mapping] = checkCel(off as AsteriskFacts, { cel: null, queueLog: null }).fix
  const line = mapping?.lines[1] ?? ''
  for (const guide of ['connect-asterisk', 'connect-freepbx'])
    assert.ok(
      blocks(read(guide), 'ini').some((block) => block.includes(`[mappings]\n${line}\n`)),
      guide,
    )
  const names = [...line.matchAll(/\$\{CSV_QUOTE\(\$\{(.*?)\}\)\}/g)].map(([, name]) => name ?? '')
  const values: Record<string, string> = {
    eventtime: '1795399913.598336',
    eventtype: 'CHAN_START',
    'CHANNEL(uniqueid)': '1795399913.1',
    'CHANNEL(linkedid)': '1795399913.0',
    'CHANNEL(channame)': 'PJSIP/1001-00000001',
    'CALLERID(num)': '13800138000',
    'CHANNEL(appname)': 'Queue',
    'CHANNEL(appdata)': 'sales,tT',
    eventextra: '{"hangupsource":"x"}',
  }
  const row = celLineReader(null)(names.map((name) => `"${(values[name] ?? '').replaceAll('"', '""')}"`).join(','))
  assert.ok(row)
  assert.deepEqual(
    [row.event, row.uniqueid, row.linkedid, row.channel, row.number, row.application, row.data, row.extra],
    [
      'CHAN_START',
      '1795399913.1',
      '1795399913.0',
      'PJSIP/1001-00000001',
      '13800138000',
      'Queue',
      'sales,tT',
      { hangupsource: 'x' },
    ],
  )
})

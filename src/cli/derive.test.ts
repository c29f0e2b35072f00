import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { encodeMessage } from '../connectors/asterisk/fake-ami-server.ts'
import { readTrace } from '../connectors/asterisk/read-trace.ts'

const ROOT = join(import.meta.dirname, '../..')
const TRACE = join(ROOT, 'test/traces/asterisk/in_same_customer_twice/ami.jsonl')

function callbook(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'callbook.js'), ...args], (error, stdout, stderr) =>
      resolve({ stdout, stderr, code: error ? Number(error.code) : 0 }),
    )
  })
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'callbook-derive-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

const callsIn = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('a trace gives its calls as JSON lines in order of their start, and nothing else', async () => {
  const { stdout, stderr, code } = await callbook('derive', 'asterisk', TRACE)
  assert.equal(code, 0)
  assert.equal(stderr, '')
  const calls = callsIn(stdout)
  assert.deepEqual(
    calls.map((call) => [call.hangupReason, call.customer, call.agent?.name ?? null, call.seq]),
    [
      ['abandoned-in-ivr', '13800138000', null, 0],
      ['normal', '13800138000', '张三', 0],
    ],
  )
  assert.match(calls[0].startedAt, /^2026-11-23T\d\d:\d\d:\d\d\.\d{3}\+08:00$/)
  assert.equal(calls[1].steps[0].type, 'call-started')
})

test('the same calls come from a compressed trace and from the bytes of the connection', async (t) => {
  const path = folder(t)
  writeFileSync(join(path, 'ami.jsonl.gz'), gzipSync(readFileSync(TRACE)))
  const messages = readTrace(readFileSync(TRACE)).messages.map(({ message }) => encodeMessage(message))
  const raw = Buffer.concat([Buffer.from('Asterisk Call Manager/11.0.0\r\n'), ...messages])
  writeFileSync(join(path, 'ami.raw'), raw)
  const plain = await callbook('derive', 'asterisk', TRACE)
  assert.equal((await callbook('derive', 'asterisk', join(path, 'ami.jsonl.gz'))).stdout, plain.stdout)
  assert.deepEqual(
    callsIn((await callbook('derive', 'asterisk', join(path, 'ami.raw'))).stdout).map((call) => call.hangupReason),
    ['abandoned-in-ivr', 'normal'],
  )
})

test('a connector’s lists are used', async (t) => {
  const connector = join(folder(t), 'connector.json')
  writeFileSync(connector, JSON.stringify({ name: 'pbx1', type: 'asterisk', agents: ['PJSIP/2???'] }))
  const { stdout } = await callbook('derive', 'asterisk', TRACE, '--connector', connector)
  assert.equal(callsIn(stdout)[0].source, 'pbx1')
})

test('what cannot be read is said on standard error with an exit code', async (t) => {
  const path = folder(t)
  writeFileSync(join(path, 'notes.txt'), 'nothing of a PBX\n')
  writeFileSync(join(path, 'connector.json'), '{"name":"x"}')
  const wrong: [string[], RegExp][] = [
    [['asterisk', join(path, 'none.jsonl')], /There is no file/],
    [['asterisk', join(path, 'notes.txt')], /holds no message of an Asterisk/],
    [['panasonic', TRACE], /no PBX "panasonic"/],
    [['asterisk', TRACE, '--connector', join(path, 'connector.json')], /type/],
  ]
  for (const [args, sentence] of wrong) {
    const { stdout, stderr, code } = await callbook('derive', ...args)
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, sentence)
  }
})

test('a line that is cut off spoils only itself', async (t) => {
  const path = join(folder(t), 'cut.jsonl')
  const text = readFileSync(TRACE, 'utf8')
  writeFileSync(path, text.slice(0, -50))
  const { stdout, stderr, code } = await callbook('derive', 'asterisk', path)
  assert.equal(code, 0)
  assert.equal(callsIn(stdout).length, 2)
  assert.match(stderr, /not JSON/)
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { encodeEvent } from '../connectors/freeswitch/fake-esl-server.ts'
import { readTrace } from '../connectors/freeswitch/read-trace.ts'

const ROOT = join(import.meta.dirname, '../..')
const TRACE = join(ROOT, 'test/traces/freeswitch/ring-no-answer-then-answered')

function derive(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'callbook.js'), 'derive', ...args], (error, stdout, stderr) =>
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

test('events, compressed events, the bytes of the connection and a whole folder give the same call', async (t) => {
  const path = folder(t)
  const lines = readFileSync(join(TRACE, 'events.jsonl'))
  writeFileSync(join(path, 'events.jsonl.gz'), gzipSync(lines))
  const frames = readTrace(lines).events.map(({ event }) => encodeEvent(event))
  writeFileSync(join(path, 'esl.raw'), Buffer.concat([Buffer.from('Content-Type: auth/request\n\n'), ...frames]))
  const { stdout, stderr, code } = await derive('freeswitch', join(TRACE, 'events.jsonl'))
  assert.deepEqual([code, stderr], [0, ''])
  const [call] = callsIn(stdout)
  assert.deepEqual([call.hangupReason, call.agent.id, call.skillGroup.id], ['normal', '1001', 'support'])
  for (const file of [join(path, 'events.jsonl.gz'), join(path, 'esl.raw'), TRACE])
    assert.equal((await derive('freeswitch', file)).stdout, stdout, file)
})

test('documents alone give the call too: a folder of them, or one', async (t) => {
  const documents = join(TRACE, 'json_cdr')
  const [whole] = callsIn((await derive('freeswitch', documents)).stdout)
  assert.deepEqual([whole.hangupReason, whole.agent.id, whole.reconstructed], ['normal', '1001', true])
  const one = readdirSync(documents).find((name) => name.startsWith('a_25c15aca')) ?? ''
  const [alone] = callsIn((await derive('freeswitch', join(documents, one))).stdout)
  assert.deepEqual([alone.id, alone.hangupReason, alone.agent.id], [whole.id, 'normal', '1001'])
  const path = folder(t)
  writeFileSync(join(path, 'broken.cdr.json'), '{"variables":{},"callflow":[]}')
  const broken = await derive('freeswitch', path)
  assert.equal(broken.code, 1)
  assert.match(broken.stderr, /broken\.cdr\.json:1: It has no variables\.uuid\..*holds no event and no document/s)
})

test('a connector’s lists are used, and one of another PBX is refused', async (t) => {
  const path = folder(t)
  const write = (type: string) => {
    writeFileSync(join(path, `${type}.json`), JSON.stringify({ name: 'pbx', type, agents: ['1???'] }))
    return join(path, `${type}.json`)
  }
  const events = join(ROOT, 'test/traces/freeswitch/outbound-answered/events.jsonl')
  const right = await derive('freeswitch', events, '--connector', write('freeswitch'))
  assert.deepEqual([callsIn(right.stdout)[0].type, callsIn(right.stdout)[0].source], ['outbound', 'pbx'])
  const wrong = await derive('freeswitch', events, '--connector', write('asterisk'))
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, /the connector is of type asterisk/)
})

// Uploads that are not what they say: refused with a clear code, and nothing of them stays, neither row nor file.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { CallDetailJson } from '../../src/calls/call-json.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { startCallbook, type TestCallbook } from '../support/callbook.ts'
import { wavFile } from '../support/wav-files.ts'
import { assertRefused } from './refusals.ts'

let server: TestCallbook
before(async () => {
  server = await startCallbook()
  const call = {
    id: 's',
    callId: 'one',
    at: Date.now(),
    type: 'call-started',
    callType: 'inbound',
    customer: '13800138000',
  }
  assert.equal((await server.post('/events', [call])).status, 200)
})
after(() => server.close())

function put(path: string, body: Uint8Array | string, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Bearer ${server.key}`
  return server.api(path, { method: 'PUT', body, headers: { authorization, 'content-type': 'audio/wav', ...headers } })
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
}

async function assertNothingKept(): Promise<void> {
  const call = (await (await server.api('/calls/one')).json()) as CallDetailJson
  assert.deepEqual(call.recordings, [])
  assert.deepEqual(filesOf(join(server.folder, 'recordings')), [])
}

test('what is no WAV is refused, whatever it is called', async () => {
  const wav = wavFile()
  const bodies: [about: string, body: Uint8Array | string][] = [
    ['text', 'Dear diary, today nobody called.\n'.repeat(100)],
    ['nothing', ''],
    ['four letters', 'RIFF'],
    ['zeros', Buffer.alloc(4_096)],
    ['an MP3', Buffer.concat([Buffer.from('ID3\u0003'), Buffer.alloc(4_096, 7)])],
    ['a header without audio', wav.subarray(0, 44)],
    ['another RIFF', Buffer.concat([Buffer.from('RIFF\u0000\u0001\u0000\u0000AVI '), Buffer.alloc(300)])],
    ['no format', Buffer.concat([Buffer.from('RIFF\u0000\u0001\u0000\u0000WAVE'), wav.subarray(36)])],
  ]
  for (const [about, body] of bodies)
    await assertRefused(await put('/calls/one/recordings/1', body), 'not-a-wav', about)
  await assertNothingKept()
})

test('uploads to nobody, of another type, or with a wrong digest are refused', async () => {
  const wav = wavFile()
  const digest = { 'content-digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:` }
  const refusals: [path: string, headers: Record<string, string>, code: ErrorCode][] = [
    ['/calls/nobody/recordings/1', {}, 'call-not-found'],
    ['/calls/one/recordings/0', {}, 'bad-request'],
    ['/calls/one/recordings/1000', {}, 'bad-request'],
    ['/calls/one/recordings/1', { 'content-type': 'text/plain' }, 'unsupported-media-type'],
    ['/calls/one/recordings/1', { 'content-encoding': 'gzip' }, 'unsupported-media-type'],
    ['/calls/one/recordings/1', digest, 'digest-mismatch'],
  ]
  for (const [path, headers, code] of refusals)
    await assertRefused(await put(path, wav, headers), code, `${path} ${JSON.stringify(headers)}`)
  await assertNothingKept()
})

test('an upload that breaks off leaves nothing behind, and the whole one is taken afterwards', async () => {
  const wav = wavFile({ seconds: 2 })
  const { port } = new URL(server.address)
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  const head = [
    'PUT /api/v1/calls/one/recordings/1 HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${server.key}`,
    'Content-Type: audio/wav',
    `Content-Length: ${wav.length}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  socket.write(wav.subarray(0, wav.length / 2))
  await delay(200)
  socket.destroy()
  await delay(200)
  await assertNothingKept()
  assert.equal((await put('/calls/one/recordings/1', wav)).status, 201)
  const call = (await (await server.api('/calls/one')).json()) as CallDetailJson
  assert.deepEqual(
    call.recordings.map((recording) => [recording.n, recording.state, recording.sizeBytes]),
    [[1, 'available', wav.length]],
  )
})

// The audio of a search as a ZIP, through the whole server: read back by Python's zipfile and compared with the downloads.
import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { askForExport, exportEnded, exportedFile, oneExport } from '../../test/support/exported.ts'
import { python, pythonMissing } from '../../test/support/python.ts'
import { wavFile } from '../../test/support/wav-files.ts'
import { DEFAULT_INSTANCE, limits } from '../config.ts'

const START = Date.parse('2026-11-23T10:15:00+08:00')
const READ_ZIP = `
import base64, csv, io, json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
names = z.namelist()
print(json.dumps({'names': names, 'stored': all(i.compress_type == 0 for i in z.infolist()),
  'files': {n: base64.b64encode(z.read(n)).decode() for n in names[1:]},
  'list': list(csv.reader(io.StringIO(z.read(names[0]).decode('utf-8-sig'), newline='')))}))`

interface ReadZip {
  names: string[]
  stored: boolean
  files: Record<string, string>
  list: string[][]
}

const wav = { sound: wavFile({ seconds: 1 }), crashed: wavFile({ seconds: 2, claims: 0, riffClaims: 0 }) }

describe('an export of audio', () => {
  let server: TestCallbook
  let json: Record<string, string>
  const clock = { now: START + 3_600_000 }

  before(async () => {
    server = await startCallbook({}, () => clock.now)
    json = { authorization: `Bearer ${server.key}` }
    const call = (callId: string, at: number, customer: string, name = '张三') => [
      { id: 's', callId, at, type: 'call-started', callType: 'inbound', customer },
      { id: 'a', callId, at: at + 4_000, type: 'agent-answered', agent: { id: '1001', name } },
      { id: 'e', callId, at: at + 60_000, type: 'call-ended' },
    ]
    const answer = await server.post('/events', [
      ...call('sound', START, '13800138000'),
      // The same second, customer and agent: the names must differ all the same.
      ...call('crashed', START, '13800138000'),
      ...call('silent', START + 60_000, '13900139000'),
      ...call('lost', START + 120_000, '13700137000', '../../../etc/passwd'),
      ...call('twice', START + 180_000, '13600136000'),
    ])
    assert.equal(answer.status, 200)
    await put('sound', 1, wav.sound)
    await put('crashed', 1, wav.crashed)
    await put('lost', 1, wavFile({ seconds: 1 }))
    await put('twice', 1, wav.sound)
    await put('twice', 2, wavFile({ seconds: 3 }))
    const lost = await server.store.recordings.recording(DEFAULT_INSTANCE, 'lost', 1)
    await rm(join(server.folder, 'recordings', lost?.path ?? 'nothing'))
  })
  after(() => server.close())

  async function put(callId: string, n: number, body: Buffer): Promise<void> {
    const headers = { ...json, 'content-type': 'audio/wav' }
    const answer = await server.api(`/calls/${callId}/recordings/${n}`, {
      method: 'PUT',
      headers,
      body: new Uint8Array(body),
    })
    assert.equal(answer.status, 201, await answer.text())
  }

  async function ready(): Promise<string> {
    const { id } = await askForExport(server.api, { kind: 'audio' }, json)
    const row = await exportEnded(server.api, id, json)
    assert.equal(row.state, 'done', JSON.stringify(row))
    return id
  }

  test('has every recording byte for byte as its download, and a list that says which is whose and why one is not there', async (t) => {
    const missing = await pythonMissing('zipfile')
    if (missing) return t.skip(missing)
    const id = await ready()
    const path = join(server.folder, 'read.zip')
    const bytes = await exportedFile(server.api, id, json)
    await writeFile(path, bytes)
    assert.equal((await oneExport(server.api, id, json)).sizeBytes, bytes.length)
    const zip = python<ReadZip>('zipfile', READ_ZIP, path)
    assert.ok(zip.stored)
    assert.deepEqual(zip.names, [
      '录音清单.csv',
      '20261123/20261123-101800_呼入_13600136000_张三.wav',
      '20261123/20261123-101800_呼入_13600136000_张三_2.wav',
      '20261123/20261123-101500_呼入_13800138000_张三.wav',
      '20261123/20261123-101500_呼入_13800138000_张三_2.wav',
    ])
    const [head = [], ...rows] = zip.list
    assert.deepEqual(head.slice(0, 6), ['文件', '录音序号', '字节', '录音状态', '通话ID', '开始时间'])
    const states = Object.fromEntries(rows.map((row) => [`${row[4]} ${row[1]}`, row[3]]))
    assert.deepEqual(states, {
      'sound 1': '可播放',
      'crashed 1': '可播放',
      'silent ': '没有录音',
      'lost 1': '无法读取',
      'twice 1': '可播放',
      'twice 2': '可播放',
    })
    for (const [name, n, size, , callId] of rows) {
      if (!name) continue
      const download = await server.api(`/calls/${callId}/recordings/${n}`, { headers: json })
      const inside = Buffer.from(zip.files[name] ?? '', 'base64')
      assert.deepEqual(inside, Buffer.from(await download.arrayBuffer()))
      assert.equal(Number(size), inside.length)
    }
  })

  test('takes no room of its own, and any range of it is a slice of the whole', async () => {
    const id = await ready()
    const whole = await exportedFile(server.api, id, json)
    for (const first of [0, 17, 400, 5_000, 20_000, whole.length - 300, whole.length - 1]) {
      const last = Math.min(whole.length - 1, first + 3_333)
      const answer = await server.api(`/exports/${id}/file`, { headers: { ...json, range: `bytes=${first}-${last}` } })
      assert.equal(answer.status, 206)
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), whole.subarray(first, last + 1), `from ${first}`)
    }
  })

  test('is on record when it is made and whenever it is fetched', async () => {
    const id = await ready()
    const { length } = await exportedFile(server.api, id, json)
    const receipts = await server.store.receipts.receiptsBefore(
      DEFAULT_INSTANCE,
      { before: null, callId: null, n: null },
      2,
    )
    const [fetched, made] = receipts.map(({ actor, body }) => ({ actor, body }))
    assert.deepEqual(fetched, { actor: 'key:test', body: { kind: 'audio-downloaded', exportId: id, bytes: length } })
    assert.equal(made?.actor, 'key:test')
    assert.ok(made?.body.kind === 'audio-exported' && made.body.calls === 5 && made.body.bytes === length)
  })

  test('does not hand out what was deleted since, and says so', async () => {
    const id = await ready()
    const row = await server.store.recordings.recording(DEFAULT_INSTANCE, 'sound', 1)
    assert.ok(row)
    const event = {
      id: 'gone',
      callId: 'sound',
      at: clock.now,
      type: 'recording-deleted',
      n: 1,
      because: 'a test',
    } as const
    await server.ingest.append({ instance: DEFAULT_INSTANCE, source: 'test' }, [event], [{ ...row, state: 'deleted' }])
    await assert.rejects(exportedFile(server.api, id, json))
    const { state, failure } = await oneExport(server.api, id, json)
    assert.deepEqual({ state, failure }, { state: 'failed', failure: 'export-changed' })
    assert.equal((await server.api(`/exports/${id}/file`, { headers: json })).status, 409)
  })

  test('of more recordings than one takes is refused in words', async () => {
    const small = await startCallbook({ limits: { ...limits, exportedRecordings: 1 } }, () => clock.now)
    try {
      const headers = { authorization: `Bearer ${small.key}` }
      for (const callId of ['a', 'b']) {
        await small.post('/events', [
          { id: 's', callId, at: START, type: 'call-started', callType: 'inbound', customer: '1' },
        ])
        await small.api(`/calls/${callId}/recordings/1`, {
          method: 'PUT',
          headers: { ...headers, 'content-type': 'audio/wav' },
          body: new Uint8Array(wav.sound),
        })
      }
      const { id } = await askForExport(small.api, { kind: 'audio' }, headers)
      assert.equal((await exportEnded(small.api, id, headers)).failure, 'export-too-large')
    } finally {
      await small.close()
    }
  })
})

// Exports through the whole server: real calls, real files, read back by other people's readers.
import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { logIn, startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { askForExport, exportEnded, exportedFile } from '../../test/support/exported.ts'
import { python, pythonMissing } from '../../test/support/python.ts'
import { createUser } from '../access/users.ts'
import type { CallPageJson } from '../calls/call-routes.ts'
import { DEFAULT_INSTANCE, limits } from '../config.ts'
import type { ExportJson } from './export-json.ts'

const START = Date.parse('2026-11-23T09:00:00+08:00')
const PASSWORD = 'correct horse'
const READ_CSV = `
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8-sig') as f: print(json.dumps(list(csv.reader(f))))`
const READ_XLSX = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
def value(c):
    v = c.value
    return v.isoformat() if hasattr(v, 'isoformat') else v.total_seconds() if hasattr(v, 'total_seconds') else v
print(json.dumps({'names': book.sheetnames, 'frozen': [s.freeze_panes for s in book], 'filter': [s.auto_filter.ref for s in book],
  'rows': [[value(c) for c in row] for s in book for row in s.iter_rows()],
  'formats': [c.number_format for c in list(book.worksheets[0].iter_rows())[1]]}))`

/** Thirty calls of two agents a minute apart; the names try to run in a spreadsheet. */
function eventsOf(i: number): object[] {
  const callId = `17953999${String(i).padStart(2, '0')}.0`
  const at = START + i * 60_000
  const agent = i % 2 === 0 ? { id: '1001', name: '张三' } : { id: '1002', name: '=HYPERLINK("http://x","李,四")' }
  return [
    {
      id: 's',
      callId,
      at,
      type: 'call-started',
      callType: 'inbound',
      customer: '+8613800138000',
      dialledNumber: '02150001000',
    },
    { id: 'q', callId, at: at + 500, type: 'queue-entered', skillGroup: { id: 'sales', name: '销售' } },
    { id: 'a', callId, at: at + 4_000, type: 'agent-answered', agent },
    { id: 'e', callId, at: at + 64_000 + i * 1_000, type: 'call-ended', releasedBy: 'customer' },
  ]
}

describe('exports', () => {
  const clock = { now: START + 3_600_000 }
  let server: TestCallbook
  let admin: Record<string, string>
  const session = async (name: string) => ({
    cookie: await logIn(server, name, PASSWORD),
    origin: server.address,
  })

  before(async () => {
    server = await startCallbook({ limits: { ...limits, exportsOfOwner: 12 } }, () => clock.now)
    for (const [name, role, agentId] of [
      ['boss', 'manager', null],
      ['zhang', 'agent', '1001'],
      ['root', 'admin', null],
    ] as const)
      await createUser(
        server.store.access,
        { instance: DEFAULT_INSTANCE, name, role, agentId, password: PASSWORD, mustChangePassword: false },
        clock.now,
      )
    admin = await session('root')
    const answer = await server.post('/events', Array.from({ length: 30 }, (_, i) => eventsOf(i)).flat())
    assert.deepEqual(((await answer.json()) as { rejected: unknown[] }).rejected, [])
  })
  after(() => server.close())

  async function fileOf(body: object, headers = admin): Promise<{ row: ExportJson; path: string; bytes: Buffer }> {
    const { id } = await askForExport(server.api, body, headers)
    const row = await exportEnded(server.api, id, headers)
    assert.equal(row.state, 'done', JSON.stringify(row))
    const bytes = await exportedFile(server.api, id, headers)
    const path = join(server.folder, `read.${row.kind}`)
    await writeFile(path, bytes)
    assert.equal((await server.api(`/exports/${id}`, { method: 'DELETE', headers })).status, 204)
    return { row, path, bytes }
  }

  test('a CSV has exactly the calls of the search, in the order of the list, for any reader', async (t) => {
    const missing = await pythonMissing('csv')
    if (missing) return t.skip(missing)
    const listed = (await (await server.api('/calls?agent=1002&limit=200', { headers: admin })).json()) as CallPageJson
    const { row, path } = await fileOf({ kind: 'csv', search: { agent: ['1002'] } })
    const [head, ...rows] = python<string[][]>('csv', READ_CSV, path)
    assert.equal(rows.length, 15)
    assert.equal(row.count, 15)
    assert.deepEqual(
      rows.map(([id]) => id),
      listed.items.map(({ id }) => `\t${id}`),
    )
    const cells = Object.fromEntries((head ?? []).map((name, i) => [name, rows.at(-1)?.[i]]))
    assert.equal(cells['开始时间'], '2026-11-23 09:01:00+08:00')
    assert.equal(cells['客户号码'], '\t+8613800138000')
    assert.equal(cells['拨打的号码'], '\t02150001000')
    assert.equal(cells['坐席'], `'=HYPERLINK("http://x","李,四")`)
    assert.equal(cells['通话时长（秒）'], '61')
    assert.equal(cells['挂断原因'], '正常')
    assert.equal(row.fileName, '通话记录_20261123.csv')
  })

  test('a workbook has real dates and durations, numbers as text, and names that do not run', async (t) => {
    const missing = await pythonMissing('openpyxl')
    if (missing) return t.skip(missing)
    const columns = ['id', 'startedAt', 'customer', 'agent', 'talk', 'transfers']
    const { path } = await fileOf({ kind: 'xlsx', language: 'en', columns, timeZone: 'Europe/Berlin' })
    const book = python<{ names: string[]; frozen: string[]; filter: string[]; rows: unknown[][]; formats: string[] }>(
      'openpyxl',
      READ_XLSX,
      path,
    )
    assert.deepEqual(book.names, ['calls'])
    assert.deepEqual(book.frozen, ['A2'])
    assert.deepEqual(book.filter, ['A1:F31'])
    assert.deepEqual(book.rows[0], [
      'Call ID',
      'Started (Europe/Berlin)',
      'Customer',
      'Agent',
      'Talk time',
      'Transfers',
    ])
    assert.equal(book.rows.length, 31)
    const oldest = ['1795399901.0', '2026-11-23T02:01:00', '+8613800138000', '=HYPERLINK("http://x","李,四")', 61, 0]
    assert.deepEqual(book.rows.at(-2), oldest)
    assert.deepEqual(book.formats, ['@', 'yyyy\\-mm\\-dd\\ hh:mm:ss', '@', '@', '[h]:mm:ss', '0'])
  })

  test('for programs a CSV has codes and nothing that is meant for spreadsheets', async () => {
    const { bytes } = await fileOf({
      kind: 'csv',
      plain: true,
      columns: ['id', 'type', 'customer'],
      search: { agent: ['1001'] },
    })
    const lines = bytes.toString('utf8').split('\r\n')
    assert.equal(lines[0], 'id,type,customer')
    assert.equal(lines[1], '1795399928.0,inbound,+8613800138000')
  })

  test('an agent gets her own calls only, and nobody but administrators sees another’s exports', async () => {
    const [agent, boss] = [await session('zhang'), await session('boss')]
    const { row, bytes } = await fileOf({ kind: 'csv', plain: true, columns: ['id', 'agentId'] }, agent)
    assert.equal(row.count, 15)
    assert.ok(
      bytes
        .toString('utf8')
        .trim()
        .split('\r\n')
        .slice(1)
        .every((line) => line.endsWith(',1001')),
    )

    const { id } = await askForExport(server.api, { kind: 'csv' }, boss)
    await exportEnded(server.api, id, boss)
    const seen = async (headers: Record<string, string>) =>
      ((await (await server.api('/exports', { headers })).json()) as { items: ExportJson[] }).items.map((one) => one.id)
    assert.deepEqual(await seen(agent), [])
    assert.ok((await seen(admin)).includes(id))
    for (const path of [`/exports/${id}`, `/exports/${id}/file`])
      assert.equal((await server.api(path, { headers: agent })).status, 404)
    assert.equal((await server.api(`/exports/${id}`, { method: 'DELETE', headers: agent })).status, 404)
    assert.equal((await server.api(`/exports/${id}/file`, { headers: admin })).status, 200)
  })

  test('permission is asked again when the file is fetched', async () => {
    const { access } = server.store
    const user = await access.userByName('boss')
    assert.ok(user)
    const { id } = await askForExport(server.api, { kind: 'csv' }, await session('boss'))
    await exportEnded(server.api, id, admin)
    await access.updateUser({ ...user, role: 'agent', agentId: '1001' })
    try {
      const answer = await server.api(`/exports/${id}/file`, { headers: await session('boss') })
      assert.equal(answer.status, 403)
    } finally {
      await access.updateUser(user)
    }
  })

  test('a download that broke off goes on where it was; a range of another file is not mixed in', async () => {
    const { id } = await askForExport(server.api, { kind: 'csv' }, admin)
    await exportEnded(server.api, id, admin)
    const whole = await exportedFile(server.api, id, admin)
    const head = await server.api(`/exports/${id}/file`, { method: 'HEAD', headers: admin })
    assert.equal(head.headers.get('content-length'), String(whole.length))
    assert.match(head.headers.get('content-disposition') ?? '', /filename\*=UTF-8''%E9%80%9A.*_20261123\.csv$/)
    const etag = head.headers.get('etag') ?? ''
    const rest = await server.api(`/exports/${id}/file`, {
      headers: { ...admin, range: 'bytes=1000-', 'if-range': etag },
    })
    assert.equal(rest.status, 206)
    assert.deepEqual(Buffer.from(await rest.arrayBuffer()), whole.subarray(1000))
    const other = await server.api(`/exports/${id}/file`, {
      headers: { ...admin, range: 'bytes=1000-', 'if-range': '"other"' },
    })
    assert.equal(other.status, 200)
    assert.deepEqual(Buffer.from(await other.arrayBuffer()), whole)
    assert.equal(
      (await server.api(`/exports/${id}/file`, { headers: { ...admin, range: 'bytes=999999-' } })).status,
      416,
    )
  })

  test('what cannot be asked for is refused by name', async () => {
    const refused = async (body: object, headers: Record<string, string> = admin) => {
      const answer = await server.api('/exports', {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return `${answer.status} ${((await answer.json()) as { code: string }).code}`
    }
    assert.equal(await refused({ kind: 'pdf' }), '400 bad-request')
    assert.equal(await refused({ kind: 'csv', columns: ['password'] }), '400 bad-request')
    assert.equal(await refused({ kind: 'csv', timeZone: 'Mars/Olympus' }), '400 bad-request')
    assert.equal(await refused({ kind: 'csv', search: { from: '2020-01-01' } }), '422 search-too-wide')
    assert.equal(await refused({ kind: 'csv', path: '/etc/passwd' }), '400 bad-request')
    const key = { authorization: `Bearer ${await server.makeKey(['calls:read'])}` }
    assert.equal(await refused({ kind: 'audio' }, key), '403 not-allowed')
    const blind = { authorization: `Bearer ${await server.makeKey(['events:write'])}` }
    assert.equal(await refused({ kind: 'csv' }, blind), '403 not-allowed')
    const answers = await Promise.all(
      Array.from({ length: 14 }, () => refused({ kind: 'csv' }, key).catch(() => 'added')),
    )
    assert.ok(answers.includes('409 too-many-exports'), answers.join())
  })

  test('an export is over after a day: first its file is gone, then everything of it', async () => {
    const { id } = await askForExport(server.api, { kind: 'csv' }, admin)
    await exportEnded(server.api, id, admin)
    clock.now += 24 * 3_600_000 + 1
    admin = await session('root')
    assert.equal((await server.api(`/exports/${id}/file`, { headers: admin })).status, 410)
    await server.exports.sweep()
    assert.equal((await exportEnded(server.api, id, admin)).state, 'expired')
    assert.deepEqual(
      (await readdir(join(server.folder, 'exports'))).filter((name) => name.startsWith(id)),
      [],
    )
    clock.now += 24 * 3_600_000 + 1
    admin = await session('root')
    await server.exports.sweep()
    assert.equal((await server.api(`/exports/${id}`, { headers: admin })).status, 404)
  })
})

test('past the room that exports have they fail in words, and none is begun', async () => {
  const small = await startCallbook({ limits: { ...limits, exportsBytes: 2_000 } }, () => START + 3_600_000)
  try {
    const headers = { authorization: `Bearer ${small.key}` }
    await small.post('/events', Array.from({ length: 30 }, (_, i) => eventsOf(i)).flat())
    const { id } = await askForExport(small.api, { kind: 'csv' }, headers)
    const { state, failure } = await exportEnded(small.api, id, headers)
    assert.deepEqual({ state, failure }, { state: 'failed', failure: 'exports-full' })
    await writeFile(join(small.folder, 'exports', 'in-the-way'), Buffer.alloc(2_000))
    const answer = await small.post('/exports', { kind: 'csv' })
    assert.equal(answer.status, 507)
  } finally {
    await small.close()
  }
})

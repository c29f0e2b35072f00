// Numbers for those who may not see them: one customer's number is put wherever a number can stand, and then every route that
// there is answers people and keys with and without a mask. What one without sees tells that the number was there at all.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { eventually } from '../../test/support/eventually.ts'
import { openFeed } from '../../test/support/feed.ts'
import { createKey } from '../access/keys.ts'
import { openSession, SESSION_COOKIE } from '../access/sessions.ts'
import { createUser } from '../access/users.ts'
import { DEFAULT_INSTANCE } from '../config.ts'

const WAV = fileURLToPath(new URL('../../test/recordings/1795399913.0.wav', import.meta.url))
const CUSTOMER = '13800138000'
const EXTERNAL = '13912345678'
const MISSED = '13655554444'
/** However it is written. */
const BARE = [CUSTOMER, EXTERNAL, MISSED]
const hasNumber = (text: string) => BARE.some((number) => text.replace(/[ -]/g, '').includes(number))

type Headers = Record<string, string>

describe('numbers are masked', () => {
  let server: TestCallbook
  let folder: string
  const masked = {} as { manager: Headers; agent: Headers; key: Headers }
  const open = {} as { manager: Headers; key: Headers }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'callbook-masked-'))
    const monitor = join(folder, 'monitor')
    mkdirSync(monitor)
    const connector = { name: 'pbx1', type: 'asterisk', host: '127.0.0.1', port: 1, username: 'u' } as const
    server = await startCallbook({
      liveHeartbeatMs: 300,
      connectors: [{ ...connector, secret: 's', recordings: { folder: monitor } }],
    })
    const users = [
      ['open-manager', 'manager', null, false],
      ['masked-manager', 'manager', null, true],
      ['masked-agent', 'agent', '1001', true],
    ] as const
    const [openManager, maskedManager, maskedAgent] = await Promise.all(
      users.map(async ([name, role, agentId, masksNumbers]) => {
        const wanted = { instance: DEFAULT_INSTANCE, name, role, agentId, masksNumbers }
        const user = await createUser(
          server.store.access,
          { ...wanted, password: 'long enough 1', mustChangePassword: false },
          Date.now(),
        )
        const token = await openSession(server.store.access, user.id, Date.now())
        const { host, origin } = new URL(server.address)
        return { cookie: `${SESSION_COOKIE}=${token}`, origin, host }
      }),
    )
    assert(openManager && maskedManager && maskedAgent)
    const scopes = ['calls:read', 'recordings:read', 'rejected:read', 'receipts:read', 'retention:read'] as const
    const wanted = { instance: DEFAULT_INSTANCE, name: 'masked', scopes, masksNumbers: true }
    const { key } = await createKey(server.store.access, wanted, Date.now())
    Object.assign(open, { manager: openManager, key: { authorization: `Bearer ${server.key}` } })
    Object.assign(masked, {
      manager: maskedManager,
      agent: maskedAgent,
      key: { authorization: `Bearer ${key}` },
    })

    await tellCalls()
    await server.api('/calls/c1/recordings/1', {
      method: 'PUT',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'audio/wav' },
      body: new Uint8Array(readFileSync(WAV)),
    })
    const note = { text: `call back at 138 0013 8000, or ${EXTERNAL}`, tags: [] }
    assert.equal((await as(open.manager, '/calls/c1/notes', { method: 'POST', body: note })).status, 201)
    const hold = { reason: `complaint of ${CUSTOMER}` }
    await as(open.key, '/calls/c1/recordings/1/hold', { method: 'PUT', body: hold })
    const view = { name: `calls of ${CUSTOMER}`, query: `number=${CUSTOMER}`, shared: true }
    assert.equal((await as(open.manager, '/views', { method: 'POST', body: view })).status, 201)
    // A file as FreePBX names it, that is no sound, and an event that cannot be taken.
    const file = `external-1001-${CUSTOMER}-20261123-101530-1795399913.0.wav`
    writeFileSync(join(monitor, file), 'no sound at all\n'.repeat(50))
    await server.post('/events', [{ id: 'x', callId: 'c9', at: 1, type: 'no-such-type', customer: CUSTOMER }])
  })
  after(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function tellCalls() {
    const now = Date.now()
    const at = (ms: number) => now - 60_000 + ms
    const agent = { id: '1001', name: '张三' }
    const skillGroup = { id: 'sales', name: '销售' }
    const inbound = { callType: 'inbound', customer: CUSTOMER, dialledNumber: '02150001000' }
    const events = [
      { id: 'a', callId: 'c1', at: at(0), type: 'call-started', ...inbound },
      { id: 'b', callId: 'c1', at: at(1_000), type: 'queue-entered', skillGroup },
      { id: 'c', callId: 'c1', at: at(2_000), type: 'agent-answered', agent, skillGroup },
      { id: 'd', callId: 'c1', at: at(9_000), type: 'transferred', kind: 'blind', from: agent, to: EXTERNAL },
      { id: 'e', callId: 'c1', at: at(9_500), type: 'external-dialled', number: EXTERNAL },
      { id: 'f', callId: 'c1', at: at(10_000), type: 'external-answered', number: EXTERNAL },
      { id: 'g', callId: 'c1', at: at(20_000), type: 'call-ended', releasedBy: 'customer' },
      { id: 'a', callId: 'c2', at: at(0), type: 'call-started', callType: 'outbound', customer: CUSTOMER, agent },
      { id: 'b', callId: 'c2', at: at(2_000), type: 'customer-ringing', number: CUSTOMER },
      { id: 'c', callId: 'c2', at: at(3_000), type: 'customer-answered', number: CUSTOMER },
      { id: 'a', callId: 'c3', at: at(0), type: 'call-started', ...inbound, customer: MISSED },
      { id: 'b', callId: 'c3', at: at(1_000), type: 'queue-entered', skillGroup },
      { id: 'c', callId: 'c3', at: at(9_000), type: 'queue-left', skillGroup, outcome: 'abandoned' },
      { id: 'd', callId: 'c3', at: at(9_100), type: 'call-ended', releasedBy: 'customer' },
      { id: 'a', callId: 'c4', at: at(0), type: 'call-started', ...inbound, customer: EXTERNAL },
      { id: 'b', callId: 'c4', at: at(1_000), type: 'queue-entered', skillGroup },
      { id: 'c', callId: 'c4', at: at(9_000), type: 'queue-left', skillGroup, outcome: 'abandoned' },
      { id: 'd', callId: 'c4', at: at(9_100), type: 'call-ended', releasedBy: 'customer' },
    ]
    const { rejected } = (await (await server.post('/events', events)).json()) as { rejected: unknown[] }
    assert.deepEqual(rejected, [])
  }

  function as(headers: Headers, path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}) {
    const own = body === undefined ? headers : { ...headers, 'content-type': 'application/json' }
    return server.api(path, { method, headers: own, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }

  /** Everything that can be got, as text: answer and headers. */
  async function readAll(headers: Headers): Promise<Map<string, string>> {
    const { paths } = (await (await as(headers, '/openapi.json')).json()) as { paths: Record<string, object> }
    const known: Record<string, string> = { callId: 'c1', n: '1', name: 'pbx1', day: '2026-11-23' }
    const found = new Map<string, string>()
    for (const [path, methods] of Object.entries(paths)) {
      if (!('get' in methods) || path.endsWith('/live') || path.includes('doctor')) continue
      const url = path.replace('/api/v1', '').replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'none')
      for (const query of ['', '?limit=1', '?days=7', '?q=c1', '?download'])
        found.set(`${url}${query}`, await textOf(await as(headers, url + query)))
    }
    return found
  }

  async function textOf(answer: Response): Promise<string> {
    const head = [...answer.headers].map((pair) => pair.join(': ')).join('\n')
    const body = Buffer.from(await answer.arrayBuffer())
    // What stands in base64 is read, too.
    const inside = [...body.toString('latin1').matchAll(/[\w+/-]{16,}={0,2}/g)].map(([text]) =>
      Buffer.from(text, 'base64').toString('latin1'),
    )
    return [decodeURIComponent(head.replace(/%(?![0-9A-F]{2})/gi, '%25')), body.toString('utf8'), ...inside].join('\n')
  }

  test('on every route that there is, for people and keys', async () => {
    await eventually(async () => {
      const { items } = (await (await as(open.manager, '/recordings/aside')).json()) as { items: unknown[] }
      assert.ok(items.length > 0)
    })
    const seen = await readAll(open.manager)
    const places = [...seen].filter(([, text]) => hasNumber(text)).map(([url]) => url.split('?')[0])
    for (const place of [
      '/calls',
      '/calls/c1',
      '/calls/c1/notes',
      '/unreached',
      '/views',
      '/rejected',
      '/recordings/aside',
      '/calls/c1/recordings/1',
    ])
      assert.ok(places.includes(place), `${place} shows no number to anybody: the test sees nothing`)
    for (const [who, headers] of Object.entries(masked))
      for (const [url, text] of await readAll(headers)) {
        const at = BARE.map((number) => text.replace(/[ -]/g, '').indexOf(number)).find((index) => index >= 0)
        if (at !== undefined)
          assert.fail(
            `${url} for the masked ${who}: …${text.replace(/[ -]/g, '').slice(Math.max(0, at - 120), at + 40)}…`,
          )
      }
    const shown = (await (await as(masked.manager, '/calls/c1')).json()) as Record<string, unknown>
    assert.deepEqual(
      [shown.id, shown.customer, shown.caller, shown.callee],
      ['c1', '138****8000', '138****8000', '1001'],
    )
    assert.match(JSON.stringify(shown.steps), /139\*{4}5678/)
    assert.match(
      await (await as(masked.manager, '/calls/c1/notes')).text(),
      /call back at 138\*{4}8000, or 139\*{4}5678/,
    )
  })

  test('in the live feed, and when it goes on', async () => {
    const feed = await openFeed(server, '', masked.manager)
    const plain = await openFeed(server, '')
    try {
      await server.post('/events', [{ id: 'n', callId: 'c2', at: Date.now(), type: 'held' }])
      assert.equal((await plain.call('c2')).customer, CUSTOMER)
      const call = await feed.call('c2')
      assert.deepEqual([call.customer, call.callee], ['138****8000', '138****8000'])
      assert.ok(!hasNumber(JSON.stringify(feed.messages)))
    } finally {
      feed.close()
      plain.close()
    }
    const past = await openFeed(server, '?since=0', masked.manager)
    await past.call('c1')
    assert.ok(!hasNumber(JSON.stringify(past.messages)))
    past.close()
  })

  test('a whole number finds its calls; parts of one find nothing, anywhere', async () => {
    const ids = async (headers: Headers, query: string) => {
      const { items } = (await (await as(headers, `/calls?${query}`)).json()) as { items: { id: string }[] }
      return items.map(({ id }) => id).sort()
    }
    for (const query of [`number=${CUSTOMER}`, `q=${CUSTOMER}`, `q=138+0013+8000`, 'customerOf=c1'])
      assert.deepEqual(await ids(masked.manager, query), ['c1', 'c2'], query)
    assert.deepEqual(await ids(masked.manager, `caller=${CUSTOMER}`), ['c1'])
    assert.deepEqual(await ids(masked.manager, 'agent=1001&q=%E5%BC%A0'), ['c1', 'c2'])
    assert.deepEqual(await ids(masked.agent, 'customerOf=c1'), ['c1', 'c2'])
    for (const query of ['number=138*', 'caller=*8000', 'callee=*0013*', 'q=8000', 'q=138', `q=${CUSTOMER}&number=1`])
      for (const path of ['/calls', '/calls/count', '/calls/live']) {
        const answer = await as(masked.manager, `${path}?${query}`)
        assert.equal(answer.status, 422, `${path}?${query}`)
        assert.equal(((await answer.json()) as { code: string }).code, 'number-incomplete')
      }
    assert.equal((await as(masked.agent, '/calls?customerOf=c3')).status, 404, 'a call of nobody is not hers')
    const search = { number: '138*' }
    const wanted = await as(masked.manager, '/exports', { method: 'POST', body: { kind: 'csv', search } })
    assert.equal(wanted.status, 422)
    // With numbers, nothing of this holds.
    assert.deepEqual(await ids(open.manager, 'number=*8000'), ['c1', 'c2'])
  })

  test('trying one number after another ends soon', async () => {
    const codes = new Set<number>()
    for (let i = 0; i < 40; i++) codes.add((await as(masked.key, `/calls/count?number=1380000${1000 + i}`)).status)
    assert.deepEqual([...codes], [200, 429])
    assert.equal(
      (await as(masked.key, '/calls/count?number=13800001000')).status,
      200,
      'what was asked may be asked again',
    )
    assert.equal((await as(masked.key, '/calls')).status, 200)
    for (let i = 0; i < 40; i++) await as(open.manager, `/calls/count?number=1380000${1000 + i}`)
    assert.equal((await as(open.manager, '/calls/count?number=13811112222')).status, 200)
  })

  test('in exports, their lists and the names of files', async () => {
    for (const kind of ['csv', 'xlsx', 'audio']) {
      const text = await exported(masked.manager, kind)
      assert.ok(!hasNumber(text), kind)
      if (kind !== 'xlsx') assert.match(text, /138\*{4}8000|138----8000/, kind)
    }
    assert.ok(hasNumber(await exported(open.manager, 'csv')))
    const name = (await as(masked.manager, '/calls/c1/recordings/1?download')).headers.get('content-disposition') ?? ''
    assert.match(decodeURIComponent(name), /呼入_138----8000_张三\.wav/)
  })

  test('a mask that comes later holds for exports made before, and for feeds that are open', async () => {
    const made = await exportOf(open.manager, 'csv')
    const { items } = (await (await as(open.key, '/users')).json()) as { items: { id: string; name: string }[] }
    const id = items.find(({ name }) => name === 'open-manager')?.id
    const feed = await openFeed(server, '', open.manager)
    const set = (masksNumbers: boolean) => as(open.key, `/users/${id}`, { method: 'PATCH', body: { masksNumbers } })
    assert.equal((await set(true)).status, 200)
    try {
      assert.equal((await as(open.manager, `/exports/${made}/file`)).status, 403)
      assert.ok(!hasNumber(await (await as(open.manager, '/calls')).text()))
      const { user } = (await (await as(open.manager, '/session')).json()) as { user: { masksNumbers: boolean } }
      assert.equal(user.masksNumbers, true)
      await feed.closed
    } finally {
      await set(false)
    }
    assert.equal((await as(open.manager, `/exports/${made}/file`)).status, 200)
  })

  test('whoever sees no numbers can let nobody see them', async () => {
    const scopes = ['users:write', 'keys:write', 'calls:read', 'recordings:read', 'notes:write'] as const
    const made = await createKey(
      server.store.access,
      { instance: DEFAULT_INSTANCE, name: 'masked-maker', scopes, masksNumbers: true },
      Date.now(),
    )
    const maker = { authorization: `Bearer ${made.key}` }
    const user = { name: 'somebody', role: 'agent', agentId: '1009', password: 'long enough 1' }
    assert.equal((await as(maker, '/users', { method: 'POST', body: user })).status, 403)
    const alike = await as(maker, '/users', { method: 'POST', body: { ...user, masksNumbers: true } })
    assert.equal(alike.status, 201)
    const { id } = (await alike.json()) as { id: string }
    assert.equal((await as(maker, `/users/${id}`, { method: 'PATCH', body: { masksNumbers: false } })).status, 403)
    const key = { name: 'k', scopes: ['calls:read'] }
    assert.equal((await as(maker, '/keys', { method: 'POST', body: key })).status, 403)
    assert.equal((await as(maker, '/keys', { method: 'POST', body: { ...key, masksNumbers: true } })).status, 201)
    // Nor may she take over an account that sees them.
    const { items } = (await (await as(open.key, '/users')).json()) as { items: { id: string; name: string }[] }
    const other = await as(open.key, '/users', { method: 'POST', body: { ...user, name: 'seeing' } })
    const { id: seeing } = (await other.json()) as { id: string }
    assert.ok(items.length > 0)
    const password = { password: 'another long one' }
    assert.equal((await as(maker, `/users/${seeing}`, { method: 'PATCH', body: password })).status, 403)
  })

  async function exportOf(headers: Headers, kind: string): Promise<string> {
    const answer = await as(headers, '/exports', { method: 'POST', body: { kind } })
    assert.equal(answer.status, 202, await answer.clone().text())
    const { id } = (await answer.json()) as { id: string }
    await eventually(async () => {
      const { items } = (await (await as(headers, '/exports')).json()) as { items: { id: string; state: string }[] }
      assert.equal(items.find((one) => one.id === id)?.state, 'done')
    })
    return id
  }

  /** What can be read in the file: cells of a workbook are looked at as they lie in it. */
  async function exported(headers: Headers, kind: string): Promise<string> {
    const id = await exportOf(headers, kind)
    const answer = await as(headers, `/exports/${id}/file`)
    assert.equal(answer.status, 200)
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (kind !== 'xlsx') return bytes.toString('utf8')
    const { inflateRawSync } = await import('node:zlib')
    let text = ''
    for (let at = bytes.indexOf('PK\u0003\u0004'); at >= 0; at = bytes.indexOf('PK\u0003\u0004', at + 4)) {
      const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
      try {
        text += inflateRawSync(bytes.subarray(from), { finishFlush: 2 }).toString('utf8')
      } catch {
        text += bytes.subarray(from).toString('utf8')
      }
    }
    assert.match(text, /张三/, 'the workbook can be read')
    return text
  }
})

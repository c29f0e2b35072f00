// Names given by hand, through the real server: they hold for calls of before, wherever a call is read, and are found by.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startCallbook, type TestCallbook } from '../../test/support/callbook.ts'
import { openFeed } from '../../test/support/feed.ts'

describe('the directory', () => {
  let server: TestCallbook
  const now = Date.now()

  // biome-ignore lint/suspicious/noExplicitAny: answers of several routes, looked at field by field.
  async function get(path: string): Promise<any> {
    const answer = await server.api(path)
    assert.equal(answer.status, 200, await answer.clone().text())
    return answer.json()
  }
  const put = (path: string, body: unknown, key = server.key) =>
    server.api(path, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const from = new Date(now - 3_600_000).toISOString()
  const ids = async (query: string) =>
    (await get(`/calls?from=${from}&${query}`)).items.map(({ id }: { id: string }) => id)

  const story = (callId: string, agent: object, at = now - 60_000) => [
    { id: 'a', callId, at, type: 'call-started', callType: 'inbound', customer: '13800138000' },
    { id: 'b', callId, at: at + 1_000, type: 'queue-entered', skillGroup: { id: '8001' } },
    { id: 'c', callId, at: at + 2_000, type: 'agent-answered', agent },
    {
      id: 'd',
      callId,
      at: at + 9_000,
      type: 'transferred',
      kind: 'blind',
      toAgent: { id: '1001' },
      from: { id: '1002' },
    },
    { id: 'e', callId, at: at + 10_000, type: 'call-ended', releasedBy: 'customer' },
  ]

  before(async () => {
    server = await startCallbook()
    const told = [
      ...story('of-1001', { id: '1001', name: 'SIP/1001' }),
      ...story('of-1002', { id: '1002', name: 'Lee' }),
    ]
    assert.equal((await server.post('/events', told)).status, 200)
  })
  after(() => server.close())

  test('who was in calls is listed with when and how often, and found by part of a name', async () => {
    const { items, total } = await get('/directory/agents')
    assert.equal(total, 2)
    const lee = items.find(({ id }: { id: string }) => id === '1002')
    assert.deepEqual([lee.name, lee.pbxName, lee.givenName, lee.hidden, lee.calls], ['Lee', 'Lee', null, false, 1])
    assert.equal(Date.parse(lee.lastSeenAt), now - 60_000)
    assert.deepEqual(
      (await get('/directory/agents?q=sip')).items.map(({ id }: { id: string }) => id),
      ['1001'],
    )
    assert.equal((await get('/directory/skill-groups')).items[0].id, '8001')
  })

  test('a given name holds for calls of before: list, detail, pick lists, search, exports and what comes live', async () => {
    const feed = await openFeed(server, `?from=${from}`)
    assert.equal((await put('/directory/agents/1001', { name: ' 张三 ', hidden: false })).status, 200)
    assert.equal((await put('/directory/skill-groups/8001', { name: '销售', hidden: false })).status, 200)

    const call = await get('/calls/of-1001')
    assert.deepEqual(
      [call.agent, call.skillGroup],
      [
        { id: '1001', name: '张三' },
        { id: '8001', name: '销售' },
      ],
    )
    assert.ok(call.steps.some((step: { agent: { name: string } | null }) => step.agent?.name === '张三'))
    assert.deepEqual(
      (await get('/agents')).items.map(({ name }: { name: string }) => name),
      ['张三', 'Lee'].sort((a, b) => a.localeCompare(b, 'zh')),
    )
    assert.deepEqual(await ids(`agent=${encodeURIComponent('张')}`), ['of-1001'])
    assert.deepEqual(await ids(`q=${encodeURIComponent('张三')}`), ['of-1001'])
    assert.deepEqual(await ids('agent=sip'), ['of-1001'], 'the name of the PBX goes on finding her')
    assert.equal((await ids(`skillGroup=${encodeURIComponent('销售')}`)).length, 2)
    assert.equal((await ids(`agent=${encodeURIComponent('张')}&agent=lee`)).length, 2)
    assert.equal((await ids(`agent=${encodeURIComponent('李')}`)).length, 0)

    await server.post('/events', story('another', { id: '1001', name: 'SIP/1001' }, now - 30_000))
    assert.equal((await feed.call('another')).agent?.name, '张三')
    feed.close()

    const made = (await (await server.post('/exports', { kind: 'csv', search: { from } })).json()) as { id: string }
    for (let state = ''; state !== 'done'; await delay(30)) {
      state = (await get(`/exports/${made.id}`)).state
      assert.notEqual(state, 'failed')
    }
    const file = await (await server.api(`/exports/${made.id}/file`)).text()
    assert.match(file, /张三/)
    assert.match(file, /销售/)
    assert.doesNotMatch(file, /SIP\/1001/)
  })

  test('names outlive a restart; taken away, the name of the PBX is there again', async () => {
    await server.restart()
    assert.equal((await get('/calls/of-1001')).agent.name, '张三')
    const answer = (await (await put('/directory/agents/1001', { name: null, hidden: false })).json()) as {
      name: string
    }
    assert.equal(answer.name, 'SIP/1001')
    assert.equal((await get('/calls/of-1001')).agent.name, 'SIP/1001')
    assert.deepEqual(await ids(`agent=${encodeURIComponent('张')}`), [])
  })

  test('hidden ones are not offered any more; their calls stay as they are', async () => {
    await put('/directory/agents/1002', { name: null, hidden: true })
    assert.ok(!(await get('/agents')).items.some(({ id }: { id: string }) => id === '1002'))
    assert.equal((await get('/directory/agents?hidden=true')).items[0].id, '1002')
    assert.equal((await get('/directory/agents?hidden=false')).total, 1)
    assert.equal((await get('/calls/of-1002')).agent.name, 'Lee')
    assert.deepEqual(await ids('agent=lee'), ['of-1002'])
  })

  test('nobody unknown is named, nothing invisible is a name, and who may not name does not', async () => {
    const code = async (answer: Response) => ((await answer.json()) as { code: string }).code
    assert.equal(await code(await put('/directory/agents/nobody', { name: 'x', hidden: false })), 'person-not-found')
    for (const name of ['', ' ', '\u200b', 'x'.repeat(61), 1])
      assert.equal((await put('/directory/agents/1001', { name, hidden: false })).status, 400, JSON.stringify(name))
    assert.equal((await put('/directory/others/1001', { name: 'x', hidden: false })).status, 400)
    const weak = await server.makeKey(['calls:read'])
    assert.equal((await put('/directory/agents/1001', { name: 'x', hidden: false }, weak)).status, 403)
  })
})

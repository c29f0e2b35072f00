// The connector on a real socket with its PBX's logs in a real PostgreSQL: what it missed is read from the tables. And what
// `callbook doctor` says of such tables.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { callsOf } from '../../src/cli/derive.ts'
import { createAsteriskConnector } from '../../src/connectors/asterisk/asterisk-connector.ts'
import { encodeMessage, FakeAmiServer } from '../../src/connectors/asterisk/fake-ami-server.ts'
import { readTrace } from '../../src/connectors/asterisk/read-trace.ts'
import { checkLogTable, type LogTableLook, lookAtTables } from '../../src/doctor/asterisk/log-tables.ts'
import { fillTables, recorded, written } from './recorded-logs.ts'
import { type DatabaseServer, startPostgres } from './server.ts'

const TALK = new URL('../traces/asterisk/in_normal_agent_hangup/ami.jsonl', import.meta.url)
const QUICK = { connectMs: 2_000, answerMs: 5_000, pingMs: 50, firstRetryMs: 20, lastRetryMs: 50, refusedRetryMs: 100 }
const PATIENCE_MS = 30_000
let server: DatabaseServer | null = null
let leftOut = ''

before(async () => {
  server = await startPostgres().catch((error: Error) => {
    leftOut = error.message
    return null
  })
  if (!server) return
  const client = new pg.Client(server.url)
  await client.connect()
  const execute = (text: string, values: (string | number)[] = []) => client.query(text, values)
  const layout = { time: 'timestamp', timeOf: (at: number) => written(at, 8), id: 'serial PRIMARY KEY' }
  await fillTables({ execute, place: (n) => `$${n}` }, '', layout)
  await client.query('CREATE TABLE empty_cel AS SELECT * FROM cel LIMIT 0')
  await client.query('CREATE TABLE coarse_cel AS SELECT * FROM cel')
  await client.query(`UPDATE coarse_cel SET eventtime = date_trunc('second', eventtime)`)
  await client.end()
})
after(() => server?.stop())

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 10) {
    if (waited > PATIENCE_MS) assert.fail(`${what} did not happen`)
    await delay(10)
  }
}

test('a call whose end was missed is made whole from the tables', async (t) => {
  if (!server) return t.skip(leftOut)
  const heard = readTrace(readFileSync(TALK)).messages.filter(({ message }) => message.has('Timestamp'))
  const end = heard.findIndex(({ message }) => message.get('Event')?.[0] === 'HangupRequest')
  let clock = { at: (heard[0]?.receivedAt ?? 0) - 1_000, since: Date.now() }
  const stamp = () => ((clock.at + Date.now() - clock.since) / 1000).toFixed(6)
  const pbx = new FakeAmiServer({
    otherActions: { Ping: () => [{ Response: 'Success', Ping: 'Pong', Timestamp: stamp() }] },
  })
  await pbx.start()
  const events: CallEvent[] = []
  const connector = createAsteriskConnector(
    {
      ...{ name: 'pbx1', type: 'asterisk', port: pbx.port, username: 'callbook', secret: 'right' },
      backfill: { database: { urlEnv: 'PBX1_CEL_URL', celTable: 'cel', queueLogTable: 'queue_log' } },
      databaseUrl: server.url,
    },
    QUICK,
  )
  const stopping = new AbortController()
  const run = connector.run(
    {
      emit: async (batch) => void events.push(...batch),
      liveCallIds: async () => [],
      report: () => {},
      reject: () => {},
    },
    stopping.signal,
  )
  t.after(async () => {
    stopping.abort()
    await run
    await pbx.stop()
  })
  const { state } = connector
  await until('connected', () => state().status === 'connected')
  for (const { message } of heard.slice(0, end)) pbx.sendBytes(encodeMessage(message))
  clock = { at: heard[end - 1]?.receivedAt ?? 0, since: Date.now() }
  await until('an answer', () => events.some(({ type }) => type === 'agent-answered'))
  await pbx.stop()
  await until('gone', () => state().status === 'connecting')
  clock = { at: (heard.at(-1)?.receivedAt ?? 0) + 2_000, since: Date.now() }
  await pbx.start()
  await until('the end', () => events.some(({ type }) => type === 'call-ended'))
  await until('connected', () => state().status === 'connected')
  assert.equal(state().problem, null)
  const [call] = callsOf(events, 'pbx1')
  assert.deepEqual(
    [call?.hangupReason, call?.releasedBy, call?.agent?.id, call?.endEstimated, call?.reconstructed],
    ['normal', 'agent', '1001', false, true],
  )
  const told = events.find(({ type }) => type === 'call-reconstructed')
  assert.deepEqual(told?.type === 'call-reconstructed' && told.sources, ['cel', 'queue-log'])
})

test('doctor says of each table whether it can be read, how old it is, and what to change', async (t) => {
  if (!server) return t.skip(leftOut)
  const newestAt = recorded.cel.at(-1)?.at ?? 0
  const look = async (celTable: string, databaseUrl = server?.url ?? '') => {
    const { cel } = await lookAtTables({ backfill: { database: { urlEnv: 'PBX1_CEL_URL', celTable } }, databaseUrl })
    assert.ok(cel)
    return cel
  }
  const say = (found: LogTableLook, now = newestAt + 60_000) => checkLogTable('cel', found, now)
  const well = say(await look('cel'))
  assert.deepEqual([well.code, well.severity], ['cel-table-read', 'ok'])
  assert.ok(
    JSON.stringify(well).includes(new Date(newestAt).toISOString().slice(0, 19).replace('T', ' ')),
    'its newest row',
  )
  assert.equal(say(await look('cel'), newestAt + 26 * 3_600_000).code, 'cel-table-old')
  assert.equal(say(await look('empty_cel')).code, 'cel-table-empty')
  assert.equal(say(await look('coarse_cel')).code, 'cel-table-coarse')
  const absent = say(await look('nowhere'))
  assert.equal(absent.code, 'cel-table-unreadable')
  assert.deepEqual(
    absent.fix.map(({ file }) => file),
    [null, 'cel.conf', 'cel_odbc.conf', 'cel_pgsql.conf'],
  )
  const away = say(await look('cel', server.url.replace(`:${server.port}`, ':1')))
  assert.equal(away.code, 'cel-database-away')
  assert.ok(!JSON.stringify(away).includes('made-up'), 'no password')
})

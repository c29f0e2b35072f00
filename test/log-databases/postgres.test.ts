// CEL and queue_log in a real PostgreSQL, in the layouts of Asterisk's documentation: what is read there is what stands in
// the files of the same calls. What is wrong with a database is said in a sentence, and stops nothing.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { databaseGapSource } from '../../src/connectors/asterisk/backfill/database/database-gap-source.ts'
import { openLogDatabase } from '../../src/connectors/asterisk/backfill/database/open-log-database.ts'
import { always, assertSameRows, fillTables, type Layout, recorded, written } from './recorded-logs.ts'
import { type DatabaseServer, PASSWORD, startPostgres } from './server.ts'

const EVENTS = ['', 'CHAN_START', 'CHAN_END', 'HANGUP', 'ANSWER', 'APP_START', 'APP_END', 'BRIDGE_ENTER', 'BRIDGE_EXIT']
EVENTS.push('PARK_START', 'PARK_END', 'BLINDTRANSFER', 'ATTENDEDTRANSFER', 'USER_DEFINED', 'LINKEDID_END', 'PICKUP')
EVENTS.push('FORWARD', 'LOCAL_OPTIMIZE', 'LOCAL_OPTIMIZE_BEGIN', 'STREAM_BEGIN', 'STREAM_END', 'DTMF')

const id = 'serial PRIMARY KEY'
const layouts: Record<string, Layout> = {
  'as cel_pgsql has it, local time': { time: 'timestamp', timeOf: (at) => written(at, 8), id },
  'with instants, numbers for events and no id': {
    ...{ time: 'timestamptz', timeOf: (at) => `${written(at, -4)}-04` },
    ...{ type: 'integer', eventOf: (name) => EVENTS.indexOf(name) },
  },
  'with local times as text': { time: 'varchar(40)', timeOf: (at) => written(at, -9), id },
  'with seconds as a number': { time: 'numeric', timeOf: (at) => (at / 1000).toFixed(6), id },
}
const names = Object.keys(layouts)
const schemaOf = (name: string) => `layout_${names.indexOf(name)}`

const { signal } = new AbortController()
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
  const fill = {
    execute: (text: string, values: (string | number)[] = []) => client.query(text, values),
    place: (n: number) => `$${n}`,
  }
  for (const [name, layout] of Object.entries(layouts)) {
    await client.query(`CREATE SCHEMA ${schemaOf(name)}`)
    await fillTables(fill, `${schemaOf(name)}.`, layout)
  }
  await client.end()
})
after(() => server?.stop())

for (const [name, layout] of Object.entries(layouts)) {
  test(`tables ${name}: the rows are those of the files`, async (t) => {
    if (!server) return t.skip(leftOut)
    const tables = { celTable: `${schemaOf(name)}.cel`, queueLogTable: `${schemaOf(name)}.queue_log` }
    const source = databaseGapSource(tables, server.url)
    const read = await source.read(always, signal)
    assert.deepEqual(read.problems, [])
    assertSameRows(read, { id: layout.id })
    // Of a part of the time, that part, and little more.
    const [from, to] = [recorded.cel[400]?.at ?? 0, recorded.cel[900]?.at ?? 0]
    const part = (await source.read({ from, to, context: from }, signal)).cel ?? []
    const within = recorded.cel.filter((row) => row.at >= from && row.at <= to)
    assert.ok(
      within.every(({ at, uniqueid }) => part.some((row) => row.uniqueid === uniqueid && Math.abs(row.at - at) < 1)),
    )
    assert.ok(part.length < within.length + 100, `${part.length} rows for ${within.length}`)
  })
}

test('what is wrong is said in a sentence without the password, and the other table is read all the same', async (t) => {
  if (!server) return t.skip(leftOut)
  const { url, port } = server
  const ask = (tables: { celTable?: string; queueLogTable?: string }, at = url) =>
    databaseGapSource(tables, at).read(always, signal)
  const absent = await ask({ celTable: 'nowhere', queueLogTable: 'layout_0.queue_log' })
  assert.equal(absent.cel, null)
  assert.equal(absent.queueLog?.length, recorded.queueLog.length)
  assert.deepEqual(absent.problems, ['The table nowhere cannot be read: relation "nowhere" does not exist.'])
  const strange = await ask({ celTable: 'layout_0.queue_log' })
  assert.match(strange.problems.join(), /it has no column eventtime, eventtype, uniqueid, linkedid, channame\.$/)
  const refused = await ask({ celTable: 'layout_0.cel' }, url.replace(PASSWORD, 'another-password'))
  assert.match(refused.problems.join(), /is away: password authentication failed for user "owner"\.$/)
  const away = await ask({ celTable: 'layout_0.cel' }, url.replace(`:${port}`, ':1'))
  assert.match(away.problems.join(), /is away: .*ECONNREFUSED/)
  for (const { problems } of [refused, away]) assert.doesNotMatch(problems.join(), /another-password|made-up/)
})

test('too many rows: the newest are read, and it is said', async (t) => {
  if (!server) return t.skip(leftOut)
  const { cel, problems } = await databaseGapSource({ celTable: 'layout_0.cel' }, server.url, 100).read(always, signal)
  assert.equal(cel?.at(-1)?.uniqueid, recorded.cel.at(-1)?.uniqueid)
  assert.equal(cel?.length, 101)
  assert.match(problems.join(), /more rows of that time than are read/)
})

test('nothing can be written over the connection, and none stays', async (t) => {
  if (!server) return t.skip(leftOut)
  const database = await openLogDatabase(server.url)
  await assert.rejects(database.query('DELETE FROM layout_0.cel', []), /read-only transaction/)
  const count = 'SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = ?'
  assert.equal((await database.query(count, ['callbook']))[0]?.['n'], '1')
  await database.close()
  await database.close()
})

// CEL and queue_log in a real MariaDB: as FreePBX keeps its CEL (whole seconds), and with fractions of a second. What is read
// there is what stands in the files of the same calls.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { databaseGapSource } from '../../src/connectors/asterisk/backfill/database/database-gap-source.ts'
import { openLogDatabase } from '../../src/connectors/asterisk/backfill/database/open-log-database.ts'
import { always, assertSameRows, fillTables, type Layout, recorded, written } from './recorded-logs.ts'
import { type DatabaseServer, PASSWORD, startMariadb } from './server.ts'

const id = 'int AUTO_INCREMENT PRIMARY KEY'
const layouts: Record<string, Layout & { precisionMs: number }> = {
  'as FreePBX has it, whole seconds': {
    ...{ time: 'datetime', timeOf: (at) => written(at, 8).slice(0, 19), id, precisionMs: 1_000 },
  },
  'with microseconds': { time: 'datetime(6)', timeOf: (at) => written(at, 8), id, precisionMs: 0.001 },
  'with text for times and no id': { time: 'varchar(32)', timeOf: (at) => written(at, -3), precisionMs: 0.001 },
  'with seconds as a number': { time: 'decimal(18,6)', timeOf: (at) => (at / 1000).toFixed(6), id, precisionMs: 0.001 },
}
const names = Object.keys(layouts)
const prefixOf = (name: string) => `layout_${names.indexOf(name)}_`

const { signal } = new AbortController()
let server: DatabaseServer | null = null
let leftOut = ''

before(async () => {
  server = await startMariadb().catch((error: Error) => {
    leftOut = error.message
    return null
  })
  if (!server) return
  const connection = await createConnection(server.url)
  const fill = {
    execute: (text: string, values: (string | number)[] = []) => connection.query(text, values),
    place: () => '?',
  }
  for (const [name, layout] of Object.entries(layouts)) await fillTables(fill, prefixOf(name), layout)
  // The least that Callbook's own user needs: what the guide says.
  await connection.query(`CREATE USER callbook@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`)
  await connection.query(`GRANT SELECT ON logs.layout_0_cel TO callbook@'127.0.0.1'`)
  await connection.end()
})
after(() => server?.stop())

for (const [name, { id: counts, precisionMs }] of Object.entries(layouts)) {
  test(`tables ${name}: the rows are those of the files`, async (t) => {
    if (!server) return t.skip(leftOut)
    const tables = { celTable: `${prefixOf(name)}cel`, queueLogTable: `logs.${prefixOf(name)}queue_log` }
    const read = await databaseGapSource(tables, server.url).read(always, signal)
    assert.deepEqual(read.problems, [])
    assertSameRows(read, { id: counts, precisionMs })
  })
}

test('a user who may read one table reads that one, and is told of the other', async (t) => {
  if (!server) return t.skip(leftOut)
  const tables = { celTable: 'layout_0_cel', queueLogTable: 'layout_0_queue_log' }
  const url = server.url.replace('mysql://owner', 'mariadb://callbook')
  const { cel, queueLog, problems } = await databaseGapSource(tables, url).read(always, signal)
  assert.equal(cel?.length, recorded.cel.length)
  assert.equal(queueLog, null)
  assert.match(problems.join(), /^The table layout_0_queue_log cannot be read: SELECT command denied to user/)
})

test('what is wrong is said in a sentence without the password; nothing can be written', async (t) => {
  if (!server) return t.skip(leftOut)
  const { url, port } = server
  const ask = (at: string) => databaseGapSource({ celTable: 'layout_0_cel' }, at).read(always, signal)
  const refused = await ask(url.replace(PASSWORD, 'another-password'))
  assert.match(refused.problems.join(), /is away: Access denied for user 'owner'@/)
  const away = await ask(url.replace(`:${port}`, ':1'))
  assert.match(away.problems.join(), /is away: .*ECONNREFUSED/)
  for (const { problems } of [refused, away]) assert.doesNotMatch(problems.join(), /another-password|made-up/)
  const database = await openLogDatabase(url)
  await assert.rejects(database.query('DELETE FROM layout_0_cel', []), /READ ONLY transaction/)
  await database.close()
})

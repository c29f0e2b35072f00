// kill -9 at every step of a sweep, on one data folder: between marking, removing and writing down that it is done, whatever
// was interrupted is finished by the next sweep; no file is left without its recording, and no recording without its file.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { allReceipts } from '../../src/receipts/receipt-lines.ts'
import { verifyReceipts } from '../../src/receipts/verify-receipts.ts'
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'callbook-retention-crash-'))
after(() => rmSync(folder, { recursive: true, force: true }))
/** What the child keeps. */
const CAPACITY_BYTES = 4_000
const NEVER = 0
const SWEEPER = resolve(import.meta.dirname, 'sweeper.ts')

/** A child that stores some recordings and sweeps; it kills itself at this step. false: it was killed. */
async function sweepUntil(step: number): Promise<boolean> {
  const child = spawn(process.execPath, [SWEEPER, folder, String(step)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (signal !== 'SIGKILL') assert.equal(code, 0)
  return signal !== 'SIGKILL'
}

interface Found {
  files: Set<string>
  rows: { path: string; state: string; file_due: number }[]
  bytes: number
}

function look(): Found {
  const recordings = join(folder, 'recordings')
  const entries = readdirSync(recordings, { recursive: true, withFileTypes: true })
  const files = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name).slice(recordings.length + 1))
  const db = new DatabaseSync(join(folder, 'callbook.db'), { readOnly: true, timeout: 5_000 })
  try {
    const rows = db.prepare('SELECT path, state, file_due FROM recording').all() as unknown as Found['rows']
    const total = db.prepare('SELECT coalesce(sum(bytes), 0) AS bytes FROM recording_total').get()
    const counted = db
      .prepare("SELECT coalesce(sum(size_bytes), 0) AS bytes FROM recording WHERE state = 'available'")
      .get()
    assert.equal(total?.['bytes'], counted?.['bytes'], 'the sums are not those of the rows')
    return { files: new Set(files.filter((name) => !name.startsWith('.'))), rows, bytes: Number(total?.['bytes']) }
  } finally {
    db.close()
  }
}

/** In between: a file may be there without being needed any more, but only if its row says that it is to go. */
function assertNothingLost({ files, rows }: Found, when: string): void {
  const due = new Set(rows.filter((row) => row.file_due === 1).map(({ path }) => path))
  for (const { path, state } of rows) if (state === 'available') assert.ok(files.has(path), `${when}: ${path} is gone`)
  const answered = new Set(rows.filter(({ state }) => state === 'available').map(({ path }) => path))
  for (const file of files) assert.ok(answered.has(file) || due.has(file), `${when}: ${file} belongs to nobody`)
}

function assertFinished({ files, rows, bytes }: Found, when: string): void {
  const available = rows.filter(({ state }) => state === 'available').map(({ path }) => path)
  assert.deepEqual([...files].sort(), available.sort(), when)
  assert.ok(
    rows.every(({ file_due }) => file_due === 0),
    when,
  )
  assert.equal(bytes, CAPACITY_BYTES, when)
}

test('kill -9 at every step of a sweep leaves nothing that the next sweep does not finish', async (t) => {
  // Each round fills the folder up again and dies one step later than the one before, until a sweep comes to its end.
  let kills = 0
  for (let step = 1; ; step++) {
    const ended = await sweepUntil(step)
    assertNothingLost(look(), `at step ${step}`)
    if (ended) break
    kills++
    assert.ok(step < 100, 'the sweep never ends')
    if (step % 5 !== 0) continue
    assert.ok(await sweepUntil(NEVER))
    assertFinished(look(), `after the sweep that followed step ${step}`)
  }
  assert.ok(await sweepUntil(NEVER))
  const found = look()
  assertFinished(found, 'in the end')
  assert.ok(kills >= 12, `killed only ${kills} times`)
  const store = await openEmbeddedStore({ folder, readers: 1 })
  try {
    const { ok, receipts } = await verifyReceipts(allReceipts(store.receipts, 'default'))
    const deleted = found.rows.filter(({ state }) => state === 'deleted').length
    assert.deepEqual([ok, receipts], [true, deleted], 'every deletion has its receipt, once')
    t.diagnostic(`${kills} kills, ${deleted} recordings deleted`)
  } finally {
    await store.close()
  }
})

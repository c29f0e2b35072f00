// A hundred thousand calls: a server in a process of its own, whose memory can be watched and which can be killed.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { askForExport, exportEnded, exportedFile, oneExport } from '../../test/support/exported.ts'
import { ServerProcess } from '../../test/support/server-process.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { DEFAULT_INSTANCE } from '../config.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'

const CALLS = 100_000
const BATCH = 2_000
const MB = 1024 * 1024
/** Growth of a server that holds a hundred thousand calls in memory would be several times this. */
const FLAT_MB = 160

describe(`exports of ${CALLS} calls`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'callbook-exports-'))
  const json = { 'content-type': 'application/json' }
  let server: ServerProcess
  const api = (path: string, init?: RequestInit) => server.api(path, init)

  before(async () => {
    await fill(folder)
    server = await ServerProcess.start({ folder })
  })
  after(async () => {
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('memory stays flat, and every call is in the file once', async () => {
    // What a server takes for its first export is not counted.
    await exportEnded(api, (await askForExport(api, { kind: 'csv', search: { agent: ['none'] } }, json)).id, json)
    const search = { from: String(Date.now() - 20 * 86_400_000) }
    for (const kind of ['csv', 'xlsx'] as const) {
      const before = residentMb(server)
      forgetPeak(server)
      const { id } = await askForExport(api, { kind, search, plain: true, columns: ['id', 'caller'] }, json)
      const row = await exportEnded(api, id, json)
      assert.equal(row.state, 'done', JSON.stringify(row))
      assert.equal(row.count, CALLS)
      const grown = residentMb(server, 'VmHWM') - before
      assert.ok(grown < FLAT_MB, `${kind}: memory grew by ${grown} MB`)
      if (kind !== 'csv') continue
      const ids = (await exportedFile(api, id, json)).toString('utf8').trim().split('\r\n').slice(1)
      assert.equal(ids.length, CALLS)
      assert.equal(new Set(ids).size, CALLS)
    }
  })

  test('one that runs can be cancelled, and leaves nothing behind', async () => {
    const { id } = await askForExport(
      api,
      { kind: 'xlsx', search: { from: String(Date.now() - 20 * 86_400_000) } },
      json,
    )
    await begun(id)
    assert.equal((await api(`/exports/${id}`, { method: 'DELETE' })).status, 204)
    assert.equal((await oneExport(api, id, json)).state, 'cancelled')
    for (const end = Date.now() + 60_000; left(id).length > 0 && Date.now() < end; ) await delay(20)
    assert.deepEqual(left(id), [])
    assert.equal((await api(`/exports/${id}/file`)).status, 410)
  })

  test('one that a power cut broke off is made whole after the restart', async () => {
    const search = { from: String(Date.now() - 20 * 86_400_000) }
    const { id } = await askForExport(api, { kind: 'csv', plain: true, columns: ['id'], search }, json)
    await begun(id)
    await server.kill()
    writeFileSync(join(folder, 'exports', 'left-over.part'), 'from an earlier crash')
    await server.start()
    const row = await exportEnded(api, id, json)
    assert.equal(row.state, 'done', JSON.stringify(row))
    const ids = (await exportedFile(api, id, json)).toString('utf8').trim().split('\r\n').slice(1)
    assert.equal(new Set(ids).size, CALLS)
    assert.deepEqual(left('left-over'), [])
  })

  /** Waits until it is at work; one that was too quick for this to be seen fails the test. */
  async function begun(id: string): Promise<void> {
    for (let row = await oneExport(api, id, json); row.done === 0; row = await oneExport(api, id, json)) {
      assert.ok(row.state === 'waiting' || row.state === 'running', `it is ${row.state} already`)
      await delay(5)
    }
  }

  function left(id: string): string[] {
    return readdirSync(join(folder, 'exports')).filter((name) => name.startsWith(id))
  }
})

async function fill(folder: string): Promise<void> {
  const store = await openEmbeddedStore({ folder, readers: 1 })
  const first = Date.now() - 10 * 86_400_000
  let committing: Promise<unknown> = Promise.resolve()
  for (let begin = 0; begin < CALLS; begin += BATCH) {
    const writes = Array.from({ length: BATCH }, (_, i) => {
      const callId = `pbx1-${begin + i}.0`
      const at = first + Math.floor((begin + i) / 3) * 1_000
      const events: CallEvent[] = [
        { id: 's', callId, at, type: 'call-started', callType: 'inbound', customer: `138${begin + i}` },
        { id: 'e', callId, at: at + 30_000, type: 'call-ended' },
      ]
      const call = deriveCall({ callId, source: 'pbx1', events })
      return { instance: DEFAULT_INSTANCE, call, events, seq: null }
    })
    await committing
    committing = store.calls.commit(writes)
  }
  await committing
  await store.close()
}

function residentMb({ pid }: ServerProcess, field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const kb = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round((Number(kb) * 1024) / MB)
}

/** From here on VmHWM is the most since now (proc(5), clear_refs). */
function forgetPeak({ pid }: ServerProcess): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { DEFAULT_INSTANCE } from '../config.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'

const CALLBOOK = resolve(import.meta.dirname, '../../callbook.js')
const AT = Date.parse('2026-01-05T10:00:00+08:00')

test('callbook export calls writes the calls of a search into a file, however old, and over no other file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callbook-cli-export-'))
  const out = join(folder, 'calls.csv')
  const run = (...args: string[]) => {
    const env = { ...process.env, CALLBOOK_DATA: folder, LC_ALL: 'C.UTF-8' }
    const range = ['--from', '2026-01-05', '--to', '2026-01-05']
    const all = [CALLBOOK, 'export', 'calls', ...range, ...args]
    return spawnSync(process.execPath, all, { env, cwd: folder, encoding: 'utf8' })
  }
  try {
    const store = await openEmbeddedStore({ folder, readers: 1 })
    const calls = ['13800138000', '13900139000'].map((customer, i) => {
      const callId = `c${i}`
      const events: CallEvent[] = [
        { id: 's', callId, at: AT + i, type: 'call-started', callType: 'inbound', customer },
        { id: 'e', callId, at: AT + 5_000, type: 'call-ended', releasedBy: 'customer' },
      ]
      return { instance: DEFAULT_INSTANCE, events, seq: null, call: deriveCall({ callId, source: 'x', events }) }
    })
    await store.calls.commit(calls)
    await store.close()

    const made = run('--format', 'csv', '--plain', '--columns', 'id,caller', '--out', out, '--json')
    assert.equal(made.status, 0, made.stderr)
    assert.equal(readFileSync(out, 'utf8'), 'id,caller\r\nc1,13900139000\r\nc0,13800138000\r\n')
    assert.deepEqual(JSON.parse(made.stdout), { file: out, calls: 2, bytes: readFileSync(out).length })

    const again = run('--format', 'csv', '--out', out)
    assert.equal(again.status, 1)
    assert.match(again.stderr, /already.*--force/)
    const narrowed = run('--format', 'csv', '--caller', '139*', '--columns', 'caller', '--out', out, '--force')
    assert.equal(narrowed.status, 0, narrowed.stderr)
    assert.equal(readFileSync(out, 'utf8'), '\ufeffCaller\r\n"\t13900139000"\r\n')

    const wrong = run('--format', 'csv', '--columns', 'secret', '--out', join(folder, 'never.csv'))
    assert.equal(wrong.status, 1)
    assert.match(wrong.stderr, /there is no column/)
    assert.equal(existsSync(join(folder, 'never.csv')), false)
    assert.equal(run('--format', 'pdf', '--out', join(folder, 'never.pdf')).status, 2)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import type { CallEvent } from '../calls/call-event.ts'
import { limits } from '../config.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'
import { connectorOutput } from './connector-output.ts'
import { Ingest } from './ingest.ts'
import { rejectedMessages } from './rejected.ts'

test('an event that a connector should never have told is kept aside with its cause, and those beside it are taken', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-output-'))
  const store = await openEmbeddedStore({ folder, readers: 1 })
  t.after(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  const rejected = rejectedMessages(store.rejected, Date.now, (error) => assert.fail(String(error)))
  const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits: { ...limits, eventsPerCall: 3 } })
  const from = { instance: 'default', source: 'pbx1' }
  const signal = new AbortController().signal
  const output = connectorOutput({ from, ingest, calls: store.calls, rejected, log: pino({ level: 'silent' }), signal })
  const key = (id: string, callId: string, pressed = '1'): CallEvent => ({
    id,
    callId,
    at: Date.now(),
    type: 'key-pressed',
    key: pressed,
  })
  await output.emit([
    key('a', 'c'),
    key('b', 'c', 'x'.repeat(100)),
    key('c', 'y'.repeat(300)),
    { ...key('d', 'c'), at: Number.NaN },
    key('e', 'c'),
    key('f', 'c'),
    key('g', 'c'),
  ])
  await rejected.close()
  assert.equal((await store.calls.call('default', 'c'))?.keys.length, 3)
  assert.equal(rejected.count(), 4)
  const rows = await store.rejected.rejected('default', { before: null, limit: 10 })
  assert.deepEqual(rows.map(({ kind, cause }) => [kind, cause]).sort(), [
    ['event', 'call-too-long'],
    ['event', 'invalid-event'],
    ['event', 'invalid-event'],
    ['event', 'invalid-event'],
  ])
})

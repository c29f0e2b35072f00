import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { CallEvent } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { limits } from '../config.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'
import type { Store } from '../store/store.ts'
import { Ingest } from './ingest.ts'
import { type CallDifference, rebuild } from './rebuild.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')
let folder = ''
let store: Store

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbook-rebuild-'))
  store = await openEmbeddedStore({ folder })
})
after(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

const eventsOf = (callId: string, at = T0): CallEvent[] => [
  { id: 'a', callId, at, type: 'call-started', callType: 'inbound', customer: '138' },
  { id: 'b', callId, at: at + 5000, type: 'call-ended', releasedBy: 'customer' },
]

/** Calls as an older version of the rules would have left them. */
async function storeWrongly(instance: string, ids: string[]): Promise<void> {
  for (const [i, id] of ids.entries()) {
    const events = eventsOf(id, T0 + i * 60_000)
    const call = deriveCall({ callId: id, source: 'test', events })
    await store.calls.commit([
      {
        instance,
        events,
        seq: null,
        call: { ...call, hangupReason: 'normal', agents: [{ id: '1', name: null, talked: true }] },
      },
    ])
  }
}

async function run(instance: string, changed: Partial<Parameters<typeof rebuild>[0]> = {}) {
  const differences: CallDifference[] = []
  const range = { from: T0, to: T0 + 3_600_000 }
  const options = {
    calls: store.calls,
    instance,
    ...range,
    dryRun: false,
    onChange: (d: CallDifference) => differences.push(d),
    onProgress: () => {},
  }
  return { ...(await rebuild({ ...options, ...changed })), differences }
}

test('a rehearsal says what would change, field by field, and changes nothing', async () => {
  await storeWrongly('rehearsal', ['x', 'y'])
  const { looked, changed, differences } = await run('rehearsal', { dryRun: true })
  assert.deepEqual([looked, changed], [2, 2])
  assert.deepEqual(differences[0]?.fields, [
    { field: 'hangupReason', before: 'normal', after: 'abandoned-in-ivr' },
    { field: 'agents', before: [{ id: '1', name: null, talked: true }], after: [] },
  ])
  assert.equal((await store.calls.call('rehearsal', 'x'))?.hangupReason, 'normal')
})

test('a rebuild mends every call in the range once, with new change numbers', async () => {
  const ids = Array.from({ length: 450 }, (_, i) => `c${i}`)
  await storeWrongly('mended', ids.slice(0, 3))
  const seq = await store.calls.lastSeq('mended')
  assert.equal((await run('mended', { to: T0 + 60_001 })).changed, 2)
  assert.equal((await run('mended')).changed, 1)
  assert.equal((await run('mended')).changed, 0)
  assert.equal((await store.calls.call('mended', 'c1'))?.hangupReason, 'abandoned-in-ivr')
  assert.equal(await store.calls.lastSeq('mended'), seq + 3)
  const { calls } = await store.calls.changesSince('mended', seq, 10)
  assert.equal(calls.length, 3)
})

test('more calls than one slice are all looked at', async () => {
  const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
  const events = Array.from({ length: 450 }, (_, i) => eventsOf(`c${i}`, T0 + Math.floor(i / 10))).flat()
  await ingest.append({ instance: 'many', source: 'test' }, events)
  const { looked, changed } = await run('many')
  assert.deepEqual([looked, changed], [450, 0])
})

test('an event that comes in the middle of a rebuild is not lost', async () => {
  await storeWrongly('beside', ['x'])
  const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
  let disturbed = false
  const calls = {
    ...store.calls,
    rewrite: async (...args: Parameters<typeof store.calls.rewrite>) => {
      if (!disturbed) {
        disturbed = true
        await ingest.append({ instance: 'beside', source: 'test' }, [
          { id: 'late', callId: 'x', at: T0 + 1000, type: 'key-pressed', key: '7' },
        ])
      }
      return store.calls.rewrite(...args)
    },
  }
  await run('beside', { calls })
  const call = await store.calls.call('beside', 'x')
  assert.deepEqual(call?.keys, ['7'])
  assert.equal(call?.hangupReason, 'abandoned-in-ivr')
})

test('a call that is part of another is left alone', async () => {
  const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
  const merge: CallEvent = { id: 'm', callId: 'main', at: T0, type: 'calls-merged', mergedCallId: 'consult' }
  await ingest.append({ instance: 'merged', source: 'test' }, [...eventsOf('main'), ...eventsOf('consult'), merge])
  assert.equal((await run('merged')).changed, 0)
  assert.equal((await store.calls.call('merged', 'consult'))?.id, 'main')
})

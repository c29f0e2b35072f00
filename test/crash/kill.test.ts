// kill -9 in the middle of ingest, twenty times, on one data folder: what was acknowledged is there, once; records are
// what their events say; a watcher who resumes misses nothing. (The process dies, not the machine: power cuts rest on
// fdatasync, which SQLite does at each commit with synchronous=FULL.)
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { type CallDetailJson, type CallJson, callToDetailJson } from '../../src/calls/call-json.ts'
import { deriveCall } from '../../src/calls/call-state.ts'
import { clockIn } from '../../src/calls/instant.ts'
import { CALL_TYPES } from '../../src/calls/vocabulary.ts'
import { randomFrom } from '../../src/demo/random.ts'
import { callTraffic } from '../support/call-traffic.ts'
import { type Feed, openFeed } from '../support/feed.ts'
import { ServerProcess } from '../support/server-process.ts'
import { type EventSender, sendEvents } from './event-sender.ts'

const KILLS = 20
const SEED = 20261123
const CONNECTIONS = 4
/** Every type, and from before today, so that a test around midnight sees its calls too. */
const EVERY_CALL = [`from=${Date.now() - 48 * 3_600_000}`, ...CALL_TYPES.map((type) => `type=${type}`)].join('&')

let server: ServerProcess
let sender: EventSender
/** By id of a merged call: the call it became a part of. */
const mergedInto = new Map<string, string>()
/** What a browser would show: the last state told of each call. */
const shown = new Map<string, CallJson>()
let lastId = 0
let resets = 0

before(async () => {
  server = await ServerProcess.start({ settings: { CALLBOOK_LOG_LEVEL: 'warn' } })
  sender = sendEvents(server, { connections: CONNECTIONS, next: trafficWithMerges(), seed: SEED })
})
after(() => server?.close())

test(`${KILLS} times kill -9 in the middle of ingest: every acknowledged event is there, none twice`, async (t) => {
  const random = randomFrom(SEED)
  for (let kill = 1; kill <= KILLS; kill++) {
    const feed = await watch()
    sender.resume()
    await delay(random.whole(100, 700))
    await server.kill()
    await sender.pause()
    await feed.closed
    take(feed)
    await server.start()
    assertStored(`after kill ${kill}`)
  }
  const before = sender.acknowledged.size
  await sender.finish()
  assertStored('in the end')
  t.diagnostic(`${sender.acknowledged.size} events acknowledged, ${before} of them by servers that were killed`)
  t.diagnostic(JSON.stringify(sender.figures))
  assert.ok(sender.figures.unanswered >= KILLS, 'the kills did not come in the middle')
  assert.ok(sender.figures.repeated > 0)
})

test('every record is what its events say', async () => {
  const histories = eventsByCall(sender.acknowledged)
  const clock = clockIn('Asia/Shanghai')
  const calls = [...histories]
  const look = async () => {
    for (let next = calls.pop(); next; next = calls.pop()) {
      const [callId, events] = next
      const { seq, ...told } = (await (await server.api(`/calls/${callId}`)).json()) as CallDetailJson
      const expected = { ...deriveCall({ callId, source: 'traffic', events }), seq }
      assert.deepEqual({ ...told, seq }, callToDetailJson(expected, clock.write))
      const steps = told.steps.map((step) => `${step.mergedFrom ?? callId} ${step.eventId}`)
      assert.equal(new Set(steps).size, steps.length, 'a step stands twice')
    }
  }
  await Promise.all(Array.from({ length: 8 }, look))
  const { count } = (await (await server.api(`/calls/count?${EVERY_CALL}`)).json()) as { count: number }
  assert.equal(count, histories.size)
})

test('a watcher who resumed after every kill shows exactly what the store has', async () => {
  const { lastSeq } = (await (await server.api('/calls?limit=1')).json()) as { lastSeq: number }
  const feed = await watch()
  if (lastId < lastSeq) await feed.until((message) => message.id >= lastSeq)
  feed.close()
  take(feed)
  assert.equal(resets, 0)
  const stored = new Map<string, CallJson>()
  for (let cursor = ''; ; ) {
    const answer = await server.api(`/calls?${EVERY_CALL}&limit=200${cursor}`)
    const page = (await answer.json()) as { items: CallJson[]; nextCursor: string | null }
    for (const call of page.items) {
      assert.ok(!stored.has(call.id), 'a call stands on two pages')
      stored.set(call.id, call)
    }
    if (page.nextCursor === null) break
    cursor = `&cursor=${page.nextCursor}`
  }
  assert.deepEqual([...shown.keys()].sort(), [...stored.keys()].sort())
  for (const [id, call] of stored) assert.deepEqual(shown.get(id), call)
})

/** Traffic in which now and then one call turns out to be a part of another. */
function trafficWithMerges(): () => CallEvent {
  const traffic = callTraffic({ seed: SEED, liveCalls: 400, prefix: 'crash' })
  const random = randomFrom(SEED + 1)
  const ids: string[] = []
  return () => {
    const at = Date.now()
    if (ids.length > 100 && random.chance(0.003)) {
      const [callId, mergedCallId] = [random.pick(ids), random.pick(ids)]
      if (callId !== mergedCallId && !mergedInto.has(mergedCallId) && !mergedInto.has(callId)) {
        mergedInto.set(mergedCallId, callId)
        for (const [part, whole] of mergedInto) if (whole === mergedCallId) mergedInto.set(part, callId)
        return { id: `merge-${mergedCallId}`, callId, at, type: 'calls-merged', mergedCallId }
      }
    }
    const event = traffic.next(at)
    if (event.type === 'call-started') ids.push(event.callId)
    return event
  }
}

async function watch(): Promise<Feed> {
  return openFeed(server, `?${EVERY_CALL}`, lastId > 0 ? { 'last-event-id': String(lastId) } : {})
}

/** As a browser does: the newest state wins. */
function take(feed: Feed): void {
  for (const { event, body } of feed.messages) {
    if (event === 'reset') resets++
    else if (event === 'gone') shown.delete(body.id)
    else shown.set(body.id, body)
  }
  lastId = Math.max(lastId, feed.lastId)
}

/** Straight in the file: every acknowledged event has its row, and none has two. */
function assertStored(when: string): void {
  const db = new DatabaseSync(join(server.folder, 'callbook.db'), { readOnly: true, timeout: 5_000 })
  try {
    assert.equal(db.prepare('PRAGMA quick_check').get()?.['quick_check'], 'ok')
    const rows = db.prepare('SELECT call_id, id FROM event').all()
    const stored = new Set(rows.map((row) => `${row['call_id']} ${row['id']}`))
    assert.equal(stored.size, rows.length, `${when}: an event has two rows`)
    for (const { callId, id } of sender.acknowledged) {
      assert.ok(stored.has(`${callId} ${id}`), `${when}: event ${id} was acknowledged and is lost`)
    }
  } finally {
    db.close()
  }
}

function eventsByCall(events: Iterable<CallEvent>): Map<string, CallEvent[]> {
  const calls = new Map<string, CallEvent[]>()
  for (const event of events) {
    const callId = mergedInto.get(event.callId) ?? event.callId
    calls.set(callId, [...(calls.get(callId) ?? []), event])
  }
  return calls
}

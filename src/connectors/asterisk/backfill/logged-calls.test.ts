// What the PBX's own records tell of every recorded trace, beside what was heard: the same calls, none more, none less;
// and a connector that is asked for them and takes in the ones that nobody told of.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { CallEvent } from '../../../calls/call-event.ts'
import { callsOf } from '../../../cli/derive.ts'
import type { ConnectorConfig } from '../../../config.ts'
import { createAmiReader } from '../ami-reader.ts'
import { createAsteriskConnector } from '../asterisk-connector.ts'
import { FakeAmiServer } from '../fake-ami-server.ts'
import { callsOfRows, eventsOfUnknown } from './logged-calls.ts'
import { type GapTrace, readGapTrace } from './trace-gaps.ts'

const FOLDER = new URL('../../../../test/traces/asterisk/', import.meta.url)
const CONFIG: ConnectorConfig = {
  name: 'pbx1',
  type: 'asterisk',
  agents: ['PJSIP/1???'],
  trunks: ['PJSIP/customers', 'PJSIP/external'],
  externalTrunks: ['PJSIP/external'],
  virtualNumbers: ['1709*'],
}

const traces = readdirSync(FOLDER)
  .filter((name) => !name.includes('.'))
  .map((name) => readGapTrace(name, new URL(`${name}/`, FOLDER)))

function heard({ messages }: GapTrace): CallEvent[] {
  const reader = createAmiReader(CONFIG)
  const events = messages.flatMap(({ message, receivedAt }) => {
    reader.push(message, receivedAt)
    return reader.read(null)
  })
  return [...events, ...reader.finish()]
}

/** From before its first message until after its last. */
function rangeOf({ messages }: GapTrace) {
  const [from, to] = [(messages[0]?.receivedAt ?? 0) - 2_000, (messages.at(-1)?.receivedAt ?? 0) + 2_000]
  return { from, to, until: to, endedBefore: to }
}

for (const trace of traces)
  test(`${trace.name}: the PBX's records know the calls that were heard, and no others`, () => {
    const events = heard(trace)
    const ids = new Set(events.map(({ callId }) => callId))
    const rows = { cel: trace.cel, queueLog: trace.queueLog, problems: [] }
    const logged = callsOfRows(CONFIG, rows, rangeOf(trace))
    assert.deepEqual(
      [...logged.keys()].filter((id) => !ids.has(id)),
      [],
    )
    const over = callsOf(events, 'pbx1').filter(({ endedAt }) => endedAt !== null)
    assert.deepEqual(
      over.filter(({ id }) => !logged.has(id)).map(({ id }) => id),
      [],
    )
    const queued = callsOfRows(CONFIG, { ...rows, cel: null }, rangeOf(trace))
    assert.deepEqual(
      [...queued.keys()].filter((id) => !ids.has(id)),
      [],
    )
    // Nothing is told of calls that are known; all of them, marked, where none is.
    assert.deepEqual(
      eventsOfUnknown(logged, (id) => ids.has(id)),
      [],
    )
    const told = callsOf(
      eventsOfUnknown(logged, () => false),
      'pbx1',
    )
    assert.deepEqual(told.map(({ id }) => id).sort(), over.map(({ id }) => id).sort())
    assert.ok(told.every(({ reconstructed, endedAt }) => reconstructed && endedAt !== null))
  })

test('a connector says which calls the records know, and tells of those that are not known', async (t) => {
  const pbx = new FakeAmiServer({})
  await pbx.start()
  const trace = readGapTrace('in_normal_agent_hangup', new URL('in_normal_agent_hangup/', FOLDER))
  const place = (file: string) => fileURLToPath(new URL(`in_normal_agent_hangup/${file}`, FOLDER))
  const backfill = { cel: place('cel.csv'), queueLog: place('queue_log') }
  const secrets = { username: 'callbook', secret: 'right', databaseUrl: null }
  const connector = createAsteriskConnector({ ...CONFIG, ...secrets, port: pbx.port, backfill })
  const emitted: CallEvent[] = []
  const known: string[] = []
  const stopping = new AbortController()
  const run = connector.run(
    {
      emit: async (events) => void emitted.push(...events),
      liveCallIds: async () => [],
      histories: async (ids) =>
        new Map(ids.filter((id) => known.includes(id)).map((id) => [id, { callId: id, events: [] }])),
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
  const { from, to } = rangeOf(trace)
  const ids = await connector.loggedCallIds?.(from, to)
  const [expected] = callsOf(heard(trace), 'pbx1')
  assert.deepEqual(ids, [expected?.id])
  assert.equal(await connector.backfill?.(from, to), true)
  const [call] = callsOf(emitted, 'pbx1')
  assert.deepEqual(
    [call?.id, call?.hangupReason, call?.agent, call?.reconstructed],
    [expected?.id, 'normal', expected?.agent, true],
  )
  known.push(expected?.id ?? '')
  emitted.length = 0
  assert.equal(await connector.backfill?.(from, to), false, 'what is known is not told again')
  assert.deepEqual(emitted, [])
  const blind = createAsteriskConnector({ ...CONFIG, ...secrets })
  assert.equal(await blind.loggedCallIds?.(from, to), null, 'without records nothing can be said')
})

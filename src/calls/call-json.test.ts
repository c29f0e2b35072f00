import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallEvent } from './call-event.ts'
import { callToDetailJson } from './call-json.ts'
import { deriveCall } from './call-state.ts'
import { clockIn } from './instant.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')

test('the detail says when each recording was begun, also one of a call that was merged', () => {
  const told = (callId: string, second: number, event: object) =>
    ({ id: `${callId}-${second}`, callId, at: T0 + second * 1_000, ...event }) as CallEvent
  const file = { n: 1, durationMs: 2_000, sizeBytes: 32_044, channels: 1, sha256: 'a'.repeat(64) }
  const events = [
    told('c1', 0, { type: 'call-started', callType: 'inbound', customer: '13800138000' }),
    told('c1', 3, { type: 'agent-answered', agent: { id: '1001' } }),
    told('c1', 4, { type: 'recording-started' }),
    told('c2', 10, { type: 'call-started', callType: 'internal', agent: { id: '1001' }, otherAgent: { id: '1002' } }),
    told('c2', 12, { type: 'recording-started', n: 1 }),
    told('c2', 15, { type: 'recording-stored', ...file }),
    told('c1', 20, { type: 'calls-merged', mergedCallId: 'c2' }),
    told('c1', 25, { type: 'recording-started', n: 3 }),
    told('c1', 30, { type: 'call-ended' }),
    told('c1', 31, { type: 'recording-stored', ...file }),
    // Nobody said when it began.
    told('c1', 32, { type: 'recording-stored', ...file, n: 4 }),
  ]
  const call = deriveCall({ callId: 'c1', source: 'test', events })
  const { recordings } = callToDetailJson({ ...call, seq: 1 }, clockIn('Asia/Shanghai').write)
  assert.deepEqual(
    recordings.map(({ n, fromMs }) => [n, fromMs]),
    [
      [1, 4_000],
      [2, 12_000],
      [3, 25_000],
      [4, null],
    ],
  )
})

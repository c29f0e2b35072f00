// Recordings as the store keeps them, for tests and benchmarks of retention: a row, and the events that make its call.
import type { CallEvent } from '../../src/calls/call-event.ts'
import type { RecordingRow } from '../../src/store/store.ts'

export interface KeptRecording {
  instance: string
  callId: string
  path: string
  startedAt: number
  sizeBytes: number
  storedAt?: number
  skillGroup?: string
}

export function keptRecording(kept: KeptRecording): { row: RecordingRow; events: CallEvent[] } {
  const { instance, callId, path, startedAt, sizeBytes, storedAt = startedAt + 61_000, skillGroup = 'sales' } = kept
  const sha256 = callId.length.toString(16).padStart(64, '0')
  const sound = { durationMs: 60_000, sizeBytes, channels: 1, sha256 }
  const agent = { id: '1001', name: '张三' }
  const events: CallEvent[] = [
    { id: 's', callId, at: startedAt, type: 'call-started', callType: 'inbound', customer: '13800138000' },
    { id: 'q', callId, at: startedAt + 100, type: 'queue-entered', skillGroup: { id: skillGroup } },
    { id: 'a', callId, at: startedAt + 1_000, type: 'agent-answered', agent, skillGroup: { id: skillGroup } },
    { id: 'e', callId, at: startedAt + 60_000, type: 'call-ended', releasedBy: 'customer' },
    { id: 'r', callId, at: storedAt, type: 'recording-stored', n: 1, ...sound },
  ]
  const row: RecordingRow = {
    instance,
    callId,
    n: 1,
    state: 'available',
    storage: 'folder',
    keyId: null,
    path,
    ...sound,
    sampleRate: 8_000,
    format: 1,
    bitsPerSample: 16,
    dataOffset: 44,
    dataBytes: sizeBytes,
    headerSound: true,
    originalSha256: null,
    conversion: null,
    sound: null,
    talk: null,
    callStartedAt: startedAt,
    storedAt,
    origin: null,
  }
  return { row, events }
}

// Puts the month before the demo through the same door as every event: newest day first, in large batches, with the
// audio of the latest talks left where Asterisk leaves it. Older audio is gone, as it would be on a full disk, and the
// calls say so.
import { createHash } from 'node:crypto'
import type { CallEvent } from '../calls/call-event.ts'
import type { Clock } from '../calls/instant.ts'
import { type Config, DEFAULT_INSTANCE } from '../config.ts'
import type { Ingest } from '../ingest/ingest.ts'
import { recordingKey } from '../recordings/storage/recording-key.ts'
import type { RecordingRow } from '../store/store.ts'
import type { PlannedCall } from './call-plan.ts'
import { WAV_HEADER_BYTES, wavBytes } from './conversation.ts'
import { deriveRecordedCall } from './derive-recorded-call.ts'
import { type EventWriter, makeEventWriter, planHistory } from './history.ts'
import type { MonitorFolder } from './monitor-folder.ts'
import { randomFrom } from './random.ts'
import type { SimulatedPbx } from './simulated-pbx.ts'
import { SAMPLE_RATE } from './voices.ts'

/** Enough to fill a commit; two at a time, so that the next is ready when one is on disk. */
const BATCH_EVENTS = 1_000
const AT_ONCE = 2
/** Audio of the latest talks, in bytes. */
const AUDIO_BYTES = 400 * 1024 ** 2

export interface FillHistoryOptions {
  ingest: Ingest
  connector: Config['connectors'][number]
  pbx: SimulatedPbx
  monitor: MonitorFolder
  clock: Clock
  days: number
  callsPerDay: number
  /** The PBX tells of its own calls since this long before it was at work. */
  atWorkMs: number
  seed: number
  print(line: string): void
  signal: AbortSignal
}

/** Resolves when every call is on disk. */
export async function fillHistory(options: FillHistoryOptions): Promise<{ calls: number }> {
  const { pbx, days, signal, print } = options
  const earlier = await untilAborted(pbx.atWork, signal)
  if (earlier === null) return { calls: 0 }
  const startedAt = Date.now()
  const until = startedAt - options.atWorkMs
  const writeEvents = makeEventWriter((recorded) => deriveRecordedCall(recorded, options.connector))
  const writer = makeBatchWriter(options, writeEvents)
  await writer.add([...earlier].reverse())
  const random = randomFrom(options.seed + 1)
  let done = 0
  for (const { day, calls } of planHistory({ ...options, until, centre: pbx.centre, random })) {
    if (signal.aborted) break
    await writer.add(calls)
    done++
    if (done === 1 || done % 10 === 0) {
      print(`  history ${day}: ${done}/${days} days, ${writer.calls()} calls · 历史通话已写入 ${done}/${days} 天`)
    }
  }
  await writer.finish()
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  if (!signal.aborted) print(`  history complete: ${writer.calls()} calls in ${seconds} s · 历史通话写入完成`)
  return { calls: writer.calls() }
}

/** null: aborted before. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null
  const { promise: aborted, resolve } = Promise.withResolvers<null>()
  const onAbort = () => resolve(null)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function makeBatchWriter({ ingest, connector, monitor, clock, signal }: FillHistoryOptions, writeEvents: EventWriter) {
  const from = { instance: connector.instance ?? DEFAULT_INSTANCE, source: connector.name }
  const underway = new Set<Promise<void>>()
  let batch: { events: CallEvent[]; rows: RecordingRow[]; audio: PlannedCall[] } = { events: [], rows: [], audio: [] }
  let calls = 0
  let audioBytes = 0

  async function send(): Promise<void> {
    const { events, rows, audio } = batch
    batch = { events: [], rows: [], audio: [] }
    if (events.length === 0) return
    while (underway.size >= AT_ONCE) await Promise.race(underway)
    const work = (async () => {
      await ingest.append(from, events, rows)
      for (const call of audio) await monitor.writePast(call)
    })()
    const tracked = work.finally(() => underway.delete(tracked))
    underway.add(tracked)
  }

  /** Newest first: the first talks get audio, until it is enough. */
  function addCall(call: PlannedCall): void {
    batch.events.push(...writeEvents(call))
    calls++
    if (!call.recording || call.recording.audibleMs <= 0) return
    if (audioBytes < AUDIO_BYTES) {
      audioBytes += wavBytes(call.recording.audibleMs)
      batch.audio.push(call)
      return
    }
    const row = deletedRecording(call, call.recording, from.instance, clock)
    batch.rows.push(row)
    batch.events.push(...recordingEvents(row, call))
  }

  return {
    calls: () => calls,
    async add(planned: readonly PlannedCall[]): Promise<void> {
      for (const call of planned) {
        if (signal.aborted) return
        addCall(call)
        if (batch.events.length >= BATCH_EVENTS) await send()
      }
    },
    async finish(): Promise<void> {
      await send()
      await Promise.all(underway)
    },
  }
}

export function deletedRecording(
  call: PlannedCall,
  recording: NonNullable<PlannedCall['recording']>,
  instance: string,
  clock: Clock,
): RecordingRow {
  const sizeBytes = wavBytes(recording.audibleMs)
  const startedAt = call.startUs / 1000
  return {
    instance,
    callId: call.callId,
    n: 1,
    state: 'deleted',
    storage: 'folder',
    keyId: null,
    path: recordingKey({ instance, day: clock.dayOf(startedAt), callId: call.callId, n: 1 }),
    durationMs: recording.audibleMs,
    sizeBytes,
    channels: 2,
    sampleRate: SAMPLE_RATE,
    format: 1,
    bitsPerSample: 16,
    dataOffset: WAV_HEADER_BYTES,
    dataBytes: sizeBytes - WAV_HEADER_BYTES,
    headerSound: true,
    sha256: createHash('sha256').update(call.callId).digest('hex'),
    callStartedAt: startedAt,
    storedAt: recording.closeMs + 2_000,
    origin: null,
    originalSha256: null,
    conversion: null,
    sound: null,
    talk: null,
  }
}

export function recordingEvents(row: RecordingRow, call: PlannedCall): CallEvent[] {
  const { callId, n, durationMs, sizeBytes, channels, sha256, storedAt } = row
  const deletedAt = Math.min(Date.now(), storedAt + 86_400_000)
  const stored = { durationMs, sizeBytes, channels, sha256 }
  return [
    { id: `${call.callId}#stored`, callId, at: storedAt, type: 'recording-stored', n, ...stored },
    {
      id: `${call.callId}#deleted`,
      callId,
      at: deletedAt,
      type: 'recording-deleted',
      n,
      because: 'over the capacity',
      rule: 'capacity',
    },
  ]
}

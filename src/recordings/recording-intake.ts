// Takes a recording in: streams it into the spool with its SHA-256, checks that it is a WAV, has it decoded where no browser
// plays it, stores the file and then commits row and event together, so that the call's record, its change number and the live feed follow. Called by the
// upload route and the watched folders. A file is in place before its row says so; without a row it does not count.
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { StoredCall } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { type BareEncoding, bareLayout } from './bare-audio.ts'
import { type AnnouncedDigest, digestCheck } from './content-digest.ts'
import { goesOn, isOneFile } from './grown-file.ts'
import { type KeyedTurns, turnOf } from './keyed-turns.ts'
import { RECORDINGS_SOURCE, type RecordingIngest } from './recording-ingest.ts'
import type { Half } from './recording-name.ts'
import { replaceRecording } from './replace-recording.ts'
import { type Decoded, type DecodedSound, isPlayable, needsDecoding, type SoundDecoder } from './sound/sound-decoder.ts'
import { onDisk } from './storage/disk-problem.ts'
import { recordingKey } from './storage/recording-key.ts'
import { companionKey, removeRecording, type Storages } from './storage/recording-storage.ts'
import type { Spool, SpoolFile } from './storage/spool.ts'
import type { WavLayout } from './wav.ts'
import { readWavLayout } from './wav-file.ts'

export const MAX_RECORDINGS_OF_CALL = 99

export interface IntakeNeeds {
  store: Pick<Store, 'calls' | 'recordings'>
  ingest: RecordingIngest
  storages: Storages
  spool: Pick<Spool, 'newFile'>
  decoder: Pick<SoundDecoder, 'decode'>
  inTurn: KeyedTurns
  clock: Clock
  limitBytes: number
  log: { warn(details: object, message: string): void }
  now(): number
  /** Told after the commit; must not throw and must not wait. */
  stored?(row: RecordingRow): void
}

export interface IncomingRecording {
  instance: string
  callId: string
  /** Which recording of the call, 1–99. Where the call was merged into another, a file takes the next free number there (`mayMoveOn`). */
  n: number
  mayMoveOn?: boolean
  audio: AsyncIterable<Uint8Array>
  /** What the sender says will come; null: not known. */
  expectedBytes: number | null
  digests: readonly AnnouncedDigest[]
  /** How to read a file that has no header; null: it is a WAV. */
  bare?: BareEncoding | null
  /** Only this direction of the conversation is in it. */
  half?: Half | null
  /** Which file of which watched folder; null: uploaded. */
  origin: string | null
  /** Origins of recordings that are wholly in this one: it takes their place. */
  holds?: readonly string[]
}

export interface TakenRecording {
  row: RecordingRow
  /** false: these bytes were there already. */
  created: boolean
}

export interface RecordingIntake {
  /**
   * Resolves when file, row and event are on disk. The same bytes again change nothing.
   * @throws AppError call-not-found, recording-exists, recording-gone, recording-too-large, recording-incomplete,
   * digest-mismatch, not-a-wav; store-unavailable when the disk or the store fails (nothing is kept; come again).
   * What `audio` throws is passed on, nothing is kept.
   */
  take(incoming: IncomingRecording): Promise<TakenRecording>
}

interface Received {
  sizeBytes: number
  sha256: string
  layout: WavLayout
}

export function recordingIntake(needs: IntakeNeeds): RecordingIntake {
  const { store, ingest, storages, spool, decoder, inTurn, clock, limitBytes } = needs

  async function take(incoming: IncomingRecording): Promise<TakenRecording> {
    const { instance, callId } = incoming
    const call = await store.calls.call(instance, callId)
    if (!call) throw new AppError('call-not-found', { callId })
    if (incoming.expectedBytes !== null && incoming.expectedBytes > limitBytes)
      throw new AppError('recording-too-large', { limit: limitBytes })
    const day = clock.dayOf(call.startedAt)
    const spooled = await onDisk(spool.newFile())
    try {
      const received = await receive(spooled.file, incoming, limitBytes)
      return await inTurn(turnOf(instance, call.id), () => settle(incoming, call, day, spooled, received))
    } finally {
      await spooled.discard()
    }
  }

  /** Decides against what is there already, then file, then row and event. One at a time for each call. */
  async function settle(
    incoming: IncomingRecording,
    call: StoredCall,
    day: string,
    spooled: SpoolFile,
    received: Received,
  ): Promise<TakenRecording> {
    const { instance } = incoming
    const n = await numberOf(incoming, call, received.sha256)
    const existing = await store.recordings.recording(instance, call.id, n)
    if (existing?.state === 'deleted') {
      const because = call.recordings.find((recording) => recording.n === n)?.deletedBecause
      throw new AppError('recording-gone', { callId: call.id, n, because: because ?? 'deleted' })
    }
    const isSame = existing?.sha256 === received.sha256 || existing?.originalSha256 === received.sha256
    // A part of it was made silent for good: what came before must not come back, even if the file is lost.
    const isSilenced = call.recordings.some((recording) => recording.n === n && recording.silenced.length > 0)
    if (existing && !isSame && (existing.state === 'available' || isSilenced)) {
      const { storage, keyId, path } = existing
      const place = { incoming, call, n, storage, keyId, path, storedAt: needs.now() }
      const longer = isSilenced
        ? null
        : await replaceGrown(incoming, existing, rowOf({ ...place, received, ...outcomeOf(null) }), {
            spooled,
            received,
          })
      if (longer) return { row: longer, created: true }
      throw new AppError('recording-exists', { callId: call.id, n })
    }
    if (existing?.state === 'available') {
      const storage = storages.of(existing)
      const found = await storage.stat(existing.path)
      const isThere = found?.sizeBytes === existing.sizeBytes
      if (!isThere && existing.originalSha256 === null) await storage.put(existing.path, spooled.path, received)
      if (isThere || existing.originalSha256 === null) return { row: existing, created: false }
      // It was made from these bytes and is gone: it is made again.
    }
    const { home } = storages
    const path = recordingKey({ instance, day, callId: call.id, n })
    const decoded = needsDecoding(received.layout) ? await decoder.decode(spooled.file, received.layout) : null
    const place = { incoming, call, n, storage: home.name, keyId: home.keyId, path, storedAt: needs.now() }
    const row = rowOf({ ...place, received, ...outcomeOf(decoded) })
    try {
      if (isDecoded(decoded)) {
        await home.put(companionKey(path, 'original'), spooled.path, received)
        await home.put(path, decoded.spooled.path, decoded)
      } else await home.put(path, spooled.path, received)
      const told = storedEvent(row, row.storedAt, incoming.half ?? null)
      await ingest.append({ instance, source: RECORDINGS_SOURCE }, [told], [row])
    } catch (cause) {
      // What cannot be removed now has no row, and does not count.
      await removeRecording(storages, row).catch(() => undefined)
      throw cause
    } finally {
      if (isDecoded(decoded)) await decoded.spooled.discard()
    }
    needs.stored?.(row)
    return { row, created: true }
  }

  /** The file went on after it was taken, or was one half: what holds all of it takes its place. null: it does not, or is another by now. */
  async function replaceGrown(
    { holds = [] }: IncomingRecording,
    old: RecordingRow,
    row: RecordingRow,
    { spooled, received }: { spooled: SpoolFile; received: Received },
  ): Promise<RecordingRow | null> {
    const isHeld = old.origin !== null && holds.includes(old.origin)
    if (!isHeld && !(await hasGrown(old, row.origin, { spooled, received }))) return null
    const replaced = await replaceRecording(needs, old, {
      row,
      events: (placed) => [storedEvent(placed)],
      put: (path) => storages.home.put(path, spooled.path, received),
    })
    if (replaced) needs.stored?.(replaced)
    return replaced
  }

  async function hasGrown(
    old: RecordingRow,
    origin: string | null,
    { spooled, received: { layout } }: { spooled: SpoolFile; received: Received },
  ): Promise<boolean> {
    if (!isOneFile(old.origin, origin) || old.originalSha256 !== null || old.conversion !== null) return false
    const stored = await storages.of(old).open(old.path)
    if (!stored) return false
    return goesOn(old, stored, { file: spooled.file, layout }).finally(() => stored.close())
  }

  /** A file of a call that was merged into another must not push out the other's own: it takes the next free number. */
  async function numberOf(incoming: IncomingRecording, call: StoredCall, sha256: string): Promise<number> {
    if (call.id === incoming.callId || incoming.mayMoveOn !== true) return incoming.n
    const rows = await store.recordings.recordingsOfCall(incoming.instance, call.id)
    const isHeld = ({ origin }: RecordingRow) => origin !== null && incoming.holds?.includes(origin) === true
    const same = rows.find((row) => row.sha256 === sha256 || row.originalSha256 === sha256 || isHeld(row))
    if (same) return same.n
    const used = new Set([...rows.map((row) => row.n), ...call.recordings.map((recording) => recording.n)])
    for (let n = incoming.n; n <= MAX_RECORDINGS_OF_CALL; n++) if (!used.has(n)) return n
    throw new AppError('recording-exists', { callId: call.id, n: MAX_RECORDINGS_OF_CALL })
  }

  return { take }
}

/** Streams the audio into the spool. @throws as `take` does. */
async function receive(file: FileHandle, incoming: IncomingRecording, limitBytes: number): Promise<Received> {
  const hash = createHash('sha256')
  const announced = digestCheck(incoming.digests)
  let sizeBytes = 0
  for await (const bytes of incoming.audio) {
    sizeBytes += bytes.length
    if (sizeBytes > limitBytes) throw new AppError('recording-too-large', { limit: limitBytes })
    hash.update(bytes)
    announced.update(bytes)
    await onDisk(writeAll(file, bytes))
  }
  if (incoming.expectedBytes !== null && sizeBytes !== incoming.expectedBytes)
    throw new AppError('recording-incomplete', { received: sizeBytes, expected: incoming.expectedBytes })
  if (!announced.holds()) throw new AppError('digest-mismatch')
  const layout = incoming.bare ? bareLayout(incoming.bare, sizeBytes) : await onDisk(readWavLayout(file, sizeBytes))
  if ('problem' in layout) throw new AppError('not-a-wav', { detail: layout.problem })
  if (layout.dataBytes === 0) throw new AppError('not-a-wav', { detail: 'there is no audio in it' })
  return { sizeBytes, sha256: hash.digest('hex'), layout }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; )
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten
}

function rowOf(taken: {
  incoming: IncomingRecording
  call: StoredCall
  n: number
  storage: RecordingRow['storage']
  keyId: RecordingRow['keyId']
  path: string
  received: Received
  decoded: DecodedSound | null
  conversion: RecordingRow['conversion']
  storedAt: number
}): RecordingRow {
  const { incoming, call, n, storage, keyId, path, received, decoded, conversion, storedAt } = taken
  const { layout, sizeBytes, sha256 } = decoded ?? received
  return {
    instance: incoming.instance,
    callId: call.id,
    n,
    state: 'available',
    storage,
    keyId,
    path,
    durationMs: layout.durationMs,
    sizeBytes,
    channels: layout.channels,
    sampleRate: layout.sampleRate,
    format: layout.format,
    bitsPerSample: layout.bitsPerSample,
    dataOffset: layout.dataOffset,
    dataBytes: layout.dataBytes,
    headerSound: layout.headerSound,
    sha256,
    callStartedAt: call.startedAt,
    storedAt,
    origin: incoming.origin,
    originalSha256: decoded ? received.sha256 : null,
    conversion,
    sound: null,
    talk: null,
  }
}

function isDecoded(decoded: Decoded | null): decoded is DecodedSound {
  return decoded !== null && decoded !== 'absent' && 'spooled' in decoded
}

/** What cannot be decoded (yet) is kept as it came. */
function outcomeOf(decoded: Decoded | null): { decoded: DecodedSound | null; conversion: RecordingRow['conversion'] } {
  if (decoded === null) return { decoded: null, conversion: null }
  if (isDecoded(decoded)) return { decoded, conversion: null }
  return { decoded: null, conversion: decoded === 'absent' ? 'awaited' : 'failed' }
}

/** The event that makes a recording `available` in the call's record. A recording that came back after it was missing is told anew. */
export function storedEvent(row: RecordingRow, at: number = row.storedAt, half: Half | null = null): CallEvent {
  const { callId, n, durationMs, sizeBytes, channels, sha256 } = row
  const playable = row.conversion === null || isPlayable(row)
  const id = `recording-stored:${n}:${sha256.slice(0, 16)}:${at}`
  return {
    id,
    callId,
    at,
    type: 'recording-stored',
    n,
    durationMs,
    sizeBytes,
    channels,
    sha256,
    ...(playable ? {} : { playable }),
    ...(half ? { half } : {}),
  }
}

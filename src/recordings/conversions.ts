// Recordings that came compressed while there was nothing to decode them: once ffmpeg is there, they are decoded one after
// the other, by themselves. Started with the recordings; main.ts stops it.
import type { Logger } from 'pino'
import { AppError } from '../errors.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { bareLayoutOf } from './bare-audio.ts'
import { type KeyedTurns, turnOf } from './keyed-turns.ts'
import { RECORDINGS_SOURCE, type RecordingIngest } from './recording-ingest.ts'
import { storedEvent } from './recording-intake.ts'
import { replaceRecording } from './replace-recording.ts'
import { Rounds } from './rounds.ts'
import type { Decoded, SoundDecoder } from './sound/sound-decoder.ts'
import { onDisk } from './storage/disk-problem.ts'
import { canBeRead, companionKey, type OpenedFile, type Storages } from './storage/recording-storage.ts'
import type { Spool, SpoolFile } from './storage/spool.ts'
import { readWavLayout } from './wav-file.ts'

export interface ConversionNeeds {
  instances: readonly string[]
  store: Pick<Store, 'recordings'>
  ingest: RecordingIngest
  storages: Storages
  spool: Pick<Spool, 'newFile'>
  decoder: Pick<SoundDecoder, 'decode' | 'ffmpeg'>
  inTurn: KeyedTurns
  log: Pick<Logger, 'info' | 'warn'>
  now(): number
  /** Told after the commit. */
  stored(row: RecordingRow): void
  everyMs?: number
}

const EVERY_MS = 60_000
const A_SLICE = 20

export class Conversions {
  readonly #needs: ConversionNeeds
  readonly #rounds: Rounds

  constructor(needs: ConversionNeeds) {
    this.#needs = needs
    this.#rounds = new Rounds({
      round: (signal) => this.#round(signal),
      everyMs: needs.everyMs ?? EVERY_MS,
      failed: (err) => needs.log.warn({ err }, 'compressed recordings stay as they are for now'),
    })
  }

  start(): void {
    this.#rounds.start()
  }

  /** Safe to call twice. */
  close(): Promise<void> {
    return this.#rounds.close()
  }

  /** A slice of those that wait. true: there may be more. */
  async #round(signal: AbortSignal): Promise<boolean> {
    const { instances, store, decoder } = this.#needs
    let more = false
    for (const instance of instances) {
      const waiting = await store.recordings.recordingsInConversion(instance, 'awaited', A_SLICE)
      const rows = waiting.filter((row) => canBeRead(this.#needs.storages, row))
      if (rows.length === 0 || (await decoder.ffmpeg()) === null) continue
      let converted = 0
      for (const row of rows) {
        if (signal.aborted) return false
        const done = this.#needs.inTurn(turnOf(instance, row.callId), () => this.#convert(row))
        if (await done.catch((cause) => this.#later(row, cause))) converted++
      }
      // None at all: they are looked at again later, not at once.
      more ||= rows.length === A_SLICE && converted > 0
    }
    return more
  }

  /** One that cannot be read keeps no other waiting. */
  #later({ callId, n }: RecordingRow, cause: unknown): false {
    if (!(cause instanceof AppError)) throw cause
    this.#needs.log.warn({ err: cause, callId, n }, 'a compressed recording stays as it is for now')
    return false
  }

  /** false: it stays as it is (its file is not there, ffmpeg went away). */
  async #convert(row: RecordingRow): Promise<boolean> {
    const { storages, spool, decoder } = this.#needs
    const stored = await storages.of(row).open(row.path)
    if (!stored) return false
    const original = await onDisk(spool.newFile())
    try {
      await copy(stored, original)
      const layout =
        row.dataOffset === 0 ? bareLayoutOf(row) : await onDisk(readWavLayout(original.file, row.sizeBytes))
      const decoded: Decoded =
        'problem' in layout ? { failed: layout.problem } : await decoder.decode(original.file, layout)
      if (decoded === 'absent') return false
      return await this.#settle(row, original, decoded)
    } finally {
      await stored.close()
      await original.discard()
    }
  }

  async #settle(row: RecordingRow, original: SpoolFile, decoded: Exclude<Decoded, 'absent'>): Promise<boolean> {
    const { ingest, storages, now, log, stored } = this.#needs
    const { instance, callId, n } = row
    if ('failed' in decoded) {
      log.warn({ callId, n, why: decoded.failed }, 'a recording cannot be decoded; it is kept as it came')
      const failed: RecordingRow = { ...row, conversion: 'failed' }
      await ingest.append({ instance, source: RECORDINGS_SOURCE }, [storedEvent(failed, now())], [failed])
      return true
    }
    try {
      const { durationMs, channels, sampleRate, format, bitsPerSample, dataOffset, dataBytes, headerSound } =
        decoded.layout
      const { sizeBytes, sha256 } = decoded
      const audio = {
        durationMs,
        channels,
        sampleRate,
        format,
        bitsPerSample,
        dataOffset,
        dataBytes,
        headerSound,
        sizeBytes,
        sha256,
      }
      const replaced = await replaceRecording(this.#needs, row, {
        row: { ...row, ...audio, originalSha256: row.sha256, conversion: null, sound: null, talk: null },
        events: (fresh) => [storedEvent(fresh, now())],
        put: async (path) => {
          await storages.home.put(companionKey(path, 'original'), original.path, row)
          await storages.home.put(path, decoded.spooled.path, decoded)
        },
      })
      if (replaced) stored(replaced)
      return true
    } finally {
      await decoded.spooled.discard()
    }
  }
}

async function copy(from: OpenedFile, to: SpoolFile): Promise<void> {
  let at = 0
  for await (const piece of from.read({ offset: 0, length: from.sizeBytes }))
    for (let done = 0; done < piece.length; ) {
      const { bytesWritten } = await onDisk(to.file.write(piece, done, piece.length - done, at))
      done += bytesWritten
      at += bytesWritten
    }
  if (at !== from.sizeBytes) throw new AppError('store-unavailable', { detail: 'a recording could not be read whole' })
}

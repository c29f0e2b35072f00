// Has every recording listened to once: its peaks and who talked when are made in a thread of its own, one recording at a
// time, and kept beside it. New recordings come first, then what somebody waits for is put before them; those that were
// passed over (an older version, a full queue, a crash) are found by the store and made when there is nothing else to do.
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { RecordingRow, Store } from '../../store/store.ts'
import {
  canBeRead,
  companionKey,
  isFileFailure,
  type RecordingStorage,
  type Storages,
} from '../storage/recording-storage.ts'
import { putBytes, type Spool } from '../storage/spool.ts'
import { readSound } from './sound.ts'
import { SoundThread } from './sound-thread-end.ts'

export interface SoundReaderNeeds {
  instances: readonly string[]
  store: Pick<Store, 'recordings'>
  storages: Storages
  spool: Pick<Spool, 'newFile'>
  log: Pick<Logger, 'warn'>
  limits: { soundsWaiting: number }
}

/** One recording on its way; who waits for it shares `done`. */
interface Wanted {
  row: RecordingRow
  done: PromiseWithResolvers<Uint8Array | null>
}

const LOOK_FOR_MISSED_MS = 30_000
const MISSED_AT_A_TIME = 50
/** After a storage or a store that failed. */
const BREATHER_MS = 5_000

export class SoundReader {
  readonly #needs: SoundReaderNeeds
  readonly #stop = new AbortController()
  /** By key, in the order they are made: a Map keeps it. */
  readonly #waiting = new Map<string, Wanted>()
  #now: Wanted | null = null
  #wake = Promise.withResolvers<void>()
  #running: Promise<void> | null = null

  constructor(needs: SoundReaderNeeds) {
    this.#needs = needs
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake.resolve()
    await this.#running
    for (const { done } of this.#waiting.values()) done.resolve(null)
    this.#waiting.clear()
  }

  /** A recording has come in. Past a bound it is found again later. */
  noteNew(row: RecordingRow): void {
    if (row.conversion === null && this.#waiting.size < this.#needs.limits.soundsWaiting) this.#want(row)
  }

  /**
   * The `.peaks` file of a recording, made now if it is not there. null: it cannot be made (no samples, its file is not
   * there), or too many wait. @throws AppError store-unavailable
   */
  async soundOf(row: RecordingRow): Promise<Uint8Array | null> {
    if (row.sound === 'failed' || row.conversion !== null || this.#stop.signal.aborted) return null
    this.start()
    if (row.sound === 'made') {
      const peaks = readAll(this.#needs.storages.of(row), companionKey(row.path, 'peaks'))
      // Changed, or under a key that is gone: made anew.
      const kept = await peaks.catch(unlessUnreadable)
      if (kept && readSound(kept)) return kept
    }
    if (this.#waiting.size >= this.#needs.limits.soundsWaiting) return null
    const wanted = this.#want(row)
    // Before all that nobody waits for.
    if (this.#waiting.delete(row.path)) {
      const others = [...this.#waiting]
      this.#waiting.clear()
      this.#waiting.set(row.path, wanted)
      for (const [path, other] of others) this.#waiting.set(path, other)
    }
    return wanted.done.promise
  }

  #want(row: RecordingRow): Wanted {
    const known = this.#now?.row.path === row.path ? this.#now : this.#waiting.get(row.path)
    if (known) return known
    const wanted: Wanted = { row, done: Promise.withResolvers() }
    wanted.done.promise.catch(() => undefined)
    this.#waiting.set(row.path, wanted)
    this.#wake.resolve()
    return wanted
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    const thread = new SoundThread()
    try {
      while (!signal.aborted) {
        const next = this.#next()
        if (next) await this.#make(next, thread)
        else if (!(await this.#findMissed())) await this.#rest()
      }
    } finally {
      await thread.close()
    }
  }

  #next(): Wanted | null {
    const [first] = this.#waiting.values()
    if (!first) return null
    this.#waiting.delete(first.row.path)
    this.#now = first
    return first
  }

  async #rest(): Promise<void> {
    this.#wake = Promise.withResolvers()
    if (this.#waiting.size > 0 || this.#stop.signal.aborted) return
    const rested = new AbortController()
    await Promise.race([
      this.#wake.promise,
      delay(LOOK_FOR_MISSED_MS, undefined, { signal: rested.signal }).catch(() => undefined),
    ])
    rested.abort()
  }

  /** Those that the store knows to be without. true: there were some. */
  async #findMissed(): Promise<boolean> {
    const { instances, store, storages, log } = this.#needs
    try {
      for (const instance of instances) {
        const missed = await store.recordings.recordingsWithoutSound(instance, MISSED_AT_A_TIME)
        const audible = missed.filter((row) => canBeRead(storages, row))
        for (const row of audible) this.#want(row)
        if (audible.length > 0) return true
      }
    } catch (err) {
      if (!this.#stop.signal.aborted) log.warn({ err }, 'recordings without waveform cannot be listed; later again')
    }
    return false
  }

  async #make({ row, done }: Wanted, thread: SoundThread): Promise<void> {
    const { store, storages, spool, log } = this.#needs
    const { instance, callId, n, sha256 } = row
    try {
      const heard = await this.#listen(row, thread)
      if (heard) {
        await putBytes({ storage: storages.of(row), spool }, companionKey(row.path, 'peaks'), heard.file)
        const talk = heard.talk && {
          channelMs: [heard.talk.channels[0].talkMs, heard.talk.channels[1].talkMs] as [number, number],
          overlapMs: heard.talk.overlap.talkMs,
          silenceMs: heard.talk.silence.talkMs,
        }
        await store.recordings.noteSound(instance, { callId, n, sha256, sound: 'made', talk })
      } else await store.recordings.noteSound(instance, { callId, n, sha256, sound: 'failed', talk: null })
      done.resolve(heard?.file ?? null)
    } catch (cause) {
      done.reject(cause)
      if (this.#stop.signal.aborted) return
      log.warn({ err: cause, callId, n }, 'the waveform of a recording could not be made; later again')
      await delay(BREATHER_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined)
    } finally {
      this.#now = null
    }
  }

  /** null: it cannot be listened to, now or later. @throws AppError store-unavailable */
  async #listen(row: RecordingRow, thread: SoundThread) {
    const file = await this.#needs.storages.of(row).open(row.path).catch(unlessDamaged)
    if (!file) return null
    try {
      if (file.sizeBytes !== row.sizeBytes) return null
      const { signal } = this.#stop
      const heard = await thread.listen(row, file.read({ offset: row.dataOffset, length: row.dataBytes }, signal))
      // A reading that was broken off looks like a short recording.
      signal.throwIfAborted()
      return heard
    } catch (cause) {
      return unlessDamaged(cause)
    } finally {
      await file.close()
    }
  }
}

/** The check says what it is; here it is only something that cannot be listened to. */
function unlessDamaged(cause: unknown): null {
  if (isFileFailure(cause, 'file-damaged')) return null
  throw cause
}

function unlessUnreadable(cause: unknown): null {
  return isFileFailure(cause, 'recording-key-missing') ? null : unlessDamaged(cause)
}

/** A companion, whole: its size is bounded by what made it. */
async function readAll(storage: RecordingStorage, key: string): Promise<Uint8Array | null> {
  const file = await storage.open(key)
  if (!file) return null
  try {
    const pieces: Uint8Array[] = []
    for await (const piece of file.read({ offset: 0, length: file.sizeBytes })) pieces.push(piece.slice())
    return Buffer.concat(pieces)
  } finally {
    await file.close()
  }
}

// Recordings of an Asterisk on another machine, taken over its ARI: lists what is stored there now and then, asks for a call's
// own recording when the call has ended, and hands what is finished to the intake. Started for each connector with
// `recordings.ari`. Does for ARI what recording-watch.ts does for a folder; ARI tells neither size nor time of a file, so it
// is opened to see them, and given up where it is not finished (decision 0086).
//
//   listed, or its call ended ─▶ call known and ended? ─▶ taken in before? ─▶ finished? ─▶ intake ─▶ remembered
//                                                                                               └▶ deleted at the PBX, if so configured
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { StoredCall } from '../calls/call.ts'
import { AppError } from '../errors.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { AriFailure, type AriRecording, type AriRecordings, type StoredName } from './ari-client.ts'
import { type BareEncoding, bareEncoding, bareLayout } from './bare-audio.ts'
import { FilesAside } from './files-aside.ts'
import { IntakeStatus, isRefusal, type RecordingWatchState } from './intake-status.ts'
import type { RecordingIntake } from './recording-intake.ts'
import { type NamedRecording, type ReadName, readRecordingName } from './recording-name.ts'
import { RememberedFiles, WaitingFiles } from './waiting-files.ts'
import { WATCH_TIMES, type WatchTimes } from './watch-times.ts'
import { WAV_HEAD_BYTES, walkWav } from './wav.ts'
import { WAV_HEADER_BYTES } from './wav-header.ts'

export interface AriWatchOptions {
  connector: string
  instance: string
  /** For the operations page. */
  url: string
  ari: AriRecordings
  /** Delete at the PBX what has been taken in. */
  deletes: boolean
  readName?: ReadName
  store: { calls: Pick<Store['calls'], 'call'>; recordings: Store['recordings'] }
  intake: RecordingIntake
  log: Pick<Logger, 'info' | 'warn'>
  now(): number
  limits: { recordingCopies: number; filesWaiting: number; filesRemembered: number }
  times?: Partial<AriTimes>
}

type AriTimes = Pick<WatchTimes, 'stillMs' | 'crashedStillMs' | 'lookMs' | 'listMs' | 'longestWaitMs' | 'asideAfterMs'>

interface AriFile extends StoredName {
  callId: string
  n: number
  bare: BareEncoding | null
  /** Under which call ids it is found. */
  calls: Set<string>
  /** It was not listed: its call has ended, so it is likely there. */
  isGuess: boolean
  /** As it was last seen, and since when; -1: not opened yet. */
  sizeBytes: number
  sizeSince: number
  foundAt: number
  lookAt: number
  tries: number
  shownAside: boolean
  /** Something was told of its call since the last look began. */
  rung: boolean
  busy: boolean
}

const ARI_TIMES: AriTimes = { ...WATCH_TIMES, lookMs: 1_000, listMs: 15_000 }
const TICK_MS = 100
/** Listing is work for Asterisk: it must not take more than this share of the time. */
const LISTING_SHARE = 0.05
/** After a call's end a recording that is not there (yet) is asked for again after so long; then the list finds it. */
const GUESS_AGAIN_MS = [1_000, 3_000, 10_000]
const GUESSES_REMEMBERED = 10_000
const LONGEST_AWAY_MS = 60_000
const MOST_SHOWN_ASIDE = 1_000
const CALL_GOES_ON_MS = 30_000

export class AriWatch {
  readonly #options: AriWatchOptions
  readonly #times: AriTimes
  readonly #stop = new AbortController()
  readonly #waiting = new WaitingFiles<AriFile>()
  readonly #remembered: RememberedFiles
  /** Calls whose recording was asked for and not there. */
  readonly #guessed = new RememberedFiles(GUESSES_REMEMBERED)
  readonly #aside: FilesAside
  readonly #status: IntakeStatus
  readonly #running = new Set<Promise<void>>()
  #listing: Promise<void> | null = null
  #listAt = 0
  #failures = 0
  #awayUntil = 0
  #taken = 0
  #lastTakenAt: number | null = null
  #mayDelete: boolean
  #loop: Promise<void> | null = null

  constructor(options: AriWatchOptions) {
    this.#options = options
    this.#times = { ...ARI_TIMES, ...options.times }
    this.#mayDelete = options.deletes
    this.#status = new IntakeStatus(options)
    this.#remembered = new RememberedFiles(options.limits.filesRemembered)
    this.#aside = new FilesAside({ ...options, recordings: options.store.recordings, within: 'ari/' })
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Ends after what was begun is ended or given up. Safe to call twice. The client's signal ends its requests. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    await this.#listing
    await Promise.all(this.#running)
  }

  state(): RecordingWatchState {
    const { connector, url } = this.#options
    return {
      connector,
      folder: url,
      ...this.#status.state,
      waiting: this.#waiting.size,
      taken: this.#taken,
      aside: this.#aside.count,
      lastTakenAt: this.#lastTakenAt,
    }
  }

  /** To be told of every call that changed, after the commit. */
  callChanged(call: StoredCall): void {
    const { id, endedAt, mergedInto } = call
    if (mergedInto !== null) this.#waiting.merge(id, mergedInto)
    const now = this.#options.now()
    for (const file of this.#waiting.ofCall(id)) {
      file.rung ||= endedAt !== null || file.tries > 0
      if (file.rung) file.lookAt = now
    }
    if (endedAt !== null && mergedInto === null) this.#guess(call)
  }

  /** The recording that is named after the call as such needs no list to be found. */
  #guess({ id, answeredAt, recordings }: StoredCall): void {
    const isAwaited = recordings.some(({ n, state }) => n === 1 && state !== 'available' && state !== 'deleted')
    if (!isAwaited && (recordings.length > 0 || answeredAt === null)) return
    if (this.#waiting.get(id) || this.#remembered.has(id) || this.#guessed.has(id)) return
    if (this.#waiting.size >= this.#options.limits.filesWaiting) return
    const named = this.#read({ name: id, format: 'wav' })
    if (named?.callId !== id) return
    this.#guessed.add({ name: id, sizeBytes: 0, mtimeMs: 0 })
    this.#waiting.add(newFile({ name: id, format: 'wav' }, named, { now: this.#options.now(), isGuess: true }))
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    await this.#aside.recall()
    while (!signal.aborted) {
      if (!this.#listing && this.#options.now() >= this.#listAt) this.#listing = this.#list()
      this.#pump()
      await delay(TICK_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #list(): Promise<void> {
    const { ari, now } = this.#options
    const begunAt = now()
    try {
      for (const stored of await ari.list()) this.#notice(stored)
      this.#reached()
      this.#listAt = now() + Math.max(this.#times.listMs, (now() - begunAt) / LISTING_SHARE)
    } catch (cause) {
      this.#away(cause)
      this.#listAt = this.#awayUntil
    } finally {
      this.#listing = null
    }
  }

  #notice(stored: StoredName): void {
    const known = this.#waiting.get(stored.name)
    if (known) known.isGuess = false
    if (known || this.#remembered.has(stored.name) || this.#waiting.size >= this.#options.limits.filesWaiting) return
    const named = this.#read(stored)
    // Two directions are joined where their files can be read (recording-watch.ts).
    if (!named || named.half) return
    this.#waiting.add(newFile(stored, named, { now: this.#options.now(), isGuess: false }))
  }

  #read({ name, format }: StoredName): NamedRecording | null {
    return (this.#options.readName ?? readRecordingName)(`${name}.${format}`)
  }

  #pump(): void {
    const now = this.#options.now()
    if (this.#stop.signal.aborted || this.#status.isPaused || now < this.#awayUntil) return
    for (const file of this.#waiting.all()) {
      if (this.#running.size >= this.#options.limits.recordingCopies) return
      if (file.busy || file.lookAt > now) continue
      file.busy = true
      file.rung = false
      const running = this.#look(file)
        .then((waitMs) => {
          if (waitMs !== null) file.lookAt = this.#options.now() + (file.rung ? 0 : waitMs)
        })
        .catch((cause: unknown) => this.#fail(file, cause))
        .finally(() => {
          file.busy = false
          this.#running.delete(running)
        })
      this.#running.add(running)
    }
  }

  /** One look at a recording: takes it in, or says how long to wait before the next look; null: it is dealt with. */
  async #look(file: AriFile): Promise<number | null> {
    const { store, instance, ari } = this.#options
    const call = await store.calls.call(instance, file.callId)
    if (!call) return this.#waitForCall(file)
    const row = await this.#takenRow(file, call)
    if (row) return this.#settle(file, row)
    // Its end is told.
    if (call.endedAt === null) return CALL_GOES_ON_MS
    const opened = await ari.open(file.name)
    if (!opened) return this.#absent(file)
    try {
      this.#reached()
      return await this.#takeOrWait(file, opened)
    } finally {
      opened.close()
    }
  }

  async #takeOrWait(file: AriFile, opened: AriRecording): Promise<number | null> {
    const { stillMs, crashedStillMs, lookMs } = this.#times
    const now = this.#options.now()
    if (opened.sizeBytes !== file.sizeBytes) Object.assign(file, { sizeBytes: opened.sizeBytes, sizeSince: now })
    const untilMs = (neededMs: number) => {
      const leftMs = file.sizeSince + neededMs - now
      return leftMs > 0 ? Math.min(lookMs, leftMs) : 0
    }
    const pieces = opened.audio[Symbol.asyncIterator]()
    const { head, read } = await headOf(pieces)
    const layout = file.bare ? bareLayout(file.bare, file.sizeBytes) : walkWav(head, file.sizeBytes)
    if (file.sizeBytes <= (file.bare ? 0 : WAV_HEADER_BYTES)) {
      // Its call is over: nobody will be heard any more.
      return untilMs(crashedStillMs) || this.#remember(file)
    }
    if ('problem' in layout)
      return untilMs(crashedStillMs) || this.#refuse(file, new AppError('not-a-wav', { detail: layout.problem }))
    // Where the header's length is not the file's, what follows it cannot be seen from here: the intake sees.
    const isClosed = 'finished' in layout && layout.finished && endsWith(layout, file.sizeBytes)
    const waitMs = isClosed ? 0 : untilMs(file.bare ? stillMs : crashedStillMs)
    return waitMs > 0 ? waitMs : this.#take(file, joined(read, pieces))
  }

  async #take(file: AriFile, audio: AsyncIterable<Uint8Array>): Promise<number | null> {
    const { intake, instance, connector, log, now } = this.#options
    try {
      const { callId, n, bare, sizeBytes } = file
      const { row, created } = await intake.take({
        instance,
        callId,
        n,
        mayMoveOn: true,
        audio,
        expectedBytes: sizeBytes,
        digests: [],
        bare,
        origin: this.#originOf(file),
      })
      if (created) {
        this.#taken++
        this.#lastTakenAt = now()
        log.info({ connector, callId: row.callId, n: row.n, sizeBytes: row.sizeBytes }, 'recording taken in over ARI')
      }
      await this.#aside.forget(asFile(file))
      this.#status.recover()
      return await this.#settle(file, row)
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause
      if (cause.code === 'call-not-found') return this.#waitForCall(file)
      // The file was longer, or shorter, than ARI said.
      if (cause.code === 'recording-incomplete') return this.#later(file)
      if (!isRefusal(cause.code)) throw cause
      return this.#refuse(file, cause)
    }
  }

  /** The row of what was taken of this file; a file that we lost is taken again. */
  async #takenRow(file: AriFile, call: StoredCall): Promise<RecordingRow | null> {
    const { store, instance } = this.#options
    const rows = await store.recordings.recordingsOfCall(instance, call.id)
    const isKept = ({ state }: RecordingRow) => state === 'available' || state === 'deleted'
    // At whatever size it was taken.
    const origins = this.#originOf({ ...file, sizeBytes: 0 }).replace(/0:0$/, '')
    const own = rows.find(({ origin }) => origin?.startsWith(origins))
    const numbered = call.id === file.callId ? rows.find(({ n }) => n === file.n) : undefined
    const row = own ?? numbered
    return row && isKept(row) ? row : null
  }

  /** It is taken in, on disk: deleted at the PBX if that is wanted, and if it is still what was taken. */
  async #settle(file: AriFile, row: RecordingRow): Promise<number | null> {
    const { ari, connector, log } = this.#options
    if (!this.#mayDelete || row.state !== 'available') return this.#remember(file)
    if (file.sizeBytes < 0) {
      const opened = await ari.open(file.name)
      if (!opened) return this.#remember(file)
      opened.close()
      file.sizeBytes = opened.sizeBytes
    }
    if (row.origin !== this.#originOf(file)) return this.#remember(file)
    try {
      await ari.remove(file.name)
      log.info({ connector, file: file.name }, 'recording deleted at the PBX')
    } catch (cause) {
      if (!(cause instanceof AriFailure && cause.trouble === 'forbidden')) throw cause
      // Nothing is lost, and asking again helps nobody: doctor says what to change.
      this.#mayDelete = false
      log.warn({ connector, problem: cause.message }, 'recordings stay at the PBX: its user may not delete them')
    }
    return this.#remember(file)
  }

  async #absent(file: AriFile): Promise<number | null> {
    const againMs = file.isGuess ? GUESS_AGAIN_MS[file.tries++] : undefined
    if (againMs !== undefined) return againMs
    this.#waiting.remove(file)
    await this.#aside.forget(asFile(file))
    return null
  }

  async #refuse(file: AriFile, { code, message }: AppError): Promise<null> {
    await this.#aside.keep(asFile(file), code, message)
    this.#status.recover()
    return this.#remember(file)
  }

  async #waitForCall(file: AriFile): Promise<number> {
    const sinceFoundMs = this.#options.now() - file.foundAt
    if (!file.shownAside && sinceFoundMs >= this.#times.asideAfterMs && this.#aside.count < MOST_SHOWN_ASIDE) {
      const { code, message } = new AppError('call-not-found', { callId: file.callId })
      await this.#aside.keep(asFile(file), code, message)
      file.shownAside = true
    }
    return this.#later(file)
  }

  /** Waits twice as long after each try. */
  #later(file: AriFile): number {
    file.tries++
    return Math.min(1_000 * 2 ** Math.min(file.tries - 1, 20), this.#times.longestWaitMs)
  }

  /** The PBX, our disk or the store failed: a state, and another try later. */
  #fail(file: AriFile, cause: unknown): void {
    if (this.#stop.signal.aborted) return
    file.lookAt = this.#options.now() + this.#times.lookMs
    if (cause instanceof AriFailure) this.#away(cause)
    else this.#status.pause(cause)
  }

  #away(cause: unknown): void {
    if (this.#stop.signal.aborted) return
    this.#failures++
    const { now } = this.#options
    this.#awayUntil = now() + Math.min(1_000 * 2 ** Math.min(this.#failures - 1, 10), LONGEST_AWAY_MS)
    this.#status.seen((cause as Error).message, 'unreachable')
  }

  #reached(): void {
    this.#failures = 0
    this.#status.seen(null, 'unreachable')
  }

  #originOf(file: Pick<AriFile, 'name' | 'format' | 'sizeBytes'>): string {
    return this.#aside.originOf(asFile(file))
  }

  #remember(file: AriFile): null {
    this.#waiting.remove(file)
    this.#remembered.add({ name: file.name, sizeBytes: 0, mtimeMs: 0 })
    return null
  }
}

function newFile(
  { name, format }: StoredName,
  { callId, n }: NamedRecording,
  { now, isGuess }: { now: number; isGuess: boolean },
): AriFile {
  return {
    name,
    format,
    callId,
    n,
    bare: bareEncoding(`.${format}`),
    calls: new Set(),
    isGuess,
    sizeBytes: -1,
    sizeSince: now,
    foundAt: now,
    lookAt: now,
    tries: 0,
    shownAside: false,
    rung: false,
    busy: false,
  }
}

/** As the files kept aside know it. ARI tells no time of change. */
function asFile({ name, format, sizeBytes }: Pick<AriFile, 'name' | 'format' | 'sizeBytes'>) {
  return { name: `${name}.${format}`, sizeBytes: Math.max(0, sizeBytes), mtimeMs: 0 }
}

function endsWith({ dataOffset, dataBytes }: { dataOffset: number; dataBytes: number }, fileBytes: number): boolean {
  const end = dataOffset + dataBytes
  return end === fileBytes || end + 1 === fileBytes
}

/** Reads as much as the walker of headers may see. `head`: that; `read`: the pieces themselves. */
async function headOf(pieces: AsyncIterator<Uint8Array>): Promise<{ head: Uint8Array; read: Uint8Array[] }> {
  const read: Uint8Array[] = []
  for (let bytes = 0; bytes < WAV_HEAD_BYTES; ) {
    const next = await pieces.next()
    if (next.done) break
    read.push(next.value)
    bytes += next.value.length
  }
  return { head: Buffer.concat(read), read }
}

async function* joined(read: readonly Uint8Array[], pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* read
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
}

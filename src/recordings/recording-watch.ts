// A watched folder: finds the recordings a PBX leaves there, waits until each is finished and its call is known, and
// hands it to the intake. Started for each connector with `recordings.folder`. The PBX keeps its files: nothing in the
// folder is ever changed. What fails is tried again; what is no recording is kept aside and shown.
//
//   found ─▶ closed by the PBX? ─▶ taken in before? ─▶ call known? ─▶ intake ─▶ remembered ─▶ changed? found again
//             ▲  grows ◀──┘                             └ no: when it comes
//
// Closed: its header tells the length that is there (Asterisk and FreeSWITCH write it when they close the file), and our
// own record says that the call has ended, so that nobody is left who would write: taken at once. Without the call's end
// it must be still for a while, without the header for longer. No wait is trusted: a file that changes while it is read,
// or ever after it was taken, is found again (decision 0055).
//
// Of two files with a direction each the one with what came in takes both (decision 0085); the other waits for it. Either is
// taken alone when the other has not come for a while. A whole WAV of the same name makes both of them superfluous.
import { type FileHandle, lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { StoredCall } from '../calls/call.ts'
import { AppError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { FilesAside } from './files-aside.ts'
import { FolderNames } from './folder-names.ts'
import { bothHalves, joinWhenFinished } from './half-files.ts'
import { IntakeStatus, isRefusal, type RecordingWatchState } from './intake-status.ts'
import type { IncomingRecording, RecordingIntake } from './recording-intake.ts'
import { otherHalfName, type ReadName, readRecordingName, wholeWavName } from './recording-name.ts'
import type { SoundDecoder } from './sound/sound-decoder.ts'
import {
  FileChanged,
  isClosed,
  isSilent,
  layoutOf,
  newWaitingFile,
  openFile,
  unchangedBytes,
  type WaitingFile,
} from './waiting-file.ts'
import { RememberedFiles, WaitingFiles } from './waiting-files.ts'
import { WATCH_TIMES, type WatchTimes } from './watch-times.ts'
import type { WavLayout } from './wav.ts'

export interface WatchOptions {
  connector: string
  instance: string
  /** Absolute. */
  folder: string
  /** In front of the names of this folder, where a connector has several; else empty. */
  within?: string
  /** Which call a name belongs to; default: as recording-name.ts knows it. */
  readName?: ReadName
  store: Pick<Store, 'calls' | 'recordings'>
  intake: RecordingIntake
  decoder: Pick<SoundDecoder, 'decode'>
  log: Pick<Logger, 'info' | 'warn'>
  now(): number
  limits: { recordingCopies: number; filesWaiting: number; filesRemembered: number }
  times?: Partial<WatchTimes>
}

/** Files without a call that one folder may put on show; the others are counted as waiting. */
const MOST_SHOWN_ASIDE = 1_000
const EMPTY_FOR_GOOD_MS = 3_600_000
const TICK_MS = 100
const LONGEST_WAIT_UNREADABLE_MS = 60_000

export class RecordingWatch {
  readonly #options: WatchOptions
  readonly #times: WatchTimes
  readonly #stop = new AbortController()
  readonly #waiting = new WaitingFiles<WaitingFile>()
  readonly #remembered: RememberedFiles
  readonly #names: FolderNames
  readonly #aside: FilesAside
  readonly #running = new Set<Promise<void>>()
  #queue: WaitingFile[] = []
  #queuedAt = 0
  #taken = 0
  #lastTakenAt: number | null = null
  readonly #status: IntakeStatus
  #loop: Promise<void> | null = null

  constructor(options: WatchOptions) {
    this.#options = options
    this.#times = { ...WATCH_TIMES, ...options.times }
    this.#status = new IntakeStatus(options)
    this.#remembered = new RememberedFiles(options.limits.filesRemembered)
    const { connector, instance, folder, store, log, now, limits } = options
    this.#aside = new FilesAside({
      connector,
      within: options.within ?? '',
      instance,
      recordings: store.recordings,
      log,
      now,
    })
    this.#names = new FolderNames({
      folder,
      listMs: this.#times.listMs,
      limit: limits.filesWaiting,
      now,
      found: (name, thorough) => this.#notice(name, thorough),
      told: (problem) => this.#status.seen(problem, 'folder-absent'),
    })
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Ends after what was begun is ended or given up; a copy that was given up leaves nothing behind. Safe to call twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#names.close()
    await this.#loop
    await Promise.all(this.#running)
  }

  state(): RecordingWatchState {
    const { connector, folder } = this.#options
    return {
      connector,
      folder,
      ...this.#status.state,
      waiting: this.#waiting.size,
      taken: this.#taken,
      aside: this.#aside.count,
      lastTakenAt: this.#lastTakenAt,
    }
  }

  /** To be told of every call that changed, after the commit: the files of one that has ended, or has come, are looked at now. */
  callChanged({ id, endedAt, mergedInto }: Pick<StoredCall, 'id' | 'endedAt' | 'mergedInto'>): void {
    if (mergedInto !== null) this.#waiting.merge(id, mergedInto)
    const now = this.#options.now()
    for (const file of this.#waiting.ofCall(id)) {
      if (endedAt !== null) file.callEnded = true
      file.rung ||= endedAt !== null || file.tries > 0
      if (file.rung) file.lookAt = now
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    await this.#aside.recall()
    while (!signal.aborted) {
      await this.#names.look()
      this.#pump()
      await delay(TICK_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  /**
   * A name came up: if there is a file that was not dealt with as it is now, it waits from here on. `thorough`: look
   * even if one of this name was dealt with. false: no more may wait.
   */
  async #notice(name: string, thorough: boolean): Promise<boolean> {
    const now = this.#options.now()
    const known = this.#waiting.get(name)
    // Waiting long for its next look (nothing happened for a while): something may happen now.
    if (known && thorough) known.lookAt = Math.min(known.lookAt, now + this.#lookAgainMs(known))
    if (known || (!thorough && this.#remembered.has(name))) return true
    if (this.#waiting.size >= this.#options.limits.filesWaiting) return false
    const named = (this.#options.readName ?? readRecordingName)(name)
    if (!named) return true
    const file = await lstat(join(this.#options.folder, name)).catch(() => null)
    if (!file?.isFile() || this.#remembered.is(name, file)) return true
    this.#remembered.forget(name)
    const firstLookMs = Math.min(this.#times.lookMs, this.#times.stillMs)
    this.#waiting.add(newWaitingFile(name, named, file, { now, firstLookMs }))
    return true
  }

  /** Starts looking at files whose time has come, newest first, as many at once as may be. */
  #pump(): void {
    const now = this.#options.now()
    if (this.#stop.signal.aborted || this.#status.isPaused) return
    // Sorting is for every tick while few wait, and once a second in a backlog.
    if (this.#queue.length === 0 || this.#waiting.size < 2_000 || now - this.#queuedAt > 1_000) {
      // Before all are listed only fresh files go ahead, or the oldest of a backlog would come first.
      const oldest = this.#names.listedOnce ? Number.NEGATIVE_INFINITY : now - 3_600_000
      this.#queue = [...this.#waiting.all()]
        .filter((file) => !file.busy && file.lookAt <= now && file.mtimeMs >= oldest)
        .sort((a, b) => a.mtimeMs - b.mtimeMs)
      this.#queuedAt = now
    }
    while (this.#running.size < this.#options.limits.recordingCopies) {
      const file = this.#queue.pop()
      if (!file) return
      if (file.busy || this.#waiting.get(file.name) !== file) continue
      file.busy = true
      const running = this.#look(file)
        .catch((cause) => this.#fail(file, cause))
        .finally(() => {
          file.busy = false
          this.#running.delete(running)
          if (this.#queue.length > 0) this.#pump()
        })
      this.#running.add(running)
    }
  }

  async #look(file: WaitingFile): Promise<void> {
    file.rung = false
    const path = join(this.#options.folder, file.name)
    const opened = await openFile(path)
    if (!opened) {
      // Gone, or under another name by now, which is found as such.
      this.#waiting.remove(file)
      await this.#aside.forget(file)
      return
    }
    try {
      const { size, mtimeMs } = await opened.stat()
      if (size !== file.sizeBytes || mtimeMs !== file.mtimeMs) {
        const grows = size > file.sizeBytes
        Object.assign(file, {
          sizeBytes: size,
          mtimeMs,
          grows,
          stillSince: this.#options.now(),
          isNew: false,
          tries: 0,
        })
      }
      const waitMs = await this.#takeOrWait(file, opened)
      if (waitMs !== null) file.lookAt = this.#options.now() + (file.rung ? 0 : waitMs)
    } finally {
      await opened.close()
    }
  }

  /** One look at a file: takes it in, or says how long to wait before the next look. */
  async #takeOrWait(file: WaitingFile, opened: FileHandle): Promise<number | null> {
    const { now, store, instance } = this.#options
    const { stillMs, crashedStillMs, lookMs } = this.#times
    const stillForMs = now() - file.stillSince
    const untilStillMs = Math.max(0, stillMs - stillForMs)
    // A recorder that was started and never heard two people leaves a header; it may yet hear them.
    if (isSilent(file)) return this.#waitForSound(file, stillForMs)
    if (untilStillMs === 0 && (await this.#wasDealtWith(file))) return this.#remember(file)
    if ((file.half || file.bare) && (await this.#hasWholeWav(file))) return this.#remember(file)
    const layout = await layoutOf(file, opened)
    if ('problem' in layout) {
      if (untilStillMs > 0) return untilStillMs
      return this.#refuse(file, new AppError('not-a-wav', { detail: layout.problem }))
    }
    if (layout.dataBytes === 0) return this.#waitForSound(file, stillForMs)
    // Without a header nothing tells that it is finished but its stillness, once its call has ended.
    const unfinishedMs = file.bare ? stillMs : crashedStillMs
    if (!layout.finished && stillForMs < unfinishedMs)
      return Math.min(this.#lookAgainMs(file), unfinishedMs - stillForMs)
    const call = await store.calls.call(instance, file.callId)
    if (!call) return this.#waitForCall(file)
    file.callEnded = call.endedAt !== null
    // Asterisk and FreeSWITCH write the length when they close the file; without it only the call's end tells.
    if (!layout.finished && !file.callEnded) return Math.min(Math.max(stillForMs / 4, lookMs), 30_000)
    if (untilStillMs > 0 && !isClosed(file, layout)) return untilStillMs
    if (await this.#wasDealtWith(file)) return this.#remember(file)
    if (file.half) return this.#takeHalf(file, opened, layout)
    return this.#takeAlone(file, opened)
  }

  /** A file whose call goes on grows for minutes: the end of the call is told (`callChanged`), and is the time to look. */
  #lookAgainMs(file: WaitingFile): number {
    return file.callEnded || !file.grows ? this.#times.lookMs : this.#times.growingLookMs
  }

  #takeAlone(file: WaitingFile, opened: FileHandle): Promise<number | null> {
    return this.#take([file], {
      audio: unchangedBytes(opened, file, this.#stop.signal),
      expectedBytes: file.sizeBytes,
      bare: file.bare,
      half: file.half,
      origin: this.#aside.originOf(file),
    })
  }

  /** One direction of a call: taken together with the other. */
  async #takeHalf(file: WaitingFile, opened: FileHandle, layout: WavLayout): Promise<number | null> {
    const { now, store, instance } = this.#options
    const { stillMs, otherHalfMs } = this.#times
    const other = await this.#otherHalf(file)
    if (!other) {
      const waitsMs = file.stillSince + otherHalfMs - now()
      return waitsMs > 0 ? waitsMs : this.#takeAlone(file, opened)
    }
    const origin = this.#aside.originOf(bothHalves(file, other))
    const pair = file.half === 'in' ? [file, other] : [other, file]
    const joined = await joinWhenFinished({ file, opened, layout }, other, {
      ...this.#options,
      times: this.#times,
      isKnown: async () => (await store.recordings.recordingByOrigin(instance, origin)) !== null,
      signal: this.#stop.signal,
    })
    if (joined === 'unfinished') return stillMs
    if (joined === 'known') return this.#remember(...pair)
    if (joined === 'absent') return this.#awaitFfmpeg(file)
    if ('problem' in joined) return this.#refuse(file, new AppError('not-a-wav', { detail: joined.problem }))
    try {
      return await this.#take(pair, {
        audio: joined.audio,
        expectedBytes: joined.sizeBytes,
        origin,
        // One of them may have been taken alone.
        holds: pair.map((one) => this.#aside.originOf(one)),
      })
    } finally {
      await joined.close()
    }
  }

  /** The file with the other direction as it lies there now; null: there is none, or it is nothing that can be read. */
  async #otherHalf(file: WaitingFile): Promise<WaitingFile | null> {
    const name = otherHalfName(file.name)
    const waiting = this.#waiting.get(name)
    if (waiting) return waiting
    const found = await lstat(join(this.#options.folder, name)).catch(() => null)
    if (!found?.isFile()) return null
    if (this.#remembered.is(name, found) && this.#aside.has(name)) return null
    const named = { callId: file.callId, n: file.n, half: file.half === 'in' ? 'out' : 'in' } as const
    return newWaitingFile(name, named, found, { now: this.#options.now(), firstLookMs: 0 })
  }

  async #hasWholeWav(file: WaitingFile): Promise<boolean> {
    const whole = await lstat(join(this.#options.folder, wholeWavName(file.name))).catch(() => null)
    return whole?.isFile() === true
  }

  /** `files`: what is taken, one file or the two directions. */
  async #take(files: WaitingFile[], incoming: TakenFrom): Promise<number | null> {
    const { intake, instance, connector, log, now } = this.#options
    const [file] = files
    if (!file) return null
    try {
      const { callId, n } = file
      const { row, created } = await intake.take({
        instance,
        callId,
        n,
        mayMoveOn: true,
        digests: [],
        ...incoming,
      })
      if (created) {
        this.#taken++
        this.#lastTakenAt = now()
        const { callId, n, durationMs, sizeBytes } = row
        const alone = incoming.half ? { onlyDirection: incoming.half } : {}
        log.info({ connector, callId, n, durationMs, sizeBytes, ...alone }, 'recording taken in')
      }
      for (const one of files) await this.#aside.forget(one)
      this.#status.recover()
      return this.#remember(...files)
    } catch (cause) {
      if (this.#stop.signal.aborted) return null
      if (cause instanceof FileChanged) {
        file.stillSince = now()
        return this.#times.lookMs
      }
      if (!(cause instanceof AppError)) throw cause
      if (cause.code === 'call-not-found') return this.#waitForCall(file)
      if (!isRefusal(cause.code)) throw cause
      return this.#refuse(file, cause)
    }
  }

  /** No recording, or none that can be taken: shown, and not looked at again until it changes. */
  async #refuse(file: WaitingFile, { code, message }: AppError): Promise<null> {
    await this.#aside.keep(file, code, message)
    this.#status.recover()
    return this.#remember(file)
  }

  /** Asked once for each state of a file. */
  async #wasDealtWith(file: WaitingFile): Promise<boolean> {
    if (file.isNew) return false
    const { store, instance } = this.#options
    const because = this.#aside.reasonBefore(file)
    if (because !== null && isRefusal(because)) return true
    file.isNew = (await store.recordings.recordingByOrigin(instance, this.#aside.originOf(file))) === null
    return !file.isNew
  }

  #waitForSound(file: WaitingFile, stillForMs: number): number | null {
    if (stillForMs > EMPTY_FOR_GOOD_MS) return this.#remember(file)
    return Math.min(Math.max(stillForMs / 2, this.#times.lookMs), 30_000)
  }

  /** It is compressed, and becomes a recording together with the other half only: kept aside until it can be read. */
  async #awaitFfmpeg(file: WaitingFile): Promise<number> {
    if (!file.shownAside && this.#aside.count < MOST_SHOWN_ASIDE) {
      const { code, message } = new AppError('recording-not-converted', { callId: file.callId, n: file.n })
      await this.#aside.keep(file, code, message)
      file.shownAside = true
    }
    return LONGEST_WAIT_UNREADABLE_MS
  }

  async #waitForCall(file: WaitingFile): Promise<number> {
    const sinceFoundMs = this.#options.now() - file.foundAt
    if (!file.shownAside && sinceFoundMs >= this.#times.asideAfterMs && this.#aside.count < MOST_SHOWN_ASIDE) {
      const { code, message } = new AppError('call-not-found', { callId: file.callId })
      await this.#aside.keep(file, code, message)
      file.shownAside = true
    }
    return this.#later(file)
  }

  /** Waits twice as long after each try. */
  #later(file: WaitingFile): number {
    file.tries++
    return Math.min(1_000 * 2 ** Math.min(file.tries - 1, 20), this.#times.longestWaitMs)
  }

  /** The file, our disk or the store failed: a state, and another try later. */
  async #fail(file: WaitingFile, cause: unknown): Promise<void> {
    if (this.#stop.signal.aborted) return
    const now = this.#options.now()
    file.lookAt = now + this.#later(file)
    if (cause instanceof AppError) return this.#status.pause(cause)
    // Recordings of a PBX often belong to its own user; that is for the administrator to see and to mend.
    const detail = `The file cannot be read: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}.`
    file.lookAt = Math.min(file.lookAt, now + LONGEST_WAIT_UNREADABLE_MS)
    if (file.shownAside) return
    file.shownAside = true
    await this.#aside.keep(file, 'file-unreadable', detail).catch((failure) => this.#status.pause(failure))
  }

  #remember(...files: WaitingFile[]): null {
    for (const file of files) {
      this.#waiting.remove(file)
      this.#remembered.add(file)
    }
    return null
  }
}

type TakenFrom = Pick<IncomingRecording, 'audio' | 'expectedBytes' | 'origin' | 'bare' | 'half' | 'holds'>

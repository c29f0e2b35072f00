// The exports of a server: one queue, one runner for tables and one for audio, each taking the oldest first. What was asked
// for stands in the store, so it survives a restart: what was running begins again. Started and ended by main.ts.
//
//   waiting ──▶ running ──▶ done ──▶ expired ──▶ (gone)
//      └────┬──────┘└─────▶ failed ─────────────▶ (gone)
//           └─────────────▶ cancelled ──────────▶ (gone)
import type { Logger } from 'pino'
import { AppError, type ErrorCode } from '../errors.ts'
import type { ExportChange, ExportRow, ExportStore } from '../store/store.ts'
import type { ExportFiles } from './export-files.ts'
import type { Listener } from './export-in-thread.ts'
import type { Written } from './write-calls.ts'

/** Makes the file of one export at `path`; stops when the signal is aborted. */
export type ExportWork = (
  row: ExportRow,
  where: { path: string; mostBytes: number },
  signal: AbortSignal,
  listener: Listener,
) => Promise<Written>

export interface ExportLimits {
  /** Exports of one user or key, in whatever state. */
  exportsOfOwner: number
  /** All files together. */
  exportsBytes: number
  /** What they leave free on their disk: events must always be taken. */
  exportsFreeBytes: number
  /** How long a finished export is kept, ms. */
  exportsKeptMs: number
}

export interface ExportsNeeds {
  store: ExportStore
  files: ExportFiles
  /** Told of each export before it counts as done. */
  onDone(row: ExportRow, written: Written): Promise<void>
  /** How each lane does its work. */
  works: Record<Lane, ExportWork>
  limits: ExportLimits
  log: Logger
  now(): number
}

/** A long way through audio must not keep a table waiting. */
type Lane = 'table' | 'audio'
const LANES: readonly Lane[] = ['table', 'audio']

interface Run {
  row: ExportRow
  stop: AbortController
  /** What the store has not been told yet. */
  progress: { count: number | null; done: number; sizeBytes: number }
  ended: Promise<void>
}

const OPEN: ExportRow['state'][] = ['waiting', 'running']
/** How often the store is told how far one is. */
const PROGRESS_MS = 1_000
const SWEEP_MS = 60_000
/** Looked at in one go; more come next time. */
const SOME = 200

export class Exports {
  readonly #needs: ExportsNeeds
  readonly #runs = new Map<Lane, Run>()
  #sweeping: NodeJS.Timeout | null = null
  #isClosed = false
  #looking: Promise<void> = Promise.resolve()

  constructor(needs: ExportsNeeds) {
    this.#needs = needs
  }

  /** What an earlier run left: its left-over files go, what it was at begins again. */
  async start(): Promise<void> {
    const { store, files, log } = this.#needs
    const open = await store.openExports(SOME)
    for (const { instance, id } of open)
      await store.changeExport(instance, id, OPEN, { state: 'waiting', done: 0, sizeBytes: 0, startedAt: null })
    const finished = await store.exportsOver(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    const removed = await files.removeOthers(finished.filter(({ state }) => state === 'done'))
    if (removed > 0) log.info({ removed }, 'files of exports that were not finished removed')
    this.#sweeping = setInterval(() => void this.sweep().catch(this.#failed('clearing exports')), SWEEP_MS)
    this.#look()
  }

  /** @throws AppError too-many-exports, exports-full */
  async add(row: ExportRow): Promise<void> {
    const { store, limits } = this.#needs
    if ((await this.#room()) === 0) throw new AppError('exports-full')
    const most = limits.exportsOfOwner
    if ((await store.addExport(row, most)) === 'too-many') throw new AppError('too-many-exports', { limit: most })
    this.#look()
  }

  /** As the store has it, and how far it is right now. */
  latest(row: ExportRow): ExportRow {
    const run = [...this.#runs.values()].find((one) => one.row.id === row.id)
    return run && row.state === 'running' ? { ...row, ...run.progress } : row
  }

  /** One that waits or runs is cancelled and stays to be seen; any other goes, with its file. */
  async cancelOrRemove({ instance, id, kind }: ExportRow): Promise<'cancelled' | 'removed'> {
    const { store, files } = this.#needs
    if (await store.changeExport(instance, id, OPEN, { state: 'cancelled', ...this.#ended() })) {
      for (const run of this.#runs.values()) if (run.row.id === id) run.stop.abort(new Error('cancelled'))
      return 'cancelled'
    }
    await store.removeExport(instance, id)
    await files.remove({ id, kind })
    return 'removed'
  }

  /** A finished one that turned out to be no good any more (a recording in it was deleted). */
  async spoil({ instance, id, kind }: ExportRow, failure: ErrorCode): Promise<void> {
    const { store, files } = this.#needs
    if (await store.changeExport(instance, id, ['done'], { state: 'failed', failure })) await files.remove({ id, kind })
  }

  /** Ends what is over: files first go from sight (the row says expired), then from the disk; a while later the row. */
  async sweep(): Promise<void> {
    const { store, files, limits, now } = this.#needs
    for (const row of await store.exportsOver(now(), SOME)) {
      const { instance, id } = row
      const expiresAt = now() + limits.exportsKeptMs
      if (row.state === 'done') await store.changeExport(instance, id, ['done'], { state: 'expired', expiresAt })
      else await store.removeExport(instance, id)
      await files.remove(row)
    }
  }

  /** What is running begins again at the next start. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#sweeping) clearInterval(this.#sweeping)
    await this.#looking
    const runs = [...this.#runs.values()]
    for (const { stop } of runs) stop.abort(new Error('the server stops'))
    await Promise.all(runs.map(({ ended }) => ended))
  }

  /** Gives every idle lane the oldest that waits for it; one look after the other. */
  #look(): void {
    this.#looking = this.#looking.then(() => this.#fillLanes()).catch(this.#failed('beginning an export'))
  }

  async #fillLanes(): Promise<void> {
    const idle = LANES.filter((lane) => !this.#runs.has(lane))
    if (this.#isClosed || idle.length === 0) return
    const waiting = (await this.#needs.store.openExports(SOME)).filter(({ state }) => state === 'waiting')
    for (const lane of idle) {
      const next = waiting.find(({ kind }) => laneOf(kind) === lane)
      if (next) await this.#begin(lane, next)
    }
  }

  async #begin(lane: Lane, row: ExportRow): Promise<void> {
    const { store, now } = this.#needs
    const startedAt = now()
    if (!(await store.changeExport(row.instance, row.id, ['waiting'], { state: 'running', startedAt }))) return
    const run: Run = {
      row: { ...row, state: 'running', startedAt },
      stop: new AbortController(),
      progress: { count: row.count, done: 0, sizeBytes: 0 },
      ended: Promise.resolve(),
    }
    this.#runs.set(lane, run)
    run.ended = this.#run(lane, run)
      .catch(this.#failed('an export'))
      .finally(() => {
        this.#runs.delete(lane)
        this.#look()
      })
  }

  async #run(lane: Lane, run: Run): Promise<void> {
    const { store, files, works } = this.#needs
    const { row, stop, progress } = run
    const save = (change: ExportChange) => store.changeExport(row.instance, row.id, ['running'], change)
    const saving = setInterval(() => void save(progress).catch(this.#failed('saving progress')), PROGRESS_MS)
    try {
      const mostBytes = await this.#room()
      if (mostBytes === 0) throw new AppError('exports-full')
      const listener: Listener = {
        onCount: (count) => Object.assign(progress, { count }),
        onProgress: (done, sizeBytes) => Object.assign(progress, { done, sizeBytes }),
      }
      const { calls, bytes } = await works[lane](row, { path: files.partOf(row), mostBytes }, stop.signal, listener)
      stop.signal.throwIfAborted()
      await files.place(row)
      await this.#needs.onDone(row, { calls, bytes })
      const done = { state: 'done', count: calls, done: calls, sizeBytes: bytes, ...this.#ended() } as const
      if (!(await save(done))) await files.remove(row)
    } catch (cause) {
      await files.remove(row)
      if (stop.signal.aborted) return
      const failure = cause instanceof AppError ? cause.code : diskIsFull(cause) ? 'exports-full' : 'export-failed'
      this.#needs.log.error({ err: cause, export: row.id }, 'an export failed')
      await save({ ...progress, state: 'failed', failure, ...this.#ended() })
    } finally {
      clearInterval(saving)
    }
  }

  #ended(): { endedAt: number; expiresAt: number } {
    const at = this.#needs.now()
    return { endedAt: at, expiresAt: at + this.#needs.limits.exportsKeptMs }
  }

  #room(): Promise<number> {
    const { files, limits } = this.#needs
    return files.room({ mostBytes: limits.exportsBytes, freeBytes: limits.exportsFreeBytes })
  }

  #failed(what: string): (err: unknown) => void {
    return (err) => this.#needs.log.error({ err }, `${what} failed`)
  }
}

function laneOf(kind: ExportRow['kind']): Lane {
  return kind === 'audio' ? 'audio' : 'table'
}

function diskIsFull(cause: unknown): boolean {
  const { code } = cause as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}

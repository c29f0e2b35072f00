// How the intake from one source of recordings is: at work, or why not and when it is tried again. Logged when it changes.
// Kept by recording-watch.ts and ari-watch.ts.
import type { Logger } from 'pino'
import { AppError } from '../errors.ts'

/**
 * `folder-absent`, `unreachable`: the PBX's side; `failing`: the disk or the store of Callbook does not take recordings. They
 * stay where they are until it does.
 */
export type IntakeCondition = 'watching' | 'folder-absent' | 'unreachable' | 'failing'

/** A source of recordings as the operations page shows it. */
export interface RecordingWatchState {
  connector: string
  /** The folder, or the address of the PBX's ARI. */
  folder: string
  status: IntakeCondition
  /** Why, as a sentence for the administrator. */
  problem: string | null
  since: number
  /** Files that are not finished or whose call is not known. */
  waiting: number
  /** Since the start. */
  taken: number
  aside: number
  lastTakenAt: number | null
}

const LONGEST_PAUSE_MS = 60_000

export class IntakeStatus {
  readonly #about: { connector: string; log: Pick<Logger, 'info' | 'warn'>; now(): number }
  #status: IntakeCondition = 'watching'
  #problem: string | null = null
  #since: number
  #failures = 0
  #pausedUntil = 0

  constructor(about: { connector: string; log: Pick<Logger, 'info' | 'warn'>; now(): number }) {
    this.#about = about
    this.#since = about.now()
  }

  get state(): { status: IntakeCondition; problem: string | null; since: number } {
    return { status: this.#status, problem: this.#problem, since: this.#since }
  }

  get isPaused(): boolean {
    return this.#about.now() < this.#pausedUntil
  }

  /** Not one file's fault: the others would meet the same, so none is tried for a while, each time for longer. */
  pause(cause: unknown): void {
    this.#failures++
    this.#pausedUntil = this.#about.now() + Math.min(1_000 * 2 ** Math.min(this.#failures - 1, 10), LONGEST_PAUSE_MS)
    const why = cause instanceof AppError ? String(cause.details.detail ?? cause.message) : String(cause)
    this.#tell('failing', `${why}; new recordings stay where the PBX put them and are taken in later`)
  }

  /** File, disk and store did what they should. */
  recover(): void {
    this.#failures = 0
    if (this.#status === 'failing') this.#tell('watching', null)
  }

  /** The PBX's side is there (null), or not, and why. */
  seen(problem: string | null, absent: 'folder-absent' | 'unreachable'): void {
    if (problem !== null) this.#tell(absent, problem)
    else if (this.#status === absent) this.#tell('watching', null)
  }

  #tell(status: IntakeCondition, problem: string | null): void {
    if (this.#status === status && this.#problem === problem) return
    const { connector, log, now } = this.#about
    this.#status = status
    this.#problem = problem
    this.#since = now()
    if (problem === null) log.info({ connector }, 'recordings are taken in again')
    else log.warn({ connector, status, problem }, 'recordings cannot be taken in')
  }
}

/** A file that was refused for this is not looked at again until it changes. */
export function isRefusal(code: string): boolean {
  return REFUSALS.has(code)
}

type Refusal = 'not-a-wav' | 'recording-exists' | 'recording-gone' | 'recording-too-large'
const REFUSALS: ReadonlySet<string> = new Set<Refusal>([
  'not-a-wav',
  'recording-exists',
  'recording-gone',
  'recording-too-large',
])

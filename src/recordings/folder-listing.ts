// What lies in a watched folder: the names of its audio files, some folders deep, without following links out of it. A
// folder below that did not change since it was last read is not read again: a PBX that keeps years of recordings by day
// (`YYYY/MM/DD`) is looked through as quickly as its last day. Called by folder-names.ts.
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { isAudioName } from './bare-audio.ts'

/** Folders below the watched one are looked into this deep: FusionPBX has `<domain>/archive/YYYY/Mon/DD`. */
const MAX_DEPTH = 6
/** A folder must have been seen unchanged for so long before its time of change is believed: clocks of file systems are coarse. */
const SETTLED_MS = 3_000
/** Folders remembered; others are read each time. */
const MOST_REMEMBERED = 20_000

interface KnownFolder {
  mtimeMs: number
  /** When this time of change was first seen, and when the folder was last read to its end; by our clock. */
  seenAt: number
  readAt: number
  folders: string[]
}

export class FolderListing {
  readonly #folder: string
  readonly #now: () => number
  readonly #known = new Map<string, KnownFolder>()

  /** `folder`: absolute. */
  constructor(folder: string, now: () => number) {
    this.#folder = folder
    this.#now = now
  }

  /**
   * Relative names with `/`, in the order the file system gives them; `all`: also those in folders that did not change.
   * Links are passed over, to files and to folders.
   * @throws what the file system throws about the folder itself; a folder below that goes away is passed over.
   */
  async *names({ all, signal }: { all: boolean; signal: AbortSignal }): AsyncGenerator<string> {
    yield* this.#below('', 0, { all, signal })
  }

  /** The folders that changed last, newest first: where the next recording will lie. */
  newest(count: number): string[] {
    return [...this.#known]
      .sort(([, a], [, b]) => b.mtimeMs - a.mtimeMs)
      .slice(0, count)
      .map(([below]) => below)
  }

  async *#below(below: string, depth: number, how: { all: boolean; signal: AbortSignal }): AsyncGenerator<string> {
    const path = join(this.#folder, below)
    const { mtimeMs } = await lstat(join(path, '.'))
    const now = this.#now()
    const known = this.#known.get(below)
    const seenAt = known?.mtimeMs === mtimeMs ? known.seenAt : now
    let folders = known?.folders ?? []
    if (how.all || known?.mtimeMs !== mtimeMs || known.readAt - known.seenAt < SETTLED_MS) {
      folders = []
      // Read in larger pieces than Node's 32: a folder may hold a year of calls.
      for await (const entry of await opendir(path, { bufferSize: 512 })) {
        if (how.signal.aborted) return
        const name = below === '' ? entry.name : `${below}/${entry.name}`
        if (entry.isFile() && isAudioName(entry.name)) yield name
        else if (entry.isDirectory() && depth < MAX_DEPTH) folders.push(name)
      }
      // Not reached where whoever asks had enough: then it is read again.
      if (known || this.#known.size < MOST_REMEMBERED) this.#known.set(below, { mtimeMs, seenAt, readAt: now, folders })
    }
    yield* this.#inEach(folders, depth + 1, how)
  }

  async *#inEach(folders: string[], depth: number, how: { all: boolean; signal: AbortSignal }): AsyncGenerator<string> {
    let failure: unknown = null
    for (const name of folders) {
      try {
        yield* this.#below(name, depth, how)
      } catch (cause) {
        this.#known.delete(name)
        // One folder that may not be read must not hide the others; it is told of at the end.
        if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') failure ??= cause
      }
    }
    if (failure !== null) throw failure
  }
}

// Finds the names in a watched folder, again and again: by listing it, and quicker where the system tells of changes.
// Survives a folder that is absent, or removed and made anew. Knows nothing of what the files are; recording-watch.ts is
// told each name.
import { type FSWatcher, watch } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { isAudioName } from './bare-audio.ts'
import { FolderListing } from './folder-listing.ts'

export interface FolderNamesOptions {
  /** Absolute. */
  folder: string
  /** The least time between two listings. */
  listMs: number
  /** Names that may wait to be told. */
  limit: number
  now(): number
  /** A file is there. `thorough`: also those that were dealt with are to be looked at again. false: no more now. */
  found(name: string, thorough: boolean): Promise<boolean>
  /** The folder can be read (null), or why not. */
  told(problem: string | null): void
}

/** Listing must not take more than this share of the time. */
const LISTING_SHARE = 0.05
/** Every so many listings, files dealt with are looked at again: they may have changed. */
const THOROUGH_EVERY = 30
/** Folders below that the system is asked to ring for: those that changed last. */
const BELLS = 8

export class FolderNames {
  readonly #options: FolderNamesOptions
  readonly #stop = new AbortController()
  readonly #rang = new Set<string>()
  readonly #listing: FolderListing
  /** By the relative name of the folder each hangs in. */
  readonly #bells = new Map<string, { watcher: FSWatcher; folderId: string }>()
  #running: Promise<void> | null = null
  #listAt = 0
  #listings = 0
  /** All that was there at the start has been found. */
  listedOnce = false

  constructor(options: FolderNamesOptions) {
    this.#options = options
    this.#listing = new FolderListing(options.folder, options.now)
  }

  /** Tells what the system rang for, and begins a listing if it is time for one. */
  async look(): Promise<void> {
    if (this.#stop.signal.aborted) return
    if (!this.#running && this.#options.now() >= this.#listAt) this.#running = this.#list()
    for (const name of this.#rang) await this.#options.found(name, true)
    this.#rang.clear()
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    for (const { watcher } of this.#bells.values()) watcher.close()
    this.#bells.clear()
    await this.#running
  }

  async #list(): Promise<void> {
    const { folder, now, found, told } = this.#options
    const begunAt = now()
    const thorough = this.#listings++ % THOROUGH_EVERY === 0
    try {
      await this.#hang('')
      for await (const name of this.#listing.names({ all: thorough, signal: this.#stop.signal }))
        if (!(await found(name, thorough))) break
      this.listedOnce = true
      await this.#hangInNewest()
      told(null)
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
      told(code === 'ENOENT' ? `the folder ${folder} is not there` : `${folder} cannot be read: ${code}`)
    } finally {
      const tookMs = now() - begunAt
      this.#listAt = now() + Math.max(this.#options.listMs, tookMs / LISTING_SHARE)
      this.#running = null
    }
  }

  /** The newest folders get a bell, others lose theirs. */
  async #hangInNewest(): Promise<void> {
    const wanted = new Set(['', ...this.#listing.newest(BELLS)])
    for (const [below, { watcher }] of this.#bells) {
      if (wanted.has(below)) continue
      watcher.close()
      this.#bells.delete(below)
    }
    for (const below of wanted) await this.#hang(below).catch(() => undefined)
  }

  /** Asks the system to ring when something changes in a folder: quicker than listing, but nothing depends on it (network file systems are silent). */
  async #hang(below: string): Promise<void> {
    const folder = join(this.#options.folder, below)
    const { dev, ino } = await lstat(join(folder, '.'))
    const folderId = `${dev}:${ino}`
    const hanging = this.#bells.get(below)
    if (hanging?.folderId === folderId || this.#stop.signal.aborted) return
    hanging?.watcher.close()
    this.#bells.delete(below)
    const watcher = watch(folder, { persistent: false })
    watcher.on('change', (kind, changed) => {
      const name = below === '' ? String(changed) : `${below}/${changed}`
      if (isAudioName(name)) {
        if (this.#rang.size < this.#options.limit) this.#rang.add(name)
      } else if (kind === 'rename' && !String(changed).includes('.')) {
        // Perhaps the folder of a new day.
        this.#listAt = Math.min(this.#listAt, this.#options.now())
      }
    })
    // The next listing hangs it anew.
    watcher.on('error', () => {
      watcher.close()
      if (this.#bells.get(below)?.watcher === watcher) this.#bells.delete(below)
    })
    this.#bells.set(below, { watcher, folderId })
  }
}

// The files of one watched folder (or ARI) that are kept aside: told to the store, so that they are shown, and counted. Called
// by recording-watch.ts and ari-watch.ts.
import type { Logger } from 'pino'
import type { RecordingStore } from '../store/store.ts'
import { fingerprint, type WaitingFile } from './waiting-file.ts'

type FileAsItIs = Pick<WaitingFile, 'name' | 'sizeBytes' | 'mtimeMs'>

export interface FilesAsideOptions {
  connector: string
  /** In front of the names of this folder, where a connector has several; else empty. */
  within: string
  instance: string
  recordings: RecordingStore
  log: Pick<Logger, 'warn'>
  now(): number
}

export class FilesAside {
  readonly #options: FilesAsideOptions
  /** Kept aside by an earlier run: origin → reason. */
  readonly #before = new Map<string, string>()
  /** Name → origin. */
  readonly #aside = new Map<string, string>()

  constructor(options: FilesAsideOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#aside.size
  }

  /** Names a file as it is now: the same name with other bytes is another file. */
  originOf(file: FileAsItIs): string {
    const { connector, within } = this.#options
    return `${connector}:${within}${file.name}:${fingerprint(file.sizeBytes, file.mtimeMs)}`
  }

  has(name: string): boolean {
    return this.#aside.has(name)
  }

  /** Files kept aside by an earlier run are not read again. A store that cannot say so costs only that reading. */
  async recall(): Promise<void> {
    const { recordings, instance, connector, log } = this.#options
    try {
      for (const { origin, because } of await recordings.filesAside(instance))
        if (origin.startsWith(`${connector}:`)) this.#before.set(origin, because)
    } catch (cause) {
      log.warn({ err: cause, connector }, 'files kept aside cannot be listed; they are read again')
    }
  }

  /** Why an earlier run kept this very file aside; null: it did not. */
  reasonBefore(file: FileAsItIs): string | null {
    const origin = this.originOf(file)
    const because = this.#before.get(origin) ?? null
    if (because !== null) this.#aside.set(file.name, origin)
    return because
  }

  /** @throws AppError store-unavailable */
  async keep(file: FileAsItIs, because: string, detail: string): Promise<void> {
    await this.forget(file)
    const origin = this.originOf(file)
    const { recordings, instance, now, connector, log } = this.#options
    await recordings.putAside(instance, { origin, because, detail, since: now() })
    this.#aside.set(file.name, origin)
    log.warn({ connector, file: file.name, because, detail }, 'file kept aside')
  }

  /** It was kept aside as it was before, or before its call was known. @throws AppError store-unavailable */
  async forget(file: FileAsItIs): Promise<void> {
    const origin = this.#aside.get(file.name)
    if (origin === undefined) return
    await this.#options.recordings.forgetAside(this.#options.instance, origin)
    this.#aside.delete(file.name)
    this.#before.delete(origin)
  }
}

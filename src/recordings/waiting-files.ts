// The files of one watched folder that wait for their end or their call: by name, and by the call they belong to, so that
// a call that ends or comes finds its files without looking at all of them. Kept by recording-watch.ts and ari-watch.ts.
import { fingerprint, type WaitingFile } from './waiting-file.ts'

export interface FileOfCall {
  name: string
  callId: string
  /** Under which call ids it is found. */
  calls: Set<string>
}

export class WaitingFiles<File extends FileOfCall> {
  readonly #byName = new Map<string, File>()
  readonly #byCall = new Map<string, Set<File>>()

  get size(): number {
    return this.#byName.size
  }

  get(name: string): File | undefined {
    return this.#byName.get(name)
  }

  all(): IterableIterator<File> {
    return this.#byName.values()
  }

  ofCall(callId: string): ReadonlySet<File> {
    return this.#byCall.get(callId) ?? new Set()
  }

  add(file: File): void {
    this.#byName.set(file.name, file)
    this.#index(file, file.callId)
  }

  /** What is told of the call `into` concerns the files of `callId` from now on, too. */
  merge(callId: string, into: string): void {
    for (const file of this.ofCall(callId)) this.#index(file, into)
  }

  remove(file: File): void {
    this.#byName.delete(file.name)
    for (const callId of file.calls) {
      const files = this.#byCall.get(callId)
      files?.delete(file)
      if (files?.size === 0) this.#byCall.delete(callId)
    }
  }

  #index(file: File, callId: string): void {
    const files = this.#byCall.get(callId)
    if (files) files.add(file)
    else this.#byCall.set(callId, new Set([file]))
    file.calls.add(callId)
  }
}

/** Files that were dealt with, as they were then; of too many the oldest are forgotten. */
export class RememberedFiles {
  readonly #limit: number
  readonly #fingerprints = new Map<string, string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  has(name: string): boolean {
    return this.#fingerprints.has(name)
  }

  is(name: string, { size, mtimeMs }: { size: number; mtimeMs: number }): boolean {
    return this.#fingerprints.get(name) === fingerprint(size, mtimeMs)
  }

  add({ name, sizeBytes, mtimeMs }: Pick<WaitingFile, 'name' | 'sizeBytes' | 'mtimeMs'>): void {
    this.#fingerprints.set(name, fingerprint(sizeBytes, mtimeMs))
    if (this.#fingerprints.size <= this.#limit) return
    const [oldest] = this.#fingerprints.keys()
    if (oldest !== undefined) this.#fingerprints.delete(oldest)
  }

  forget(name: string): void {
    this.#fingerprints.delete(name)
  }
}

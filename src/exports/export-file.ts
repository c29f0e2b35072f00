// A file that is being written by an export, with a bound on its size. Synchronous: it lives in the export's own thread
// (or in a command), where nothing else waits.
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { AppError } from '../errors.ts'

const BUFFER_BYTES = 256 * 1024

export class ExportFile {
  readonly #fd: number
  readonly #mostBytes: number
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  #buffered = 0
  #written = 0
  #isOpen = true

  /** `path` may be there already: it is emptied. @throws what the file system throws */
  constructor(path: string, mostBytes: number = Number.POSITIVE_INFINITY) {
    this.#fd = openSync(path, 'w', 0o640)
    this.#mostBytes = mostBytes
  }

  get sizeBytes(): number {
    return this.#written + this.#buffered
  }

  /** @throws AppError exports-full past the bound; what the file system throws */
  write(bytes: Uint8Array): void {
    if (this.sizeBytes + bytes.length > this.#mostBytes) throw new AppError('exports-full')
    if (this.#buffered + bytes.length > BUFFER_BYTES) this.#flush()
    if (bytes.length > BUFFER_BYTES) {
      this.#written += writeAll(this.#fd, bytes, this.#written)
    } else {
      this.#buffer.set(bytes, this.#buffered)
      this.#buffered += bytes.length
    }
  }

  /** Writes over what stands at `offset` already. */
  patch(bytes: Uint8Array, offset: number): void {
    this.#flush()
    writeAll(this.#fd, bytes, offset)
  }

  /** On disk when it returns. */
  finish(): void {
    this.#flush()
    fsyncSync(this.#fd)
    this.close()
  }

  /** Safe to call twice; what was not finished is worth nothing. */
  close(): void {
    if (this.#isOpen) closeSync(this.#fd)
    this.#isOpen = false
  }

  #flush(): void {
    this.#written += writeAll(this.#fd, this.#buffer.subarray(0, this.#buffered), this.#written)
    this.#buffered = 0
  }
}

function writeAll(fd: number, bytes: Uint8Array, offset: number): number {
  let written = 0
  while (written < bytes.length) written += writeSync(fd, bytes, written, bytes.length - written, offset + written)
  return written
}

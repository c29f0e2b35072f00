// Where exports lie: <data folder>/exports/<id>.<extension>, and <id>.part while one is being written. Ids are made by
// Callbook and checked again here, so a name is never input.
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'

/** What an export may leave in the folder. `plan`: of the audio, which is not copied (audio-plan.ts). */
const EXTENSIONS = { csv: 'csv', xlsx: 'xlsx', audio: 'plan' } as const

type Named = { id: string; kind: keyof typeof EXTENSIONS }

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export class ExportFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws AppError data-folder-unwritable */
  async make(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o750 }).catch((cause: Error) => {
      throw new AppError('data-folder-unwritable', { folder: this.#folder, detail: cause.message }, { cause })
    })
  }

  pathOf({ id, kind }: Named): string {
    return join(this.#folder, `${checked(id)}.${EXTENSIONS[kind]}`)
  }

  partOf({ id }: { id: string }): string {
    return join(this.#folder, `${checked(id)}.part`)
  }

  /** Gives a finished part its name, on disk when it resolves. */
  async place(row: Named): Promise<void> {
    await rename(this.partOf(row), this.pathOf(row))
    const folder = await open(this.#folder, 'r')
    await folder.sync().finally(() => folder.close())
  }

  /** Whatever there is of it. */
  async remove(row: Named): Promise<void> {
    await rm(this.partOf(row), { force: true })
    await rm(this.pathOf(row), { force: true })
  }

  /** Removes what belongs to none of these; says how many. */
  async removeOthers(rows: readonly Named[]): Promise<number> {
    const kept = new Set(rows.map((row) => this.pathOf(row)))
    const others = (await readdir(this.#folder))
      .map((name) => join(this.#folder, name))
      .filter((path) => !kept.has(path))
    for (const path of others) await rm(path, { force: true, recursive: true })
    return others.length
  }

  /** How many bytes one more file may have: `mostBytes` is for all of them, `freeBytes` stay free on the disk. */
  async room({ mostBytes, freeBytes }: { mostBytes: number; freeBytes: number }): Promise<number> {
    let used = 0
    for (const name of await readdir(this.#folder))
      used += await stat(join(this.#folder, name)).then(
        ({ size }) => size,
        () => 0, // It has just gone.
      )
    const { bavail, bsize } = await statfs(this.#folder)
    return Math.max(0, Math.min(mostBytes - used, bavail * bsize - freeBytes))
  }
}

/** @throws Error for a damaged database, never a caller's input */
function checked(id: string): string {
  if (!ID.test(id)) throw new Error(`${JSON.stringify(id)} is not the id of an export`)
  return id
}

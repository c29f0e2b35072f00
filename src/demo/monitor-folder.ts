// Asterisk's recordings of the simulated calls, written as Asterisk writes them: the file appears when recording begins,
// with a header that says length 0, and is finished when the recorded channel hangs up. Callbook watches this folder.
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlannedCall } from './call-plan.ts'
import { audioBytesOf, makeConversation, WAV_HEADER_BYTES, wavBytes, wavHeader } from './conversation.ts'

/** Callbook has its own copy long before; a PBX's administrator would clear its spool less eagerly. */
const KEEP_MS = 5 * 60_000
const KEEP_UNFINISHED_MS = 60 * 60_000
const CLEAR_EVERY_MS = 60_000

export interface MonitorFolderOptions {
  folder: string
  /** Bytes of audio made in all; past it no call is recorded any more, so that a forgotten demo does not fill a disk. */
  budgetBytes: number
  now(): number
  /** A file could not be written. */
  onProblem(cause: unknown): void
}

export interface MonitorFolder {
  /** false: the budget is spent. */
  hasRoom(): boolean
  /** Opens the call's file when its recording begins, if it has one. */
  callBegun(call: PlannedCall): void
  /** Finishes the call's file. */
  callEnded(call: PlannedCall): void
  /** Writes the whole file of a call of the past. */
  writePast(call: PlannedCall): Promise<void>
  close(): Promise<void>
}

export async function openMonitorFolder(options: MonitorFolderOptions): Promise<MonitorFolder> {
  const { folder, now } = options
  await mkdir(folder, { recursive: true })
  const opening = new Map<string, NodeJS.Timeout>()
  const writing = new Set<Promise<void>>()
  let madeBytes = 0
  let closed = false
  const clearing = setInterval(() => track(clearOld()), CLEAR_EVERY_MS)
  clearing.unref()

  function track(work: Promise<void>): void {
    const tracked = work.catch(options.onProblem).finally(() => writing.delete(tracked))
    writing.add(tracked)
  }

  function pathOf(call: PlannedCall): string | null {
    return call.recording ? join(folder, `${call.recording.name}.wav`) : null
  }

  async function clearOld(): Promise<void> {
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      const { mtimeMs, size } = await stat(path)
      // A bare header may belong to a talk that still goes on.
      const keepMs = size > WAV_HEADER_BYTES ? KEEP_MS : KEEP_UNFINISHED_MS
      if (mtimeMs < now() - keepMs) await rm(path, { force: true })
    }
  }

  async function begin(path: string): Promise<void> {
    const file = await open(path, 'w')
    await file.write(wavHeader(0))
    await file.close()
  }

  /** A call nobody answered leaves the bare header, as Asterisk does. */
  async function finish(path: string, audibleMs: number, seed: number): Promise<void> {
    if (audibleMs <= 0) return
    const audio = audioBytesOf(makeConversation(audibleMs, seed))
    const file = await open(path, 'w')
    await file.write(wavHeader(0))
    await file.write(audio)
    await file.write(wavHeader(audio.byteLength), 0, WAV_HEADER_BYTES, 0)
    await file.close()
  }

  return {
    hasRoom: () => madeBytes < options.budgetBytes,
    callBegun(call) {
      const path = pathOf(call)
      if (!path || !call.recording) return
      const begins = setTimeout(
        () => {
          opening.delete(path)
          track(begin(path))
        },
        Math.max(0, call.recording.openMs - now()),
      )
      opening.set(path, begins)
    },
    callEnded(call) {
      const path = pathOf(call)
      if (!path || !call.recording || closed) return
      clearTimeout(opening.get(path))
      opening.delete(path)
      madeBytes += wavBytes(call.recording.audibleMs)
      track(finish(path, call.recording.audibleMs, seedOf(call)))
    },
    async writePast(call) {
      const path = pathOf(call)
      if (!path || !call.recording || closed) return
      madeBytes += wavBytes(call.recording.audibleMs)
      await finish(path, call.recording.audibleMs, seedOf(call))
    },
    async close() {
      closed = true
      clearInterval(clearing)
      for (const timer of opening.values()) clearTimeout(timer)
      await Promise.all(writing)
    },
  }
}

/** The same call has the same voices, whenever its file is made. */
function seedOf(call: PlannedCall): number {
  let seed = 7
  for (const letter of call.callId) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0
  return seed
}

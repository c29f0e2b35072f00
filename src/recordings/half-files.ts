// Two files of a watched folder with a direction of a call each: joined once both are finished (decision 0085). Called by
// recording-watch.ts with the one whose turn it is.
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { type HalfSound, type JoinedHalves, joinHalves } from './sound/joined-halves.ts'
import type { SoundDecoder } from './sound/sound-decoder.ts'
import { FileChanged, isSilent, layoutOf, openFile, type WaitingFile } from './waiting-file.ts'
import type { WatchTimes } from './watch-times.ts'
import type { WavLayout } from './wav.ts'

interface OpenHalf extends HalfSound {
  file: FileHandle
  lies: WaitingFile
}

export interface JoiningNeeds {
  folder: string
  decoder: Pick<SoundDecoder, 'decode'>
  times: Pick<WatchTimes, 'stillMs' | 'crashedStillMs'>
  /** Were these two, as they are, taken before? */
  isKnown(): Promise<boolean>
  now(): number
  signal: AbortSignal
}

/**
 * `unfinished`: the other goes on being written, or this one is not to lead (the half with what came in does, if there is
 * anything in it); `absent`, `problem`: as of joinHalves. What is given is closed by the caller.
 * @throws AppError store-unavailable; what the file system throws
 */
export async function joinWhenFinished(
  { file, opened, layout }: { file: WaitingFile; opened: FileHandle; layout: WavLayout },
  other: WaitingFile,
  needs: JoiningNeeds,
): Promise<JoinedHalves | 'unfinished' | 'known' | 'absent' | { problem: string }> {
  if (file.half === 'out' && !isSilent(other)) return 'unfinished'
  const otherOpened = await openFile(join(needs.folder, other.name))
  if (!otherOpened) return 'unfinished'
  let joined: JoinedHalves | 'absent' | { problem: string } | null = null
  try {
    const otherLayout = await finishedLayout(other, otherOpened, { ...needs, layout, callEnded: file.callEnded })
    if (!otherLayout) return 'unfinished'
    if (await needs.isKnown()) return 'known'
    const own: OpenHalf = { file: opened, layout, lies: file }
    const others: OpenHalf = { file: otherOpened, layout: otherLayout, lies: other }
    const [left, right] = file.half === 'in' ? [own, others] : [others, own]
    joined = await joinHalves({ left, right }, needs.decoder)
    if (joined === 'absent' || 'problem' in joined) return joined
    const { sizeBytes, audio, close } = joined
    return {
      sizeBytes,
      audio: whileUnchanged(audio, [own, others], needs.signal),
      close: async () => {
        await close()
        await otherOpened.close()
      },
    }
  } finally {
    if (joined === null || joined === 'absent' || 'problem' in joined) await otherOpened.close()
  }
}

/** Both as if they were one file: what it is remembered by changes with either. */
export function bothHalves(one: WaitingFile, other: WaitingFile): Pick<WaitingFile, 'name' | 'sizeBytes' | 'mtimeMs'> {
  return {
    name: one.name.replace(/-(in|out)(?=\.\w+$)/i, '-in+out'),
    sizeBytes: one.sizeBytes + other.sizeBytes,
    mtimeMs: Math.max(one.mtimeMs, other.mtimeMs),
  }
}

/** null: it goes on, or is broken, which its own look tells. */
async function finishedLayout(
  other: WaitingFile,
  opened: FileHandle,
  {
    layout,
    callEnded,
    times: { stillMs, crashedStillMs },
    now,
  }: Pick<JoiningNeeds, 'times' | 'now'> & { layout: WavLayout; callEnded: boolean },
): Promise<WavLayout | null> {
  const { size, mtimeMs } = await opened.stat()
  if (size !== other.sizeBytes || mtimeMs !== other.mtimeMs) return null
  const found = isSilent(other)
    ? { ...layout, dataBytes: 0, frames: 0, finished: false }
    : await layoutOf(other, opened)
  if ('problem' in found) return null
  const stillForMs = now() - other.stillSince
  const neededMs = found.finished || other.bare || found.dataBytes === 0 ? stillMs : crashedStillMs
  const isFinished = callEnded ? found.finished || stillForMs >= neededMs : found.finished && stillForMs >= stillMs
  return isFinished ? found : null
}

/** @throws FileChanged when either is not what it was when it was looked at */
async function* whileUnchanged(
  audio: AsyncIterable<Uint8Array>,
  halves: readonly OpenHalf[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of audio) {
    signal.throwIfAborted()
    yield piece
  }
  for (const { file, lies } of halves) {
    const after = await file.stat()
    if (after.size !== lies.sizeBytes || after.mtimeMs !== lies.mtimeMs) throw new FileChanged()
  }
}

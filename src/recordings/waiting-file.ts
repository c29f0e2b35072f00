// One file of a watched folder on its way to the intake: what is remembered of it, how it is opened and how its bytes are
// read without trusting that nobody writes on. Called by recording-watch.ts.
import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type BareEncoding, bareEncoding, bareLayout } from './bare-audio.ts'
import type { Half, NamedRecording } from './recording-name.ts'
import type { WavLayout } from './wav.ts'
import { readWavLayout } from './wav-file.ts'
import { WAV_HEADER_BYTES } from './wav-header.ts'

export interface WaitingFile {
  name: string
  callId: string
  n: number
  /** null: it holds the whole conversation. */
  half: Half | null
  /** How it is read where it has no header; null: it is a WAV. */
  bare: BareEncoding | null
  /** Under which call ids it is found: its own, and those its call was merged into. */
  calls: Set<string>
  /** Its call has ended, as our own record says: whoever writes it is closing it. */
  callEnded: boolean
  /** It grew since the look before the last: it is being recorded. */
  grows: boolean
  sizeBytes: number
  mtimeMs: number
  /** Since when size and time of change are the same, as far as we saw. */
  stillSince: number
  foundAt: number
  lookAt: number
  /** Something was told of its call since the last look began: another is due. */
  rung: boolean
  /** How often its call was not known, or it could not be read. */
  tries: number
  shownAside: boolean
  /** The store was asked whether this very file (name, size, time) was dealt with before. */
  isNew: boolean
  busy: boolean
}

/** A file last changed longer ago than this is still, whatever the clocks of two machines differ. */
const SURELY_OLD_MS = 60_000
const COPY_BYTES = 256 * 1024

/** The file is not the one that was looked at: it goes on being written. */
export class FileChanged extends Error {}

export function newWaitingFile(
  name: string,
  named: NamedRecording,
  { size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>,
  { now, firstLookMs }: { now: number; firstLookMs: number },
): WaitingFile {
  const isOld = now - mtimeMs > SURELY_OLD_MS
  return {
    name,
    callId: named.callId,
    n: named.n,
    half: named.half ?? null,
    bare: bareEncoding(name),
    calls: new Set(),
    rung: false,
    callEnded: false,
    grows: false,
    sizeBytes: size,
    mtimeMs,
    stillSince: isOld ? now - SURELY_OLD_MS : now,
    foundAt: now,
    lookAt: isOld ? now : now + firstLookMs,
    tries: 0,
    shownAside: false,
    isNew: false,
    busy: false,
  }
}

/** There is nothing in it yet but, perhaps, a header. */
export function isSilent({ bare, sizeBytes }: WaitingFile): boolean {
  return sizeBytes <= (bare ? 0 : WAV_HEADER_BYTES)
}

export async function layoutOf(file: WaitingFile, opened: FileHandle): Promise<WavLayout | { problem: string }> {
  return file.bare ? bareLayout(file.bare, file.sizeBytes) : readWavLayout(opened, file.sizeBytes)
}

/** Tells one state of a file from another. */
export function fingerprint(sizeBytes: number, mtimeMs: number): string {
  return `${sizeBytes}:${Math.floor(mtimeMs)}`
}

/** null: gone, or no longer a plain file (a link is not followed). @throws what else the file system throws. */
export async function openFile(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return null
    throw cause
  }
}

/**
 * The bytes of a file that must not change meanwhile. One buffer for all pieces: each is used up before the next is
 * asked for. @throws FileChanged
 */
export async function* unchangedBytes(
  opened: FileHandle,
  { sizeBytes, mtimeMs }: { sizeBytes: number; mtimeMs: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(COPY_BYTES, sizeBytes))
  for (let position = 0; position < sizeBytes; ) {
    signal.throwIfAborted()
    const { bytesRead } = await opened.read(buffer, 0, Math.min(buffer.length, sizeBytes - position), position)
    if (bytesRead === 0) throw new FileChanged()
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
  const after = await opened.stat()
  if (after.size !== sizeBytes || after.mtimeMs !== mtimeMs) throw new FileChanged()
}

/** May it be taken without waiting? Every byte is one its header knows of, and nobody is left who would write. */
export function isClosed(file: WaitingFile, { finished, dataOffset, dataBytes }: WavLayout): boolean {
  const end = dataOffset + dataBytes
  return file.callEnded && finished && (end === file.sizeBytes || end + 1 === file.sizeBytes)
}

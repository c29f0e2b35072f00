// What an export of audio leaves on the disk: not the audio but a plan of the ZIP, that is its list of calls (a CSV that
// goes into it) and, of each recording, name, size and checksum. The file: list, entries as JSON, length of the list.
import { type FileHandle, open } from 'node:fs/promises'
import type { ZipEntry } from './zip-format.ts'

/** A recording in the ZIP. Where its file lies is asked anew at each download: it may have moved, or be deleted. */
export interface PlannedRecording {
  name: string
  callId: string
  n: number
  /** Of the stored file: another one is not what was promised. */
  sha256: string
  /** Of the download. */
  sizeBytes: number
  crc32: number
  wallAt: number
}

export interface PlannedList {
  name: string
  sizeBytes: number
  crc32: number
  wallAt: number
}

export interface AudioPlan {
  list: PlannedList
  recordings: PlannedRecording[]
}

const LENGTH_DIGITS = 16

/** Ends a file whose list has been written already; on disk when it resolves. */
export async function endPlan(file: FileHandle, plan: AudioPlan): Promise<void> {
  const length = String(plan.list.sizeBytes).padStart(LENGTH_DIGITS, '0')
  await file.write(`${JSON.stringify(plan)}${length}`, plan.list.sizeBytes)
  await file.sync()
}

/** The list's bytes are the first of the file. @throws Error for a file that endPlan did not make */
export async function readPlan(path: string): Promise<AudioPlan> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const listBytes = Number((await read(file, size - LENGTH_DIGITS, LENGTH_DIGITS)).toString('latin1'))
    const json = await read(file, listBytes, size - LENGTH_DIGITS - listBytes)
    return JSON.parse(json.toString('utf8')) as AudioPlan
  } finally {
    await file.close()
  }
}

/** List first, then the recordings. */
export function planEntries({ list, recordings }: AudioPlan): ZipEntry[] {
  return [list, ...recordings].map(({ name, sizeBytes, crc32, wallAt }) => ({
    name,
    method: 'store',
    crc32,
    sizeBytes,
    packedBytes: sizeBytes,
    wallAt,
  }))
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead < length) throw new Error('the plan of an export is shorter than it says')
  return buffer
}

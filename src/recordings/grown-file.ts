// A file of a watched folder that went on after it was taken in (a recorder that appends, a pause in which it looked
// closed): told from one that was overwritten. Pure but for reading; called by the intake.
import type { FileHandle } from 'node:fs/promises'
import type { RecordingRow } from '../store/store.ts'
import type { OpenedFile } from './storage/recording-storage.ts'
import type { WavLayout } from './wav.ts'

/** Were both taken from the same file, at whatever size and time of change? */
export function isOneFile(origin: string | null, other: string | null): boolean {
  return origin !== null && other !== null && fileOf(origin) === fileOf(other)
}

function fileOf(origin: string): string {
  return origin.replace(/:\d+:\d+$/, '')
}

/** Is the stored audio the beginning of this file's? Then nothing is lost if the file takes its place. @throws AppError store-unavailable */
export async function goesOn(
  row: RecordingRow,
  stored: Pick<OpenedFile, 'read'>,
  { file, layout }: { file: FileHandle; layout: WavLayout },
): Promise<boolean> {
  const alike =
    layout.format === row.format && layout.channels === row.channels && layout.bitsPerSample === row.bitsPerSample
  if (!alike || layout.sampleRate !== row.sampleRate || layout.dataBytes <= row.dataBytes) return false
  let compared = 0
  for await (const piece of stored.read({ offset: row.dataOffset, length: row.dataBytes })) {
    const now = Buffer.allocUnsafe(piece.length)
    const { bytesRead } = await file.read(now, 0, piece.length, layout.dataOffset + compared)
    if (bytesRead < piece.length || !now.equals(piece)) return false
    compared += piece.length
  }
  return compared === row.dataBytes
}

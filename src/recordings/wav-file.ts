// Reads the header of an open file with the walker of wav.ts: a few kilobytes at the beginning, and eight bytes behind
// the audio where the header's length needs a check. Called by intake and watch; keeps nothing.
import type { FileHandle } from 'node:fs/promises'
import { WAV_HEAD_BYTES, type WavLayout, walkWav } from './wav.ts'

/** What a finished recording says about itself, or a clause saying why it cannot be read. @throws what the file system throws. */
export async function readWavLayout(file: FileHandle, fileBytes: number): Promise<WavLayout | { problem: string }> {
  const head = await readAt(file, 0, Math.min(WAV_HEAD_BYTES, fileBytes))
  const layout = walkWav(head, fileBytes)
  if (!('tailOffset' in layout)) return layout
  const again = walkWav(head, fileBytes, await readAt(file, layout.tailOffset, 8))
  return 'tailOffset' in again ? { problem: 'its end cannot be read' } : again
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

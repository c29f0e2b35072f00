// The 44 bytes in front of audio: made here for files whose own header cannot be believed (a PBX that crashed while
// recording, RF64), so that they can be handed out as if they had been finished. Served by arithmetic: the stored file
// keeps its bytes.
import type { WavLayout } from './wav.ts'

export const WAV_HEADER_BYTES = 44

/** What a header says; audio bytes beyond what 32 bits can say are announced as 0xFFFFFFFF, which players read as "to the end". */
export type WavHeaderFields = Pick<
  WavLayout,
  'format' | 'channels' | 'sampleRate' | 'bitsPerSample' | 'blockAlign' | 'dataBytes'
>

/** A RIFF/WAVE header with a 16-byte `fmt ` chunk and the length of the audio that follows it. */
export function wavHeader(fields: WavHeaderFields): Uint8Array {
  const header = new Uint8Array(WAV_HEADER_BYTES)
  const view = new DataView(header.buffer)
  const padded = fields.dataBytes + (fields.dataBytes % 2)
  writeId(header, 0, 'RIFF')
  view.setUint32(4, Math.min(padded + WAV_HEADER_BYTES - 8, 0xffffffff), true)
  writeId(header, 8, 'WAVE')
  writeId(header, 12, 'fmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, fields.format, true)
  view.setUint16(22, fields.channels, true)
  view.setUint32(24, fields.sampleRate, true)
  view.setUint32(28, fields.sampleRate * fields.blockAlign, true)
  view.setUint16(32, fields.blockAlign, true)
  view.setUint16(34, fields.bitsPerSample, true)
  writeId(header, 36, 'data')
  view.setUint32(40, Math.min(fields.dataBytes, 0xffffffff), true)
  return header
}

function writeId(target: Uint8Array, offset: number, id: string): void {
  for (let i = 0; i < 4; i++) target[offset + i] = id.charCodeAt(i)
}

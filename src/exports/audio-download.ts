// The ZIP of an audio export as it is downloaded: made from its plan and the recordings where they lie, so audio is never
// copied, and what was deleted since is not handed out. Any range of it, at any time, is the same bytes.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { ByteRange } from '../recordings/byte-range.ts'
import type { OpenAudio } from '../recordings/stored-audio.ts'
import { type AudioPlan, planEntries, readPlan } from './audio-plan.ts'
import { zipBytes, zipLayout } from './zip-layout.ts'

export interface AudioZip {
  sizeBytes: number
  /** Breaks off with AppError export-changed when a recording is not there as it was planned. */
  stream(range: ByteRange): Readable
}

export async function audioZip(
  path: string,
  { instance, openAudio, onChanged }: { instance: string; openAudio: OpenAudio; onChanged(): Promise<void> },
): Promise<AudioZip> {
  const plan = await readPlan(path)
  const layout = zipLayout(planEntries(plan))
  return {
    sizeBytes: layout.sizeBytes,
    stream: (range) => {
      const stop = new AbortController()
      const read = (index: number, piece: ByteRange) =>
        index === 0
          ? (createReadStream(path, { start: piece.first, end: piece.last }) as AsyncIterable<Uint8Array>)
          : readPlanned({ plan, instance, openAudio, onChanged }, index - 1, piece, stop.signal)
      const stream = Readable.from(zipBytes(layout, range, read), { objectMode: false, highWaterMark: PIECE_BYTES })
      return stream.once('close', () => stop.abort())
    },
  }
}

const PIECE_BYTES = 128 * 1024

async function* readPlanned(
  {
    plan,
    instance,
    openAudio,
    onChanged,
  }: { plan: AudioPlan; instance: string; openAudio: OpenAudio; onChanged(): Promise<void> },
  index: number,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const planned = plan.recordings[index]
  if (!planned) throw new Error(`the plan has no recording ${index}`)
  const audio = await openAudio(instance, planned.callId, planned.n)
  try {
    if (audio?.row.sha256 !== planned.sha256 || audio.sizeBytes !== planned.sizeBytes) {
      await onChanged()
      throw new AppError('export-changed', { name: planned.name })
    }
    yield* audio.read(range, signal)
  } finally {
    await audio?.close()
  }
}

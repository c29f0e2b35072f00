// What is heard of a recording once, when it comes in, and kept beside it as `<key>.peaks`: its peaks (BBC .dat) and, where
// each party has a channel of its own, who talked when (JSON, behind the .dat's own length). Pure; runs in sound-thread.ts.
import { gatherPeaks, type Peaks, readDat } from './peaks.ts'
import { pcm16Reader } from './samples.ts'
import { listenForTalk, type Talk } from './talk.ts'

/** How the bytes are to be read; a part of RecordingRow. */
export interface SoundFormat {
  format: number
  bitsPerSample: number
  channels: number
  sampleRate: number
  /** Of audio that will come. */
  dataBytes: number
}

export interface SoundListener {
  /** The next bytes of the audio, of any length. */
  add(bytes: Uint8Array): void
  /** `file`: what goes into `<key>.peaks`. */
  finish(): { file: Uint8Array; talk: Talk | null }
}

/** @throws RangeError for audio that is no samples. */
export function listenToSound({ format, bitsPerSample, channels, sampleRate, dataBytes }: SoundFormat): SoundListener {
  const blockAlign = channels * (bitsPerSample / 8)
  const read = pcm16Reader({ format, bitsPerSample })
  const peaks = gatherPeaks({ channels, sampleRate, frames: Math.ceil(dataBytes / blockAlign) })
  const talk = channels === 2 ? listenForTalk(sampleRate) : null
  let rest = new Uint8Array(0)

  function hear(blocks: Uint8Array): void {
    const samples = read(blocks)
    peaks.add(samples)
    talk?.add(samples)
  }

  return {
    add(bytes) {
      let from = 0
      if (rest.length > 0) {
        // A block that was cut by the end of the last piece.
        from = Math.min(bytes.length, blockAlign - rest.length)
        rest = joined(rest, bytes.subarray(0, from))
        if (rest.length < blockAlign) return
        hear(rest)
      }
      const whole = Math.floor((bytes.length - from) / blockAlign) * blockAlign
      if (whole > 0) hear(bytes.subarray(from, from + whole))
      rest = bytes.slice(from + whole)
    },
    finish() {
      const dat = peaks.finish()
      const heard = talk?.finish() ?? null
      return { file: heard ? joined(dat, new TextEncoder().encode(JSON.stringify(heard))) : dat, talk: heard }
    },
  }
}

/** Reads a `.peaks` file. null: it is none (damaged, or of a later version). */
export function readSound(file: Uint8Array): { peaks: Peaks; talk: Talk | null } | null {
  const read = readDat(file)
  if (!read) return null
  const behind = file.subarray(read.bytes)
  if (behind.length === 0) return { peaks: read.peaks, talk: null }
  try {
    return { peaks: read.peaks, talk: JSON.parse(new TextDecoder().decode(behind)) as Talk }
  } catch {
    return null
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

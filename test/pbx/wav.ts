// A second reading of WAV files, apart from Callbook's own: how long a download really is, how many channels it has, and
// which tones can be heard in it. PCM of 16 bits only, which is all that may come out.
import assert from 'node:assert/strict'

export interface Wav {
  channels: number
  sampleRate: number
  durationMs: number
  /** One array of samples per channel. */
  samples: Int16Array[]
}

export function readWav(file: Buffer): Wav {
  assert.equal(file.toString('latin1', 0, 4), 'RIFF')
  assert.equal(file.toString('latin1', 8, 12), 'WAVE')
  assert.equal(file.readUInt32LE(4), file.length - 8, 'the header does not fit the size of the file')
  let channels = 0
  let sampleRate = 0
  for (let at = 12; at + 8 <= file.length; ) {
    const id = file.toString('latin1', at, at + 4)
    const size = file.readUInt32LE(at + 4)
    if (id === 'fmt ') {
      assert.equal(file.readUInt16LE(at + 8), 1, 'not PCM')
      assert.equal(file.readUInt16LE(at + 22), 16, 'not 16 bits')
      channels = file.readUInt16LE(at + 10)
      sampleRate = file.readUInt32LE(at + 12)
    }
    if (id === 'data') {
      const data = file.subarray(at + 8, at + 8 + size)
      assert.equal(data.length, size, 'the file is shorter than its header says')
      return {
        channels,
        sampleRate,
        durationMs: (size / (2 * channels * sampleRate)) * 1000,
        samples: split(data, channels),
      }
    }
    at += 8 + size + (size % 2)
  }
  assert.fail('no audio in the file')
}

function split(data: Buffer, channels: number): Int16Array[] {
  const frames = data.length / 2 / channels
  return Array.from({ length: channels }, (_, channel) =>
    Int16Array.from({ length: frames }, (_, frame) => data.readInt16LE((frame * channels + channel) * 2)),
  )
}

/** Share of the loudness of `samples` that is a tone of `hz`, 0 to 1 (the Goertzel algorithm over 100 ms windows). */
export function shareOfTone(samples: Int16Array, { hz, sampleRate }: { hz: number; sampleRate: number }): number {
  const window = sampleRate / 10
  let tone = 0
  let all = 0
  for (let start = 0; start + window <= samples.length; start += window) {
    const factor = 2 * Math.cos((2 * Math.PI * hz) / sampleRate)
    let last = 0
    let before = 0
    for (let i = 0; i < window; i++) {
      const sample = samples[start + i] ?? 0
      all += sample * sample
      ;[before, last] = [last, sample + factor * last - before]
    }
    tone += ((last * last + before * before - factor * last * before) * 2) / window
  }
  return all === 0 ? 0 : tone / all
}

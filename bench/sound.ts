// How long it takes to listen to an hour of a call (peaks and who talked when), beside merely reading its samples; in one
// thread, as the server's listening thread does it. `npm run bench -- sound`
import { makeConversation } from '../src/demo/conversation.ts'
import { pcm16Reader } from '../src/recordings/sound/samples.ts'
import { listenToSound } from '../src/recordings/sound/sound.ts'
import { printTable } from './table.ts'

const HOUR_MS = 3_600_000
const PIECE_BYTES = 512 * 1024
const RUNS = 5

function pieces(audio: Uint8Array, use: (bytes: Uint8Array) => void): void {
  for (let at = 0; at < audio.length; at += PIECE_BYTES) use(audio.subarray(at, at + PIECE_BYTES))
}

/** The best of some runs, ms: what the machine can do when nobody else wants it. */
function best(work: () => void): number {
  return Math.min(
    ...Array.from({ length: RUNS }, () => {
      const began = performance.now()
      work()
      return performance.now() - began
    }),
  )
}

export async function benchSound(): Promise<void> {
  const samples = makeConversation(HOUR_MS, 5)
  const audio = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  const format = { format: 1, bitsPerSample: 16, channels: 2, sampleRate: 8_000, dataBytes: audio.length }
  const read = pcm16Reader(format)
  const readingMs = best(() => pieces(audio, (bytes) => void read(bytes)))
  let fileBytes = 0
  const listeningMs = best(() => {
    const listener = listenToSound(format)
    pieces(audio, (bytes) => listener.add(bytes))
    fileBytes = listener.finish().file.length
  })
  printTable(
    `Listening to an hour of a call (8 kHz stereo, 16 bit, ${(audio.length / 1e6).toFixed(0)} MB)`,
    ['', 'value'],
    [
      ['reading its samples', `${readingMs.toFixed(0)} ms`],
      ['peaks and who talked when', `${listeningMs.toFixed(0)} ms`],
      ['faster than it was said', `${(HOUR_MS / listeningMs).toFixed(0)} ×`],
      ['kept beside it', `${(fileBytes / 1e3).toFixed(0)} kB (1/${(audio.length / fileBytes).toFixed(0)})`],
    ],
  )
}

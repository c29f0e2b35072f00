// The main thread's end of the listening thread (sound-thread.ts): hands it a recording piece by piece, at most a few ahead,
// and takes what it heard. The thread is started when the first recording comes.
import { Worker } from 'node:worker_threads'
import { readSound, type SoundFormat } from './sound.ts'
import type { SoundAnswer, SoundRequest } from './sound-thread.ts'
import type { Talk } from './talk.ts'

/** Small ones (a disk's) are sent together: every message costs. */
const PIECE_BYTES = 512 * 1024

export class SoundThread {
  #worker: Worker | null = null
  #answer: PromiseWithResolvers<SoundAnswer> | null = null

  /**
   * What is heard of one recording; one at a time. null: its bytes are no samples.
   * @throws what `pieces` throws; Error when the thread breaks (it is started anew for the next)
   */
  async listen(
    format: SoundFormat,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<{ file: Uint8Array; talk: Talk | null } | null> {
    const { format: tag, bitsPerSample, channels, sampleRate, dataBytes } = format
    let last = await this.#ask({
      type: 'begin',
      format: { format: tag, bitsPerSample, channels, sampleRate, dataBytes },
    })
    for await (const bytes of inPieces(pieces)) {
      if (last.type === 'failed') return null
      last = await this.#ask({ type: 'piece', bytes }, [bytes.buffer as ArrayBuffer])
    }
    if (last.type !== 'failed') last = await this.#ask({ type: 'end' })
    if (last.type !== 'sound') return null
    return { file: last.file, talk: readSound(last.file)?.talk ?? null }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #ask(request: SoundRequest, moved: ArrayBuffer[] = []): Promise<SoundAnswer> {
    const answer = Promise.withResolvers<SoundAnswer>()
    this.#answer = answer
    this.#running().postMessage(request, moved)
    return answer.promise
  }

  #running(): Worker {
    if (this.#worker) return this.#worker
    const worker = new Worker(new URL('./sound-thread.ts', import.meta.url))
    worker.on('message', (answer: SoundAnswer) => this.#answer?.resolve(answer))
    const broken = (cause: Error) => {
      this.#worker = null
      this.#answer?.reject(cause)
    }
    worker.on('error', (cause) => broken(cause as Error))
    worker.on('exit', () => broken(new Error('the listening thread has ended')))
    this.#worker = worker
    return worker
  }
}

/** Copied together into pieces that can be handed over: the reader may use its buffer again. */
async function* inPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = new Uint8Array(PIECE_BYTES)
  let filled = 0
  for await (const some of bytes)
    for (let at = 0; at < some.length; ) {
      const length = Math.min(PIECE_BYTES - filled, some.length - at)
      piece.set(some.subarray(at, at + length), filled)
      at += length
      filled += length
      if (filled < PIECE_BYTES) continue
      yield piece
      piece = new Uint8Array(PIECE_BYTES)
      filled = 0
    }
  if (filled > 0) yield piece.subarray(0, filled)
}

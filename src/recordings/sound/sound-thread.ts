// The thread that listens to recordings: gets a recording's bytes in pieces and answers with its peaks and, where each
// party has a channel, who talked when. Started by sound-reader.ts; one recording at a time.
import { parentPort } from 'node:worker_threads'
import { listenToSound, type SoundFormat, type SoundListener } from './sound.ts'

export type SoundRequest =
  | { type: 'begin'; format: SoundFormat }
  | { type: 'piece'; bytes: Uint8Array }
  | { type: 'end' }

/** `ready`: the piece has been used, another may come. `sound`: what was heard. */
export type SoundAnswer =
  | { type: 'ready' }
  | { type: 'sound'; file: Uint8Array; talk: string | null }
  | { type: 'failed'; why: string }

const port = parentPort
if (!port) throw new Error('sound-thread.ts runs as a worker thread')
let listener: SoundListener | null = null

port.on('message', (request: SoundRequest) => {
  try {
    port.postMessage(answerTo(request))
  } catch (cause) {
    port.postMessage({ type: 'failed', why: String(cause) } satisfies SoundAnswer)
  }
})

function answerTo(request: SoundRequest): SoundAnswer {
  switch (request.type) {
    case 'begin':
      listener = listenToSound(request.format)
      return { type: 'ready' }
    case 'piece':
      listener?.add(request.bytes)
      return { type: 'ready' }
    case 'end': {
      if (!listener) throw new Error('ended before it began')
      const { file, talk } = listener.finish()
      listener = null
      return { type: 'sound', file, talk: talk && JSON.stringify(talk) }
    }
  }
}

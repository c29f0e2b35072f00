// The thread that makes sample calls up: planning them and speaking their voices is work of some seconds, which must not
// stand where HTTP does. Answers `part` with the next part and `sound` with a talk as a WAV. Started by sample-calls.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { audioBytesOf, makeConversation, wavHeader } from '../demo/conversation.ts'
import { planSample, type SamplePart } from './sample-plan.ts'

export type SampleRequest = { type: 'part' } | { type: 'sound'; durationMs: number; seed: number }
/** `part` null: that was all. */
export type SampleAnswer = { part: SamplePart | null } | { wav: Uint8Array } | { failed: string }

const port = parentPort
if (!port) throw new Error('sample-thread.ts runs as a worker thread')
const parts = planSample(workerData as Parameters<typeof planSample>[0])

port.on('message', (request: SampleRequest) => {
  try {
    port.postMessage(answerTo(request))
  } catch (cause) {
    port.postMessage({ failed: String(cause) } satisfies SampleAnswer)
  }
})

function answerTo(request: SampleRequest): SampleAnswer {
  if (request.type === 'part') {
    const next = parts.next()
    return { part: next.done ? null : next.value }
  }
  const audio = audioBytesOf(makeConversation(request.durationMs, request.seed))
  return { wav: Buffer.concat([wavHeader(audio.byteLength), audio]) }
}

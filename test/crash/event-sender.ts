// Sends events over several connections to a server that may die at any moment, and remembers what was acknowledged. A
// batch without an answer is sent again later, as every source does; now and then an acknowledged one is told once more.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { type Random, randomFrom } from '../../src/demo/random.ts'
import type { ServerProcess } from '../support/server-process.ts'

interface Answer {
  accepted: number
  duplicates: number
  rejected: unknown[]
}

export interface EventSender {
  readonly acknowledged: ReadonlySet<CallEvent>
  readonly figures: { batches: number; unanswered: number; takenBefore: number; repeated: number }
  /** Stops in the middle of nothing: resolves when every connection has come to rest, with or without an answer. */
  pause(): Promise<void>
  resume(): void
  /** Sends what never got an answer; resolves when every event ever sent is acknowledged. */
  finish(): Promise<void>
}

const BATCH_EVENTS = 40
const REPEATED = 0.08
/** Whatever a live server answers, it answers within this. */
const ANSWER_WITHIN_MS = 20_000

/** `next`: the next event of the traffic; events of one call may come over any connection. */
export function sendEvents(
  server: ServerProcess,
  { connections, next, seed }: { connections: number; next: () => CallEvent; seed: number },
): EventSender {
  const random = randomFrom(seed)
  const acknowledged = new Set<CallEvent>()
  const recent: CallEvent[][] = []
  const unanswered: CallEvent[][] = []
  const figures = { batches: 0, unanswered: 0, takenBefore: 0, repeated: 0 }
  let paused = true
  let lanes: Promise<void>[] = []

  async function lane(): Promise<void> {
    while (!paused) {
      const again = unanswered.shift()
      if (again) await send(again, 'unanswered')
      else if (recent.length > 0 && random.chance(REPEATED)) await send(random.pick(recent), 'acknowledged')
      else await send(newBatch(random, next), 'new')
    }
  }

  async function send(batch: CallEvent[], kind: 'new' | 'unanswered' | 'acknowledged'): Promise<void> {
    const answer = await post(server, batch)
    if (answer === null) {
      if (kind !== 'acknowledged') unanswered.push(batch)
      figures.unanswered++
      paused = true
      return
    }
    assert.deepEqual(answer.rejected, [])
    assert.equal(answer.accepted + answer.duplicates, batch.length)
    if (kind === 'new') assert.equal(answer.duplicates, 0, 'a new event was taken for one that was there')
    if (kind === 'acknowledged') assert.equal(answer.accepted, 0, 'an acknowledged event was not known any more')
    if (kind === 'acknowledged') figures.repeated += batch.length
    if (kind === 'unanswered') figures.takenBefore += answer.duplicates
    figures.batches++
    for (const event of batch) acknowledged.add(event)
    recent.push(batch)
    if (recent.length > 50) recent.shift()
  }

  return {
    acknowledged,
    figures,
    pause: async () => {
      paused = true
      await Promise.all(lanes)
    },
    resume: () => {
      paused = false
      lanes = Array.from({ length: connections }, lane)
    },
    finish: async () => {
      for (const batch of unanswered.splice(0)) await send(batch, 'unanswered')
      assert.equal(unanswered.length, 0, 'a running server did not answer')
    },
  }
}

function newBatch(random: Random, next: () => CallEvent): CallEvent[] {
  const batch = Array.from({ length: random.whole(1, BATCH_EVENTS) }, next)
  // Order is not promised to anybody.
  return random.chance(0.3) ? batch.reverse() : batch
}

/** null: no answer came, the server is gone. */
async function post(server: ServerProcess, batch: CallEvent[]): Promise<Answer | null> {
  try {
    const answer = await server.api('/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    const text = await answer.text()
    assert.equal(answer.status, 200, text)
    return JSON.parse(text) as Answer
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error
    await delay(1)
    return null
  }
}

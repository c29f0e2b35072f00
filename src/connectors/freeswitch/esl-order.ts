// Puts events into the order in which FreeSWITCH made them, and lets repeated ones vanish: Core-UUID names the run of the
// server, Event-Sequence counts its events. Several threads hand them out, so that neighbours change places on the way.
// Pure: time is an argument. Called by esl-reader.ts. Bounded by time, and by WINDOW_MAX events.
import { type EslEvent, instant, text } from './esl-event.ts'

export interface TimedEvent {
  event: EslEvent
  /** When FreeSWITCH made it, epoch ms with fraction (its clock ticks about every 20 ms). */
  at: number
}

export interface EslOrder {
  /** Takes an event that came at `receivedAt` (epoch ms here). */
  push(event: EslEvent, receivedAt: number): void
  /** What need not wait any longer; `receivedAt`: the time here, null when only the events' own times count (offline). */
  release(receivedAt: number | null): TimedEvent[]
  /** Everything, because nothing more will come. */
  flush(): TimedEvent[]
  readonly waiting: number
  /** FreeSWITCH's time at a time here. */
  pbxTime(receivedAt: number): number
  /** How far FreeSWITCH's clock is ahead of ours, ms; null: nothing has been heard yet. */
  readonly clockSkewMs: number | null
}

/** An event waits this long for one made before it. */
export const REORDER_WINDOW_MS = 60
/** Offline nobody waits: a capture may have been put together from several threads. */
const OFFLINE_WINDOW_MS = 250
const WINDOW_MAX = 20_000
/** Events whose repetition is noticed. */
const REMEMBERED = 50_000

interface Waiting extends TimedEvent {
  core: number
  sequence: number
  receivedAt: number
}

export function createEslOrder(): EslOrder {
  const waiting: Waiting[] = []
  /** The runs of the server, in the order in which they were met. */
  const cores = new Map<string, number>()
  let young = new Set<string>()
  let old = new Set<string>()
  let newestAt = Number.NEGATIVE_INFINITY
  /** FreeSWITCH's clock minus ours, as the quickest event showed it. */
  let clockOffset: number | null = null
  let arrivals = 0

  function isRepeated(key: string): boolean {
    if (young.has(key) || old.has(key)) return true
    young.add(key)
    if (young.size >= REMEMBERED) {
      old = young
      young = new Set()
    }
    return false
  }

  function coreNumber(uuid: string): number {
    let number = cores.get(uuid)
    if (number === undefined) {
      number = arrivals++
      if (cores.size > 100) cores.clear()
      cores.set(uuid, number)
    }
    return number
  }

  function pbxTime(receivedAt: number): number {
    return receivedAt + (clockOffset ?? 0)
  }

  function push(event: EslEvent, receivedAt: number): void {
    const core = text(event, 'Core-UUID')
    const sequence = Number(text(event, 'Event-Sequence'))
    const made = instant(event, 'Event-Date-Timestamp')
    const isCounted = core !== '' && Number.isSafeInteger(sequence) && sequence > 0
    if (isCounted && isRepeated(`${core}:${sequence}`)) return
    if (made !== null) {
      const offset = made - receivedAt
      // Clocks drift: the quickest event of late counts, not of all time.
      clockOffset = clockOffset === null || offset > clockOffset ? offset : clockOffset * 0.999 + offset * 0.001
      newestAt = Math.max(newestAt, made)
    }
    const last = waiting.at(-1)
    const place = isCounted
      ? { core: coreNumber(core), sequence }
      : { core: last?.core ?? 0, sequence: last?.sequence ?? 0 }
    waiting.push({ event, at: made ?? pbxTime(receivedAt), receivedAt, ...place })
  }

  function take(mayGo: (entry: Waiting) => boolean): TimedEvent[] {
    if (waiting.length === 0) return []
    waiting.sort((a, b) => a.core - b.core || a.sequence - b.sequence)
    // What was made first goes first: nothing overtakes an event that has to wait.
    let count = 0
    while (count < waiting.length) {
      const entry = waiting[count]
      if (!entry || !(mayGo(entry) || waiting.length - count > WINDOW_MAX)) break
      count++
    }
    return waiting.splice(0, count).map(({ event, at }) => ({ event, at }))
  }

  return {
    push,
    pbxTime,
    get clockSkewMs() {
      return clockOffset
    },
    get waiting() {
      return waiting.length
    },
    release(receivedAt) {
      const windowMs = receivedAt === null ? OFFLINE_WINDOW_MS : REORDER_WINDOW_MS
      return take(
        (entry) =>
          newestAt - entry.at >= windowMs ||
          (receivedAt !== null && receivedAt - entry.receivedAt >= REORDER_WINDOW_MS),
      )
    },
    flush: () => take(() => true),
  }
}

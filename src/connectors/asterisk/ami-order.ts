// Puts AMI messages into the order in which the PBX made them, and lets exact repetitions vanish. Asterisk's threads
// write events of different families in any order within a moment; `Timestamp` says when each was made. Pure: time is an
// argument. Called by ami-reader.ts. Bounded by time, and by WINDOW_MAX messages.
import { type AmiMessage, header } from './ami-parser.ts'

export interface TimedMessage {
  message: AmiMessage
  /** When the PBX made it, epoch ms with fraction; without `Timestamp`, when it came, on the PBX's clock as far as known. */
  at: number
  /** Not heard: told again from the PBX's own records. */
  isRetold: boolean
}

export interface AmiOrder {
  /** Takes a message that came at `receivedAt` (epoch ms here). */
  push(message: AmiMessage, receivedAt: number): void
  /** Takes messages that were never heard, with the times at which they were made. */
  insert(messages: readonly { message: AmiMessage; at: number }[], receivedAt: number): void
  /** The PBX said what time it has. */
  noteClock(stamped: number, receivedAt: number): void
  /** Forgets what waits. */
  clear(): void
  /** What need not wait any longer; `receivedAt`: the time here, null when only the messages' own times count (offline). */
  release(receivedAt: number | null): TimedMessage[]
  /** Everything, because nothing more will come. */
  flush(): TimedMessage[]
  readonly waiting: number
  /** The PBX's time at a time here. */
  pbxTime(receivedAt: number): number
  /** How far the PBX's clock is ahead of ours, as the quickest message showed it, ms; null: nothing said its time yet. */
  clockSkewMs(): number | null
}

/** A message waits this long for one made before it. Measured on Asterisk 22: 0.5 ms at most is needed. */
export const REORDER_WINDOW_MS = 60
/** Offline nobody waits: a capture may have been put together from several threads. */
const OFFLINE_WINDOW_MS = 250
const WINDOW_MAX = 20_000
/** Messages whose repetition is noticed. */
const REMEMBERED = 50_000

export function createAmiOrder(): AmiOrder {
  const waiting: (TimedMessage & { sortAt: number; receivedAt: number; sequence: number })[] = []
  const seen = new RecentHashes(REMEMBERED)
  let newestAt = Number.NEGATIVE_INFINITY
  let sequence = 0
  /** The PBX's clock minus ours, as the quickest message showed it. */
  let clockOffset: number | null = null

  function push(message: AmiMessage, receivedAt: number): void {
    const stamped = parseTimestamp(header(message, 'Timestamp'))
    if (stamped === null) {
      const at = pbxTime(receivedAt)
      // It comes first on a connection; what the connection was asked for must not come before it.
      const sortAt = header(message, 'Event') === 'FullyBooted' ? at - 2 * REORDER_WINDOW_MS : at
      waiting.push({ message, at, isRetold: false, sortAt, receivedAt, sequence: sequence++ })
      return
    }
    if (!seen.add(hashOf(message))) return
    noteOffset(stamped - receivedAt)
    newestAt = Math.max(newestAt, stamped)
    waiting.push({ message, at: stamped, isRetold: false, sortAt: stamped, receivedAt, sequence: sequence++ })
  }

  function insert(messages: readonly { message: AmiMessage; at: number }[], receivedAt: number): void {
    for (const { message, at } of messages) {
      waiting.push({ message, at, isRetold: true, sortAt: at, receivedAt, sequence: sequence++ })
    }
  }

  /** Clocks drift: the quickest message of late counts, not of all time. */
  function noteOffset(offset: number): void {
    clockOffset = clockOffset === null || offset > clockOffset ? offset : clockOffset * 0.999 + offset * 0.001
  }

  function noteClock(stamped: number, receivedAt: number): void {
    const before = clockOffset ?? 0
    noteOffset(stamped - receivedAt)
    const changed = (clockOffset ?? 0) - before
    // What came without a time was given one by a clock that is known better now.
    for (const entry of waiting) {
      if (entry.isRetold || entry.message.has('Timestamp')) continue
      entry.at += changed
      entry.sortAt += changed
    }
  }

  function pbxTime(receivedAt: number): number {
    return receivedAt + (clockOffset ?? 0)
  }

  function take(mayGo: (entry: { sortAt: number; receivedAt: number }) => boolean): TimedMessage[] {
    if (waiting.length === 0) return []
    waiting.sort((a, b) => a.sortAt - b.sortAt || a.sequence - b.sequence)
    // What was made first goes first: nothing overtakes a message that has to wait.
    let count = 0
    while (count < waiting.length) {
      const entry = waiting[count]
      if (!entry || !(mayGo(entry) || waiting.length - count > WINDOW_MAX)) break
      count++
    }
    return waiting.splice(0, count).map(({ message, at, isRetold }) => ({ message, at, isRetold }))
  }

  return {
    push,
    insert,
    noteClock,
    clear: () => {
      waiting.length = 0
    },
    pbxTime,
    clockSkewMs: () => clockOffset,
    get waiting() {
      return waiting.length
    },
    release(receivedAt) {
      const windowMs = receivedAt === null ? OFFLINE_WINDOW_MS : REORDER_WINDOW_MS
      return take(
        (entry) =>
          // A PBX without timestamps: the order of arrival is all there is.
          newestAt === Number.NEGATIVE_INFINITY ||
          newestAt - entry.sortAt >= windowMs ||
          (receivedAt !== null && receivedAt - entry.receivedAt >= REORDER_WINDOW_MS),
      )
    },
    flush: () => take(() => true),
  }
}

/** `1795399913.599987` → epoch ms with fraction; null: not one. */
export function parseTimestamp(text: string): number | null {
  const parts = /^(\d{9,11})\.(\d{1,9})$/.exec(text)
  if (!parts) return null
  return Number(parts[1]) * 1000 + Number((parts[2] ?? '').padEnd(6, '0').slice(0, 6)) / 1000
}

/** 53 bits of a message (cyrb53): enough that among the remembered ones no two different messages meet. */
function hashOf(message: AmiMessage): number {
  let low = 0xdeadbeef
  let high = 0x41c6ce57
  const mix = (text: string) => {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      low = Math.imul(low ^ code, 2654435761)
      high = Math.imul(high ^ code, 1597334677)
    }
    low = Math.imul(low ^ 0x1f, 2654435761)
    high = Math.imul(high ^ 0x1f, 1597334677)
  }
  for (const [name, values] of message) {
    mix(name)
    for (const value of values) mix(value)
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  return 4294967296 * (2097151 & high) + (low >>> 0)
}

/** A set of the last so many numbers. */
class RecentHashes {
  readonly #limit: number
  #young = new Set<number>()
  #old = new Set<number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** false: it was there already. */
  add(hash: number): boolean {
    if (this.#young.has(hash) || this.#old.has(hash)) return false
    this.#young.add(hash)
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young
      this.#young = new Set()
    }
    return true
  }
}

// Draws a recorded call out in time. The bursts of messages that Asterisk makes at one moment keep their microseconds;
// only the waits between them (menu, queue, ringing, talk, hold) get new lengths. Pure: chance comes as an argument.
import type { CallPart } from './call-phases.ts'
import type { Random } from './random.ts'

/** A gap shorter than this belongs to one happening and stays as it was. */
const WAIT_FROM_US = 250_000
/** A phone that rang this long in the recording was not going to be answered. */
const LONG_RING_US = 4_500_000

export interface Pace {
  /** Typical length of all the talk in a call. */
  talkMs: number
  /** Keep the recorded seconds of everything but the talk: for load, where long waits only cost memory. */
  shortWaits: boolean
}

export interface TimeMap {
  /** When each message happens, in microseconds since the call began; never goes backwards. */
  messageUs: Float64Array
  /** The same for any moment of the recording. */
  at(recordedUs: number): number
}

/**
 * @param offsetsUs the recorded moments of the messages, in order of receipt
 * @param parts what goes on after each message
 * @param endsWaiting the call ends in its queue: people wait long before they give up
 */
export function drawTimes(
  offsetsUs: Float64Array,
  parts: readonly CallPart[],
  endsWaiting: boolean,
  pace: Pace,
  random: Random,
): TimeMap {
  const lengths = new Map<CallPart, number>()
  const gaps = offsetsUs.map((offset, i) => Math.max(0, (offsetsUs[i + 1] ?? offset) - offset))
  gaps.forEach((gap, i) => {
    const part = parts[i]
    if (part && gap >= WAIT_FROM_US) lengths.set(part, (lengths.get(part) ?? 0) + gap)
  })
  const factors = new Map<CallPart, number>()
  for (const [part, length] of lengths) {
    factors.set(part, drawLengthUs(part, length, endsWaiting, pace, random) / length)
  }

  const messageUs = new Float64Array(offsetsUs.length)
  for (let i = 1; i < messageUs.length; i++) {
    const gap = gaps[i - 1] ?? 0
    const part = parts[i - 1]
    const factor = gap >= WAIT_FROM_US && part ? (factors.get(part) ?? 1) : 1
    messageUs[i] = (messageUs[i - 1] ?? 0) + Math.round(gap * factor)
  }
  return { messageUs, at: (recordedUs) => interpolate(offsetsUs, messageUs, recordedUs) }
}

function drawLengthUs(part: CallPart, recordedUs: number, endsWaiting: boolean, pace: Pace, random: Random): number {
  if (part === 'talk') {
    const talkMs = pace.shortWaits ? pace.talkMs * random.between(0.8, 1.2) : random.logNormal(pace.talkMs, 0.7)
    return Math.min(360_000, Math.max(Math.min(10_000, pace.talkMs / 2), talkMs)) * 1000
  }
  if (pace.shortWaits) return recordedUs
  switch (part) {
    case 'hold':
      return random.between(6, 32) * 1e6
    case 'ring':
      return recordedUs >= LONG_RING_US ? random.between(15, 26) * 1e6 : random.between(2.5, 9) * 1e6
    case 'queue':
      return endsWaiting ? random.between(15, 60) * 1e6 : random.between(3, 25) * 1e6
    case 'ivr':
      return random.between(4, 13) * 1e6
    case 'dialling':
      return recordedUs
  }
}

function interpolate(from: Float64Array, to: Float64Array, moment: number): number {
  let low = 0
  let high = from.length - 1
  if (moment <= (from[0] ?? 0)) return to[0] ?? 0
  if (moment >= (from[high] ?? 0)) return (to[high] ?? 0) + (moment - (from[high] ?? 0))
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((from[middle] ?? 0) <= moment) low = middle
    else high = middle
  }
  const span = (from[high] ?? 0) - (from[low] ?? 0)
  const share = span > 0 ? (moment - (from[low] ?? 0)) / span : 0
  return (to[low] ?? 0) + share * ((to[high] ?? 0) - (to[low] ?? 0))
}

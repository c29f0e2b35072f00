// How far this browser's clock is from the server's, as the live feed tells: every bundle says when it left. The bundle
// that was quickest under way counts, less half a round trip, as time servers do it. Pure but for what it is told.

/** Bundles looked back on; so that a clock that is set right meanwhile is believed after a while. */
const REMEMBERED = 64

export interface FeedClock {
  /** How long the server took to begin its answer, ms: there and back. */
  noteRoundTrip(ms: number): void
  /** A bundle left at `sentAt` by the server's clock and came at `receivedAt` by this browser's. */
  noteSent(sentAt: number, receivedAt: number): void
  /** Add it to this browser's clock to get the server's, ms. */
  readonly offsetMs: number
}

export function feedClock(): FeedClock {
  const differences: number[] = []
  let roundTripMs = Number.POSITIVE_INFINITY
  return {
    noteRoundTrip(ms) {
      roundTripMs = Math.min(roundTripMs, ms)
    },
    noteSent(sentAt, receivedAt) {
      differences.push(sentAt - receivedAt)
      if (differences.length > REMEMBERED) differences.shift()
    },
    get offsetMs() {
      if (differences.length === 0) return 0
      return Math.max(...differences) + (Number.isFinite(roundTripMs) ? roundTripMs / 2 : 0)
    },
  }
}

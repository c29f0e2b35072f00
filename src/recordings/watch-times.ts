// How long a watched folder waits for what. Used by recording-watch.ts.

export interface WatchTimes {
  /** A file whose header is finished is taken when nothing changed for this long. */
  stillMs: number
  /** A file whose header is not, when nothing changed for this long and its call has ended (the PBX crashed). */
  crashedStillMs: number
  /** How often a file is looked at that is about to be closed. */
  lookMs: number
  /** How often a file is looked at that grows while its call goes on; the call's end is told. */
  growingLookMs: number
  /** How often the folder is listed, at the most; a large folder less often. */
  listMs: number
  /** After the first try, at the most this long between tries for a file without a call. */
  longestWaitMs: number
  /** A file without a call is shown as kept aside after this long. */
  asideAfterMs: number
  /** A file with one direction of a call is taken alone when the other has not come for this long. */
  otherHalfMs: number
}

export const WATCH_TIMES: WatchTimes = {
  stillMs: 1_500,
  crashedStillMs: 10_000,
  lookMs: 100,
  growingLookMs: 2_000,
  listMs: 2_000,
  longestWaitMs: 10 * 60_000,
  asideAfterMs: 60_000,
  otherHalfMs: 15_000,
}

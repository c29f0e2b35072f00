// What a run of the fuzzing counts.
export interface FuzzFigures {
  rounds: number
  /** Of events: events sent. */
  frames: number
  bytes: number
  readable: number
  unreadable: number
  events: number
  /** Events that were told and could not be taken. */
  refused: number
  calls: number
  peakBytes: number
  lateGrowthBytes: number
}

export function newFigures(): FuzzFigures {
  return {
    rounds: 0,
    frames: 0,
    bytes: 0,
    readable: 0,
    unreadable: 0,
    events: 0,
    refused: 0,
    calls: 0,
    peakBytes: 0,
    lateGrowthBytes: 0,
  }
}

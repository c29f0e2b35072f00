// What the store counts for the board: calls by type, reason and skill group, and the live ones by phase.
import type { CallType, HangupReason, Phase } from '../calls/vocabulary.ts'

/** Calls of one type and reason (null: live), of those who waited at most the asked time, and their waits together. */
export interface TallyRow {
  type: CallType
  hangupReason: HangupReason | null
  calls: number
  inTime: number
  waitMs: number
}

export interface Tally {
  rows: TallyRow[]
  /** How long the customers of answered inbound calls waited, by whole seconds. */
  waits: { seconds: number; calls: number }[]
  /** By every skill group that a call passed: a call that passed two counts in both. */
  groups: (TallyRow & { skillGroup: string })[]
}

/** Which live calls have a customer waiting. */
export interface WaitingCriteria {
  types: readonly CallType[]
  phases: readonly Phase[]
}

/** Customers who wait, and whose wait began first: epoch ms, and the call's id. null: nobody waits. */
export interface Waiting {
  calls: number
  since: number | null
  callId: string | null
}

export interface LiveTally {
  phases: { phase: Phase; calls: number }[]
  waiting: Waiting
  groups: (Waiting & { skillGroup: string })[]
}

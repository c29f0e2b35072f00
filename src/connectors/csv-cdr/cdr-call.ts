// What CDR rows tell about one call, the same for every PBX: who began it, and its parts, each one party with another for
// a while. asterisk-calls.ts and freeswitch-calls.ts make these, cdr-to-call-event.ts turns them into call events.
import type { CallType, NotConnectedCause } from '../../calls/vocabulary.ts'

/** Somebody's phone inside, or a line to the outside. */
export type Party = { kind: 'agent'; id: string } | { kind: 'line'; number: string | null }

export interface CallPart {
  /** The row's name, of which the events' ids are made. */
  key: string
  from: Party
  to: Party
  startAt: number
  answeredAt: number | null
  endAt: number
  outcome: 'answered' | NotConnectedCause
}

export interface QueueStay {
  key: string
  queue: string
  at: number
  /** When the PBX went on without an agent; null: it did not. */
  gaveUpAt: number | null
}

/** What had to be concluded because such files do not say it; counted in the report of an import. */
export const GUESSES = [
  'call-type',
  'answer-time',
  'left-while-ringing',
  'queue-gave-up',
  'ended-before-agent',
  'cancelled',
  'transfer',
  'agent-unknown',
  'end-unknown',
] as const
export type Guess = (typeof GUESSES)[number]

export interface CdrCall {
  callId: string
  type: CallType
  startAt: number
  endAt: number
  customer: string | null
  dialledNumber: string | null
  /** Who dials (outbound kinds, internal). */
  agentId: string | null
  /** The calling number of a call between two phones outside. */
  caller: string | null
  parts: CallPart[]
  queues: QueueStay[]
  /** Who ended a call that reached nobody; null: the rows do not say. `cannot-tell`: not even whether it did reach somebody. */
  endedBy: 'customer' | 'agent' | 'system' | 'cannot-tell' | null
  /** Names by agent id. */
  names: ReadonlyMap<string, string>
  guesses: ReadonlySet<Guess>
}

// Who is unreached: a customer whose call was missed and whom no agent has talked with since. Joined by number over calls
// and skill groups; whichever call reaches her clears it. The one place where this is decided; the store keeps the result.
import type { CallType, HangupReason, Phase } from '../calls/vocabulary.ts'

/** A call that ended so was missed. Leaving in the IVR counts only where it is asked for. */
export const MISSED_REASONS = [
  'abandoned-in-queue',
  'abandoned-while-ringing',
  'queue-timeout',
  'abandoned-in-ivr',
] as const satisfies readonly HangupReason[]
export type MissedReason = (typeof MISSED_REASONS)[number]

export const USUAL_MISSED_REASONS: readonly MissedReason[] = [
  'abandoned-in-queue',
  'abandoned-while-ringing',
  'queue-timeout',
]

/** A call with a customer, as far as it matters here. */
export interface Contact {
  startedAt: number
  id: string
  type: CallType
  /** null: live. */
  hangupReason: HangupReason | null
}

/** Calls of one number that are looked at, newest first: more open ones than these are not counted. */
export const CONTACTS_LOOKED_AT = 100

/** Withheld and made-up numbers cannot be called back, and are not one person. */
export function isCallable(number: string | null): number is string {
  return number !== null && /^\+?\d{3,20}$/.test(number)
}

export function isMissed(contact: Pick<Contact, 'hangupReason'>): boolean {
  return MISSED_REASONS.some((reason) => reason === contact.hangupReason)
}

/** An agent (or, in a call that reaches out, the customer) was talked with: the customer has been reached. */
export function isReached({ type, hangupReason }: Contact): boolean {
  return type !== 'internal' && hangupReason === 'normal'
}

/**
 * Of the calls of one number, newest first: those by which she is unreached (missed since she was last reached), and the
 * attempts to call her back that were not connected. Empty: she is reached, or never was missed.
 */
export function openContacts<C extends Contact>(newestFirst: readonly C[]): C[] {
  const reached = newestFirst.findIndex(isReached)
  const since = reached === -1 ? newestFirst : newestFirst.slice(0, reached)
  const firstMissed = since.findLastIndex(isMissed)
  return since
    .slice(0, firstMissed + 1)
    .filter((contact) => isMissed(contact) || contact.hangupReason === 'not-connected')
}

export type UnreachedOrder = 'waiting' | 'latest'

export interface UnreachedSearch {
  instance: string
  /** Calls missed at or after this, epoch ms. */
  from: number
  reasons: readonly MissedReason[]
  /** Ids; only customers with a missed call that passed one of them. null: all. */
  skillGroups: readonly string[] | null
  /** `waiting`: first missed first. `latest`: missed last first. */
  order: UnreachedOrder
}

/** Where a page begins: after this line. `at`: its first missed call's start (order `latest`: its last's). */
export interface UnreachedCursor {
  at: number
  number: string
}

export interface UnreachedLine {
  number: string
  /** Missed calls since she was last reached: how many, when the first and the last began, the longest wait among them. */
  missed: number
  firstAt: number
  lastAt: number
  longestWaitMs: number
  lastReason: MissedReason
  lastCallId: string
  /** That the missed calls passed. */
  skillGroups: { id: string; name: string | null }[]
  /** Attempts to call her since the first, none of them connected; and when the last was. */
  callbacks: number
  lastCallbackAt: number | null
  /** A live call with her: she is talked with, waits, or is being called at this moment. */
  live: { callId: string; phase: Phase } | null
}

/** The store's part (store/store.ts has it as `unreached`). */
export interface UnreachedStore {
  lines(search: UnreachedSearch, cursor: UnreachedCursor | null, limit: number): Promise<UnreachedLine[]>
  count(search: UnreachedSearch): Promise<number>
  /** Skill groups of calls since `from` in which the agent took part. */
  skillGroupsOfAgent(instance: string, agentId: string, from: number): Promise<string[]>
}

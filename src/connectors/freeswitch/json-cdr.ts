// From documents of mod_json_cdr to call events: one document tells of one leg after its end, in any order with the others
// and with the event socket. Pure. Facts get the ids that the event socket gives them (fact-ids.ts), so that what was
// heard already vanishes. Called by cdr-door.ts and `callbook derive`.
//
// What documents cannot tell: the time of each key and of nested menus; hold of the earlier of two talks in one stretch;
// that a phone stopped ringing because its queue was left by a key; which number shown by short digits lies outside, where
// neither lists nor the dialplan say it.
import type { CallEvent } from '../../calls/call-event.ts'
import { type CdrLeg, parentOf, readCdr } from './cdr-document.ts'
import { describeDialled, describeRoot } from './cdr-facts.ts'
import type { Endpoints } from './endpoints.ts'
import { factId } from './fact-ids.ts'

/** What is known besides the document. */
export interface CdrSurroundings {
  endpoints: Endpoints
  /** The call that a leg belongs to, if it is known better than by the document. */
  callOf(leg: string): string | null
  /** What has been told of the call. */
  known: readonly CallEvent[]
  /** The event socket has the call in sight: it will tell the end, and knows better when that is. */
  isInSight: boolean
  /** Whether the event socket heard this leg: from its beginning to its end, from its beginning until now, or not all of it. */
  wasHeard: 'whole' | 'so far' | 'no'
}

export interface CdrCall {
  callId: string
  leg: CdrLeg
}

/** Reads a document and says which call it belongs to; a string says why it cannot be read. */
export function identifyCdr(document: unknown, callOf: CdrSurroundings['callOf']): CdrCall | string {
  const leg = readCdr(document)
  if (typeof leg === 'string') return leg
  const parent = parentOf(leg)
  return { leg, callId: (callOf(leg.uuid) ?? (parent === null ? leg.uuid : (callOf(parent) ?? parent))).slice(0, 200) }
}

/** The call events of one document; none where the event socket has told all of it. */
export function eventsOfCdr({ callId, leg }: CdrCall, around: CdrSurroundings): CallEvent[] {
  if (around.wasHeard === 'whole') return []
  const isRoot = parentOf(leg) === null
  const facts = isRoot ? describeRoot(leg, callId, around) : describeDialled(leg, callId, around)
  const known = new Set(around.known.map(({ id }) => id))
  if (around.wasHeard === 'no' && facts.some(({ id }) => !known.has(id))) {
    const durationMs = Math.max(0, Math.round(leg.endedAt - leg.createdAt))
    const fact = { type: 'call-reconstructed' as const, sources: ['cdr' as const], durationMs }
    facts.push({ id: factId(leg.uuid, 'call-reconstructed'), at: leg.createdAt, fact })
  }
  return facts.map(({ id, at, fact }) => ({ id, callId, at, ...fact }) as CallEvent)
}

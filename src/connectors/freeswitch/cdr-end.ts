// What the end of a leg says of the call's end, and who wished it. Pure; called by cdr-facts.ts.
import type { ReleasingParty } from '../../calls/vocabulary.ts'
import type { CdrLeg } from './cdr-document.ts'
import type { Add } from './cdr-flow.ts'
import type { DialledLeg } from './cdr-parties.ts'
import { factId } from './fact-ids.ts'
import { hungUpHere, leftByTransfer } from './hangup-causes.ts'
import type { CdrSurroundings } from './json-cdr.ts'

/** Applications that go on beside a talk, or end it. */
const NO_NEWS = /^(set|export|multiset|log|hangup|record_session|sleep)$/

/**
 * What a leg's end says of the call's: of several such ends the last is the call's. Told of the first leg and of the
 * customer's; of the others (`party` null) only when.
 */
export function tellEnd(
  leg: CdrLeg,
  call: { party: 'agent' | 'customer' | null; dialled: DialledLeg[]; around: CdrSurroundings },
  add: Add,
): void {
  const { party, dialled, around } = call
  const { end, endedAt } = leg
  const asked = hungUpHere(end) && !leftByTransfer(end)
  if (party && asked && leg.answeredAt !== null)
    add(factId(leg.uuid, 'hangup-requested'), endedAt, { type: 'hangup-requested', by: party })
  const lastTalk = Math.max(leg.bridgedAt ?? 0, ...dialled.map(({ bridgedAt }) => bridgedAt ?? 0))
  const wentOn = leg.applications.some(
    ({ name, data, at }) => at > lastTalk && !NO_NEWS.test(name) && !data.startsWith('local_stream'),
  )
  const other = party === 'agent' ? 'customer' : 'agent'
  const byOther = !asked && lastTalk > 0 && !wentOn && !leftByTransfer(end)
  const partner = leg.variable('last_bridge_to')
  if (party && byOther && partner)
    add(factId(partner, 'hangup-requested'), endedAt, { type: 'hangup-requested', by: other })
  const isEnded = around.known.some((event) => event.type === 'call-ended' && !event.estimated && !event.partial)
  if (around.isInSight || isEnded) return
  const refused = dialled.some(({ cause }) => cause === 'USER_BUSY' || (cause === 'CALL_REJECTED' && party === 'agent'))
  const bySystem = refused && leg.bridgedAt === null ? 'customer' : 'system'
  const releasedBy: ReleasingParty | null =
    party === null || leftByTransfer(end) ? null : asked ? party : byOther ? other : bySystem
  // Of legs that end together, what is told of the first one and of the customer's counts.
  const at = party === null ? endedAt - 0.001 : endedAt
  const fact = { type: 'call-ended' as const, partial: true, ...(releasedBy ? { releasedBy } : {}) }
  add(factId(leg.uuid, 'call-ended', 'cdr'), at, fact)
}

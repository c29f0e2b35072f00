// Where the customer is moved to: transfers, and lines to the outside. Called by fs-legs.ts, fs-flow.ts and fs-hangup.ts.
import type { AgentRef } from '../../calls/call-event.ts'
import type { ExternalOutcome } from '../../calls/vocabulary.ts'
import { cleanNumber } from './endpoints.ts'
import { factId, micros } from './fact-ids.ts'
import { isCustomer, numberOf, tell } from './fs-calls.ts'
import { type FsCall, type FsWorld, type Leg, refOf } from './fs-world.ts'
import { externalOutcomeOf, hungUpHere } from './hangup-causes.ts'

/** What happens this soon after a blind transfer shows where it led. */
export const TRANSFER_DELAY_MS = 300
/** A transfer's destination, as what happens next shows it. */
export function resolveTransfer(
  world: FsWorld,
  call: FsCall,
  to: { toAgent?: AgentRef; toSkillGroup?: { id: string }; toNumber?: string },
): void {
  const { transfer } = call
  if (!transfer) return
  call.transfer = null
  const { id, at, kind, from, number } = transfer
  const guess =
    number === null
      ? {}
      : world.endpoints.isAgentNumber(number)
        ? { toAgent: refOf(world, number) }
        : { toNumber: number }
  const known = Object.keys(to).length > 0 ? to : guess
  tell(world, call, id, at, { type: 'transferred', kind, ...(from ? { from } : {}), ...known })
}

/** Returns whether a transfer still waits for what it led to. */
export function settleTransfer(world: FsWorld, call: FsCall, at: number): boolean {
  if (call.transfer && at - call.transfer.at >= TRANSFER_DELAY_MS) resolveTransfer(world, call, {})
  return call.transfer !== null
}

/** A leg to somebody outside is dialled. */
export function dialExternal(world: FsWorld, leg: Leg): void {
  resolveTransfer(world, leg.call, leg.number === null ? {} : { toNumber: leg.number })
  const id = factId(leg.uuid, 'external-dialled')
  tell(world, leg.call, id, leg.createdAt, { type: 'external-dialled', ...numberOf(leg) })
}

/** The application bridge begins. A line that cannot be had makes no leg: then only this says that it was tried. */
export function beginBridge(world: FsWorld, leg: Leg, dialString: string, at: number): void {
  endBridge(world, leg, at)
  if (!isCustomer(world, leg)) return
  leg.call.bridging = { leg, number: numberInDialString(dialString), at }
}

/** The leg goes on, or ends, and the line that it was to be bridged to never came. */
export function endBridge(world: FsWorld, leg: Leg, at: number): void {
  const { call } = leg
  const { bridging } = call
  if (bridging?.leg !== leg) return
  call.bridging = null
  if (bridging.number === null || world.endpoints.isAgentNumber(bridging.number)) return
  const number = { number: bridging.number }
  const which = micros(bridging.at)
  const outcome = leg.end ? externalOutcomeOf(leg.end, hungUpHere(leg.end)) : 'failed'
  resolveTransfer(world, call, { toNumber: bridging.number })
  tell(world, call, factId(leg.uuid, 'external-dialled', which), bridging.at, { type: 'external-dialled', ...number })
  tell(world, call, factId(leg.uuid, 'external-ended', which), at, { type: 'external-ended', outcome, ...number })
}

/** `{a=b}sofia/gateway/gw1/13800138000`, `sofia/external/138…@host`, `user/1001@domain`; of several the first. */
export function numberInDialString(dialString: string): string | null {
  const bare = dialString.replace(/^(\s*[<{[][^>}\]]*[>}\]])+/, '')
  const first = bare.split(/[,|]|:_:/, 1)[0] ?? ''
  return cleanNumber(first.slice(first.lastIndexOf('/') + 1).replace(/[@;].*$/, ''))
}

export function endExternal(world: FsWorld, leg: Leg, at: number, outcome: ExternalOutcome): void {
  const fact = { type: 'external-ended' as const, outcome, ...numberOf(leg) }
  tell(world, leg.call, factId(leg.uuid, 'external-ended'), at, fact)
}

/** `8801/public/XML`; attended: `1003@…/1001@…`. */
export function numberInHop(detail: string): string | null {
  return cleanNumber(detail.split(/[/@]/, 1)[0] ?? '')
}

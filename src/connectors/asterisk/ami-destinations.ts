// Where a call is sent on to: lines to the outside, and where a blind transfer leads. Called by ami-legs.ts, ami-talks.ts
// and ami-flow.ts, which see it happen.
import type { AgentRef } from '../../calls/call-event.ts'
import type { ExternalOutcome } from '../../calls/vocabulary.ts'
import { TICK_MS, tell } from './ami-calls.ts'
import { type AmiCall, type AmiWorld, agentAt, type Channel, refOf, type TransferTarget } from './ami-world.ts'

/** Enters the external-transfer module, or dials such a line: told once for both. */
export function dialExternal(
  world: AmiWorld,
  call: AmiCall,
  dialled: { number: string | null; leg: Channel | null; at: number },
): void {
  const { number, leg, at } = dialled
  resolveTransfer(world, call, { ...(number ? { toNumber: number } : {}) })
  const open = call.external
  if (open && open.leg === null && leg && (open.number === null || number === null || open.number === number)) {
    open.leg = leg
    return
  }
  call.external = { number, leg, answered: false }
  const subject = leg?.uniqueid ?? call.root.uniqueid
  tell(world, call, at, subject, { type: 'external-dialled', ...(number ? { number } : {}) })
}

/** Somebody at the external line picks up: told once. */
export function answerExternal(world: AmiWorld, call: AmiCall, channel: Channel, at: number): void {
  if (call.external?.leg === channel) {
    if (call.external.answered) return
    call.external.answered = true
  } else {
    call.external = { number: channel.number, leg: channel, answered: true }
  }
  tell(world, call, at, channel.uniqueid, { type: 'external-answered', ...numberOf(channel) })
}

export function endExternal(
  world: AmiWorld,
  call: AmiCall,
  ended: { at: number; subject: string; outcome: ExternalOutcome },
): void {
  const number = call.external?.number ?? null
  call.external = null
  const { at, subject, outcome } = ended
  tell(world, call, at, subject, { type: 'external-ended', outcome, ...(number ? { number } : {}) })
}

/** A blind transfer's destination, as what happens next shows it. */
export function resolveTransfer(world: AmiWorld, call: AmiCall, to: TransferTarget): void {
  const { transfer } = call
  if (!transfer) return
  call.transfer = null
  const { at, from, extension, subject } = transfer
  const known = Object.keys(to).length > 0
  // Where calls are parked is nobody's extension, though it looks like one.
  const isParked = [...call.channels].some(({ parkedAt }) => parkedAt !== null && parkedAt > at - SAME_MOVE_MS)
  const isAgent = !isParked && world.endpoints.isAgentExtension(extension)
  const guess = isAgent ? { toAgent: refOf(world, extension) } : extension ? { toNumber: extension } : {}
  tell(world, call, at, subject, {
    type: 'transferred',
    kind: 'blind',
    ...(from ? { from } : {}),
    ...(known ? to : guess),
  })
}

/** What happens this soon after a blind transfer shows where it led; Asterisk says the two in either order. */
export const TRANSFER_DELAY_MS = 300
/** Where the customer goes on this soon after a talk, and nobody hung up or transferred: moved by the platform. */
const REDIRECT_WITHIN_MS = 2_000
/** A transfer, and the agent's leaving that it means. */
const SAME_MOVE_MS = 1_000

/** The customer is in a menu, in a queue, or has an agent rung: was she taken out of a talk for that (AMI Redirect)? */
export function noteRedirect(world: AmiWorld, call: AmiCall, { at, to }: { at: number; to: TransferTarget }): void {
  const left = lastTalkOf(call)
  if (!left || call.releasedBy !== null || at - left.at >= REDIRECT_WITHIN_MS) return
  // Somebody else's doing, told already.
  if (call.transferredAt !== null && call.transferredAt > left.at - SAME_MOVE_MS) return
  call.redirect ??= { at, from: left.agent, to }
  world.unsettled.add(call)
}

/** The agent who was the last to leave the customer, and when. */
function lastTalkOf(call: AmiCall): { agent: AgentRef; at: number } | null {
  const { lastTalk } = call
  let last = lastTalk && { agent: lastTalk.agent, at: lastTalk.endedAt }
  for (const { agent, leftAt } of call.talks.values()) {
    if (agent !== null && leftAt !== null && leftAt >= (last?.at ?? 0)) last = { agent, at: leftAt }
  }
  return last
}

/** Nobody has said that it was a transfer of another kind. */
export function tellRedirect(world: AmiWorld, call: AmiCall): void {
  if (!call.redirect) return
  const { at, from, to } = call.redirect
  call.redirect = null
  call.transferredAt = at
  tell(world, call, at - TICK_MS, call.root.uniqueid, { type: 'transferred', kind: 'redirect', from, ...to })
}

/** Was this transfer told already? At the edges of a gap AMI and CEL both tell it, each with its own stamp. */
export function isTransferKnown(world: AmiWorld, call: AmiCall, at: number): boolean {
  return call.transferredAt !== null && Math.abs(at - call.transferredAt) < (world.gap?.apartMs ?? 0)
}

/** BlindTransfer: where it leads is what happens next, or has just happened. */
export function transferBlindly(
  world: AmiWorld,
  transfer: { transferer: Channel | null; transferee: Channel | null; extension: string; at: number },
): void {
  const { transferer, transferee, extension, at } = transfer
  const call = transferee?.call ?? transferer?.call
  if (!call || isTransferKnown(world, call, at)) return
  resolveTransfer(world, call, {})
  const from = transferer ? agentAt(world, transferer) : null
  const subject = transferer?.uniqueid ?? call.id
  const led = call.redirect
  call.redirect = null
  call.transferredAt = at
  const begunAt = led ? led.at - TICK_MS : at
  call.transfer = { at: begunAt, from, extension: extension.slice(0, 64), subject }
  world.unsettled.add(call)
  if (led && Object.keys(led.to).length > 0) resolveTransfer(world, call, led.to)
}

/** Returns whether a transfer still waits for what shows where it led. */
export function settleTransfer(world: AmiWorld, call: AmiCall, at: number): boolean {
  if (call.redirect && at - call.redirect.at >= TRANSFER_DELAY_MS) tellRedirect(world, call)
  if (call.transfer && at - call.transfer.at >= TRANSFER_DELAY_MS) resolveTransfer(world, call, {})
  return call.transfer !== null || call.redirect !== null
}

/** The number that was dialled to reach a leg, as a field of an event. */
export function numberOf(channel: Channel): { number?: string } {
  return channel.number === null ? {} : { number: channel.number }
}

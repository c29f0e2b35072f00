// Who talks with whom: bridges and Local pairs to "agent answered", "agent left", hold, supervisors, and calls that turn
// out to be one because their channels share a bridge. Called by ami-to-call-event.ts and ami-snapshot.ts.
//
//   customer ─ bridge ─ agent                      plain
//   customer ─ bridge ─ Local;1 ═ Local;2 ─ bridge ─ agent      member behind a Local channel
import { leaveQueue, tell, typeOf } from './ami-calls.ts'
import { anchorsOf, hasCustomerLeft, isCustomer } from './ami-customer.ts'
import { endExternal, isTransferKnown } from './ami-destinations.ts'
import { groupOf } from './ami-legs.ts'
import { type AmiCall, type AmiWorld, agentAt, type Channel, connectedWith, type Talk } from './ami-world.ts'

/** Channels are swapped within a millisecond; a party that is back by then never left. */
export const LEAVE_DELAY_MS = 50

function talkersOf(world: AmiWorld, call: AmiCall): Set<Channel> {
  const talkers = new Set<Channel>()
  if (typeOf(world, call) === 'internal') {
    for (const channel of call.channels) {
      if (!agentAt(world, channel)) continue
      if (connectedWith(world, channel).size > 0) talkers.add(channel)
    }
    return talkers
  }
  const anchors = anchorsOf(world, call)
  for (const anchor of anchors) for (const channel of connectedWith(world, anchor)) talkers.add(channel)
  for (const anchor of anchors) talkers.delete(anchor)
  return talkers
}

/** Compares who is connected now with what was told, and tells the difference. `since`: when it began, if not now. */
export function followTalks(world: AmiWorld, call: AmiCall, at: number, since?: (channel: Channel) => number): void {
  if (call.ended) return
  const talkers = talkersOf(world, call)
  for (const channel of talkers) {
    const talk = call.talks.get(channel)
    if (!talk) beginTalk(world, call, channel, since ? since(channel) : at, since !== undefined)
    else if (talk.leftAt !== null) comeBack(world, talk, at)
  }
  for (const talk of call.talks.values()) {
    if (talkers.has(talk.channel)) continue
    talk.leftAt ??= at
    world.unsettled.add(call)
  }
}

function beginTalk(world: AmiWorld, call: AmiCall, channel: Channel, at: number, estimated: boolean): void {
  const agent = agentAt(world, channel)
  const mark = estimated ? 'snapshot' : undefined
  call.talks.set(channel, { channel, agent, number: channel.number, leftAt: null, consulted: false })
  const group = groupOf(call, channel)
  call.rings.delete(channel)
  channel.legFinished = true
  if (agent) {
    const internal = typeOf(world, call) === 'internal'
    call.agentTalked = true
    // After a gap, nobody has said that the queue was left.
    leaveQueue(world, call, { at, subject: channel.uniqueid, outcome: 'answered' })
    // Who dials an internal call is there from the start; the one who answers is news.
    if (internal && channel === call.root) return
    const fact = { type: 'agent-answered' as const, agent, ...group }
    tell(world, call, at, channel.uniqueid, fact, mark)
    return
  }
  if (channel.leg !== 'external') return
  if (call.external?.leg === channel && call.external.answered) return
  call.external = { number: channel.number, leg: channel, answered: true }
  const number = channel.number ? { number: channel.number } : {}
  tell(world, call, at, channel.uniqueid, { type: 'external-answered', ...number }, mark)
}

function comeBack(world: AmiWorld, talk: Talk, at: number): void {
  const wasAway = at - (talk.leftAt ?? at) >= LEAVE_DELAY_MS
  talk.leftAt = null
  talk.consulted = false
  if (wasAway && talk.channel.held) resume(world, talk.channel, at)
}

/** Tells those as gone who did not come back. Returns whether somebody may still. */
export function settleTalks(world: AmiWorld, call: AmiCall, at: number): boolean {
  let waiting = false
  for (const talk of [...call.talks.values()]) {
    if (talk.leftAt === null) continue
    const { channel } = talk
    const isGone = !world.channels.has(channel.uniqueid)
    // She holds the customer and talks to a colleague in another bridge: still in charge of the call.
    const isElsewhere = channel.bridge !== null || at - (channel.leftBridgeAt ?? at) < LEAVE_DELAY_MS
    const consults = !isGone && channel.held && isElsewhere && !hasCustomerLeft(world, call)
    if (consults && at - talk.leftAt >= LEAVE_DELAY_MS) talk.consulted = true
    if (!isGone && (consults || at - talk.leftAt < LEAVE_DELAY_MS)) {
      waiting = true
      continue
    }
    leaveTalk(world, call, talk, at)
  }
  return waiting
}

/** She will not come back: a consultation that went on meanwhile, perhaps until now, was still her part in the call. */
function leaveTalk(world: AmiWorld, call: AmiCall, talk: Talk, at: number): void {
  const { leftAt, consulted, channel } = talk
  const untilAt = channel.bridge === null ? channel.leftBridgeAt : at
  if (consulted && leftAt !== null) talk.leftAt = Math.max(leftAt, untilAt ?? leftAt)
  endTalk(world, call, talk)
}

/** `mark`: the time is a guess, and no part of the event's id. */
export function endTalk(world: AmiWorld, call: AmiCall, talk: Talk, mark?: string): void {
  const at = talk.leftAt ?? world.now
  // Her hold goes with her; the customer may talk with somebody else by now.
  if (call.talks.size > 1) resume(world, talk.channel, at)
  call.talks.delete(talk.channel)
  const subject = talk.channel.uniqueid
  if (talk.agent) {
    call.lastTalk = { agent: talk.agent, endedAt: at }
    tell(world, call, at, subject, { type: 'agent-left', agent: talk.agent }, mark)
  } else if (call.external?.leg === talk.channel) {
    endExternal(world, call, { at, subject, outcome: 'answered' })
  }
}

export function hold(world: AmiWorld, channel: Channel, at: number): void {
  const call = channel.call
  if (!call || channel.held) return
  const by = holderOf(world, call, channel)
  if (!by) return
  channel.held = true
  tell(world, call, at, channel.uniqueid, { type: 'held', ...by })
}

/** A REFER sends an Unhold that undoes nothing: only what was held is resumed. */
export function resume(world: AmiWorld, channel: Channel, at: number): void {
  const call = channel.call
  if (!call || !channel.held) return
  channel.held = false
  const by = holderOf(world, call, channel)
  if (by) tell(world, call, at, channel.uniqueid, { type: 'resumed', ...by })
}

function holderOf(world: AmiWorld, call: AmiCall, channel: Channel) {
  const agent = agentAt(world, channel)
  if (agent) return call.talks.has(channel) ? { by: 'agent' as const, agent } : null
  return call.talks.size > 0 && isCustomer(world, call, channel) ? { by: 'customer' as const } : null
}

/** Calls whose channels hear each other are one call. */
export function mergeConnected(world: AmiWorld, bridgeId: string, at: number): void {
  const bridge = world.bridges.get(bridgeId)
  if (!bridge?.talks || !bridge.joins) return
  let first: AmiCall | null = null
  for (const channel of bridge.channels) {
    if (!channel.call || channel.kind === 'machinery') continue
    first = first === null ? channel.call : mergeCalls(world, first, channel.call, at)
  }
}

/** Makes two calls one; returns the one that remains: the customer's, and of two such the older one. */
export function mergeCalls(world: AmiWorld, a: AmiCall, b: AmiCall, at: number): AmiCall {
  if (a === b || a.ended || b.ended) return b.ended ? a : b
  const aInternal = typeOf(world, a) === 'internal'
  const bInternal = typeOf(world, b) === 'internal'
  const keepA = aInternal === bInternal ? a.createdAt <= b.createdAt : bInternal
  const [kept, merged] = keepA ? [a, b] : [b, a]
  settleTalks(world, merged, at + LEAVE_DELAY_MS)
  tell(world, kept, at, merged.id, { type: 'calls-merged', mergedCallId: merged.id.slice(0, 200) })
  tell(world, merged, at, merged.id, { type: 'call-ended' })
  for (const channel of [...merged.channels]) {
    // Whoever was called or calling there is, in the customer's call, a line to the outside.
    if (channel.kind === 'trunk' && !agentAt(world, channel)) channel.leg = 'external'
    channel.call = kept
    kept.channels.add(channel)
  }
  merged.channels.clear()
  for (const linkedid of merged.linkedids) world.calls.set(linkedid, kept)
  kept.linkedids.push(...merged.linkedids)
  for (const [channel, ring] of merged.rings) {
    kept.rings.set(channel, { ...ring, at })
    tell(world, kept, at, channel.uniqueid, { type: 'agent-ringing', agent: ring.agent })
  }
  if (merged.queue && !kept.queue) {
    kept.queue = merged.queue
    kept.wasQueued = true
    tell(world, kept, at, merged.id, { type: 'queue-entered', skillGroup: { id: merged.queue.name } })
  }
  merged.mergedInto = kept
  merged.ended = true
  world.unsettled.delete(merged)
  world.unsettled.add(kept)
  return kept
}

/** AttendedTransfer: an agent hands the customer over to whom she consulted. */
export function handOver(
  world: AmiWorld,
  transfer: {
    transferer: Channel | null
    second: Channel | null
    transferee: Channel | null
    target: Channel | null
    at: number
  },
): void {
  const { transferer, second, transferee, target, at } = transfer
  const calls = [transferee?.call, transferer?.call, second?.call, target?.call].filter((call) => call != null)
  const first = calls[0]
  if (!first) return
  const call = calls.reduce((kept, other) => mergeCalls(world, kept, other, at), first)
  if (isTransferKnown(world, call, at)) return
  call.transferredAt = at
  call.redirect = null
  const from = transferer ? agentAt(world, transferer) : null
  const to = target ? personAt(world, target, transferer) : null
  const toAgent = to ? agentAt(world, to) : null
  const toNumber = toAgent ? null : (to?.number ?? null)
  tell(world, call, at, transferer?.uniqueid ?? call.id, {
    type: 'transferred',
    kind: 'attended',
    ...(from ? { from } : {}),
    ...(toAgent ? { toAgent } : toNumber ? { toNumber } : {}),
  })
  // Whoever hands over holds nobody any longer.
  for (const channel of [transferer, second]) {
    const talk = channel ? call.talks.get(channel) : undefined
    if (talk && talk.leftAt !== null) leaveTalk(world, call, talk, at)
    else if (channel) resume(world, channel, at)
  }
  followTalks(world, call, at)
}

/** The person at a channel: of a Local half, whoever is connected through it (not who hands over). */
function personAt(world: AmiWorld, channel: Channel, not: Channel | null): Channel | null {
  if (channel.kind !== 'local') return channel
  const half = channel.otherHalf === null ? undefined : world.channelsByName.get(channel.otherHalf)
  const behind = half ? [...(world.bridges.get(half.bridge ?? '')?.channels ?? [])] : []
  return behind.find((other) => other !== not && other.kind !== 'local' && other.kind !== 'machinery') ?? null
}

/** ChanSpy: somebody listens in. */
export function superviseCall(
  world: AmiWorld,
  spyer: Channel | null,
  spyee: Channel,
  event: { joins: boolean; at: number },
): void {
  const call = spyee.call
  const agent = spyer ? agentAt(world, spyer) : null
  if (!call || !agent) return
  tell(world, call, event.at, spyer?.uniqueid ?? spyee.uniqueid, {
    type: event.joins ? 'supervisor-joined' : 'supervisor-left',
    agent,
  })
}

/** After a change in a bridge: looks again at every call that has a part in it. */
export function followCallsOf(world: AmiWorld, channels: Iterable<Channel>, at: number): void {
  const calls = new Set<AmiCall>()
  for (const channel of channels) {
    if (channel.call) calls.add(channel.call)
    const half = channel.otherHalf === null ? undefined : world.channelsByName.get(channel.otherHalf)
    if (half?.call) calls.add(half.call)
  }
  for (const call of calls) followTalks(world, call, at)
}

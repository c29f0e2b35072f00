// Who talks with whom: bridges to "agent answered", "agent left", hold, supervisors, and calls that turn out to be one
// because their legs are bridged. Called by esl-to-call-event.ts and fs-snapshot.ts.
import { type EslEvent, instant, text } from './esl-event.ts'
import { factId, micros } from './fact-ids.ts'
import { agentAt, endCall, groupOf, isCustomer, numberOf, tell, typeOf } from './fs-calls.ts'
import { resolveTransfer } from './fs-destinations.ts'
import { connectedWith, type FsCall, type FsWorld, joinBridge, type Leg, type Talk } from './fs-world.ts'

/** Bridges are made anew within a moment; a party that is back by then never left. */
export const LEAVE_DELAY_MS = 100

function talkersOf(world: FsWorld, call: FsCall): Set<Leg> {
  const talkers = new Set<Leg>()
  if (typeOf(world, call) === 'internal') {
    for (const leg of call.legs) if (agentAt(world, leg) && connectedWith(world, leg).size > 0) talkers.add(leg)
    return talkers
  }
  const anchors = [...call.legs].filter((leg) => isCustomer(world, leg))
  for (const anchor of anchors) for (const leg of connectedWith(world, anchor)) talkers.add(leg)
  for (const anchor of anchors) talkers.delete(anchor)
  return talkers
}

/** Compares who is connected now with what was told, and tells the difference. */
export function followTalks(world: FsWorld, call: FsCall, at: number): void {
  if (call.ended) return
  const talkers = talkersOf(world, call)
  for (const leg of talkers) {
    const talk = call.talks.get(leg)
    if (!talk) beginTalk(world, call, leg)
    else talk.leftAt = null
  }
  for (const [leg, talk] of call.talks) {
    if (talkers.has(leg)) continue
    talk.leftAt ??= at
    world.unsettled.add(call)
  }
}

function beginTalk(world: FsWorld, call: FsCall, leg: Leg): void {
  const agent = agentAt(world, leg)
  const at = leg.bridgedAt
  call.talks.set(leg, { agent, at, leftAt: null, consulted: false })
  leg.rings = false
  if (agent) {
    const internal = typeOf(world, call) === 'internal'
    call.agentTalked = true
    call.talkedSince ??= at
    // Who dials an internal call is there from the start; the one who answers is news.
    if (internal && leg === call.root && !leg.dialled) return
    const fact = { type: 'agent-answered' as const, agent, ...groupOf(call, leg) }
    tell(world, call, factId(leg.uuid, 'agent-answered', micros(at)), at, fact)
    closeQueueOf(call)
    return
  }
  if (leg.role !== 'external' || leg.answeredAt !== null) return
  leg.answeredAt = at
  tell(world, call, factId(leg.uuid, 'external-answered'), at, { type: 'external-answered', ...numberOf(leg) })
}

/** The answer ends the waiting; what mod_callcenter says when the talk is over is no news. */
function closeQueueOf(call: FsCall): void {
  call.queue = null
}

/** Tells those as gone who did not come back. Returns whether somebody may still. */
export function settleTalks(world: FsWorld, call: FsCall, at: number): boolean {
  let waiting = false
  for (const [leg, talk] of [...call.talks]) {
    if (talk.leftAt === null) continue
    const isGone = leg.end !== null
    // She holds the customer and talks to a colleague: still in charge of the call.
    const consults = !isGone && leg.heldSince !== null && leg.bridgedTo !== null
    if (consults) talk.consulted = true
    if (isGone || (at - talk.leftAt >= LEAVE_DELAY_MS && !consults)) endTalk(world, call, leg, talk)
    else waiting = true
  }
  return waiting
}

function endTalk(world: FsWorld, call: FsCall, leg: Leg, talk: Talk): void {
  // A bridge is taken apart a moment after the leg that ends it has gone: its own end is exact, and json_cdr has it too.
  const leftAt = talk.leftAt ?? world.now
  const at = leg.end && (talk.consulted || leg.endedAt - leftAt < 1_000) ? leg.endedAt : leftAt
  call.talks.delete(leg)
  if (!talk.agent) return
  call.lastTalk = { agent: talk.agent, endedAt: at }
  tell(world, call, factId(leg.uuid, 'agent-left', micros(talk.at)), at, { type: 'agent-left', agent: talk.agent })
}

/** CHANNEL_HOLD and its opposite come on the leg of whoever holds. */
export function hold(world: FsWorld, leg: Leg, event: EslEvent, at: number): void {
  if (leg.heldSince !== null) return
  const by = holderOf(world, leg)
  if (!by) return
  const since = instant(event, 'Caller-Channel-Last-Hold') ?? at
  leg.heldSince = since
  tell(world, leg.call, factId(leg.uuid, 'held', micros(since)), since, { type: 'held', ...by })
}

export function resume(world: FsWorld, leg: Leg, event: EslEvent, at: number): void {
  const since = leg.heldSince
  if (since === null) return
  leg.heldSince = null
  const accumMs = Number(text(event, 'Caller-Channel-Hold-Accum')) / 1000 || 0
  const lastedMs = accumMs - leg.holdAccumMs
  leg.holdAccumMs = Math.max(leg.holdAccumMs, accumMs)
  const until = lastedMs > 0 && since + lastedMs <= at + 1_000 ? since + lastedMs : at
  const by = holderOf(world, leg)
  if (by) tell(world, leg.call, factId(leg.uuid, 'resumed', micros(since)), until, { type: 'resumed', ...by })
}

function holderOf(world: FsWorld, leg: Leg) {
  const agent = agentAt(world, leg)
  if (agent) return leg.call.talks.has(leg) ? { by: 'agent' as const, agent } : null
  return leg.call.talks.size > 0 && isCustomer(world, leg) ? { by: 'customer' as const } : null
}

/** Makes two calls one; returns the one that remains: the customer's, and of two such the older one. */
export function mergeCalls(world: FsWorld, a: FsCall, b: FsCall, at: number): FsCall {
  if (a === b || a.ended || b.ended) return b.ended ? a : b
  const aInternal = typeOf(world, a) === 'internal'
  const bInternal = typeOf(world, b) === 'internal'
  const keepA = aInternal === bInternal ? a.createdAt <= b.createdAt : bInternal
  const [kept, merged] = keepA ? [a, b] : [b, a]
  settleTalks(world, merged, at + LEAVE_DELAY_MS)
  const id = factId(merged.id, 'calls-merged')
  tell(world, kept, id, at, { type: 'calls-merged', mergedCallId: merged.id.slice(0, 200) })
  for (const leg of [...merged.legs]) {
    // Whoever was called or calling there is, in the customer's call, a line to the outside; unless she is the customer.
    if (leg.kind === 'trunk') leg.role = isCustomer(world, leg) && !hasCustomer(world, kept) ? 'customer' : 'external'
    leg.call = kept
    kept.legs.add(leg)
  }
  merged.legs.clear()
  endCall(world, merged, { at, releasedBy: null, estimated: false })
  merged.mergedInto = kept
  for (const one of merged.ids) world.calls.set(one, kept)
  kept.ids.push(...merged.ids)
  if (merged.queue && !kept.queue) {
    kept.queue = merged.queue
    kept.wasQueued = true
    const entered = factId(merged.queue.leg.uuid, 'queue-entered', `merged:${micros(at)}`)
    tell(world, kept, entered, at, { type: 'queue-entered', skillGroup: { id: merged.queue.id } })
  }
  if ([...kept.legs].some((leg) => leg.role === 'customer' && leg.answeredAt !== null)) kept.customerAnswered = true
  world.unsettled.add(kept)
  return kept
}

function hasCustomer(world: FsWorld, call: FsCall): boolean {
  return [...call.legs].some((leg) => isCustomer(world, leg))
}

/** The application eavesdrop: somebody listens in. Her own leg is a call by itself, which is nobody's. */
export function superviseCall(world: FsWorld, spy: Leg, target: Leg, at: number): void {
  const agent = agentAt(world, spy)
  const { call } = target
  if (!agent || call === spy.call || spy.spiesOn !== null) return
  spy.spiesOn = call
  tell(world, call, factId(spy.uuid, 'supervisor-joined', micros(at)), at, { type: 'supervisor-joined', agent })
}

export function endSupervision(world: FsWorld, spy: Leg, at: number): void {
  const agent = agentAt(world, spy)
  if (!spy.spiesOn || !agent) return
  tell(world, spy.spiesOn, factId(spy.uuid, 'supervisor-left', micros(at)), at, { type: 'supervisor-left', agent })
  spy.spiesOn = null
}

/** Two legs hear each other. Of different calls: an agent hands over whom she had held to whom she had consulted. */
export function bridgeLegs(world: FsWorld, a: Leg, b: Leg, at: number): void {
  const [callOfA, callOfB] = [a.call, b.call]
  joinBridge(a, b, at)
  if (callOfA !== callOfB) {
    const kept = mergeCalls(world, callOfA, callOfB, at)
    handOver(world, kept, { consultation: kept === callOfA ? callOfB : callOfA, to: kept === callOfA ? b : a, at })
  }
  for (const call of new Set([a.call, b.call])) followTalks(world, call, at)
}

function handOver(world: FsWorld, call: FsCall, given: { consultation: FsCall; to: Leg; at: number }): void {
  const { consultation, to, at } = given
  const toAgent = agentAt(world, to)
  const destination = toAgent ? { toAgent } : to.number === null ? {} : { toNumber: to.number }
  // transfer_history has said so already: only to whom is new.
  if (call.transfer?.kind === 'attended') {
    resolveTransfer(world, call, destination)
    return
  }
  const from = consultation.root ? agentAt(world, consultation.root) : null
  if (!call.agentTalked || !from) return
  call.handedOverAt = at
  const fact = { type: 'transferred' as const, kind: 'attended' as const, from, ...destination }
  tell(world, call, factId(consultation.id, 'transferred'), at, fact)
}

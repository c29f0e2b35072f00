// FreeSWITCH's CDR rows → what they tell. A row is one leg. The default writes only the leg that came in, and of the other
// leg no more than its uuid; phones rung by mod_callcenter write rows that name no other leg: they belong to the call of
// the same customer that was going on. Pure. What cannot be known is concluded and noted as a guess.
import type { CallType } from '../../calls/vocabulary.ts'
import { cleanName, cleanNumber, type Endpoints, userOf, withoutDomain } from '../freeswitch/endpoints.ts'
import { notConnectedCauseOf } from '../freeswitch/hangup-causes.ts'
import type { CallPart, CdrCall, Guess, Party, QueueStay } from './cdr-call.ts'
import type { CdrRecord } from './cdr-record.ts'

/** Times are whole seconds: a leg inside another may seem to end after it. */
const SLACK_MS = 2_000
/** Calls of one caller in which a leg is looked for; nobody has more at once. */
const OPEN_CALLS = 50

/** The calls among rows that share a leg or a mark. `records` in the order of the file. */
export function freeswitchCalls(records: readonly CdrRecord[], endpoints: Endpoints): CdrCall[] {
  const groups: { root: CdrRecord; legs: CdrRecord[] }[] = []
  // Of two legs of the same seconds the one that came in is written last.
  const sorted = [...records.entries()].sort(
    ([i, a], [j, b]) => a.startAt - b.startAt || b.endAt - a.endAt || cameIn(b) - cameIn(a) || j - i,
  )
  for (const [, record] of sorted) {
    const within = groups.slice(-OPEN_CALLS).findLast(({ root }) => belongsTo(record, root, endpoints))
    if (within) within.legs.push(record)
    else groups.push({ root: record, legs: [] })
  }
  return groups.map(({ root, legs }) => callOf(root, legs, endpoints))
}

/** Does the leg's own channel name the caller, or does it name a leg it dialled? */
function cameIn({ channel, caller, otherUuid }: CdrRecord): number {
  const own = userOf({ channelName: channel, directoryUser: null, gateway: null })
  return (channel !== '' && own === caller ? 2 : 0) + (otherUuid !== '' ? 1 : 0)
}

/** Is `leg` a leg of the call that `root` began, though it does not name it? By time, and by what they have in common. */
export function belongsTo(leg: CdrRecord, root: CdrRecord, endpoints: Endpoints): boolean {
  if (leg.uuid === root.otherUuid || leg.otherUuid === root.uuid) return true
  const isInside =
    leg.startAt >= root.startAt &&
    leg.startAt <= root.endAt &&
    leg.endAt <= root.endAt + SLACK_MS &&
    leg.otherUuid === ''
  if (!isInside) return false
  if (leg.otherChannel !== '' && leg.otherChannel === root.channel) return true
  if (leg.caller !== root.caller || cleanNumber(leg.caller) === null) return false
  return leg.dialled === root.dialled || endpoints.isAgentNumber(leg.dialled)
}

function callOf(root: CdrRecord, legs: readonly CdrRecord[], endpoints: Endpoints): CdrCall {
  const guesses = new Set<Guess>(['call-type'])
  const from = partyOf(root.caller, root.channel, endpoints)
  const type = typeOf(root, from, endpoints)
  const parts = legs.map((leg) => partOf(leg, from, endpoints))
  const isTold = legs.some(
    ({ uuid, channel }) => uuid === root.otherUuid || (channel !== '' && channel === root.otherChannel),
  )
  const isBridged = root.otherUuid !== '' || root.otherChannel !== ''
  if (parts.length === 0 || (isBridged && !isTold)) parts.push(...onePart(root, from, type, endpoints, guesses))
  const queues = queuesOf(root, parts, guesses)
  const name = cleanName(root.callerName, root.caller)
  const reachesOut = type === 'outbound' || type === 'virtual-number'
  return {
    callId: root.callId,
    type,
    startAt: root.startAt,
    endAt: Math.max(root.endAt, ...legs.map((leg) => leg.endAt)),
    customer: reachesOut ? cleanNumber(root.dialled) : type === 'internal' ? null : cleanNumber(root.caller),
    dialledNumber: type === 'outbound' ? null : cleanNumber(root.did || root.dialled),
    agentId: from.kind === 'agent' ? from.id : null,
    caller: type === 'virtual-number' && from.kind === 'line' ? cleanNumber(root.caller) : null,
    parts,
    queues,
    endedBy: endedBy(root, type, parts, queues, guesses),
    names: new Map(from.kind === 'agent' && name !== null ? [[from.id, name]] : []),
    guesses,
  }
}

function typeOf(root: CdrRecord, from: Party, endpoints: Endpoints): CallType {
  if (endpoints.isVirtualNumber(root.dialled)) return 'virtual-number'
  if (from.kind === 'line') return 'inbound'
  return endpoints.isAgentNumber(root.dialled) ? 'internal' : 'outbound'
}

/** Who is at a leg: by its channel's name where the file has it, else by the number. */
function partyOf(number: string, channel: string, endpoints: Endpoints): Party {
  const signs = { channelName: channel || number, directoryUser: null, gateway: null }
  const id = userOf(signs).slice(0, 200)
  if (endpoints.kindOf(signs) === 'agent' && id !== '') return { kind: 'agent', id }
  return { kind: 'line', number: cleanNumber(number) }
}

function partOf(leg: CdrRecord, from: Party, endpoints: Endpoints): CallPart {
  const { key, startAt, answeredAt, endAt } = leg
  const to = partyOf(leg.dialled, leg.channel, endpoints)
  return { key, from, to, startAt, endAt, answeredAt, outcome: outcomeOf(leg) }
}

function outcomeOf({ answeredAt, cause }: CdrRecord): CallPart['outcome'] {
  return answeredAt === null ? notConnectedCauseOf({ cause, sipStatus: '' }, false) : 'answered'
}

/** Only the leg that came in is known: who was at the other end is what it dialled last. */
function onePart(root: CdrRecord, from: Party, type: CallType, endpoints: Endpoints, guesses: Set<Guess>): CallPart[] {
  const { key, startAt, answeredAt, endAt } = root
  const bridged = root.otherUuid !== '' || root.otherChannel !== ''
  const to = partyOf(root.dialled, root.otherChannel, endpoints)
  if (type === 'inbound' && !bridged) {
    // Answered by FreeSWITCH itself, and joined to nobody; or a phone that was dialled directly and never answered.
    if (answeredAt !== null || to.kind === 'line') return []
  }
  if (type === 'inbound' && answeredAt !== null) guesses.add('answer-time')
  if (type === 'inbound' && to.kind === 'agent' && root.otherChannel === '') guesses.add('agent-unknown')
  return [{ key, from, to, startAt, endAt, answeredAt, outcome: outcomeOf(root) }]
}

function queuesOf(root: CdrRecord, parts: readonly CallPart[], guesses: Set<Guess>): QueueStay[] {
  if (root.app !== 'callcenter') return []
  const queue = withoutDomain(root.appData).slice(0, 200)
  if (queue === '') return []
  if (parts.some(({ outcome }) => outcome === 'answered')) guesses.add('answer-time')
  return [{ key: root.key, queue, at: root.answeredAt ?? root.startAt, gaveUpAt: null }]
}

function endedBy(
  root: CdrRecord,
  type: CallType,
  parts: readonly CallPart[],
  queues: readonly QueueStay[],
  guesses: Set<Guess>,
): CdrCall['endedBy'] {
  if (type !== 'inbound' || parts.some(({ outcome }) => outcome === 'answered')) return null
  // The phones that rang were the customer's when he left, if they were told to stop.
  if (parts.at(-1)?.outcome === 'caller-cancelled') {
    if (queues.length > 0) guesses.add('left-while-ringing')
    return 'customer'
  }
  if (root.app === 'hangup') {
    guesses.add('ended-before-agent')
    return 'system'
  }
  if (root.app !== '' || root.answeredAt === null)
    return root.cause === 'ORIGINATOR_CANCEL' || root.app !== '' ? 'customer' : null
  // Answered by FreeSWITCH, and nothing says what became of it: perhaps an agent had it by way of a queue.
  guesses.add('end-unknown')
  return 'cannot-tell'
}

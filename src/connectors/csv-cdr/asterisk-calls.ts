// Asterisk's CDR rows of one call → what they tell. A row is one pair of channels for a while: the caller with the IVR
// (no second channel), with a phone that rang, with an agent; after a transfer, with the next. Local channels stand
// between and are looked through. Pure. What cannot be known is concluded from the rows' order and noted as a guess.
import type { CallType, NotConnectedCause } from '../../calls/vocabulary.ts'
import {
  cleanName,
  cleanNumber,
  type Endpoints,
  endpointOf,
  idOfEndpoint,
  numberInDialString,
  otherHalfOf,
} from '../asterisk/endpoints.ts'
import { notConnectedCauseOf } from '../asterisk/hangup-causes.ts'
import type { CallPart, CdrCall, Guess, Party, QueueStay } from './cdr-call.ts'
import type { CdrRecord } from './cdr-record.ts'

interface Row {
  record: CdrRecord
  from: Party | null
  to: Party | null
}

export function asteriskCall(records: readonly CdrRecord[], endpoints: Endpoints): CdrCall {
  const sorted = [...records].sort(
    (a, b) => a.startAt - b.startAt || a.endAt - b.endAt || Number(a.key) - Number(b.key) || (a.key < b.key ? -1 : 1),
  )
  const party = partyFinder(sorted, endpoints)
  const rows = sorted.map((record) => ({ record, from: party(record.channel), to: party(record.otherChannel) }))
  const rootRow = rows.find(({ record }) => record.isRoot)
  // Rows of a call whose beginning is told elsewhere; or an Originate to a Local channel, which begins with its first half.
  const root = rootRow ?? rows.find(({ record }) => record.channel.endsWith(';1')) ?? rows[0]
  if (!root) throw new Error('a call has at least one row')
  const own = rows.filter(({ record }) => record.channel === root.record.channel)
  const guesses = new Set<Guess>(['call-type'])
  const type = typeOf(root, own, endpoints)
  const dial = own.find(({ from, to }) => (from === null || from.kind === root.from?.kind) && to?.kind === 'line')
  const reachesOut = type === 'outbound' || type === 'back-to-back' || type === 'virtual-number'
  const parts = partsOf(rows, own, rootRow ? type : null, guesses)
  const queues = queuesOf(own, guesses)
  const { caller, dialled, did } = root.record
  const dialledNumber = cleanNumber(did) ?? numberOrNull(dialled)
  return {
    callId: root.record.callId,
    type,
    startAt: Math.min(...sorted.map(({ startAt }) => startAt)),
    endAt: Math.max(...sorted.map(({ endAt }) => endAt)),
    customer: reachesOut
      ? ((dial && customerOf(dial)) ?? numberOrNull(dialled))
      : type === 'internal'
        ? null
        : cleanNumber(caller),
    dialledNumber: type === 'outbound' || type === 'back-to-back' ? virtualOrNull(caller, endpoints) : dialledNumber,
    agentId: root.from?.kind === 'agent' ? root.from.id : null,
    caller:
      type === 'virtual-number' && root.from?.kind !== 'agent' && !endpoints.isVirtualNumber(caller)
        ? cleanNumber(caller)
        : null,
    parts,
    queues,
    endedBy: endedBy(type, own, parts, queues, guesses),
    names: namesOf(rows),
    guesses,
  }
}

/** Who is at a channel, looking through Local channels; null: nobody (the PBX itself). */
function partyFinder(records: readonly CdrRecord[], endpoints: Endpoints): (channel: string) => Party | null {
  const dials = new Map<string, CdrRecord>()
  for (const record of records) if (record.otherChannel !== '') dials.set(record.channel, record)
  const find = (channel: string, depth: number): Party | null => {
    if (channel === '') return null
    const kind = endpoints.kindOf(channel)
    if (kind === 'agent') return { kind, id: idOfEndpoint(endpointOf(channel)).slice(0, 200) }
    if (kind === 'trunk') return { kind: 'line', number: null }
    const far = dials.get(otherHalfOf(channel) ?? '')
    if (far && depth < 5) return find(far.otherChannel, depth + 1)
    const extension = idOfEndpoint(endpointOf(channel))
    return endpoints.isAgentExtension(extension) ? { kind: 'agent', id: extension.slice(0, 200) } : null
  }
  return (channel) => find(channel, 0)
}

function typeOf(root: Row, own: readonly Row[], endpoints: Endpoints): CallType {
  const { record, from } = root
  const originated = record.app === 'AppDial2'
  if (from?.kind === 'agent') {
    if (originated) return 'back-to-back'
    const line = own.find(({ to }) => to?.kind === 'line')
    if (line) {
      if (endpoints.isVirtualNumber(record.caller)) return 'virtual-number'
      // The agent's phone was up before the customer was dialled: the platform had rung it.
      const agentFirst = !isAnswered(line.record) && line.record.answeredAt !== null
      return agentFirst || record.channel.startsWith('Local/') ? 'back-to-back' : 'outbound'
    }
    if (own.some(({ to }) => to?.kind === 'agent') || endpoints.isAgentExtension(record.dialled)) return 'internal'
    return /^\+?\d{7,}$/.test(record.dialled) ? 'outbound' : 'internal'
  }
  if (originated) return 'predictive'
  const throughVirtual = endpoints.isVirtualNumber(record.dialled) || endpoints.isVirtualNumber(record.caller)
  return throughVirtual ? 'virtual-number' : 'inbound'
}

/** `type` null: the call's beginning is not among these rows. */
function partsOf(rows: readonly Row[], own: readonly Row[], type: CallType | null, guesses: Set<Guess>): CallPart[] {
  const parts: CallPart[] = []
  for (const { record, from, to } of rows) {
    if (to === null || from === null) continue
    // Looked through, unless the call began with it.
    if (record.channel.startsWith('Local/') && record.channel !== own[0]?.record.channel) continue
    // Two agents in a customer's call: a consultation; the rows of the customer say who had the call.
    if (from.kind === 'agent' && to.kind === 'agent' && type !== 'internal') continue
    if (from.kind === 'agent' && to.kind === 'line' && (type === 'inbound' || type === 'internal')) continue
    const { key, startAt, endAt, answeredAt } = record
    const number = to.kind === 'line' ? customerOf({ record, from, to }) : null
    parts.push({
      key,
      from,
      to: to.kind === 'line' ? { kind: 'line', number } : to,
      startAt,
      endAt,
      answeredAt: isAnswered(record) ? answeredAt : null,
      outcome: outcomeOf(record, rows, own, guesses),
    })
  }
  // An Originate that nobody answered has one row, and no second channel.
  const [first] = own
  if (first?.record.app === 'AppDial2' && first.from && parts.length === 0) {
    const { key, startAt, endAt } = first.record
    const number = cleanNumber(first.record.caller)
    const to: Party = first.from.kind === 'agent' ? first.from : { kind: 'line', number }
    parts.push({ key, from: first.from, to, startAt, endAt, answeredAt: null, outcome: causeOf(first.record, 0) })
  }
  return parts
}

/** How one pair ended. A caller who gives up ends the dialplan; one who is told "no" goes on in it and gets another row. */
function outcomeOf(
  record: CdrRecord,
  rows: readonly Row[],
  own: readonly Row[],
  guesses: Set<Guess>,
): CallPart['outcome'] {
  if (isAnswered(record)) return 'answered'
  const next = own.find(
    (row) => row.record.channel === record.channel && row.record.startAt >= record.endAt && row.record !== record,
  )
  if (record.disposition === 'NO ANSWER' && !next) {
    const elsewhere = rows.some(
      (row) => isAnswered(row.record) && row.to?.kind === 'agent' && row.record.endAt >= record.endAt,
    )
    if (elsewhere) return 'no-answer'
    guesses.add('cancelled')
    return 'caller-cancelled'
  }
  // Dialplans often end with Hangup(${HANGUPCAUSE}).
  const told = next?.record.app === 'Hangup' && next.to === null ? Number(next.record.appData) : 0
  return causeOf(record, Number.isInteger(told) ? told : 0)
}

function causeOf({ disposition }: CdrRecord, cause: number): NotConnectedCause {
  if (disposition === 'BUSY') return 'busy'
  if (disposition === 'FAILED' || disposition === 'CONGESTION') return 'network'
  return notConnectedCauseOf({ status: 'NOANSWER', cause, callerGaveUp: false })
}

function queuesOf(own: readonly Row[], guesses: Set<Guess>): QueueStay[] {
  const stays: QueueStay[] = []
  for (const [i, { record, to }] of own.entries()) {
    if (record.app !== 'Queue') continue
    const queue = record.appData.split(/[,|]/, 1)[0]?.trim().slice(0, 200) ?? ''
    if (queue === '') continue
    const next = own[i + 1]?.record
    const reached = isAnswered(record) && to !== null
    const gaveUpAt = next && next.app !== 'Queue' && !reached ? next.startAt : null
    if (gaveUpAt !== null) guesses.add('queue-gave-up')
    const last = stays.at(-1)
    if (last?.queue === queue) last.gaveUpAt = gaveUpAt
    else stays.push({ key: record.key, queue, at: record.answeredAt ?? record.startAt, gaveUpAt })
    if (reached) guesses.add('answer-time')
  }
  return stays
}

function endedBy(
  type: CallType,
  own: readonly Row[],
  parts: readonly CallPart[],
  queues: readonly QueueStay[],
  guesses: Set<Guess>,
): CdrCall['endedBy'] {
  if (parts.some(({ outcome }) => outcome === 'answered')) {
    if (
      new Set(parts.flatMap(({ outcome, to }) => (outcome === 'answered' && to.kind === 'agent' ? [to.id] : []))).size >
      1
    )
      guesses.add('transfer')
    return null
  }
  if (type !== 'inbound') return null
  const last = own.at(-1)?.record
  const bySystem = last?.app === 'Hangup' || last?.app === 'Busy' || last?.app === 'Congestion'
  const rang = parts.some(({ to }) => to.kind === 'agent')
  if (rang && queues.length > 0 && !bySystem) guesses.add('left-while-ringing')
  if (!rang && queues.length === 0 && bySystem) guesses.add('ended-before-agent')
  return bySystem ? 'system' : 'customer'
}

/** The number dialled to a line: what the dial string says, else what was dialled. */
function customerOf({ record }: Row): string | null {
  const inString = record.app === 'Dial' ? numberInDialString(record.appData.split(',', 1)[0] ?? '') : null
  return inString ?? numberOrNull(record.dialled)
}

function isAnswered(record: CdrRecord): boolean {
  return record.disposition === 'ANSWERED'
}

/** What was dialled, unless it is a label of the dialplan (`s`, `t`, `after`). */
function numberOrNull(dialled: string): string | null {
  return /^[+*#\d][\d*#]*$/.test(dialled) ? cleanNumber(dialled) : null
}

function virtualOrNull(number: string, endpoints: Endpoints): string | null {
  return endpoints.isVirtualNumber(number) ? cleanNumber(number) : null
}

function namesOf(rows: readonly Row[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const { record, from } of rows) {
    const name = cleanName(record.callerName)
    if (from?.kind === 'agent' && record.caller === from.id && name && name !== from.id) names.set(from.id, name)
  }
  return names
}

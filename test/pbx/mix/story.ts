// From what the phones of a desk saw, and from queue_log, to what the record of the call should say. Pure, and apart from
// the product's own rules: it knows SIP calls and people, no channels, bridges or events. Called by compare.ts.
import type { QueueRow } from './queue-log.ts'
import type { Leg, Note } from './witness.ts'

export interface Expected {
  type: string
  customer: string | null
  /** Whom to look for: the customer, or of calls without one, whoever called. */
  number: string
  /** `agent`: whoever that is. */
  caller: string
  dialled: string
  hangupReason: string
  notConnectedCause: string | null
  releasedBy: string
  /** More than one: the phones cannot tell. */
  agentAmong: (string | null)[]
  /** By agent: talked with the customer. */
  agents: Record<string, boolean>
  skillGroup: string | null
  skillGroups: string[]
  transfers: number
  keys: string[]
  startedAt: number
  establishedAt: number | null
  answeredAt: number | null
  endedAt: number
  talkMs: number
  /** How long the PBX took to take in that a talk began or ended. */
  talkSlackMs: number
  /** Somebody else answered than the one whom the queue had rung. */
  isRerouted: boolean
  /** The platform moved the customer. */
  isRedirected: boolean
  /** By when the PBX had said that it knew: what it says of a moment lies between the two. */
  knownBy: Record<'startedAt' | 'establishedAt' | 'answeredAt' | 'endedAt', number | null>
  rows: QueueRow[]
}

/** Within this time one hang-up reaches the other phones. */
const ECHO_MS = 1_000
/** A phone that stopped ringing so shortly before the caller left was ringing when he left. */
const SAME_MOMENT_MS = 40

export function storiesOf(
  { legs, notes }: { legs: Leg[]; notes: readonly Note[] },
  rowsOf: (legs: Leg[]) => QueueRow[],
): Expected[] {
  const apart: Expected[] = []
  let rest = legs.map((leg) => ({ ...leg, side: sideOf(leg, notes) }))
  const consults = notes.filter((note) => note.what === 'consultation')
  for (const note of consults.filter((one) => one.over === 'sip')) {
    const own = rest.filter((leg) => leg.beganAt >= note.at - 5 && isBetween(leg, note.by, note.to))
    // Handed over, the consultation is a part of the customer's call: of it only who was asked stays.
    if (note.joinedAt === null) {
      rest = rest.filter((leg) => !own.includes(leg))
      const alone = own.map((leg) => ({ ...leg, side: leg.side === 'external' ? ('customer' as const) : leg.side }))
      apart.push(mainStory(alone, [], []))
    } else rest = rest.filter((leg) => !own.includes(leg) || leg.direction === 'in')
  }
  for (const note of notes) {
    if (note.what !== 'supervisor') continue
    const own = rest.filter((leg) => leg.number === note.by && leg.direction === 'out')
    rest = rest.filter((leg) => !own.includes(leg))
    apart.push(...own.map(supervisorStory))
  }
  const main = rest.length === 0 ? [] : [mainStory(rest, notes, rowsOf(rest))]
  return [...main, ...apart]
}

function isBetween(leg: Leg, by: string, to: string): boolean {
  return leg.direction === 'out' ? leg.number === by : leg.number === to
}

/** Whom a phone stands for in this call, whatever line it is on. */
function sideOf(leg: Leg, notes: readonly Note[]): Leg['side'] {
  if (notes.some((note) => note.what === 'mobile' && note.agent === leg.number)) return 'agent'
  // Somebody outside whom an agent asks is an external line of the customer's call.
  const asked = notes.some((note) => note.what === 'consultation' && note.to === leg.number)
  return asked && leg.side === 'customer' ? 'external' : leg.side
}

function typeOf(first: Leg): string {
  if (first.side === 'customer') {
    if (first.direction === 'in') return 'predictive'
    return first.other.startsWith('1709') ? 'virtual-number' : 'inbound'
  }
  if (first.direction === 'in') return 'back-to-back'
  if (first.other.startsWith('891')) return 'outbound'
  if (first.other.startsWith('881')) return 'virtual-number'
  return first.other.length === 4 ? 'internal' : 'outbound'
}

interface Talk {
  agent: string | null
  from: number
  to: number
  knownBy: number
  slackMs: number
}

function mainStory(legs: Leg[], notes: readonly Note[], rows: QueueRow[]): Expected {
  const [first] = legs
  if (!first) throw new Error('no phone saw this call')
  const type = typeOf(first)
  if (type === 'internal') return internalStory(legs)
  const called = legs.filter((leg) => leg.side === 'customer' && (leg !== first || type !== 'virtual-number'))
  // Dialled twice, where the first line failed.
  const customer = called.find((leg) => leg.answeredAt !== null) ?? called.at(-1) ?? null
  const talks = customer ? talksOf(legs, customer, first, notes) : []
  const talked = talks.find((talk) => talk.agent !== null)
  const byPerson = whoEnded(legs, first, customer, notes)
  const reason = reasonOf({ type, first, legs, customer, talks, rows })
  const agents: Record<string, boolean> = {}
  for (const leg of legs) if (leg.side === 'agent') agents[leg.number] ??= false
  for (const talk of talks) if (talk.agent !== null) agents[talk.agent] = true
  const dialling = first.side === 'agent' ? first.number : null
  const rings = reason.ringing.length > 0 ? reason.ringing : [null]
  const byTalk = type === 'inbound' || type === 'predictive'
  const answers = byTalk ? talks[0]?.from : customer?.answeredAt
  const answerKnown = byTalk ? talks[0]?.knownBy : customer?.knownBy.answered
  return {
    type,
    customer: customer?.number ?? customerNumber(type, first, notes),
    number: customer?.number ?? first.number,
    caller: type === 'predictive' ? 'agent' : first.number,
    dialled: first.other,
    hangupReason: reason.hangupReason,
    notConnectedCause: reason.cause,
    releasedBy: reason.releasedBy ?? byPerson,
    agentAmong: talked ? [talked.agent] : dialling ? [dialling] : rings,
    agents,
    ...groupsOf(legs, rows),
    transfers: transfersOf(legs, notes),
    keys: keysOf(type, customer),
    startedAt: first.beganAt,
    establishedAt: type === 'inbound' ? first.beganAt : (customer?.answeredAt ?? null),
    answeredAt: answers ?? null,
    endedAt: Math.max(...legs.map((leg) => leg.endedAt ?? 0)),
    talkMs: unionMs(talks),
    talkSlackMs: talks.reduce((sum, { slackMs }) => sum + slackMs, 0),
    isRerouted: notes.some((note) => note.what === 'pickup') || legs.some((leg) => leg.refusedWith === 302),
    isRedirected: notes.some((note) => note.what === 'redirect'),
    knownBy: {
      startedAt: first.knownBy.began,
      establishedAt: type === 'inbound' ? first.knownBy.began : (customer?.knownBy.answered ?? null),
      answeredAt: answerKnown ?? null,
      endedAt: Math.max(...legs.map((leg) => leg.knownBy.ended ?? 0)),
    },
    rows,
  }
}

/** Of a customer whose phone was never called. */
function customerNumber(type: string, first: Leg, notes: readonly Note[]): string | null {
  const order = notes.find((note) => note.what === 'order')
  if (order) return order.customer
  if (type === 'virtual-number') return first.side === 'agent' ? first.other.slice(2) : null
  return type === 'outbound' ? first.other : null
}

/** Who talked with the customer, and when: both phones answered, and neither in a consultation. In order. */
function talksOf(legs: Leg[], there: Leg, first: Leg, notes: readonly Note[]): Talk[] {
  const isJoinedPhones = first.side === 'customer' && first !== there
  return legs
    .filter((leg) => leg.side !== 'customer' || (isJoinedPhones && leg === first))
    .flatMap((leg) => {
      const note = notes.find(
        (one) => one.what === 'consultation' && one.to === leg.number && one.at - 5 <= leg.beganAt,
      )
      const joinedAt = note?.what === 'consultation' ? (note.joinedAt ?? Number.POSITIVE_INFINITY) : 0
      const from = Math.max(
        leg.answeredAt ?? Number.POSITIVE_INFINITY,
        there.answeredAt ?? Number.POSITIVE_INFINITY,
        joinedAt,
      )
      // Whoever transfers talks no more, though her phone may still be told how it went.
      const referred = leg.acts.find((act) => act.act === 'refer')?.at ?? Number.POSITIVE_INFINITY
      const to = Math.min(leg.endedAt ?? 0, there.endedAt ?? 0, referred)
      const knownBy = Math.max(leg.knownBy.answered ?? from, from)
      const slackMs = slackOf(leg) + slackOf(there)
      return to > from ? [{ agent: leg.side === 'agent' ? leg.number : null, from, to, knownBy, slackMs }] : []
    })
    .sort((a, b) => a.from - b.from)
}

function slackOf({ answeredAt, endedAt, knownBy }: Leg): number {
  return (knownBy.answered ?? 0) - (answeredAt ?? knownBy.answered ?? 0) + (knownBy.ended ?? 0) - (endedAt ?? 0)
}

function unionMs(talks: Talk[]): number {
  let sum = 0
  let until = 0
  for (const { from, to } of talks) {
    sum += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return sum
}

interface Reason {
  hangupReason: string
  cause: string | null
  releasedBy?: string
  /** Whose phone rang when the caller left. */
  ringing: string[]
}

function reasonOf(of: {
  type: string
  first: Leg
  legs: Leg[]
  customer: Leg | null
  talks: Talk[]
  rows: QueueRow[]
}): Reason {
  const { type, first, legs, customer, talks, rows } = of
  const said = (hangupReason: string, ringing: string[] = []): Reason => ({ hangupReason, cause: null, ringing })
  if (type !== 'inbound' && (customer?.answeredAt ?? null) === null) return notConnected(type, first, customer)
  if (type !== 'inbound' && type !== 'predictive') return said('normal')
  if (talks.some((talk) => talk.agent !== null)) return said('normal')
  if (legs.some((leg) => leg.side === 'external')) return said('transferred-external')
  const last = rows.findLast((row) => row.event !== 'RINGNOANSWER')?.event
  const refused = rows.length === 0 && customer?.acts.some((act) => act.to === '5')
  if (refused || /^EXIT/.test(last ?? '')) return said('queue-timeout')
  const leftAt = customer?.endedBy === 'us' ? (customer.endedAt ?? 0) : null
  const rang = legs.filter((leg) => leg.side === 'agent' && leg.direction === 'in')
  const ringing = rang
    .filter((leg) => leftAt !== null && leg.beganAt <= leftAt && (leg.endedAt ?? 0) >= leftAt - SAME_MOMENT_MS)
    .map((leg) => leg.number)
  if (ringing.length > 0) return said('abandoned-while-ringing', ringing)
  if (rows.length > 0) return said('abandoned-in-queue')
  if (rang.length > 0) return said('abandoned-while-ringing', [rang.at(-1)?.number ?? ''])
  return said('abandoned-in-ivr')
}

function notConnected(type: string, first: Leg, customer: Leg | null): Reason {
  const because = (cause: string, releasedBy: string): Reason => ({
    hangupReason: 'not-connected',
    cause,
    releasedBy,
    ringing: [],
  })
  if (type === 'back-to-back' && first.answeredAt === null)
    return because('agent-unavailable', first.refusedWith === null ? 'system' : 'agent')
  if (customer === null) return because('invalid-number', 'system')
  switch (customer.endedBy === 'us' ? customer.refusedWith : null) {
    case 486:
      return because('busy', 'customer')
    case 603:
      return because('rejected', 'customer')
    case 404:
      return because('invalid-number', 'system')
    case 503:
      return because('network', 'system')
    case 480:
      return because('no-answer', 'system')
    default:
      return first !== customer && first.endedBy === 'us'
        ? because('caller-cancelled', 'agent')
        : because('no-answer', 'system')
  }
}

/** The person whose phone hung up while the others were still there; those who handed the customer over had left before. */
function whoEnded(legs: Leg[], first: Leg, customer: Leg | null, notes: readonly Note[]): string {
  const handedOver = (leg: Leg) =>
    leg.acts.some((act) => act.act === 'refer') ||
    notes.some((note) => note.what === 'consultation' && note.by === leg.number && note.joinedAt !== null)
  const customerEndedAt = customer?.endedAt ?? Number.POSITIVE_INFINITY
  const others = legs.filter((leg) => leg !== customer && leg.side !== 'external' && !handedOver(leg))
  const before = others.filter(
    (leg) =>
      leg.endedBy === 'us' &&
      leg.refusedWith === null &&
      (leg.endedAt ?? 0) < customerEndedAt &&
      (leg.endedAt ?? 0) > customerEndedAt - ECHO_MS,
  )
  if (customer?.endedBy === 'us' && before.length === 0) return 'customer'
  return before.length > 0 || (customer === null && first.side === 'agent' && first.endedBy === 'us')
    ? 'agent'
    : 'system'
}

function groupsOf(legs: Leg[], rows: QueueRow[]): { skillGroup: string | null; skillGroups: string[] } {
  const entered = rows.filter((row) => row.event === 'ENTERQUEUE').map((row) => row.queue)
  // A queue that refuses at its door writes nothing: the key that leads to it tells.
  const pressed = legs[0]?.acts.find((act) => act.to === '5')
  const team = /^02160(\d\d)/.exec(legs[0]?.other ?? '')?.[1]
  if (entered.length === 0 && pressed && team) entered.push(`empty-${team}`)
  const skillGroup = rows.find((row) => row.event === 'CONNECT')?.queue ?? entered.at(-1) ?? null
  return { skillGroup, skillGroups: [...new Set(entered)] }
}

function transfersOf(legs: Leg[], notes: readonly Note[]): number {
  const refers = legs.flatMap((leg) => leg.acts).filter((act) => act.act === 'refer').length
  const others = notes.filter(
    (note) =>
      note.what === 'redirect' || (note.what === 'consultation' && note.over === 'pbx' && note.joinedAt !== null),
  )
  return refers + others.length
}

function keysOf(type: string, customer: Leg | null): string[] {
  if (type !== 'inbound' || customer === null) return []
  return customer.acts.filter((act) => act.act === 'key').map((act) => act.to ?? '')
}

/** Two agents with each other. */
function internalStory(legs: Leg[]): Expected {
  const caller = legs.find((leg) => leg.direction === 'out')
  const called = legs.find((leg) => leg.direction === 'in')
  if (!caller) throw new Error('nobody began this internal call')
  const answered = called?.answeredAt ?? null
  const reason = internalReason(caller, called ?? null)
  const talked = answered !== null
  return {
    type: 'internal',
    customer: null,
    number: caller.number,
    caller: caller.number,
    dialled: caller.other,
    ...reason,
    agentAmong: [caller.number],
    agents: { [caller.number]: talked, ...(called ? { [called.number]: talked } : {}) },
    skillGroup: null,
    skillGroups: [],
    transfers: 0,
    keys: [],
    startedAt: caller.beganAt,
    establishedAt: answered,
    answeredAt: answered,
    endedAt: Math.max(...legs.map((leg) => leg.endedAt ?? 0)),
    talkMs: answered === null ? 0 : Math.min(caller.endedAt ?? 0, called?.endedAt ?? 0) - answered,
    talkSlackMs: slackOf(caller) + (called ? slackOf(called) : 0),
    isRerouted: false,
    isRedirected: false,
    knownBy: {
      startedAt: caller.knownBy.began,
      establishedAt: called?.knownBy.answered ?? null,
      answeredAt: called?.knownBy.answered ?? null,
      endedAt: Math.max(...legs.map((leg) => leg.knownBy.ended ?? 0)),
    },
    rows: [],
  }
}

function internalReason(caller: Leg, called: Leg | null) {
  const because = (notConnectedCause: string, releasedBy: string) => ({
    hangupReason: 'not-connected',
    notConnectedCause,
    releasedBy,
  })
  if (called?.answeredAt) {
    const first = [caller, called].sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))[0]
    return { hangupReason: 'normal', notConnectedCause: null, releasedBy: first?.endedBy === 'us' ? 'agent' : 'system' }
  }
  if (called?.refusedWith === 486) return because('busy', 'agent')
  if (called?.refusedWith === 603) return because('rejected', 'agent')
  return caller.endedBy === 'us' ? because('caller-cancelled', 'agent') : because('no-answer', 'system')
}

/** A supervisor's own line into somebody else's call. */
function supervisorStory(leg: Leg): Expected {
  return {
    type: 'internal',
    customer: null,
    number: leg.number,
    caller: leg.number,
    dialled: leg.other,
    hangupReason: 'normal',
    notConnectedCause: null,
    releasedBy: leg.endedBy === 'us' ? 'agent' : 'system',
    agentAmong: [leg.number],
    agents: { [leg.number]: false },
    skillGroup: null,
    skillGroups: [],
    transfers: 0,
    keys: [],
    startedAt: leg.beganAt,
    establishedAt: null,
    answeredAt: null,
    endedAt: leg.endedAt ?? 0,
    talkMs: 0,
    talkSlackMs: 0,
    isRerouted: false,
    isRedirected: false,
    knownBy: { startedAt: leg.knownBy.began, establishedAt: null, answeredAt: null, endedAt: leg.knownBy.ended },
    rows: [],
  }
}

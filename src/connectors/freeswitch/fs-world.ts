// What the connector believes about one FreeSWITCH: its legs and calls, and the call events not yet handed out. Plain data
// and the small verbs on it; what events do to it stands in the fs-*.ts files beside, dispatched by esl-to-call-event.ts.
// No input or output, no clock: the time is FreeSWITCH's own.
import type { AgentRef, CallEvent } from '../../calls/call-event.ts'
import type { ReleasingParty } from '../../calls/vocabulary.ts'
import type { EndpointKind, EndpointSigns, Endpoints } from './endpoints.ts'
import type { LegEnd } from './hangup-causes.ts'

/** One leg (FreeSWITCH: channel): one party, or half of a loopback pair. */
export interface Leg {
  readonly uuid: string
  readonly signs: EndpointSigns
  kind: EndpointKind
  /** FreeSWITCH made it (bridge, queue, originate); else somebody called in. */
  readonly dialled: boolean
  call: FsCall
  /** On whose behalf it was dialled. */
  readonly parent: string | null
  readonly createdAt: number
  /** As told when it was made: a transfer changes what later events say. */
  readonly callerNumber: string | null
  readonly number: string | null
  /** The agent by the queue's word, and the queue that has her rung. */
  member: AgentRef | null
  queue: string | null
  /** A trunk's leg that was dialled: who is at its other end. */
  role: 'customer' | 'external' | null
  rings: boolean
  answeredAt: number | null
  bridgedTo: Leg | null
  bridgedAt: number
  /** The other half of a loopback pair. */
  otherHalf: string | null
  /** Since when this party holds the other one; null: it does not. */
  heldSince: number | null
  holdAccumMs: number
  /** What the dialplan last said about where it dials (`call_direction`). */
  directionMark: string
  /** Entries of transfer_history that were seen. */
  readonly transfersSeen: Set<string>
  keys: number
  readonly menus: Map<string, number>
  /** Everything about it since its beginning was heard: what is counted is right. */
  complete: boolean
  hangingUpAt: number | null
  end: LegEnd | null
  endedAt: number
  /** Which connection last told of it. */
  heardIn: number
  heardAt: number
  /** The PBX no longer has it, though nobody said that it hung up. */
  lostAt: number | null
  /** The call whose talk it listens to. */
  spiesOn: FsCall | null
}

/** Somebody the customer is connected with. */
export interface Talk {
  agent: AgentRef | null
  at: number
  /** Left, perhaps only to come back within a moment. */
  leftAt: number | null
  /** Held the customer and spoke to somebody else since then: left only once that is over, too. */
  consulted: boolean
}

/** What `call-started` and `call-described` have said. */
export interface Description {
  callType: NonNullable<Extract<CallEvent, { type: 'call-described' }>['callType']>
  customer: string | null
  dialledNumber: string | null
  agent: AgentRef | null
  otherAgent: AgentRef | null
  caller: string | null
}

export interface FsCall {
  /** The first leg's uuid. */
  readonly id: string
  /** Its own and those of calls merged into it: under which it is found. */
  readonly ids: string[]
  createdAt: number
  /** null: the first leg was never seen. */
  root: Leg | null
  readonly legs: Set<Leg>
  /** CC_TYPE and its like, first value told. */
  readonly marks: Map<string, string>
  told: Description | null
  /** Legs dialled, in order: the first one tells what kind of call it is. */
  firstDialled: Leg | null
  dialledAgent: AgentRef | null
  customerNumber: string | null
  shownNumber: string | null
  queue: { id: string; joined: string; leg: Leg } | null
  wasQueued: boolean
  readonly talks: Map<Leg, Talk>
  agentTalked: boolean
  /** When an agent and the customer first heard each other. */
  talkedSince: number | null
  lastTalk: { agent: AgentRef; endedAt: number } | null
  customerAnswered: boolean
  notConnectedTold: boolean
  /** A bridge to a line of which no leg has come yet. */
  bridging: { leg: Leg; number: string | null; at: number } | null
  transfer: { id: string; at: number; kind: 'blind' | 'attended'; from: AgentRef | null; number: string | null } | null
  readonly recordings: Map<string, number>
  released: { by: ReleasingParty; at: number } | null
  last: { leg: Leg; at: number } | null
  /** When a consultation became part of it: an agent had handed over the customer. */
  handedOverAt: number | null
  /** The latest time that was told of it. */
  lastToldAt: number
  mergedInto: FsCall | null
  ended: boolean
}

export interface FsWorld {
  readonly endpoints: Endpoints
  readonly legs: Map<string, Leg>
  /** Legs that are gone, for words that come after: the newest so many. */
  readonly gone: Map<string, Leg>
  readonly calls: Map<string, FsCall>
  /** Calls with something that waits for time to pass. */
  readonly unsettled: Set<FsCall>
  readonly agentNames: Map<string, string>
  /** The calls that the store holds as live, before the next snapshot. */
  readonly storedCalls: Set<string>
  connection: number
  /** The run of the server; '' until known. */
  core: string
  now: number
  out: CallEvent[]
}

const GONE_MAX = 20_000
const NAMES_MAX = 50_000

export function createWorld(endpoints: Endpoints): FsWorld {
  return {
    endpoints,
    legs: new Map(),
    gone: new Map(),
    calls: new Map(),
    unsettled: new Set(),
    agentNames: new Map(),
    storedCalls: new Set(),
    connection: 0,
    core: '',
    now: Number.NEGATIVE_INFINITY,
    out: [],
  }
}

/** The leg of this id, also one that has just gone. */
export function legOf(world: FsWorld, uuid: string): Leg | null {
  return world.legs.get(uuid) ?? world.gone.get(uuid) ?? null
}

/** The call that an id stands for now. */
export function callOf(world: FsWorld, id: string): FsCall | null {
  return currentOf(world.calls.get(id) ?? null)
}

function currentOf(call: FsCall | null): FsCall | null {
  let current = call
  while (current?.mergedInto) current = current.mergedInto
  return current
}

export function learnAgentName(world: FsWorld, id: string, name: string): void {
  if (world.agentNames.size < NAMES_MAX) world.agentNames.set(id, name)
}

export function refOf(world: FsWorld, id: string): AgentRef {
  const name = world.agentNames.get(id)
  return name ? { id, name } : { id }
}

export function forgetLeg(world: FsWorld, leg: Leg): void {
  world.legs.delete(leg.uuid)
  world.gone.set(leg.uuid, leg)
  if (world.gone.size > GONE_MAX) world.gone.delete(world.gone.keys().next().value ?? '')
  leg.call.legs.delete(leg)
}

export function joinBridge(a: Leg, b: Leg, at: number): void {
  leaveBridge(a)
  leaveBridge(b)
  a.bridgedTo = b
  b.bridgedTo = a
  a.bridgedAt = at
  b.bridgedAt = at
}

export function leaveBridge(leg: Leg): void {
  if (leg.bridgedTo?.bridgedTo === leg) leg.bridgedTo.bridgedTo = null
  leg.bridgedTo = null
}

/** Everybody who hears this leg, through loopback pairs too; not the leg itself. */
export function connectedWith(world: FsWorld, leg: Leg): Set<Leg> {
  const seen = new Set<Leg>([leg])
  for (const one of seen) {
    const half = one.kind === 'local' && one.otherHalf !== null ? world.legs.get(one.otherHalf) : undefined
    for (const next of [one.bridgedTo, half]) if (next && seen.size < 50) seen.add(next)
  }
  seen.delete(leg)
  for (const one of [...seen]) if (one.kind === 'local') seen.delete(one)
  return seen
}

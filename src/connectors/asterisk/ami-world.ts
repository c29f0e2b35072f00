// What the connector believes about one PBX: its channels, bridges and calls, and the call events not yet handed out.
// Plain data and the small verbs on it; what messages do to it stands in the ami-*.ts files beside, dispatched by
// ami-to-call-event.ts. No input or output, no clock: the time is the PBX's own.
import type { AgentRef, CallEvent } from '../../calls/call-event.ts'
import type { ReconstructionSource, ReleasingParty } from '../../calls/vocabulary.ts'
import type { AmiMessage } from './ami-parser.ts'
import type { Endpoints } from './endpoints.ts'
import { endpointOf, idOfEndpoint, isMachinery, otherHalfOf } from './endpoints.ts'

export interface Channel {
  readonly uniqueid: string
  name: string
  kind: 'agent' | 'trunk' | 'local' | 'machinery'
  /** The name of the other half; null: not a Local channel. */
  readonly otherHalf: string | null
  call: AmiCall | null
  createdAt: number
  /** As told when the channel was made: later the dialplan sets other ones. */
  callerNumber: string | null
  callerName: string | null
  exten: string | null
  up: boolean
  /** When it was answered; if it was up when it became known, when it was made. */
  upAt: number | null
  bridge: string | null
  leftBridgeAt: number | null
  /** When a message last told that it entered or left a bridge. */
  bridgeToldAt: number
  held: boolean
  /** What was dialled to reach it, and who dialled. */
  number: string | null
  dialledBy: Channel | null
  /** A trunk's leg: who is at its other end. */
  leg: 'customer' | 'external' | null
  /** An agent by the queue's word: the member behind this channel, and the queue that has it rung. */
  member: { id: string | null; name: string | null; queue: string; isLocal: boolean } | null
  missed: boolean
  dialEnd: { status: string; at: number } | null
  legFinished: boolean
  hangupRequest: { at: number; cause: number } | null
  recorded: boolean
  /** Directions of its recording that are muted: `read`, `write`. */
  mutedDirections: Set<string>
  /** In a parking lot, since then. */
  parkedAt: number | null
  /** Which connection last told of it. */
  heardIn: number
  heardAt: number
}

export interface Bridge {
  channels: Set<Channel>
  /** false: a parking lot or waiting room, where nobody hears the others. */
  talks: boolean
  /** false: a conference room: those in it keep their own calls. */
  joins: boolean
}

/** A phone that rings. */
export interface Ring {
  agent: AgentRef
  at: number
  /** In which she is rung: by the time she hears the customer, the queue may have been left. */
  skillGroup: { id: string } | null
}

/** Somebody the customer is connected with. */
export interface Talk {
  channel: Channel
  agent: AgentRef | null
  number: string | null
  /** Left, perhaps only to come back within a moment (swaps of channels). */
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

/** Where a transfer leads. */
export interface TransferTarget {
  toAgent?: AgentRef
  toSkillGroup?: { id: string }
  toNumber?: string
}

export interface AmiCall {
  readonly id: string
  /** Its own and those of calls merged into it: under which it is found. */
  linkedids: string[]
  createdAt: number
  root: Channel
  /** The PBX made the first channel by itself (Originate), nobody called in. */
  originated: boolean
  channels: Set<Channel>
  /** CC_TYPE and its like, first value told. */
  marks: Map<string, string>
  unbound: boolean
  shownNumber: string | null
  originateExten: string | null
  firstLeg: Channel | null
  dialledAgent: AgentRef | null
  told: Description | null
  queue: { name: string; waiting: Channel | null } | null
  wasQueued: boolean
  /** The queue entered last, when, and on which connection. */
  lastQueue: { name: string; at: number; connection: number } | null
  /** The queue that turned the caller away at its door last. */
  refusal: { queue: string; at: number } | null
  /** A mark has said that the customer is in a menu. */
  ivrTold: boolean
  rings: Map<Channel, Ring>
  /** When each agent's phone last stopped ringing unanswered, by agent id. */
  ringsEnded: Map<string, number>
  talks: Map<Channel, Talk>
  /** An agent has talked with the customer (internal: two agents with each other). */
  agentTalked: boolean
  lastTalk: { agent: AgentRef; endedAt: number } | null
  customerRang: Channel | null
  customerAnswered: boolean
  notConnectedTold: boolean
  external: { number: string | null; leg: Channel | null; answered: boolean } | null
  /** When an agent, or the platform, last moved the customer on. */
  transferredAt: number | null
  /** The customer goes on somewhere else than where she talked; whether that was a transfer may be said a moment later. */
  redirect: { at: number; from: AgentRef; to: TransferTarget } | null
  transfer: { at: number; from: AgentRef | null; extension: string; subject: string } | null
  /** Keys heard but not (yet) told by a mark. */
  heardKeys: { key: string; at: number; subject: string; isRetold: boolean }[]
  keysAreMarked: boolean
  /** What the last mark of keys said, and when. */
  markedKeys: { keys: string; at: number } | null
  /** Keys told from the PBX's records, and when they were: their mark may just be heard. */
  retoldKeys: { keys: string; at: number } | null
  recordingTold: boolean
  /** It was told to stop, and may be told to go on. */
  recordingStoppedAt: number | null
  releasedBy: ReleasingParty | null
  /** When the caller's side, or who talked, asked for the end. */
  askedToEndAt: number | null
  mergedInto: AmiCall | null
  /** Nobody saw it begin: it was there when the connection came up. */
  fromSnapshot: boolean
  lastToldAt: number
  /** The beginning of the last gap of which a message was told again. */
  retoldFrom: number | null
  /** The beginning of the last gap of which `call-reconstructed` was told. */
  reconstructedFrom: number | null
  /** The last fact: when it happened, and the time it was told with. */
  lastFact: { at: number; told: number }
  ended: boolean
}

/** A stretch of time in which nobody listened, and from where it is known what happened. Epoch ms on the PBX's clock. */
export interface Gap {
  from: number
  to: number
  sources: readonly ReconstructionSource[]
  /** AMI and what was written down stamp one thing at times this far apart, ms. */
  apartMs: number
}

/** What the store has of a call that is told again from its beginning, after Callbook itself was away. */
export interface StoredCall {
  events: readonly CallEvent[]
  lastAt: number
  /** Events that were found among those told again. */
  found: Set<string>
  /** What the store knows of its kind has been taken over. */
  isAdopted: boolean
}

export interface AmiWorld {
  readonly endpoints: Endpoints
  channels: Map<string, Channel>
  channelsByName: Map<string, Channel>
  bridges: Map<string, Bridge>
  /** By linked id; a call merged into another is found as that other. */
  calls: Map<string, AmiCall>
  /** Calls with something to be decided a moment later. */
  unsettled: Set<AmiCall>
  /** Channels that are over: what still comes of them tells nothing. */
  gone: Set<string>
  agentNames: Map<string, string>
  /** Counts connections; a channel not told of since the last one may be over. */
  connection: number
  /** When that connection began to tell what happens. */
  connectedAt: number
  /** Until then, unknown channels are left to the snapshot. */
  awaitingSnapshotUntil: number
  snapshot: SnapshotRows
  /** Calls that the store holds as live, from before this process. */
  storedCalls: Set<string>
  now: number
  out: CallEvent[]
  /** The gap that is being told of, and whether the message that is being read is one of those told again. */
  gap: Gap | null
  isRetelling: boolean
  /** Calls told again from their beginning, by id. */
  retoldCalls: Map<string, StoredCall>
  /** The last sign of life of the PBX since the connection was lost, if it was; the PBX's time. */
  lostAt: number | null
}

/** Rows of list answers, by unique id, until the list of channels is complete. */
export interface SnapshotRows {
  /** Lists of channels begun, by action id; `done` ones are not read twice. */
  lists: Map<string, { rows: Map<string, AmiMessage>; expected: number | null; done: boolean }>
  dialled: Map<string, string>
  waiting: Map<string, { queue: string; waitMs: number }>
  /** Who waits has been told to the end. */
  isQueueListed: boolean
}

const GONE_MAX = 20_000
const NAMES_MAX = 20_000

export function createWorld(endpoints: Endpoints): AmiWorld {
  return {
    endpoints,
    channels: new Map(),
    channelsByName: new Map(),
    bridges: new Map(),
    calls: new Map(),
    unsettled: new Set(),
    gone: new Set(),
    agentNames: new Map(),
    connection: 0,
    connectedAt: Number.NEGATIVE_INFINITY,
    awaitingSnapshotUntil: 0,
    snapshot: { lists: new Map(), dialled: new Map(), waiting: new Map(), isQueueListed: false },
    storedCalls: new Set(),
    now: 0,
    out: [],
    gap: null,
    isRetelling: false,
    retoldCalls: new Map(),
    lostAt: null,
  }
}

export interface NewChannel {
  uniqueid: string
  name: string
  at: number
  callerNumber: string | null
  callerName: string | null
  exten: string | null
  up: boolean
}

export function addChannel(world: AmiWorld, made: NewChannel): Channel {
  const { uniqueid, name, at, callerNumber, callerName, exten, up } = made
  const kind = isMachinery(name) ? 'machinery' : world.endpoints.kindOf(name)
  const channel: Channel = {
    uniqueid,
    name,
    kind,
    otherHalf: otherHalfOf(name),
    call: null,
    createdAt: at,
    callerNumber,
    callerName,
    exten,
    up,
    upAt: up ? at : null,
    bridge: null,
    leftBridgeAt: null,
    bridgeToldAt: Number.NEGATIVE_INFINITY,
    held: false,
    number: null,
    dialledBy: null,
    leg: null,
    member: null,
    missed: false,
    dialEnd: null,
    legFinished: false,
    hangupRequest: null,
    recorded: false,
    mutedDirections: new Set(),
    parkedAt: null,
    heardIn: world.connection,
    heardAt: at,
  }
  world.channels.set(uniqueid, channel)
  world.channelsByName.set(name, channel)
  // The endpoint's own name, as configured: only then is its number its own, too.
  if (kind === 'agent' && callerName && callerNumber === idOfEndpoint(endpointOf(name))) {
    learnAgentName(world, callerNumber, callerName)
  }
  return channel
}

export function renameChannel(world: AmiWorld, channel: Channel, name: string): void {
  if (world.channelsByName.get(channel.name) === channel) world.channelsByName.delete(channel.name)
  channel.name = name
  world.channelsByName.set(name, channel)
}

export function forgetChannel(world: AmiWorld, channel: Channel): void {
  leaveBridge(world, channel)
  world.channels.delete(channel.uniqueid)
  if (world.channelsByName.get(channel.name) === channel) world.channelsByName.delete(channel.name)
  channel.call?.channels.delete(channel)
  world.gone.add(channel.uniqueid)
  if (world.gone.size > GONE_MAX) world.gone.delete(world.gone.values().next().value ?? '')
}

export function enterBridge(
  world: AmiWorld,
  channel: Channel,
  id: string,
  made: { talks: boolean; joins: boolean },
): Bridge {
  if (channel.bridge !== id) leaveBridge(world, channel)
  let bridge = world.bridges.get(id)
  if (!bridge) {
    bridge = { channels: new Set(), ...made }
    world.bridges.set(id, bridge)
  }
  bridge.channels.add(channel)
  channel.bridge = id
  return bridge
}

export function leaveBridge(world: AmiWorld, channel: Channel): void {
  if (channel.bridge === null) return
  const bridge = world.bridges.get(channel.bridge)
  bridge?.channels.delete(channel)
  if (bridge?.channels.size === 0) world.bridges.delete(channel.bridge)
  channel.bridge = null
}

/** Everybody whom a channel hears: through bridges, and through Local pairs between them. Without itself. */
export function connectedWith(world: AmiWorld, start: Channel): Set<Channel> {
  const reached = new Set<Channel>([start])
  const people = new Set<Channel>()
  for (const channel of reached) {
    const bridge = channel.bridge === null ? undefined : world.bridges.get(channel.bridge)
    if (bridge?.talks) for (const other of bridge.channels) reached.add(other)
    const half = channel.otherHalf === null ? undefined : world.channelsByName.get(channel.otherHalf)
    if (half) reached.add(half)
    if (channel !== start && (channel.kind === 'agent' || channel.kind === 'trunk')) people.add(channel)
  }
  return people
}

export function learnAgentName(world: AmiWorld, id: string, name: string): void {
  if (world.agentNames.size < NAMES_MAX || world.agentNames.has(id)) world.agentNames.set(id, name)
}

/** Who is at this channel, if an agent is: by the queue's word, or by the endpoint. */
export function agentAt(world: AmiWorld, channel: Channel): AgentRef | null {
  const endpointId = idOfEndpoint(endpointOf(channel.name))
  if (channel.kind === 'agent') return refOf(world, endpointId, memberNameAt(world, channel, endpointId))
  // A member reached over a trunk: an agent's mobile phone.
  if (channel.kind === 'trunk' && channel.member?.id) return refOf(world, channel.member.id, channel.member.name)
  return null
}

/**
 * The queue's name for who is at a phone. Where the member is another phone, the call was picked up or forwarded, and the
 * queue names the one at whom it rang; behind a Local channel the phone may have a number of its own.
 */
function memberNameAt(world: AmiWorld, { member }: Channel, endpointId: string): string | null {
  if (!member || member.id === endpointId) return member?.name ?? null
  return member.isLocal ? (world.agentNames.get(endpointId) ?? member.name) : null
}

export function refOf(world: AmiWorld, id: string, name: string | null = null): AgentRef {
  const known = name ?? world.agentNames.get(id)
  return known ? { id, name: known } : { id }
}

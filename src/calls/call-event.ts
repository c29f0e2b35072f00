// A call event says one thing about one call. Events are the ground truth; the call record is derived from them
// (call-state.ts). Connectors make events, HTTP takes them, nothing else does. One schema per type, from which the
// TypeScript types, the checks at the door and the OpenAPI description all come.
import { type Static, type TObject, Type } from 'typebox'
import {
  CALL_TYPES,
  DELETION_RULES,
  EXTERNAL_OUTCOMES,
  NOT_CONNECTED_CAUSES,
  QUEUE_OUTCOMES,
  RECONSTRUCTION_SOURCES,
  RELEASING_PARTIES,
  RING_OUTCOMES,
  TRANSFER_KINDS,
} from './vocabulary.ts'

/** One of a closed list of words, typed as such. */
const oneOf = <T extends string>(values: readonly T[]) => Type.Unsafe<T>(Type.Enum([...values]))

const Id = Type.String({ minLength: 1, maxLength: 200 })
const Name = Type.String({ minLength: 1, maxLength: 200 })
const PhoneNumber = Type.String({ minLength: 1, maxLength: 64 })
/** ISO 8601 with zone, or epoch milliseconds (fractions keep the order of what one PBX says within a millisecond). */
const Instant = Type.Union([Type.Number(), Type.String({ minLength: 1, maxLength: 40 })])

export const AgentRef = Type.Object({ id: Id, name: Type.Optional(Name) })
export type AgentRef = Static<typeof AgentRef>
export const SkillGroupRef = Type.Object({ id: Id, name: Type.Optional(Name) })
export type SkillGroupRef = Static<typeof SkillGroupRef>

const ReleasedBy = oneOf(RELEASING_PARTIES)
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

const Guessed = Type.Array(oneOf(['callType'] as const), { maxItems: 10 })

/** The own fields of each event type, beside `id`, `callId`, `at` and `type`. */
const fields = {
  /** The call exists. `agent`: who dials (outbound, back-to-back, internal); `otherAgent`: who is called (internal). */
  'call-started': {
    callType: oneOf(CALL_TYPES),
    customer: Type.Optional(PhoneNumber),
    dialledNumber: Type.Optional(PhoneNumber),
    agent: Type.Optional(AgentRef),
    otherAgent: Type.Optional(AgentRef),
    /** The calling number where it is neither the customer's nor an agent's (a mobile dialling a virtual number). */
    caller: Type.Optional(PhoneNumber),
    /** Which of these the source had to conclude from the shape of the call. */
    guessed: Type.Optional(Guessed),
  },
  /** What was not known at the start (taken from later marks): each field given replaces what was believed. */
  'call-described': {
    callType: Type.Optional(oneOf(CALL_TYPES)),
    customer: Type.Optional(PhoneNumber),
    dialledNumber: Type.Optional(PhoneNumber),
    agent: Type.Optional(AgentRef),
    otherAgent: Type.Optional(AgentRef),
    caller: Type.Optional(PhoneNumber),
    guessed: Type.Optional(Guessed),
  },
  /**
   * Nobody listened when this part of the call happened: what is told of it was read from the PBX's own records
   * afterwards. It begins at `at` and lasts `durationMs`.
   */
  'call-reconstructed': {
    sources: Type.Array(oneOf(RECONSTRUCTION_SOURCES), { minItems: 1, maxItems: RECONSTRUCTION_SOURCES.length }),
    durationMs: Type.Optional(Count),
  },
  'ivr-entered': { node: Type.Optional(Name) },
  'key-pressed': { key: Type.String({ minLength: 1, maxLength: 32 }), node: Type.Optional(Name) },
  'queue-entered': { skillGroup: SkillGroupRef },
  'queue-left': { skillGroup: Type.Optional(SkillGroupRef), outcome: Type.Optional(oneOf(QUEUE_OUTCOMES)) },
  'agent-ringing': { agent: AgentRef, skillGroup: Type.Optional(SkillGroupRef) },
  'agent-ring-ended': { agent: AgentRef, outcome: Type.Optional(oneOf(RING_OUTCOMES)) },
  /** The agent and the customer can hear each other (or, back-to-back, the agent's own phone was picked up first: see `withCustomer`). */
  'agent-answered': {
    agent: AgentRef,
    skillGroup: Type.Optional(SkillGroupRef),
    /** false: only the agent's phone was picked up, the customer is not there yet (back-to-back). */
    withCustomer: Type.Optional(Type.Boolean()),
  },
  'agent-left': { agent: AgentRef },
  'customer-ringing': { number: Type.Optional(PhoneNumber) },
  'customer-answered': { number: Type.Optional(PhoneNumber) },
  'customer-not-connected': { cause: oneOf(NOT_CONNECTED_CAUSES) },
  held: { by: Type.Optional(ReleasedBy), agent: Type.Optional(AgentRef) },
  resumed: { by: Type.Optional(ReleasedBy), agent: Type.Optional(AgentRef) },
  transferred: {
    kind: Type.Optional(oneOf(TRANSFER_KINDS)),
    from: Type.Optional(AgentRef),
    toAgent: Type.Optional(AgentRef),
    toSkillGroup: Type.Optional(SkillGroupRef),
    toNumber: Type.Optional(PhoneNumber),
  },
  'external-dialled': { number: Type.Optional(PhoneNumber) },
  'external-answered': { number: Type.Optional(PhoneNumber) },
  'external-ended': { number: Type.Optional(PhoneNumber), outcome: Type.Optional(oneOf(EXTERNAL_OUTCOMES)) },
  'supervisor-joined': { agent: AgentRef },
  'supervisor-left': { agent: AgentRef },
  /** `n`: which recording of the call, from 1. */
  'recording-started': { n: Type.Optional(Type.Integer({ minimum: 1, maximum: 99 })) },
  /** The source says that the recording is finished. It is `available` only once Callbook has the file (`recording-stored`). */
  'recording-ready': { n: Type.Optional(Type.Integer({ minimum: 1, maximum: 99 })) },
  /** Nothing is to be heard from here on (a card number is said): the recorder writes silence, or nothing, until it is resumed. */
  'recording-paused': { n: Type.Optional(Type.Integer({ minimum: 1, maximum: 99 })) },
  'recording-resumed': { n: Type.Optional(Type.Integer({ minimum: 1, maximum: 99 })) },
  'recording-stored': {
    n: Type.Integer({ minimum: 1, maximum: 99 }),
    durationMs: Count,
    sizeBytes: Count,
    channels: Type.Integer({ minimum: 1, maximum: 64 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** false: no browser plays it (compressed, and there was nothing to decode it). */
    playable: Type.Optional(Type.Boolean()),
    /** Only one direction was recorded: what came in from the recorded party, or what went out to it. */
    half: Type.Optional(oneOf(['in', 'out'])),
  },
  /** `rule`, `limit`: which rule of retention, and the days or bytes it allows. */
  'recording-deleted': {
    n: Type.Integer({ minimum: 1, maximum: 99 }),
    because: Type.String({ maxLength: 200 }),
    rule: Type.Optional(oneOf(DELETION_RULES)),
    limit: Type.Optional(Count),
  },
  /** Retention passes it by until it is released. `actor`: who said so (`user:<name>`, `key:<name>`). */
  'recording-held': {
    n: Type.Integer({ minimum: 1, maximum: 99 }),
    actor: Type.String({ minLength: 1, maxLength: 200 }),
    reason: Type.String({ maxLength: 500 }),
  },
  'recording-released': {
    n: Type.Integer({ minimum: 1, maximum: 99 }),
    actor: Type.String({ minLength: 1, maxLength: 200 }),
    reason: Type.String({ maxLength: 500 }),
  },
  /** A part of the audio was made silent for good; times from the beginning of the recording. The rest is as it was. */
  'recording-silenced': {
    n: Type.Integer({ minimum: 1, maximum: 99 }),
    fromMs: Count,
    toMs: Count,
    because: Type.String({ minLength: 1, maxLength: 200 }),
    sizeBytes: Count,
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  'recording-missing': {
    n: Type.Integer({ minimum: 1, maximum: 99 }),
    because: Type.Optional(Type.String({ maxLength: 200 })),
  },
  /** Its file is not the one that was stored. */
  'recording-damaged': {
    n: Type.Integer({ minimum: 1, maximum: 99 }),
    because: Type.Optional(Type.String({ maxLength: 200 })),
  },
  /** The call `mergedCallId` turned out to be a part of this one (a consultation before a transfer): its events count here. */
  'calls-merged': { mergedCallId: Id },
  /** Somebody asked to end the call. What was open at this moment (a ringing phone, a queue) decides why it ended; the PBX closes those before the call's end. */
  'hangup-requested': { by: ReleasedBy },
  /**
   * `estimated`: the end was not reported, `at` is the best guess (the PBX restarted, the connection was away).
   * `partial`: the end of what one row of a CDR file tells; of several such ends the last is the call's.
   */
  'call-ended': {
    releasedBy: Type.Optional(ReleasedBy),
    estimated: Type.Optional(Type.Boolean()),
    partial: Type.Optional(Type.Boolean()),
  },
} as const

export type CallEventType = keyof typeof fields
export const CALL_EVENT_TYPES = Object.keys(fields) as CallEventType[]

const base = { id: Id, callId: Id, at: Instant }

function eventSchema<T extends CallEventType>(type: T) {
  return Type.Object({ ...base, type: Type.Literal(type), ...fields[type] })
}

/** One schema per event type: what `POST /api/v1/events` takes. Unknown fields are let through and not kept. */
export const eventSchemas = Object.fromEntries(
  CALL_EVENT_TYPES.map((type) => [type, eventSchema(type)]),
) as unknown as {
  [T in CallEventType]: TObject
}

type EventOf<T extends CallEventType> = {
  id: string
  callId: string
  /** Epoch milliseconds, UTC; may have a fraction. */
  at: number
  type: T
} & Static<ReturnType<typeof Type.Object<(typeof fields)[T]>>>

/** A checked call event: `at` is epoch milliseconds. */
export type CallEvent = { [T in CallEventType]: EventOf<T> }[CallEventType]
export type CallEventOf<T extends CallEventType> = Extract<CallEvent, { type: T }>

// The call record: one row per customer's call, whatever legs the PBX made. Derived from events by call-state.ts, kept
// by the store, shown by the API (call-json.ts turns instants into ISO 8601). Absent values are null.
import type {
  CallType,
  DeletionRule,
  ExternalOutcome,
  HangupReason,
  NotConnectedCause,
  Phase,
  QueueOutcome,
  ReconstructionSource,
  RecordingState,
  ReleasingParty,
  RingOutcome,
  TransferKind,
} from './vocabulary.ts'

export interface Agent {
  id: string
  name: string | null
}

export interface SkillGroup {
  id: string
  name: string | null
}

/** An agent's part in a call: everybody whose phone rang or who talked. */
export interface AgentPart extends Agent {
  /** Talked with the customer (internal calls: with the other agent). */
  talked: boolean
}

export interface CallRecording {
  /** Which recording of the call, from 1; the last part of its address. */
  n: number
  state: RecordingState
  durationMs: number | null
  sizeBytes: number | null
  channels: number | null
  sha256: string | null
  /** false: it is there, but compressed so that no browser plays it. */
  playable: boolean
  /** When the recorder was told to pause, since the call's start; `toMs` null: it was not resumed. */
  pauses: { fromMs: number; toMs: number | null }[]
  /** Parts made silent for good, since the recording's beginning, with the reason given. */
  silenced: { fromMs: number; toMs: number; because: string }[]
  deletedAt: number | null
  deletedBecause: string | null
  /** Which rule of retention deleted it, and the days or bytes that rule allows. */
  deletedRule: DeletionRule | null
  deletedLimit: number | null
  /** Since when retention passes it by, who said so (`user:<name>`, `key:<name>`) and why. */
  heldAt: number | null
  heldBy: string | null
  holdReason: string | null
  /** Of a file that came while the call it was of was not merged into this one yet: how it is kept. Not shown. */
  of?: { callId: string; n: number }
}

/** One line of a call's flow. `type` is the event's; which of the other fields are set depends on it. */
export interface Step {
  /** The event that says it. */
  eventId: string
  at: number
  /** Since the call started; negative for what came before (odd, but said). */
  offsetMs: number
  type: string
  /** How long the thing that began here lasted (ring, queue, talk, hold); null for moments and for what still goes on. */
  durationMs: number | null
  agent: Agent | null
  skillGroup: SkillGroup | null
  number: string | null
  key: string | null
  node: string | null
  outcome: RingOutcome | QueueOutcome | ExternalOutcome | NotConnectedCause | null
  by: ReleasingParty | null
  transfer: {
    kind: TransferKind | null
    from: Agent | null
    toAgent: Agent | null
    toSkillGroup: SkillGroup | null
    toNumber: string | null
  } | null
  recording: number | null
  /** Where this part of the call was read from afterwards (`call-reconstructed`). */
  sources: ReconstructionSource[] | null
  /** What was told of the call in addition, or corrected (`call-described`). */
  described: { callType: CallType | null; customer: string | null; dialledNumber: string | null } | null
  /** The id of the call this step was part of before it was merged into this one (a consultation). */
  mergedFrom: string | null
  /** A code for something odd about this step (`after-end`, `not-in-queue`…): shown, never a reason to drop it. */
  remark: string | null
}

/** What a derived value may have had to do without. */
export type MissingFact =
  /** The source never said how the call began. */
  | 'no-start'
  /** The source did not say the type outright: it follows from the shape of the call (who rang whom). */
  | 'type-guessed'
  /** The end was not reported. */
  | 'end-estimated'

/** null while the call is live. */
export type HangupReasonOrNone = HangupReason | null

/** The values of a record that are decided rather than told. */
export type DecidedField = 'hangupReason' | 'type' | 'caller' | 'callee' | 'agent' | 'skillGroup' | 'establishedAt'

/** Which rule decided a value (derived-values.ts), the steps (by event id) that made it so, and what was missing. */
export interface ValueBecause {
  rule: string
  steps: string[]
  missing: MissingFact[]
}

/** Which rule decided the hangup reason (hangup-reason.ts) and the steps (by event id) that made it so. */
export interface ReasonBecause {
  rule: string
  steps: string[]
}

export interface Call {
  id: string
  /** Which connector or API key told about it first. */
  source: string | null
  type: CallType
  /** null once the call has ended. */
  phase: Phase | null
  /** When the phase began: what a live call's waiting or talking time is counted from. null once the call has ended. */
  phaseAt: number | null
  /** null while the call is live. */
  hangupReason: HangupReason | null
  notConnectedCause: NotConnectedCause | null
  releasedBy: ReleasingParty | null
  caller: string | null
  callee: string | null
  customer: string | null
  /** The number the customer dialled (DID), or the virtual number. */
  dialledNumber: string | null
  startedAt: number
  establishedAt: number | null
  /** When the first agent (or the external line) and the customer could talk. */
  answeredAt: number | null
  endedAt: number | null
  /** The end was never reported: `endedAt` is a bound. */
  endEstimated: boolean
  /** Parts of it (or all) were read from the PBX's own records, because nobody listened while they happened. */
  reconstructed: boolean
  /** From start to end; null while live. */
  durationMs: number | null
  ivrMs: number
  queueMs: number
  /** Time in which at least one agent's phone (outbound: the customer's) rang. */
  ringMs: number
  /** Time in which the customer talked with an agent or an external line, hold included. */
  talkMs: number
  holdMs: number
  /** First who talked with the customer; nobody talked: the last whose phone rang. */
  agent: Agent | null
  agents: AgentPart[]
  /** Where the answering agent was assigned; else the last queue entered. */
  skillGroup: SkillGroup | null
  skillGroups: SkillGroup[]
  /** How often an agent moved the customer on. */
  transfers: number
  /** What the customer pressed, in order. */
  keys: string[]
  recordings: CallRecording[]
  /** Set once this call turned out to be a part of another (a consultation): it is no longer listed by itself. */
  mergedInto: string | null
  steps: Step[]
  reasonBecause: ReasonBecause | null
  because: Record<DecidedField, ValueBecause>
}

/** A call as the store gives it back: with the instance's change number of its last change. */
export interface StoredCall extends Call {
  seq: number
  /** Of the notes people wrote to it, which lie beside the record; left out where there are none. */
  tags?: string[]
}

/** A call as lists and the live feed carry it: without its flow. */
export type CallSummary = Omit<StoredCall, 'steps' | 'reasonBecause' | 'because'>

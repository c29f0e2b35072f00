// The one JSON shape of a call (API list, detail, live feed, `callbook derive`): instants as ISO 8601 in the instance's
// time zone, absent values null. The browser imports these types.
import type {
  Agent,
  AgentPart,
  Call,
  CallRecording,
  CallSummary,
  DecidedField,
  ReasonBecause,
  SkillGroup,
  Step,
  StoredCall,
  ValueBecause,
} from './call.ts'

type InstantKeys = 'phaseAt' | 'startedAt' | 'establishedAt' | 'answeredAt' | 'endedAt'

/** A call as the list and the live feed send it. */
export interface CallJson extends Omit<Call, InstantKeys | 'steps' | 'reasonBecause' | 'because' | 'recordings'> {
  phaseAt: string | null
  startedAt: string
  establishedAt: string | null
  answeredAt: string | null
  endedAt: string | null
  recordings: CallRecordingJson[]
  /** Of the notes people wrote to it. */
  tags: string[]
  seq: number
}

export interface CallRecordingJson extends Omit<CallRecording, 'deletedAt' | 'heldAt' | 'of'> {
  deletedAt: string | null
  heldAt: string | null
}

/** How long each party talked, both at once, and neither: heard from a recording with a channel for each. */
export interface RecordingTalkJson {
  customerMs: number
  agentMs: number
  overlapMs: number
  silenceMs: number
}

/** What the store knows of a recording beside the call's record. */
export interface StoredRecordingJson {
  /** null: one channel, or not listened to yet. */
  talk: RecordingTalkJson | null
  /** Its file is encrypted with a key that the server does not have: the key's id. It cannot be heard until the key is back. */
  lockedBy: string | null
}

export interface DetailRecordingJson extends CallRecordingJson, StoredRecordingJson {
  /** When the PBX began it, as it said, since the call's start; null: it did not say. */
  fromMs: number | null
}

export interface StepJson extends Omit<Step, 'at'> {
  at: string
}

/** A call as `GET /calls/{id}` and `callbook derive` give it. */
export interface CallDetailJson extends Omit<CallJson, 'recordings'> {
  recordings: DetailRecordingJson[]
  steps: StepJson[]
  reasonBecause: ReasonBecause | null
  because: Record<DecidedField, ValueBecause>
}

export type { Agent, AgentPart, ReasonBecause, SkillGroup }

/** Writes an instant: epoch ms → `2026-11-23T10:00:00.000+08:00`. */
export type WriteInstant = (at: number) => string

export function callToJson(call: CallSummary, write: WriteInstant): CallJson {
  return { ...call, ...instantsOf(call, write), tags: call.tags ?? [] }
}

/** `stored`: what is known of the call's recordings, by number. */
export function callToDetailJson(
  call: StoredCall,
  write: WriteInstant,
  stored: ReadonlyMap<number, StoredRecordingJson> = new Map(),
): CallDetailJson {
  const { recordings, ...instants } = instantsOf(call, write)
  return {
    ...call,
    ...instants,
    tags: call.tags ?? [],
    recordings: recordings.map((recording, i) => ({
      ...recording,
      ...(stored.get(recording.n) ?? NOT_STORED),
      fromMs: beganMs(call, call.recordings[i] ?? recording),
    })),
    steps: call.steps.map((step) => ({ ...step, at: write(step.at) })),
  }
}

const NOT_STORED: StoredRecordingJson = { talk: null, lockedBy: null }

/** A recording of a merged call was told of under that call's id and number; one that is told without a number is the first. */
function beganMs({ steps }: StoredCall, { n, of }: Pick<CallRecording, 'n' | 'of'>): number | null {
  const told = steps.find(
    ({ type, recording, mergedFrom }) =>
      type === 'recording-started' && (recording ?? 1) === (of?.n ?? n) && mergedFrom === (of?.callId ?? null),
  )
  return told?.offsetMs ?? null
}

function instantsOf(call: CallSummary, write: WriteInstant) {
  const orNull = (at: number | null) => (at === null ? null : write(at))
  return {
    // Records derived before there was a `phaseAt` lack it.
    phaseAt: orNull(call.phaseAt ?? null),
    startedAt: write(call.startedAt),
    establishedAt: orNull(call.establishedAt),
    answeredAt: orNull(call.answeredAt),
    endedAt: orNull(call.endedAt),
    recordings: call.recordings.map(({ of: _, ...r }) => ({
      ...r,
      deletedAt: orNull(r.deletedAt),
      heldAt: orNull(r.heldAt),
    })),
  }
}

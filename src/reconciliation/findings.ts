// What can be wrong with a day's records, as pure questions about calls and recordings. reconcile.ts asks them over the
// store; repair.ts knows what to do about each answer.
import type { CallSummary } from '../calls/call.ts'

/** How bad: an `error` is a record or a recording that is wrong or lost, a `warning` may have a good reason. */
export type Severity = 'error' | 'warning'

export type Repair =
  /** Close the call at its last sign of life. */
  | { action: 'close-call'; callId: string; at: number }
  /** Say in the record that the audio never came. */
  | { action: 'mark-missing'; callId: string; n: number }
  /** Stop showing a file that belongs to no call; the file itself stays where it is. */
  | { action: 'forget-file'; origin: string }
  /** Read a PBX's own logs for this time again. */
  | { action: 'backfill'; connector: string; from: number; to: number }

export interface Finding {
  kind: FindingKind
  severity: Severity
  callId: string | null
  /** Numbers and names that the sentence of this kind needs. */
  facts: Record<string, string | number>
  /** null: nothing a machine could do. */
  repair: Repair | null
}

export const FINDING_KINDS = [
  'call-without-end',
  'recording-never-came',
  'recording-missing',
  'recording-damaged',
  'call-without-recording',
  'recording-length',
  'file-without-call',
  'file-unreadable',
  'recording-without-call',
  'pbx-knows-more',
  'clock-skew',
] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** A recording may still be on its way for this long after the call. */
export const RECORDING_DUE_MS = 10 * 60_000
/** A recording and the talk may differ by this much, or by a tenth, before it is worth a look. */
const LENGTH_TOLERANCE_MS = 5_000
/** A talk shorter than this may rightly have no recording. */
const TALK_WORTH_RECORDING_MS = 2_000

export interface CallQuestion {
  now: number
  /** When anything was last heard of the call; only asked for live ones. */
  lastSignAt: number
  silentMs: number
  /** Do this call's source's talks normally have recordings? */
  sourceRecords: boolean
}

/** What is wrong with one call. */
export function findingsOfCall(call: CallSummary, question: CallQuestion): Finding[] {
  if (call.endedAt === null) return withoutEnd(call, question)
  if (question.now - call.endedAt < RECORDING_DUE_MS) return []
  const found = call.recordings.flatMap((recording): Finding[] => {
    const { n, state } = recording
    if (state === 'recording') {
      const repair: Repair = { action: 'mark-missing', callId: call.id, n }
      return [{ kind: 'recording-never-came', severity: 'error', callId: call.id, facts: { n }, repair }]
    }
    if (state === 'missing' || state === 'damaged') {
      return [{ kind: `recording-${state}`, severity: 'error', callId: call.id, facts: { n }, repair: null }]
    }
    return []
  })
  if (call.recordings.length === 0 && question.sourceRecords && call.talkMs >= TALK_WORTH_RECORDING_MS) {
    const facts = { talkMs: call.talkMs }
    return [{ kind: 'call-without-recording', severity: 'error', callId: call.id, facts, repair: null }]
  }
  return [...found, ...lengthOf(call)]
}

function withoutEnd(call: CallSummary, { now, lastSignAt, silentMs }: CallQuestion): Finding[] {
  if (now - lastSignAt < silentMs) return []
  const repair: Repair = { action: 'close-call', callId: call.id, at: lastSignAt }
  const facts = { silentMs: now - lastSignAt }
  return [{ kind: 'call-without-end', severity: 'error', callId: call.id, facts, repair }]
}

/** Several recordings of a call are held together against its talk; a deleted one cannot be. */
function lengthOf(call: CallSummary): Finding[] {
  const available = call.recordings.filter((recording) => recording.state === 'available')
  if (available.length === 0 || available.length < call.recordings.length) return []
  const recordedMs = available.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0)
  const tolerance = Math.max(LENGTH_TOLERANCE_MS, call.talkMs / 10)
  // A recording longer than the talk has the queue or the IVR on it; one much shorter has lost something.
  if (call.talkMs - recordedMs <= tolerance) return []
  const facts = { talkMs: call.talkMs, recordedMs }
  return [{ kind: 'recording-length', severity: 'warning', callId: call.id, facts, repair: null }]
}

/**
 * 100: nothing is wrong. Each error takes a whole call away, each warning a quarter; never below 0. One decimal.
 * `calls`: how many were looked at.
 */
export function scoreOf(calls: number, findings: readonly Finding[]): number {
  if (findings.length === 0) return 100
  const lost = findings.reduce((sum, { severity }) => sum + (severity === 'error' ? 1 : 0.25), 0)
  return Math.max(0, Math.floor((1 - lost / Math.max(calls, lost)) * 1000) / 10)
}

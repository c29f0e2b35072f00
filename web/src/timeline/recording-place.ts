// When in the call a recording was made, as far as it can be told. Files carry no time: a PBX records from the moment it
// was told to, or (MixMonitor's option b) only while two are connected. A beginning that makes the file end where the call
// ends is the right one; a file that ends earlier was stopped, and began when it was told to. Pure.
import type { CallDetailJson, DetailRecordingJson } from '../../../src/calls/call-json.ts'
import { isAudible } from '../recordings/recording-words.ts'

/** Files end a moment before or after the call does. */
const TOLERANCE_MS = 1_500
const TOLERANCE_SHARE = 0.03

/** Since the call's start; null: the file does not fit anywhere (several talks recorded as one, for example). */
export function recordingStartMs(call: CallDetailJson, recording: DetailRecordingJson): number | null {
  const { durationMs, fromMs: toldMs } = recording
  if (durationMs === null) return null
  const toleranceMs = Math.max(TOLERANCE_MS, durationMs * TOLERANCE_SHARE)
  const startedAt = Date.parse(call.startedAt)
  const answeredMs = call.answeredAt === null ? null : Date.parse(call.answeredAt) - startedAt
  const endMs = call.endedAt === null ? null : Date.parse(call.endedAt) - startedAt
  if (endMs !== null) {
    const untilEnd = nearest([toldMs, answeredMs, 0], endMs - durationMs)
    if (untilEnd !== null && untilEnd.offByMs <= toleranceMs) return untilEnd.ms
  }
  if (toldMs !== null && (endMs === null || toldMs + durationMs <= endMs + toleranceMs)) return toldMs
  // Not told: as long as the talk with one of the agents.
  const talks = call.steps.flatMap((step) =>
    step.type === 'agent-answered' && step.durationMs !== null
      ? [{ ms: step.offsetMs, offByMs: Math.abs(step.durationMs - durationMs) }]
      : [],
  )
  const talk = talks.sort((a, b) => a.offByMs - b.offByMs)[0]
  return talk !== undefined && talk.offByMs <= toleranceMs ? talk.ms : null
}

function nearest(beginnings: readonly (number | null)[], toMs: number): { ms: number; offByMs: number } | null {
  const known = beginnings.filter((ms): ms is number => ms !== null)
  return known.map((ms) => ({ ms, offByMs: Math.abs(ms - toMs) })).sort((a, b) => a.offByMs - b.offByMs)[0] ?? null
}

/** A stretch of the call of which there is, was or will be a recording. */
export interface SoundPart {
  recording: DetailRecordingJson
  fromMs: number
  toMs: number
  /** Its place in the call is not known: the times are the recording's own. */
  isLoose: boolean
  /** Can be heard; is being recorded; or was recorded, and cannot be heard (any more). */
  kind: 'heard' | 'running' | 'gone'
}

/** In the order of their beginnings; what has no known place is not among them. @param lastedMs the call's length by now */
export function soundParts(call: CallDetailJson, lastedMs: number): SoundPart[] {
  const parts = call.recordings.flatMap((recording): SoundPart[] => {
    const isRunning = recording.state === 'recording'
    if (isRunning && call.phase === null) return []
    const fromMs = isRunning ? recording.fromMs : recordingStartMs(call, recording)
    if (fromMs === null) return []
    const toMs = isRunning ? lastedMs : fromMs + (recording.durationMs ?? 0)
    const kind = isRunning ? 'running' : isAudible(recording) ? 'heard' : 'gone'
    return [{ recording, fromMs, toMs, isLoose: false, kind }]
  })
  return parts.sort((a, b) => a.fromMs - b.fromMs || a.recording.n - b.recording.n)
}

/** Can be heard, but nobody knows when in the call it was made. */
export function looseParts(call: CallDetailJson): SoundPart[] {
  return call.recordings
    .filter((recording) => isAudible(recording) && recordingStartMs(call, recording) === null)
    .map((recording) => ({
      recording,
      fromMs: 0,
      toMs: recording.durationMs ?? 0,
      isLoose: true,
      kind: 'heard',
    }))
}

/** Shorter gaps are what a recorder needs to begin and end. */
const GAP_MS = 2_000

/** Where nothing of the call was recorded; ms since its start. */
export function gapsBetween(parts: readonly SoundPart[], lastedMs: number): [fromMs: number, toMs: number][] {
  const gaps: [number, number][] = []
  let coveredMs = 0
  for (const { fromMs, toMs } of [...parts].sort((a, b) => a.fromMs - b.fromMs)) {
    gaps.push([coveredMs, fromMs])
    coveredMs = Math.max(coveredMs, toMs)
  }
  gaps.push([coveredMs, lastedMs])
  return gaps.filter(([from, to]) => to - from >= GAP_MS)
}

/** Parts that overlap (a consultation while the customer is on hold) lie below each other. */
export function inTracks(parts: readonly SoundPart[]): SoundPart[][] {
  const tracks: SoundPart[][] = []
  for (const part of parts) {
    const free = tracks.find((track) => (track.at(-1)?.toMs ?? 0) <= part.fromMs + TOLERANCE_MS)
    if (free) free.push(part)
    else tracks.push([part])
  }
  return tracks
}

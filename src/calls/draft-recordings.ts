// The recordings of a call draft and the states they go through.

import type { CallRecording, Step } from './call.ts'
import type { CallDraft } from './call-draft.ts'
import type { CallEvent } from './call-event.ts'

type RecordingEvent = Extract<CallEvent, { type: `recording-${string}` }>

/** Of one recording; later ones are told on the flow alone. */
const MAX_PAUSES = 200

export function applyRecording(draft: CallDraft, event: RecordingEvent, step: Step): void {
  const n = event.n ?? 1
  draft.recordings.set(n, after(event, draft.recordings.get(n) ?? begun(n), step))
}

/**
 * A recording of a call that was merged into this one. Its file counts if it came before the merge: one that comes later
 * is told as this call's own.
 */
export function applyMergedRecording(draft: CallDraft, event: RecordingEvent, step: Step): void {
  const n = event.n ?? 1
  const key = `${event.callId}\0${n}`
  const known = draft.mergedRecordings.get(key)
  if (!known && event.type !== 'recording-stored') return
  draft.mergedRecordings.set(key, after(event, known ?? { ...begun(n), of: { callId: event.callId, n } }, step))
}

/** Own recordings by their own numbers; those of merged calls take the numbers that are free. */
export function numberedRecordings(draft: CallDraft): CallRecording[] {
  const all = new Map(draft.recordings)
  let n = 1
  for (const [, recording] of [...draft.mergedRecordings].sort(([a], [b]) => (a < b ? -1 : 1))) {
    while (all.has(n)) n++
    all.set(n, { ...recording, n })
  }
  return [...all.values()].sort((a, b) => a.n - b.n)
}

function begun(n: number): CallRecording {
  return {
    n,
    state: 'recording',
    durationMs: null,
    sizeBytes: null,
    channels: null,
    sha256: null,
    playable: true,
    pauses: [],
    silenced: [],
    deletedAt: null,
    deletedBecause: null,
    deletedRule: null,
    deletedLimit: null,
    heldAt: null,
    heldBy: null,
    holdReason: null,
  }
}

function after(event: RecordingEvent, recording: CallRecording, step: Step): CallRecording {
  switch (event.type) {
    case 'recording-stored': {
      // Deleted for good, whoever worked on its file meanwhile.
      if (recording.state === 'deleted') return recording
      const { durationMs, sizeBytes, channels, sha256, playable = true } = event
      if (event.half) step.remark = 'one-direction'
      return { ...recording, state: 'available', durationMs, sizeBytes, channels, sha256, playable }
    }
    case 'recording-paused': {
      const { pauses } = recording
      if (pauses.at(-1)?.toMs !== null && pauses.length < MAX_PAUSES)
        return { ...recording, pauses: [...pauses, { fromMs: step.offsetMs, toMs: null }] }
      step.remark = 'already-paused'
      return recording
    }
    case 'recording-resumed': {
      const open = recording.pauses.at(-1)
      if (open?.toMs === null)
        return { ...recording, pauses: [...recording.pauses.slice(0, -1), { ...open, toMs: step.offsetMs }] }
      step.remark = 'not-paused'
      return recording
    }
    case 'recording-silenced': {
      const { fromMs, toMs, because, sizeBytes, sha256 } = event
      return { ...recording, silenced: [...recording.silenced, { fromMs, toMs, because }], sizeBytes, sha256 }
    }
    case 'recording-deleted':
      return {
        ...recording,
        state: 'deleted',
        deletedAt: step.at,
        deletedBecause: event.because,
        deletedRule: event.rule ?? null,
        deletedLimit: event.limit ?? null,
      }
    case 'recording-held':
      return { ...recording, heldAt: step.at, heldBy: event.actor, holdReason: event.reason }
    case 'recording-released':
      return { ...recording, heldAt: null, heldBy: null, holdReason: null }
    case 'recording-missing':
    case 'recording-damaged':
      if (recording.state === 'deleted') return recording
      return { ...recording, state: event.type === 'recording-missing' ? 'missing' : 'damaged' }
    case 'recording-started':
    case 'recording-ready':
      return recording
  }
}

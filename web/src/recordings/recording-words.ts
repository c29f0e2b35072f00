// What can be heard of a call, and if nothing can, why not.
import i18next, { type TFunction } from 'i18next'
import type { CallJson, CallRecordingJson, DetailRecordingJson } from '../../../src/calls/call-json.ts'
import { ruleText } from '../retention/retention-words.ts'
import type { Track } from './playback-context.ts'

export function audibleRecordings(call: CallJson): CallRecordingJson[] {
  return call.recordings.filter(isAudible)
}

/** A list does not know of keys that are lost; the detail does. */
type Told = CallRecordingJson & Partial<Pick<DetailRecordingJson, 'lockedBy'>>

export function isAudible({ state, playable, lockedBy = null }: Told): boolean {
  return state === 'available' && playable && lockedBy === null
}

export function trackOf(call: CallJson, recording: CallRecordingJson): Track {
  return {
    callId: call.id,
    n: recording.n,
    durationMs: recording.durationMs ?? 0,
    customer: call.customer ?? call.caller ?? call.id,
    agent: call.agent?.name ?? call.agent?.id ?? null,
    startedAt: call.startedAt,
    sha256: recording.sha256,
    isStereo: recording.channels === 2,
  }
}

/** Why nothing of this call can be played. */
export function silenceText(call: CallJson, t: TFunction): string {
  const recording = call.recordings[0]
  return recording ? stateText(recording, t) : t('list.noRecording')
}

/** What has become of it, in a word or two; stateText says why. */
export function stateWord({ state, lockedBy = null }: Told, t: TFunction): string {
  if (state === 'deleted' || state === 'missing' || state === 'damaged') return t(`recording.word.${state}`)
  return lockedBy === null ? t('recording.word.compressed') : t('recording.word.locked')
}

export function stateText(recording: Told, t: TFunction): string {
  switch (recording.state) {
    case 'recording':
      return t('recording.recording')
    case 'deleted':
      if (recording.deletedRule !== null)
        return t('recording.deletedBecause', {
          because: ruleText(
            { rule: recording.deletedRule, limit: recording.deletedLimit },
            { t, language: i18next.language },
          ),
        })
      return recording.deletedBecause
        ? t('recording.deletedBecause', { because: recording.deletedBecause })
        : t('recording.deleted')
    case 'missing':
      return t('recording.missing')
    case 'damaged':
      return t('recording.damaged')
    case 'available':
      if (recording.lockedBy) return t('recording.locked', { key: recording.lockedBy })
      return recording.playable ? '' : t('recording.compressed')
  }
}

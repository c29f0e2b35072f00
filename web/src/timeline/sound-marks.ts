// What is drawn over a recording's waveform: where nobody spoke, where both did, where the call was on hold, where the
// recorder was paused, what was made silent for good. Pure.
import type { CallRecordingJson, StepJson } from '../../../src/calls/call-json.ts'
import type { Range, Talk } from '../recordings/peaks.ts'
import { QUIET_FROM_MS } from '../recordings/quiet.ts'

export type MarkKind = 'silence' | 'overlap' | 'hold' | 'paused' | 'silenced'

export interface Mark {
  kind: MarkKind
  fromMs: number
  toMs: number
}

/** Shorter ones are "mhm". */
const OVERLAP_FROM_MS = 300
/** More of a kind would be a carpet, and slow: the longest are shown. */
const MOST_OF_A_KIND = 150

/**
 * @param startMs when the recording began, since the call's start; null: not known, so what the call tells is not drawn.
 */
export function soundMarks({
  recording,
  talk,
  steps,
  startMs,
}: {
  recording: Pick<CallRecordingJson, 'durationMs' | 'pauses' | 'silenced'>
  talk: Talk | null
  steps: readonly Pick<StepJson, 'type' | 'offsetMs' | 'durationMs'>[]
  startMs: number | null
}): Mark[] {
  const durationMs = recording.durationMs ?? 0
  const marks: Mark[] = [
    ...ofKind('silence', talk?.silence ?? [], QUIET_FROM_MS),
    ...ofKind('overlap', talk?.overlap ?? [], OVERLAP_FROM_MS),
    ...recording.silenced.map(({ fromMs, toMs }) => ({ kind: 'silenced' as const, fromMs, toMs })),
  ]
  if (startMs !== null) {
    for (const { fromMs, toMs } of recording.pauses)
      marks.push({ kind: 'paused', fromMs: fromMs - startMs, toMs: toMs === null ? durationMs : toMs - startMs })
    for (const step of steps)
      if (step.type === 'held' && step.durationMs !== null)
        marks.push({ kind: 'hold', fromMs: step.offsetMs - startMs, toMs: step.offsetMs - startMs + step.durationMs })
  }
  return marks
    .map((mark) => ({ ...mark, fromMs: Math.max(0, mark.fromMs), toMs: Math.min(durationMs, mark.toMs) }))
    .filter(({ fromMs, toMs }) => toMs > fromMs)
}

function ofKind(kind: MarkKind, ranges: readonly Range[], least: number): Mark[] {
  return ranges
    .filter(([from, to]) => to - from >= least)
    .sort((a, b) => b[1] - b[0] - (a[1] - a[0]))
    .slice(0, MOST_OF_A_KIND)
    .map(([fromMs, toMs]) => ({ kind, fromMs, toMs }))
}

/** Shares of the recording's length, in whole percent. */
export function talkShares({
  customerMs,
  agentMs,
  overlapMs,
  silenceMs,
}: Omit<Talk, 'customerChannel' | 'customer' | 'agent' | 'overlap' | 'silence'>) {
  const wholeMs = Math.max(1, customerMs + agentMs - overlapMs + silenceMs)
  const share = (ms: number) => Math.round((ms / wholeMs) * 100)
  return { customer: share(customerMs), agent: share(agentMs), overlap: share(overlapMs), silence: share(silenceMs) }
}

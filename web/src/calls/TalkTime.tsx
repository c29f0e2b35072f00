// How long customer and agent talked; runs along while they do.
import type { CallJson } from '../../../src/calls/call-json.ts'
import { RunningTime } from '../ui/RunningTime.tsx'
import { durationText } from '../ui/time.ts'

export function TalkTime({ call }: { call: CallJson }) {
  const isTalking = call.phase === 'talking' || call.phase === 'held'
  if (isTalking && call.answeredAt !== null)
    return <RunningTime since={Date.parse(call.answeredAt)} className="tabular talk-running" />
  if (call.talkMs === 0) return <span className="nothing">–</span>
  return <span className="tabular">{durationText(call.talkMs)}</span>
}

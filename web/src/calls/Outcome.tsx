// How a call ended; for a live call, what is happening now and since when. The dot's colour never stands alone: the words
// say it too.
import type { TFunction } from 'i18next'
import type { CallJson } from '../../../src/calls/call-json.ts'
import { RunningTime } from '../ui/RunningTime.tsx'

export function Outcome({ call, t }: { call: CallJson; t: TFunction }) {
  if (call.phase !== null) {
    return (
      <span className={`outcome phase phase-${call.phase}`}>
        <span className="dot" aria-hidden="true" />
        {t(`phase.${call.phase}`)}
        {call.phaseAt ? <RunningTime since={Date.parse(call.phaseAt)} className="phase-since tabular" /> : null}
      </span>
    )
  }
  if (call.hangupReason === null) return <span className="nothing">–</span>
  const cause = call.notConnectedCause ? t(`notConnectedCause.${call.notConnectedCause}`) : null
  return (
    <span className={`outcome reason-${call.hangupReason}`} title={cause ?? undefined}>
      <span className="dot" aria-hidden="true" />
      <span className="cut">{t(`hangupReason.${call.hangupReason}`)}</span>
    </span>
  )
}

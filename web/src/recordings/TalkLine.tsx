// Who talked how much of a recording, as a line of text; with what the signs on its waveform mean.
import { useTranslation } from 'react-i18next'
import type { RecordingTalkJson } from '../../../src/calls/call-json.ts'
import { type MarkKind, talkShares } from '../timeline/sound-marks.ts'
import { durationText } from '../ui/time.ts'

interface TalkLineProps {
  talk: RecordingTalkJson | null
  /** What else is drawn over it. */
  kinds: readonly Exclude<MarkKind, 'silence' | 'overlap'>[]
  /** Parts of the call were not recorded. */
  hasGaps: boolean
}

export function TalkLine({ talk, kinds, hasGaps }: TalkLineProps) {
  const { t } = useTranslation()
  const shares = talk && talkShares(talk)
  if (!talk && kinds.length === 0 && !hasGaps) return null
  const part = (name: 'customer' | 'agent' | 'overlap' | 'silence', ms: number, share: number) => (
    <span className="talk-part" title={durationText(ms)}>
      <i className={`talk-key is-${name}`} aria-hidden="true" />
      {t(`recording.talk.${name}`)} <b className="tabular">{share}%</b>
    </span>
  )
  return (
    <p className="talk-line">
      {talk && shares ? (
        <>
          {part('customer', talk.customerMs, shares.customer)}
          {part('agent', talk.agentMs, shares.agent)}
          {part('silence', talk.silenceMs, shares.silence)}
          {part('overlap', talk.overlapMs, shares.overlap)}
        </>
      ) : null}
      {kinds.map((kind) => (
        <span key={kind} className="talk-part">
          <i className={`talk-key is-${kind}`} aria-hidden="true" />
          {t(`recording.marks.${kind}`)}
        </span>
      ))}
      {hasGaps ? (
        <span className="talk-part">
          <i className="talk-key is-unrecorded" aria-hidden="true" />
          {t('timeline.unrecorded')}
        </span>
      ) : null}
    </p>
  )
}

// How long the parts of a call took, in the colours of the lanes above.
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { PARTS, type Part } from '../timeline/call-lanes.ts'
import { durationText } from '../ui/time.ts'
import { useNow } from '../ui/use-now.ts'
import { TalkTime } from './TalkTime.tsx'

export function CallDurations({ call }: { call: CallDetailJson }) {
  const { t } = useTranslation()
  const isLive = call.phase !== null
  const now = useNow(isLive)
  const total = call.durationMs ?? now - Date.parse(call.startedAt)
  const times: Readonly<Record<Part, number>> = {
    ivr: call.ivrMs,
    queue: call.queueMs,
    ring: call.ringMs,
    talk: call.talkMs,
    hold: call.holdMs,
  }
  return (
    <section className="time" aria-label={t('detail.durations')}>
      <dl className="time-numbers">
        <div>
          <dt>{t('detail.total')}</dt>
          <dd className="tabular">{durationText(total)}</dd>
        </div>
        {PARTS.map((part) => (
          <div key={part} className={times[part] === 0 && !(part === 'talk' && isLive) ? 'is-zero' : ''}>
            <dt>
              <span className={`time-key part-${part}`} aria-hidden="true" />
              {t(`detail.${part}`)}
            </dt>
            <dd className="tabular">
              {part === 'talk' ? <TalkTime call={call} /> : times[part] === 0 ? '–' : durationText(times[part])}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

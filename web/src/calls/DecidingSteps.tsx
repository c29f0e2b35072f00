// The steps that a decided value rests on, as links into the flow: pointing at one marks it there, a click brings it into
// sight. Used for the hangup reason (ReasonWhy) and for every other decided value (ValueWhy).
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'

interface DecidingStepsProps {
  call: CallDetailJson
  /** Ids of the events that the steps came from. */
  eventIds: readonly string[]
  onPoint(eventId: string | null): void
}

export function DecidingSteps({ call, eventIds, onPoint }: DecidingStepsProps) {
  const { t } = useTranslation()
  const numbers = eventIds
    .map((eventId) => ({ eventId, n: call.steps.findIndex((step) => step.eventId === eventId) + 1 }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => a.n - b.n)
  if (numbers.length === 0) return null
  return (
    <p className="why-steps">
      <span className="faint">{t('detail.whySteps')}</span>
      {numbers.map(({ eventId, n }) => (
        <button
          type="button"
          key={eventId}
          className="why-step"
          onClick={() =>
            document.getElementById(stepElementId(n))?.scrollIntoView({ block: 'center', behavior: 'smooth' })
          }
          onMouseEnter={() => onPoint(eventId)}
          onMouseLeave={() => onPoint(null)}
          onFocus={() => onPoint(eventId)}
          onBlur={() => onPoint(null)}
        >
          {t('detail.whyStep', { n })}
        </button>
      ))}
    </p>
  )
}

export function stepElementId(n: number): string {
  return `step-${n}`
}

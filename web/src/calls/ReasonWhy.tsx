// Why the call has its hangup reason: the rule as a sentence, the steps that made it so, and what was missing.
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import type { ReasonRule } from '../../../src/calls/hangup-reason.ts'
import { DecidingSteps } from './DecidingSteps.tsx'
import { MissingFacts } from './MissingFacts.tsx'

export function ReasonWhy({ call, onPoint }: { call: CallDetailJson; onPoint(eventId: string | null): void }) {
  const { t, i18n } = useTranslation()
  const { hangupReason, reasonBecause } = call
  if (hangupReason === null || reasonBecause === null) return null
  const key = `rule.${reasonBecause.rule}`
  return (
    <section className="why">
      <h2>{t('detail.why', { reason: t(`hangupReason.${hangupReason}`) })}</h2>
      <p>{i18n.exists(key) ? t(key as `rule.${ReasonRule}`) : reasonBecause.rule}</p>
      <MissingFacts missing={call.because?.hangupReason.missing ?? []} />
      <DecidingSteps call={call} eventIds={reasonBecause.steps} onPoint={onPoint} />
    </section>
  )
}

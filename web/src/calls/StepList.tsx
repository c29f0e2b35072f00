// What happened, step by step: clock time, time since the start, a sentence, how long it lasted. All of it can be copied
// as text, and what was recorded can be heard from its time on.
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson, StepJson } from '../../../src/calls/call-json.ts'
import type { Messages } from '../i18n/zh-CN.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { durationText, fineClockOf, offsetText } from '../ui/time.ts'
import { stepElementId } from './DecidingSteps.tsx'
import { stepSentence } from './step-sentence.ts'

interface StepListProps {
  call: CallDetailJson
  pointedAt: string | null
  /** Plays from this time of the call, ms since its start; null: nothing can be heard. */
  onListen: ((atMs: number) => void) | null
}

export function StepList({ call, pointedAt, onListen }: StepListProps) {
  const { t } = useTranslation()
  const decisive = new Set(call.reasonBecause?.steps)
  return (
    <section className="steps">
      <h2>
        {t('detail.steps')} <span className="faint">{t('detail.stepsCount', { count: call.steps.length })}</span>
        <CopyButton label={t('detail.copySteps')} text={() => stepsAsText(call, t)} />
      </h2>
      <ol>
        {call.steps.map((step, index) => (
          <StepLine
            key={`${step.mergedFrom ?? ''} ${step.eventId}`}
            step={step}
            n={index + 1}
            sentence={stepSentence(step, call, t)}
            isDecisive={decisive.has(step.eventId)}
            isPointedAt={pointedAt === step.eventId}
            onListen={onListen}
          />
        ))}
      </ol>
    </section>
  )
}

interface StepLineProps {
  step: StepJson
  n: number
  sentence: string
  isDecisive: boolean
  isPointedAt: boolean
  onListen: ((atMs: number) => void) | null
}

function StepLine({ step, n, sentence, isDecisive, isPointedAt, onListen }: StepLineProps) {
  const { t, i18n } = useTranslation()
  const names = ['step', `step-of-${groupOf(step.type)}`]
  if (isDecisive) names.push('is-decisive')
  if (isPointedAt) names.push('is-pointed-at')
  if (step.mergedFrom !== null) names.push('is-consultation')
  return (
    <li className={names.join(' ')} id={stepElementId(n)} aria-current={isDecisive ? 'step' : undefined}>
      <span className="step-when tabular">
        <time dateTime={step.at}>{fineClockOf(step.at)}</time>
        {onListen ? (
          <button
            type="button"
            className="step-listen faint"
            title={t('flow.listen')}
            aria-label={`${offsetText(step.offsetMs)} · ${t('flow.listen')}`}
            onClick={() => onListen(step.offsetMs)}
          >
            {offsetText(step.offsetMs)}
          </button>
        ) : (
          <span className="faint">{offsetText(step.offsetMs)}</span>
        )}
      </span>
      <span className="step-dot" aria-hidden="true" title={isDecisive ? t('detail.decisive') : undefined} />
      <span className="step-what">
        {step.mergedFrom !== null ? <span className="step-tag">{t('detail.consultation')}</span> : null}
        {sentence}
        {step.remark !== null ? (
          <span className="step-remark">
            {i18n.exists(`remark.${step.remark}`)
              ? t(`remark.${step.remark as keyof Messages['remark']}`, { code: step.remark })
              : t('remark.other', { code: step.remark })}
          </span>
        ) : null}
      </span>
      <span className="step-lasted tabular faint">
        {step.durationMs !== null && step.durationMs > 0 ? durationText(step.durationMs) : ''}
      </span>
    </li>
  )
}

function groupOf(type: string): string {
  if (type.startsWith('ivr') || type.startsWith('key')) return 'ivr'
  if (type.startsWith('queue')) return 'queue'
  if (type.endsWith('ringing') || type.startsWith('agent-ring')) return 'ring'
  if (type.endsWith('answered')) return 'talk'
  if (type === 'held' || type === 'resumed') return 'hold'
  return 'other'
}

/** For a ticket or a message: one line a step, with the number and the call's id above. */
function stepsAsText(call: CallDetailJson, t: TFunction): string {
  const head = [call.customer ?? call.caller ?? '', t(`callType.${call.type}`), call.id].filter((part) => part !== '')
  const reason = call.hangupReason ? [t(`hangupReason.${call.hangupReason}`)] : []
  const lines = call.steps.map((step) => {
    const lasted = step.durationMs !== null && step.durationMs > 0 ? ` (${durationText(step.durationMs)})` : ''
    return `${fineClockOf(step.at)}  ${offsetText(step.offsetMs)}  ${stepSentence(step, call, t)}${lasted}`
  })
  return [[...head, ...reason].join(' · '), call.startedAt, ...lines].join('\n')
}

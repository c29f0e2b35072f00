// What the limits above would do: at once, and in the next seven days; what is held and what goes in its place. Saving is
// here, after what it does has been said.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RetentionPolicy } from '../../../src/retention/policy.ts'
import type { RehearsalJson } from '../../../src/retention/retention-json.ts'
import { rehearsalQuery } from '../api/retention.ts'
import { Answer } from '../operations/Answer.tsx'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { DaysAhead } from './DaysAhead.tsx'
import { GoingList } from './GoingList.tsx'
import { warningText } from './retention-words.ts'
import { sizeText } from './sizes.ts'

/** While somebody types, not every digit is rehearsed. */
const SETTLED_MS = 400

export function RehearsalView({
  policy,
  isChanged,
  isSaving,
  onSave,
  onUndo,
}: {
  policy: RetentionPolicy
  isChanged: boolean
  isSaving: boolean
  onSave: (() => void) | null
  onUndo(): void
}) {
  const { t, i18n } = useTranslation()
  const [isAsking, setIsAsking] = useState(false)
  const settled = useSettled(policy)
  const rehearsal = useQuery(rehearsalQuery(settled))
  const size = (bytes: number) => sizeText(bytes, i18n.language)
  const number = new Intl.NumberFormat(i18n.language)
  const isFresh =
    JSON.stringify(settled) === JSON.stringify(policy) && !rehearsal.isPlaceholderData && rehearsal.data !== undefined
  const going = rehearsal.data?.now
  return (
    <section
      className="card rehearsal"
      aria-label={t('retention.rehearsal.title')}
      aria-busy={!isFresh}
      data-fresh={isFresh}
    >
      <header className="card-head">
        <h2>{isChanged ? t('retention.rehearsal.ifSaved') : t('retention.rehearsal.title')}</h2>
        {isChanged ? (
          <div className="card-action rehearsal-actions">
            <Button onClick={onUndo}>{t('retention.rehearsal.undo')}</Button>
            {onSave ? (
              <Button look="primary" disabled={!isFresh} isBusy={isSaving} onClick={() => setIsAsking(true)}>
                {t('retention.rehearsal.save')}
              </Button>
            ) : null}
          </div>
        ) : null}
      </header>
      <Answer query={rehearsal}>{(told) => <Told told={told} />}</Answer>
      {isAsking && going && onSave ? (
        <ConfirmDialog
          title={
            going.recordings === 0
              ? t('retention.rehearsal.confirmNone')
              : t('retention.rehearsal.confirm', { n: number.format(going.recordings), size: size(going.bytes) })
          }
          text={t(going.recordings === 0 ? 'retention.rehearsal.confirmNoneText' : 'retention.rehearsal.confirmText')}
          action={t('retention.rehearsal.save')}
          isDangerous={going.recordings > 0}
          onConfirm={onSave}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </section>
  )
}

function Told({ told }: { told: RehearsalJson }) {
  const { t, i18n } = useTranslation()
  const size = (bytes: number) => sizeText(bytes, i18n.language)
  const number = new Intl.NumberFormat(i18n.language)
  const { now, held, warnings, capacityDays, inflow } = told
  const amount = (n: number, bytes: number) => t('retention.amount', { n: number.format(n), size: size(bytes) })
  return (
    <>
      {warnings.map((warning) => (
        <p key={JSON.stringify(warning)} className="card-problem" role="status">
          {warningText(warning, { t, language: i18n.language })}
        </p>
      ))}
      <div className="rehearsal-now">
        <div>
          <p className="faint">{t('retention.rehearsal.now')}</p>
          <p className={`rehearsal-amount tabular ${now.recordings > 0 ? 'is-some' : ''}`}>
            {now.recordings === 0 ? t('retention.rehearsal.nothing') : amount(now.recordings, now.bytes)}
            {told.complete ? '' : t('retention.rehearsal.atLeast')}
          </p>
          {now.oldest && now.newest ? (
            <p className="tabular">
              {t('retention.rehearsal.range', {
                from: now.oldest.callStartedAt.slice(0, 16).replace('T', ' '),
                to: now.newest.callStartedAt.slice(0, 16).replace('T', ' '),
              })}
            </p>
          ) : null}
          <p className="faint">
            {t('retention.rehearsal.stays', { amount: amount(told.after.recordings, told.after.bytes) })}
          </p>
          {capacityDays !== null && inflow ? (
            <p className="faint">
              {t('retention.rehearsal.capacityDays', {
                days: number.format(capacityDays < 10 ? Number(capacityDays.toFixed(1)) : Math.round(capacityDays)),
              })}
            </p>
          ) : null}
          {held.recordings > 0 ? (
            <p className="rehearsal-held">
              {t('retention.rehearsal.held', { amount: amount(held.recordings, held.bytes) })}
              {held.insteadRecordings > 0
                ? ` ${t('retention.rehearsal.instead', { amount: amount(held.insteadRecordings, held.insteadBytes) })}`
                : ''}
            </p>
          ) : null}
        </div>
        <DaysAhead told={told} />
      </div>
      <GoingList told={told} />
    </>
  )
}

/** The value once it has not changed for a moment. */
function useSettled(policy: RetentionPolicy): RetentionPolicy {
  const text = JSON.stringify(policy)
  const [settled, setSettled] = useState({ text, policy })
  useEffect(() => {
    if (settled.text === text) return
    const timer = setTimeout(() => setSettled({ text, policy }), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [text, policy, settled.text])
  return settled.text === text ? policy : settled.policy
}

// Deleting now, rather than within the minute: and what the last sweep deleted.

import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RetentionJson, SweepJson } from '../../../src/retention/retention-json.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { clockOf, dayOf } from '../ui/time.ts'
import { sizeText } from './sizes.ts'

export function SweepCard({
  last,
  filesDue,
  problem,
  isSweeping,
  onSweep,
}: {
  last: SweepJson | null
  filesDue: RetentionJson['filesDue']
  problem: unknown
  isSweeping: boolean
  /** null: this account may not. */
  onSweep: (() => void) | null
}) {
  const { t, i18n } = useTranslation()
  const [isAsking, setIsAsking] = useState(false)
  const number = new Intl.NumberFormat(i18n.language)
  return (
    <section className="card" aria-label={t('retention.sweep.title')}>
      <header className="card-head">
        <h2>{t('retention.sweep.title')}</h2>
        <span className="faint">{t('retention.sweep.hint')}</span>
        {onSweep ? (
          <Button className="card-action" isBusy={isSweeping} onClick={() => setIsAsking(true)}>
            {t('retention.sweep.now')}
          </Button>
        ) : null}
      </header>
      {last ? (
        <p className="tabular" role="status">
          {t('retention.sweep.last', { time: `${dayOf(last.at)} ${clockOf(last.at)}` })}{' '}
          {last.recordings === 0
            ? t('retention.sweep.nothing')
            : t('retention.sweep.deleted', {
                n: number.format(last.recordings),
                size: sizeText(last.bytes, i18n.language),
              })}
        </p>
      ) : null}
      {filesDue.map(({ storage, recordings, bytes, because }) => (
        <p key={storage} className="card-problem is-bad" role="status">
          {t(because === null ? 'retention.sweep.notConfigured' : 'retention.sweep.away', {
            n: number.format(recordings),
            size: sizeText(bytes, i18n.language),
            storage: t(`retention.sweep.storage.${storage}`),
            because: because ?? '',
          })}
        </p>
      ))}
      {problem ? (
        <p className="card-problem is-bad" role="alert">
          {problemText(problem, t)}
        </p>
      ) : null}
      {isAsking && onSweep ? (
        <ConfirmDialog
          title={t('retention.sweep.confirm')}
          text={t('retention.sweep.confirmText')}
          action={t('retention.sweep.now')}
          isDangerous
          onConfirm={onSweep}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </section>
  )
}

// Above every page as long as it shows sample calls: that they are, the way back, and the end of them.
import { useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { removeSample } from '../api/sample.ts'
import { Button } from '../ui/Button.tsx'
import { problemText } from '../ui/problem-text.ts'
import { beginAnew, lookAtSample } from './look-at-sample.ts'
import './sample.css'

const ConfirmDialog = lazy(async () => ({ default: (await import('../ui/ConfirmDialog.tsx')).ConfirmDialog }))

export default function SampleBanner() {
  const { t } = useTranslation()
  const { scopes } = useOpenSession()
  const [isAsking, setAsking] = useState(false)
  const back = useMutation({ mutationFn: () => lookAtSample(false) })
  const remove = useMutation({ mutationFn: removeSample, onSuccess: beginAnew })
  const problem = back.error ?? remove.error
  return (
    <aside className="sample-banner" aria-label={t('sample.banner')}>
      <p>
        <strong>{t('sample.banner')}</strong> <span>{problem ? problemText(problem, t) : t('sample.bannerText')}</span>
      </p>
      <Button size="small" isBusy={back.isPending} onClick={() => back.mutate()}>
        {t('sample.back')}
      </Button>
      {scopes.includes('sample:write') ? (
        <Button size="small" isBusy={remove.isPending} onClick={() => setAsking(true)}>
          {remove.isPending ? t('sample.removing') : t('sample.remove')}
        </Button>
      ) : null}
      {isAsking ? (
        <Suspense fallback={null}>
          <ConfirmDialog
            title={t('sample.removeTitle')}
            text={t('sample.removeText')}
            action={t('sample.remove')}
            isDangerous
            onConfirm={() => remove.mutate()}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      ) : null}
    </aside>
  )
}

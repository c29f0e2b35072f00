// Sample calls to look around with: filling them in shows how far it is, and then shows them.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { fillSample, sampleQuery } from '../api/sample.ts'
import type { Language } from '../i18n/first-language.ts'
import { Progress } from '../ui/antd/Progress.ts'
import { Button } from '../ui/Button.tsx'
import { problemText } from '../ui/problem-text.ts'
import { lookAtSample } from './look-at-sample.ts'
import './sample.css'

export function SampleCard() {
  const { t, i18n } = useTranslation()
  const { scopes, isSample } = useOpenSession()
  const client = useQueryClient()
  const sample = useQuery(sampleQuery)
  /** Filled in from here: shown as soon as they are there. */
  const [isAwaited, setAwaited] = useState(false)
  const fill = useMutation({
    mutationFn: () => fillSample(i18n.language as Language),
    onSuccess: () => setAwaited(true),
    onSettled: () => client.invalidateQueries({ queryKey: sampleQuery.queryKey }),
  })
  const look = useMutation({ mutationFn: () => lookAtSample(true) })
  const state = sample.data?.state
  const { mutate: show } = look
  useEffect(() => {
    if (isAwaited && state === 'ready') {
      setAwaited(false)
      show()
    }
  }, [isAwaited, state, show])
  if (isSample || !scopes.includes('sample:write')) return null
  const problem = fill.error ?? look.error
  return (
    <section className="sample-card" aria-label={t('connect.sample.title')}>
      <div>
        <h2>{t('connect.sample.title')}</h2>
        <p className="faint">{t('connect.sample.text')}</p>
        {problem ? (
          <p className="card-problem is-bad" role="alert">
            {t('connect.sample.failed', { problem: problemText(problem, t) })}
          </p>
        ) : null}
      </div>
      <div className="sample-action">
        {state === 'filling' || state === 'removing' ? (
          <>
            <p role="status">{t(`connect.sample.${state}`)}</p>
            {state === 'filling' ? (
              <Progress
                percent={Math.round((sample.data?.part ?? 0) * 100)}
                size="small"
                aria-label={t('connect.sample.filling')}
              />
            ) : null}
          </>
        ) : state === 'ready' ? (
          <Button isBusy={look.isPending} onClick={() => look.mutate()}>
            {t('connect.sample.open')}
          </Button>
        ) : (
          <Button isBusy={fill.isPending || sample.isPending} onClick={() => fill.mutate()}>
            {t('connect.sample.fill')}
          </Button>
        )}
      </div>
    </section>
  )
}

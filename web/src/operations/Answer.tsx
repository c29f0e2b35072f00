// What a question to the server looks like until it is answered: lines that shimmer, or why there is no answer. An answer
// that cannot be renewed stays, with a word about it.
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'

type Asked<Data> = Pick<UseQueryResult<Data>, 'data' | 'error' | 'isFetching' | 'refetch'>

export function Answer<Data>({ query, children }: { query: Asked<Data>; children(data: Data): ReactNode }) {
  const { t } = useTranslation()
  const { data, error } = query
  if (data !== undefined) {
    return (
      <>
        {error ? (
          <p className="stale" role="status">
            {t('operations.stale', { problem: problemText(error, t) })}
          </p>
        ) : null}
        {children(data)}
      </>
    )
  }
  if (error) {
    return (
      <Notice role="alert" title={t('list.failed')} hint={problemText(error, t)}>
        <Button isBusy={query.isFetching} onClick={() => void query.refetch()}>
          {t('list.retry')}
        </Button>
      </Notice>
    )
  }
  return (
    <div className="skeleton" role="status" aria-label={t('list.loading')}>
      {[1, 2, 3, 4].map((line) => (
        <div key={line} className="skeleton-line" />
      ))}
    </div>
  )
}

// A call's detail, or why it is not there (yet).
import type { UseQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { ApiProblem } from '../api/problem.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { CallDetail } from './CallDetail.tsx'
import './call-detail.css'
import './call-print.css'

export function CallDetailState({ detail }: { detail: UseQueryResult<CallDetailJson> }) {
  const { t } = useTranslation()
  // Of the next call nothing is looked at closer yet, nothing verified, no note begun.
  if (detail.data) return <CallDetail key={detail.data.id} call={detail.data} />
  if (detail.isError) {
    const isMissing = detail.error instanceof ApiProblem && detail.error.status === 404
    return (
      <Notice
        role="alert"
        title={isMissing ? t('detail.notFound') : t('detail.failed')}
        {...(isMissing ? {} : { hint: problemText(detail.error, t) })}
      >
        {isMissing ? null : <Button onClick={() => void detail.refetch()}>{t('list.retry')}</Button>}
      </Notice>
    )
  }
  return (
    <div className="skeleton" role="status" aria-label={t('list.loading')}>
      {[1, 2, 3, 4, 5, 6].map((line) => (
        <div key={line} className="skeleton-line" />
      ))}
    </div>
  )
}

// The doctor's look at a connection that runs: how it goes, and what it found.
import type { UseQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Examination } from '../api/operations.ts'
import { problemText } from '../ui/problem-text.ts'
import { TestResult } from './TestResult.tsx'

export function Diagnosis({ name, query }: { name: string; query: UseQueryResult<Examination> }) {
  const { t } = useTranslation()
  const { data, error, isFetching } = query
  if (!data && !error && !isFetching) return null
  return (
    <section className="diagnosis" aria-label={t('operations.connector.diagnosisOf', { name })} aria-busy={isFetching}>
      {isFetching ? (
        <>
          <div className="progress-line" />
          <p className="faint" role="status">
            {t('operations.connector.diagnosing')}
          </p>
        </>
      ) : error ? (
        <p className="card-problem is-bad" role="alert">
          {problemText(error, t)}
        </p>
      ) : data && data.findings.length > 0 ? (
        <TestResult findings={data.findings} />
      ) : (
        <p role="status">{t('operations.connector.diagnosisNone')}</p>
      )}
    </section>
  )
}

// Whether the records hold: a score per day, and for one day what was found. The day stands in the address.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { useOpenSession } from '../access/session-context.ts'
import { type ReportJson, reconcileDay, reportsQuery } from '../api/operations.ts'
import { addDays, isDay } from '../ui/time.ts'
import { useToday } from '../ui/use-today.ts'
import { Answer } from './Answer.tsx'
import { DayReport } from './DayReport.tsx'
import { DayScores } from './DayScores.tsx'

/** As many as fit side by side. */
const SHOWN_DAYS = 30

export function Component() {
  const { t } = useTranslation()
  const session = useOpenSession()
  const { searchWindowDays, scopes } = session
  const today = useToday(session)
  const client = useQueryClient()
  const [params, setParams] = useSearchParams()
  const reports = useQuery(reportsQuery)
  const check = useMutation({
    mutationFn: reconcileDay,
    onSuccess: (report) => {
      client.setQueryData<{ items: ReportJson[] }>(reportsQuery.queryKey, (known) => ({
        items: [report, ...(known?.items ?? []).filter(({ day }) => day !== report.day)],
      }))
    },
  })
  const count = Math.min(SHOWN_DAYS, searchWindowDays)
  const days = Array.from({ length: count }, (_, n) => addDays(today, n + 1 - count))

  return (
    <section className="operations-section" aria-label={t('operations.tab.reconciliation')}>
      <p className="section-hint">{t('operations.reconciliation.hint')}</p>
      <Answer query={reports}>
        {({ items }) => {
          const asked = params.get('day')
          const newest = days.findLast((day) => items.some((report) => report.day === day))
          const day = asked !== null && isDay(asked) ? asked : (newest ?? addDays(today, -1))
          const report = items.find((report) => report.day === day) ?? null
          return (
            <>
              <DayScores
                days={days}
                reports={items}
                chosen={day}
                onChoose={(chosen) => setParams({ day: chosen }, { replace: true })}
              />
              <DayReport
                // Another day, or the same one checked anew, begins without what was repaired before.
                key={`${day} ${report?.madeAt}`}
                day={day}
                report={report}
                mayRepair={scopes.includes('rejected:write')}
                isChecking={check.isPending && check.variables === day}
                problem={check.variables === day ? check.error : null}
                onCheck={() => check.mutate(day)}
              />
            </>
          )
        }}
      </Answer>
    </section>
  )
}

// What the reconciliation of one day found, by kind, with what can be done about it.

import { useTranslation } from 'react-i18next'
import type { ReportJson } from '../api/operations.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { clockOf, dayOf } from '../ui/time.ts'
import { gradeOf, scoreText } from './DayScores.tsx'
import { FindingGroup } from './FindingGroup.tsx'
import { useRepairs } from './use-repairs.ts'

interface DayReportProps {
  day: string
  /** null: none was made yet. */
  report: ReportJson | null
  mayRepair: boolean
  isChecking: boolean
  problem: unknown
  onCheck(): void
}

export function DayReport({ day, report, mayRepair, isChecking, problem, onCheck }: DayReportProps) {
  const { t, i18n } = useTranslation()
  const repairs = useRepairs()
  const count = (n: number) => n.toLocaleString(i18n.language)
  const kinds = [...new Set(report?.findings.map(({ kind }) => kind))]
  return (
    <article className="card day-report" aria-label={day} aria-busy={isChecking}>
      {isChecking ? <div className="progress-line" /> : null}
      <header className="card-head">
        <h2 className="tabular">{day}</h2>
        {report ? (
          <>
            <p className={`score score-${gradeOf(report.score)}`}>
              <span className="off-sight">{t('operations.reconciliation.score')} </span>
              {scoreText(report.score)}
            </p>
            <p className="faint tabular">
              {t('operations.reconciliation.summary', {
                calls: count(report.calls),
                problems: count(report.findings.length),
              })}
              {' · '}
              <time dateTime={report.madeAt}>
                {t('operations.reconciliation.madeAt', {
                  time: `${dayOf(report.madeAt)} ${clockOf(report.madeAt)}`,
                })}
              </time>
            </p>
            <Button size="small" className="card-action" isBusy={isChecking} onClick={onCheck}>
              {t('operations.reconciliation.checkAgain')}
            </Button>
          </>
        ) : null}
      </header>
      {problem ? (
        <p className="card-problem is-bad" role="alert">
          {problemText(problem, t)}
        </p>
      ) : null}
      {isChecking ? (
        <p className="faint" role="status">
          {t('operations.reconciliation.checking', { day })}
        </p>
      ) : null}
      {report === null ? (
        <Notice title={t('operations.reconciliation.none')} hint={t('operations.reconciliation.noneHint')}>
          <Button look="primary" isBusy={isChecking} onClick={onCheck}>
            {t('operations.reconciliation.check')}
          </Button>
        </Notice>
      ) : (
        <>
          {report.blind.length > 0 ? (
            <p className="card-problem">{t('operations.reconciliation.blind', { names: report.blind.join(', ') })}</p>
          ) : null}
          {repairs.doneCount > 0 && !repairs.progress ? (
            <p className="repaired-hint" role="status">
              {t('operations.reconciliation.recheck', { n: count(repairs.doneCount) })}
            </p>
          ) : null}
          {report.findings.length === 0 ? (
            <Notice title={t('operations.reconciliation.fine')} hint={t('operations.reconciliation.fineHint')} />
          ) : (
            kinds.map((kind) => (
              <FindingGroup
                key={kind}
                day={day}
                kind={kind}
                findings={report.findings.filter((finding) => finding.kind === kind)}
                repairs={mayRepair ? repairs : null}
              />
            ))
          )}
          {report.truncated ? (
            <p className="faint">{t('operations.reconciliation.truncated', { n: count(report.findings.length) })}</p>
          ) : null}
        </>
      )}
    </article>
  )
}

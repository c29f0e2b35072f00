// The scores of the last weeks side by side: a bar a day, a frame where nothing was checked yet. A click chooses the day.
import { useTranslation } from 'react-i18next'
import type { ReportJson } from '../api/operations.ts'

interface DayScoresProps {
  /** Oldest first. */
  days: readonly string[]
  reports: readonly ReportJson[]
  chosen: string
  onChoose(day: string): void
}

export function DayScores({ days, reports, chosen, onChoose }: DayScoresProps) {
  const { t, i18n } = useTranslation()
  const month = new Intl.DateTimeFormat(i18n.language, { month: 'short', timeZone: 'UTC' })
  return (
    <ol className="day-scores" aria-label={t('operations.reconciliation.days', { n: days.length })}>
      {days.map((day, index) => {
        const report = reports.find((each) => each.day === day)
        const said = report
          ? t('operations.reconciliation.dayScore', {
              day,
              score: scoreText(report.score),
              problems: report.findings.length,
            })
          : t('operations.reconciliation.dayNone', { day })
        const startsMonth = index === 0 || day.endsWith('-01')
        const monthName = startsMonth ? month.format(Date.parse(day)) : ''
        return (
          <li key={day}>
            <button
              type="button"
              className="day-score"
              // Who speaks to the page says what she sees.
              aria-label={`${day.slice(8)}${monthName} ${said}`}
              title={said}
              aria-pressed={day === chosen}
              onClick={() => onChoose(day)}
            >
              <svg viewBox="0 0 10 40" preserveAspectRatio="none" aria-hidden="true">
                {report ? (
                  <rect
                    className={`score-bar score-${gradeOf(report.score)}`}
                    width="10"
                    height={heightOf(report.score)}
                    y={40 - heightOf(report.score)}
                  />
                ) : (
                  <rect className="score-none" width="10" height="2" y="38" />
                )}
              </svg>
              <span className="tabular">{day.slice(8)}</span>
              <span className="day-month">{monthName}</span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

/** A full bar is full marks; even the worst day has one that can be seen. */
function heightOf(score: number): number {
  return Math.max(4, (score / 100) * 40)
}

export function gradeOf(score: number): 'good' | 'fair' | 'poor' {
  if (score >= 99) return 'good'
  return score >= 90 ? 'fair' : 'poor'
}

/** 99.95 is not yet full marks. */
export function scoreText(score: number): string {
  return score === 100 ? '100' : (Math.floor(score * 10) / 10).toFixed(1)
}

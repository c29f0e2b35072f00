// Which days: four quick buttons and a range that cannot leave the search window. Days are plain days of the contact
// centre; the calendar never sees a time zone.
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { daysOf, firstDayOf, type ListSearch, type QuickRange } from './list-search.ts'

const BUTTONS: readonly [QuickRange, 'today' | 'yesterday' | 'last7Days' | 'last30Days'][] = [
  ['today', 'today'],
  ['yesterday', 'yesterday'],
  ['7d', 'last7Days'],
  ['30d', 'last30Days'],
]

const DayRange = lazy(() => import('./DayRange.tsx'))

interface DayChoiceProps {
  range: ListSearch['range']
  today: string
  onChange(range: ListSearch['range']): void
}

export function DayChoice({ range, today, onChange }: DayChoiceProps) {
  const { t } = useTranslation()
  const { searchWindowDays } = useOpenSession()
  const days = daysOf(range, today, searchWindowDays)
  const [isPicking, setPicking] = useState(false)
  const shown = (
    <button
      type="button"
      className="day-range day-shown tabular"
      aria-label={`${t('search.date')}: ${days.from} – ${days.to}`}
      // On the way already when the click comes.
      onPointerEnter={() => void import('./DayRange.tsx')}
      onFocus={() => void import('./DayRange.tsx')}
      onClick={() => setPicking(true)}
    >
      {days.from}
      <span aria-hidden="true">→</span>
      {days.to}
    </button>
  )
  return (
    <div className="day-choice">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would want a visible legend. */}
      <div className="day-buttons" role="group" aria-label={t('search.date')}>
        {BUTTONS.map(([quick, key]) => (
          <button
            type="button"
            key={quick}
            className="day-button"
            aria-pressed={range === quick}
            onClick={() => onChange(quick)}
          >
            {t(`search.${key}`)}
          </button>
        ))}
      </div>
      {isPicking ? (
        <Suspense fallback={shown}>
          <DayRange
            days={days}
            first={firstDayOf(today, searchWindowDays)}
            today={today}
            // Today picked in the calendar is today, and stays so tomorrow.
            onChange={(chosen) => onChange(chosen.from === today && chosen.to === today ? 'today' : chosen)}
          />
        </Suspense>
      ) : (
        shown
      )}
    </div>
  )
}

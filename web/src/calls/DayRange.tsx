// The two fields of the range with their calendar. Fetched when somebody wants another range: it is a tenth of the page.

import dayjs, { type Dayjs } from 'dayjs'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { RangePicker } from '../ui/antd/RangePicker.ts'
import type { DayRange as Days } from './list-search.ts'

interface DayRangeProps {
  days: Days
  /** Oldest and latest day to choose. */
  first: string
  today: string
  onChange(days: Days): void
}

export default function DayRange({ days: { from, to }, first, today, onChange }: DayRangeProps) {
  const { t } = useTranslation()
  // The same objects as long as the days are: given others, the calendar forgets the first day of a range half chosen.
  const value = useMemo<[Dayjs, Dayjs]>(() => [dayjs(from), dayjs(to)], [from, to])
  const bounds = useMemo(() => ({ minDate: dayjs(first), maxDate: dayjs(today) }), [first, today])
  return (
    <RangePicker
      className="day-range"
      autoFocus
      defaultOpen
      allowClear={false}
      inputReadOnly={false}
      format="YYYY-MM-DD"
      value={value}
      {...bounds}
      placeholder={[t('search.from'), t('search.to')]}
      aria-label={t('search.date')}
      onChange={(chosen) => {
        const [begin, end] = chosen ?? []
        if (begin && end) onChange({ from: begin.format('YYYY-MM-DD'), to: end.format('YYYY-MM-DD') })
      }}
    />
  )
}

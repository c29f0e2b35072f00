// The next seven days: how much goes on each. A bar a day; the largest is as high as there is room.
import { useTranslation } from 'react-i18next'
import type { RehearsalJson } from '../../../src/retention/retention-json.ts'
import { sizeText } from './sizes.ts'

const HEIGHT = 64

export function DaysAhead({ told }: { told: RehearsalJson }) {
  const { t, i18n } = useTranslation()
  const weekday = new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' })
  const size = (bytes: number) => sizeText(bytes, i18n.language)
  const days = told.days.map((day) => ({ ...day, gone: day.bytes + day.comingBytes }))
  const most = Math.max(1, ...days.map(({ gone }) => gone))
  return (
    <figure className="days-ahead">
      <figcaption className="faint">
        {t('retention.rehearsal.ahead')}
        {days.some(({ comingBytes }) => comingBytes > 0) ? (
          <span className="days-legend">
            <i className="legend-old" /> {t('retention.rehearsal.there')}
            <i className="legend-coming" /> {t('retention.rehearsal.coming')}
          </span>
        ) : null}
      </figcaption>
      <ol>
        {days.map(({ day, gone, bytes, keptBytes }, index) => {
          const height = gone === 0 ? 0 : Math.max(2, (gone / most) * HEIGHT)
          const coming = gone === 0 ? 0 : ((gone - bytes) / gone) * height
          const said = t('retention.rehearsal.day', { day, size: size(gone), kept: size(keptBytes) })
          return (
            <li key={day} title={said}>
              <span className="day-gone tabular">{gone === 0 ? '–' : size(gone)}</span>
              <svg viewBox={`0 0 20 ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={said}>
                <rect className="day-none" width="20" height="1" y={HEIGHT - 1} />
                <rect className="day-old" width="20" height={height - coming} y={HEIGHT - height + coming} />
                <rect className="day-coming" width="20" height={coming} y={HEIGHT - height} />
              </svg>
              <span className="faint">
                {index === 0 ? t('retention.rehearsal.today') : weekday.format(Date.parse(day))}
              </span>
            </li>
          )
        })}
      </ol>
    </figure>
  )
}

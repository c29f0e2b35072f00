// The day's ended calls by hangup reason; the thin mark is last week's count.
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { BoardJson } from '../../../src/board/board-json.ts'
import { HANGUP_REASONS } from '../../../src/calls/vocabulary.ts'
import { reasonLink } from './board-link.ts'

export const ReasonBars = memo(function ReasonBars({ board }: { board: BoardJson }) {
  const { t, i18n } = useTranslation()
  const { today, before } = board
  const most = Math.max(1, ...Object.values(today.reasons), ...Object.values(before?.reasons ?? {}))
  const width = (n: number) => `${((100 * n) / most).toFixed(2)}%`
  return (
    <ul className="plain reason-bars">
      {HANGUP_REASONS.map((reason) => (
        <li key={reason} className={`reason-bar reason-${reason}`} data-reason={reason}>
          <span className="reason-name">{t(`hangupReason.${reason}`)}</span>
          <span className="reason-track" aria-hidden="true">
            <span className="reason-fill" style={{ width: width(today.reasons[reason]) }} />
            {before ? (
              <span className="reason-before" style={{ insetInlineStart: width(before.reasons[reason]) }} />
            ) : null}
          </span>
          <Link className="count tabular" to={reasonLink(reason)}>
            {today.reasons[reason].toLocaleString(i18n.language)}
          </Link>
          {before ? (
            <Link
              className="count reason-last tabular"
              to={reasonLink(reason, before)}
              aria-label={`${t('board.lastWeek')} ${before.reasons[reason].toLocaleString(i18n.language)}`}
            >
              {before.reasons[reason].toLocaleString(i18n.language)}
            </Link>
          ) : null}
        </li>
      ))}
    </ul>
  )
})

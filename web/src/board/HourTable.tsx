// The chart's hours as a table: for readers who do not see it, and for the way from each hour to its calls.
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { BoardJson } from '../../../src/board/board-json.ts'
import type { HourFigure } from '../../../src/board/figures.ts'
import { clockOf } from '../ui/time.ts'
import { figureLink } from './board-link.ts'

const COLUMNS = [
  'inbound',
  'answered',
  'abandoned',
  'queueTimeouts',
  'outbound',
] as const satisfies readonly HourFigure[]

export const HourTable = memo(function HourTable({ board }: { board: BoardJson }) {
  const { t, i18n } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="hour-details" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('board.hours.asTable')}</summary>
      {isOpen ? (
        <div className="table-scroller">
          <table className="board-table hour-table">
            <thead>
              <tr>
                <th scope="col">{t('board.hours.hour')}</th>
                {COLUMNS.map((id) => (
                  <th key={id} scope="col">
                    {t(`board.figure.${id}`)}
                  </th>
                ))}
                <th scope="col">{t('board.hours.inboundLastWeek')}</th>
              </tr>
            </thead>
            <tbody>
              {board.hours.map((hour) => (
                <tr key={hour.from}>
                  <th scope="row" className="tabular">
                    {clockOf(hour.from).slice(0, 5)}
                  </th>
                  {COLUMNS.map((id) => (
                    <td key={id}>
                      <Link className="count tabular" to={figureLink(board, id, hour)}>
                        {hour.counts[id].toLocaleString(i18n.language)}
                      </Link>
                    </td>
                  ))}
                  <td>
                    {hour.before ? (
                      <Link className="count tabular" to={figureLink(board, 'inbound', hour.before)}>
                        {hour.before.counts.inbound.toLocaleString(i18n.language)}
                      </Link>
                    ) : (
                      '–'
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  )
})

// The skill groups: who waits there now, and how their day goes. A call that passed several counts in each.
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { BoardJson, GroupJson } from '../../../src/board/board-json.ts'
import type { GroupFigure } from '../../../src/board/figures.ts'
import { groupText } from '../calls/call-words.ts'
import { durationText } from '../ui/time.ts'
import { figureLink, waitingLink } from './board-link.ts'
import { percentText } from './compare.ts'
import { Wait } from './Wait.tsx'

const COLUMNS = ['inbound', 'answered', 'abandoned', 'queueTimeouts'] as const

export function GroupTable({ board, now }: { board: BoardJson; now: number }) {
  const { t, i18n } = useTranslation()
  if (board.groups.length === 0) return <p className="board-empty">{t('board.groups.empty')}</p>
  return (
    <div className="table-scroller">
      <table className="board-table group-table">
        <thead>
          <tr>
            <th scope="col">{t('board.groups.group')}</th>
            <th scope="col">{t('board.live.waiting')}</th>
            <th scope="col">{t('board.live.longest')}</th>
            {COLUMNS.map((id) => (
              <th key={id} scope="col">
                {t(`board.figure.${id}`)}
              </th>
            ))}
            <th scope="col">{t('board.figure.serviceLevelShort')}</th>
            <th scope="col">{t('board.figure.averageWait')}</th>
          </tr>
        </thead>
        <tbody>
          {board.groups.map((group) => (
            <tr key={group.id} data-group={group.id} className={group.waiting.calls > 0 ? 'has-waiting' : undefined}>
              <th scope="row">
                <span className="cut">{groupText(group)}</span>
              </th>
              <td>
                <Link className="count waiting-count tabular" to={waitingLink(board, group.id)}>
                  {group.waiting.calls.toLocaleString(i18n.language)}
                </Link>
              </td>
              <td className="tabular">
                <Wait waiting={group.waiting} now={now} />
              </td>
              {COLUMNS.map((id) => (
                <td key={id}>
                  <GroupCount board={board} group={group} id={id} />
                </td>
              ))}
              <td className="tabular">{percentText(group.serviceLevel, i18n.language)}</td>
              <td className="tabular">{group.averageWaitMs === null ? '–' : durationText(group.averageWaitMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function GroupCount({ board, group, id }: { board: BoardJson; group: GroupJson; id: GroupFigure }) {
  const { t, i18n } = useTranslation()
  const before = board.before && group.before ? group.before.counts[id] : null
  return (
    <>
      <Link className="count tabular" to={figureLink(board, id, 'today', group.id)}>
        {group.counts[id].toLocaleString(i18n.language)}
      </Link>
      {before !== null && board.before ? (
        <Link
          className="count group-last tabular"
          to={figureLink(board, id, board.before, group.id)}
          aria-label={`${t('board.lastWeek')} ${before.toLocaleString(i18n.language)}`}
        >
          {before.toLocaleString(i18n.language)}
        </Link>
      ) : null}
    </>
  )
}

// What is going on at this moment: who waits and how long, and the live calls by phase.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { BoardJson } from '../../../src/board/board-json.ts'
import { PHASES } from '../../../src/calls/vocabulary.ts'
import { useOpenSession } from '../access/session-context.ts'
import { unreachedCountQuery } from '../api/unreached.ts'
import { usualCriteria } from '../unreached/unreached-search.ts'
import { liveLink, waitingLink } from './board-link.ts'
import { Wait } from './Wait.tsx'

export function LiveStrip({ board, now }: { board: BoardJson; now: number }) {
  const { t, i18n } = useTranslation()
  const { searchWindowDays } = useOpenSession()
  const unreached = useQuery(unreachedCountQuery(usualCriteria(searchWindowDays), false))
  const { waiting, phases, calls } = board.live
  const count = (n: number) => n.toLocaleString(i18n.language)
  return (
    <section className="live-strip" aria-label={t('board.live.title')}>
      <Link
        className={waiting.calls > 0 ? 'live-figure live-waiting is-on' : 'live-figure live-waiting'}
        to={waitingLink(board)}
      >
        <span className="live-label">{t('board.live.waiting')}</span>
        <span className="live-number tabular">{count(waiting.calls)}</span>
      </Link>
      <div className="live-figure">
        <span className="live-label">{t('board.live.longest')}</span>
        <span className="live-number tabular">
          <Wait waiting={waiting} now={now} />
        </span>
      </div>
      <Link className="live-figure live-unreached" to="/unreached">
        <span className="live-label">{t('nav.unreached')}</span>
        <span className="live-number tabular">{unreached.data ? count(unreached.data.count) : '–'}</span>
      </Link>
      <Link className="live-figure" to={liveLink(null)}>
        <span className="live-label">{t('board.live.calls')}</span>
        <span className="live-number tabular">{count(calls)}</span>
      </Link>
      <ul className="plain live-phases">
        {PHASES.map((phase) => (
          <li key={phase}>
            <Link className={`live-figure phase-${phase}`} to={liveLink(phase)}>
              <span className="live-label">
                <span className="dot" aria-hidden="true" />
                {t(`phase.${phase}`)}
              </span>
              <span className="live-number tabular">{count(phases[phase])}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

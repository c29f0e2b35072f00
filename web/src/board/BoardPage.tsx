// The board of today: what is going on, and the day's figures beside last week's. Made for a wall (full screen, sizes
// grow with it) and for a desk. Every figure leads to the list of the calls it counts.
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate } from 'react-router'
import { useOpenSession } from '../access/session-context.ts'
import { boardQuery } from '../api/board.ts'
import { mayOperate } from '../shell/may-operate.ts'
import { TopBar } from '../shell/TopBar.tsx'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { useNow } from '../ui/use-now.ts'
import { BoardHead } from './BoardHead.tsx'
import { BoardState } from './BoardState.tsx'
import { DayFigures } from './DayFigures.tsx'
import { GroupTable } from './GroupTable.tsx'
import { HourTable } from './HourTable.tsx'
import { LiveStrip } from './LiveStrip.tsx'
import { ReasonBars } from './ReasonBars.tsx'
import { useFullScreen } from './use-full-screen.ts'
import './board.css'

const HourChart = lazy(() => import('./HourChart.tsx'))

export function Component() {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  const query = useQuery({ ...boardQuery, enabled: mayOperate(user) })
  const page = useRef<HTMLDivElement>(null)
  const wall = useFullScreen(page)
  const now = useNow(true)
  useEffect(() => {
    document.title = `${t('board.title')} · Callbook`
  }, [t])
  if (!mayOperate(user)) return <Navigate to="/calls" replace />

  const board = query.data
  const state = <BoardState board={board ?? null} now={now} />
  return (
    <div className={wall.isOn ? 'shell board-wall' : 'shell'} ref={page}>
      {wall.isOn ? null : <TopBar>{state}</TopBar>}
      <main className="board" aria-label={t('board.title')}>
        {board === undefined ? (
          query.error ? (
            <Notice role="alert" title={t('list.failed')} hint={problemText(query.error, t)}>
              <Button isBusy={query.isFetching} onClick={() => void query.refetch()}>
                {t('list.retry')}
              </Button>
            </Notice>
          ) : (
            <BoardSkeleton />
          )
        ) : (
          <>
            <BoardHead board={board} now={now} wall={wall}>
              {wall.isOn ? state : null}
            </BoardHead>
            {board.today.figures.calls === 0 && board.live.calls === 0 && !wall.isOn ? (
              <p className="board-quiet" role="status">
                {t('board.quiet')}{' '}
                {board.before && board.before.figures.calls > 0 ? null : (
                  <Link to="/settings/connectors">{t('board.quietConnect')}</Link>
                )}
              </p>
            ) : null}
            <LiveStrip board={board} now={now} />
            <DayFigures board={board} />
            <div className="board-columns">
              <section className="board-panel" aria-labelledby="board-hours">
                <h2 id="board-hours">{t('board.hours.title')}</h2>
                <Suspense fallback={<div className="hour-chart" />}>
                  <HourChart board={board} />
                </Suspense>
                {wall.isOn ? null : <HourTable board={board} />}
              </section>
              <section className="board-panel" aria-labelledby="board-reasons">
                <h2 id="board-reasons">{t('board.reasons.title')}</h2>
                <ReasonBars board={board} />
              </section>
            </div>
            <section className="board-panel" aria-labelledby="board-groups">
              <h2 id="board-groups">{t('board.groups.title')}</h2>
              <GroupTable board={board} now={now} />
            </section>
            <p className="board-notes">{t('board.notes', { seconds: board.serviceLevelSeconds })}</p>
          </>
        )}
      </main>
    </div>
  )
}

function BoardSkeleton() {
  const { t } = useTranslation()
  return (
    <div className="board-skeleton" role="status" aria-label={t('list.loading')}>
      {[1, 2, 3, 4].map((part) => (
        <div key={part} className="skeleton-line" />
      ))}
    </div>
  )
}

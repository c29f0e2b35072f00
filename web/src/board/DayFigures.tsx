// The day's figures, each beside last week's.
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoardJson } from '../../../src/board/board-json.ts'
import type { FigureId, RateId } from '../../../src/board/figures.ts'
import { durationText } from '../ui/time.ts'
import { type Better, changeOfCount, changeOfRate, percentText } from './compare.ts'
import { Change, Count, LastWeek } from './Figure.tsx'

export const DayFigures = memo(function DayFigures({ board }: { board: BoardJson }) {
  const { t } = useTranslation()
  return (
    <section className="day-figures" aria-label={t('board.day')}>
      <RateFigure board={board} id="serviceLevel" figure="answeredInTime" better="more" />
      <CountFigure board={board} id="inbound" better={null}>
        <span>
          {t('board.figure.calls')} <Count board={board} id="calls" />
        </span>
      </CountFigure>
      <CountFigure board={board} id="answered" rate="answerRate" better="more" />
      <CountFigure board={board} id="abandoned" rate="abandonRate" better="less">
        <span>
          {t('board.figure.abandonedInIvr')} <Count board={board} id="abandonedInIvr" />
        </span>
        <span>
          {t('board.figure.abandonedInQueue')} <Count board={board} id="abandonedInQueue" />
        </span>
        <span>
          {t('board.figure.abandonedWhileRinging')} <Count board={board} id="abandonedWhileRinging" />
        </span>
      </CountFigure>
      <CountFigure board={board} id="queueTimeouts" rate="timeoutRate" better="less" />
      <CountFigure board={board} id="transferredExternal" rate="transferRate" better={null} />
      <WaitFigure board={board} />
      <CountFigure board={board} id="outbound" better={null}>
        <span>
          {t('board.figure.connected')} <Count board={board} id="connected" />
        </span>
        <span className="tabular">
          <RateText board={board} rate="connectRate" />
        </span>
      </CountFigure>
    </section>
  )
})

interface CountFigureProps {
  board: BoardJson
  id: Exclude<FigureId, 'inboundEnded' | 'outboundEnded'>
  rate?: RateId
  better: Better
  children?: React.ReactNode
}

function CountFigure({ board, id, rate, better, children }: CountFigureProps) {
  const { t } = useTranslation()
  const { today, before } = board
  return (
    <div className="figure-card" data-figure={id}>
      <h2>{t(`board.figure.${id}`)}</h2>
      <p className="figure-main">
        <Count board={board} id={id} className="figure-number" />
        {rate ? <span className="figure-rate tabular">{<RateText board={board} rate={rate} />}</span> : null}
      </p>
      {before ? (
        <LastWeek>
          <Count board={board} id={id} when={before} />
          <Change {...changeOfCount(today.figures[id], before.figures[id], better)} />
        </LastWeek>
      ) : null}
      {children ? <p className="figure-parts">{children}</p> : null}
    </div>
  )
}

function RateText({ board, rate }: { board: BoardJson; rate: RateId }) {
  const { i18n } = useTranslation()
  return <>{percentText(board.today.rates[rate], i18n.language)}</>
}

function RateFigure({ board, id, figure, better }: { board: BoardJson; id: RateId; figure: FigureId; better: Better }) {
  const { t, i18n } = useTranslation()
  const { today, before, serviceLevelSeconds: seconds } = board
  return (
    <div className="figure-card" data-figure={id}>
      <h2>{t('board.figure.serviceLevel', { seconds })}</h2>
      <p className="figure-main">
        <span className="figure-number tabular">{percentText(today.rates[id], i18n.language)}</span>
      </p>
      {before ? (
        <LastWeek>
          <span className="tabular">{percentText(before.rates[id], i18n.language)}</span>
          <Change {...changeOfRate(today.rates[id], before.rates[id], better)} />
        </LastWeek>
      ) : null}
      <p className="figure-parts">
        <span>
          <Count board={board} id={figure} /> / <Count board={board} id="offered" />
        </span>
      </p>
    </div>
  )
}

function WaitFigure({ board }: { board: BoardJson }) {
  const { t } = useTranslation()
  const { today, before } = board
  const text = (ms: number | null) => (ms === null ? '–' : durationText(ms))
  return (
    <div className="figure-card" data-figure="waits">
      <h2>{t('board.figure.averageWait')}</h2>
      <p className="figure-main">
        <span className="figure-number tabular">{text(today.waits.averageMs)}</span>
      </p>
      {before ? (
        <LastWeek>
          <span className="tabular">{text(before.waits.averageMs)}</span>
        </LastWeek>
      ) : null}
      <p className="figure-parts tabular">
        <span>{t('board.figure.p80', { wait: text(today.waits.p80Ms) })}</span>
        <span>{t('board.figure.p90', { wait: text(today.waits.p90Ms) })}</span>
      </p>
    </div>
  )
}

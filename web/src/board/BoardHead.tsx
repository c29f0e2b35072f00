// Which day the board shows, what it is compared with, the contact centre's clock, and the way to the full screen.

import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoardJson } from '../../../src/board/board-json.ts'
import { Button } from '../ui/Button.tsx'
import { clockOf } from '../ui/time.ts'
import type { FullScreen } from './use-full-screen.ts'

interface BoardHeadProps {
  board: BoardJson
  now: number
  wall: FullScreen
  children: ReactNode
}

export function BoardHead({ board, now, wall, children }: BoardHeadProps) {
  const { t, i18n } = useTranslation()
  const { timeZone, before } = board
  const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'full', timeZone }).format(Date.parse(board.at))
  const clock = new Intl.DateTimeFormat(i18n.language, { timeStyle: 'medium', hourCycle: 'h23', timeZone }).format(now)
  return (
    <header className="board-head">
      <h1>{t('board.title')}</h1>
      <p>
        {day} <span className="board-clock tabular">{clock}</span> <span className="faint">{timeZone}</span>
      </p>
      <p className="faint">
        {before
          ? t('board.compared', { day: before.day, time: clockOf(before.to).slice(0, 5) })
          : t('board.notCompared')}
      </p>
      <div className="board-actions">
        {children}
        {wall.isPossible ? (
          <Button size="small" onClick={wall.toggle}>
            {t(wall.isOn ? 'board.leaveFullScreen' : 'board.fullScreen')}
          </Button>
        ) : null}
      </div>
    </header>
  )
}

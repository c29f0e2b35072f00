// The pieces a figure is drawn from: the number that is a link, last week's beside it, and the change.
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { BoardJson } from '../../../src/board/board-json.ts'
import type { FigureId } from '../../../src/board/figures.ts'
import { figureLink } from './board-link.ts'
import type { Change as ChangeWords } from './compare.ts'

interface CountProps {
  board: BoardJson
  id: FigureId
  /** Last week's figure instead of today's. */
  when?: NonNullable<BoardJson['before']>
  className?: string
}

export function Count({ board, id, when, className }: CountProps) {
  const { i18n } = useTranslation()
  const figure = (when ?? board.today).figures[id]
  return (
    <Link className={`count tabular ${className ?? ''}`} to={figureLink(board, id, when ?? 'today')}>
      {figure.toLocaleString(i18n.language)}
    </Link>
  )
}

export function LastWeek({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <p className="last-week">
      <span>{t('board.lastWeek')}</span>
      {children}
    </p>
  )
}

export function Change({ text, tone }: ChangeWords) {
  return text === null ? null : <span className={`change change-${tone} tabular`}>{text}</span>
}

// Whether the board's figures are those of this moment; when they are not, of which moment they are.
import { useTranslation } from 'react-i18next'
import type { BoardJson } from '../../../src/board/board-json.ts'
import { BOARD_EVERY_MS } from '../api/board.ts'
import { clockOf } from '../ui/time.ts'

/** Four answers that did not come, and the server's own second. */
const LATE_MS = 4 * BOARD_EVERY_MS + 1_000

export function BoardState({ board, now }: { board: BoardJson | null; now: number }) {
  const { t } = useTranslation()
  const state = board === null ? 'opening' : now - Date.parse(board.at) > LATE_MS ? 'lost' : 'open'
  return (
    <span className="board-state" role="status" data-state={state}>
      <span className="board-state-dot" aria-hidden="true" />
      {state === 'lost' && board ? t('board.lost', { time: clockOf(board.at) }) : t(`feed.${state}`)}
    </span>
  )
}

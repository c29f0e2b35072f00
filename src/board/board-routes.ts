// GET /api/v1/board: the figures of today, for a page that asks every other second. For administrators and managers (and
// keys that may read calls): an agent sees her own calls, of which the whole centre's figures would tell more.
import { callsLimitedTo } from '../access/permissions.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { Board } from './board.ts'
import type { BoardJson } from './board-json.ts'

export function boardRoutes(board: Board): RouteSet {
  return (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/board',
      config: { needs: 'calls:read' },
      handler: (request): Promise<BoardJson> => {
        const principal = principalOf(request)
        if (callsLimitedTo(principal) !== null) throw new AppError('not-allowed', { needs: 'role manager or admin' })
        return board.figures(principal.instance)
      },
    })
  }
}

// Where a figure of the board leads: the list of exactly the calls that it counts. Pure.
import type { BoardJson, Stretch } from '../../../src/board/board-json.ts'
import type { FigureId } from '../../../src/board/figures.ts'
import type { HangupReason, Phase } from '../../../src/calls/vocabulary.ts'

/** `live`: whatever is going on, also what began before midnight. */
type When = 'today' | 'live' | Stretch

function listLink(query: string, when: When, skillGroup?: string): string {
  const params = new URLSearchParams(query)
  if (when === 'live') params.set('range', '7d')
  else if (when !== 'today') {
    params.set('from', when.from)
    params.set('to', when.to)
  }
  if (skillGroup !== undefined) params.append('skillGroup', skillGroup)
  const search = params.toString()
  return search === '' ? '/calls' : `/calls?${search}`
}

export function figureLink(board: BoardJson, figure: FigureId, when: When = 'today', skillGroup?: string): string {
  return listLink(board.queries.figures[figure], when, skillGroup)
}

export function reasonLink(reason: HangupReason, when: When = 'today'): string {
  return listLink(new URLSearchParams({ hangupReason: reason }).toString(), when)
}

export function waitingLink(board: BoardJson, skillGroup?: string): string {
  return listLink(board.queries.waiting, 'live', skillGroup)
}

export function liveLink(phase: Phase | null): string {
  return listLink(new URLSearchParams(phase === null ? { live: 'true' } : { phase }).toString(), 'live')
}

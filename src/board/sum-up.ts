// From tallies of the store to the figures of the board. Pure.
import { HANGUP_REASONS, type HangupReason } from '../calls/vocabulary.ts'
import type { DayJson, WaitsJson } from './board-json.ts'
import { countOf, FIGURE_IDS, FIGURES, type FigureId, RATES, type RateId } from './figures.ts'
import type { Tally, TallyRow } from './tally.ts'

export function dayOf(tallies: readonly Tally[]): DayJson {
  const rows = tallies.flatMap((tally) => tally.rows)
  const figures = countsOf(FIGURE_IDS, rows)
  return { figures, rates: ratesOf(figures), waits: waitsOf(tallies), reasons: reasonsOf(rows) }
}

export function countsOf<Id extends FigureId>(ids: readonly Id[], rows: readonly TallyRow[]): Record<Id, number> {
  return Object.fromEntries(ids.map((id) => [id, countOf(FIGURES[id], rows)])) as Record<Id, number>
}

/** null: there is nothing to be a part of. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

export function averageWaitMs(rows: readonly TallyRow[]): number | null {
  const answered = rows.filter(({ type, hangupReason }) => type === 'inbound' && hangupReason === 'normal')
  const calls = answered.reduce((sum, row) => sum + row.calls, 0)
  return calls === 0 ? null : Math.round(answered.reduce((sum, row) => sum + row.waitMs, 0) / calls)
}

/** The shortest wait, in whole seconds, than which `share` of the customers did not wait longer. */
export function waitOfShare(waits: readonly Tally['waits'][number][], share: number): number | null {
  const sorted = [...waits].sort((a, b) => a.seconds - b.seconds)
  const all = sorted.reduce((sum, { calls }) => sum + calls, 0)
  let seen = 0
  for (const { seconds, calls } of sorted) {
    seen += calls
    if (seen >= share * all) return seconds * 1000
  }
  return null
}

function waitsOf(tallies: readonly Tally[]): WaitsJson {
  const waits = tallies.flatMap((tally) => tally.waits)
  return {
    averageMs: averageWaitMs(tallies.flatMap((tally) => tally.rows)),
    p80Ms: waitOfShare(waits, 0.8),
    p90Ms: waitOfShare(waits, 0.9),
  }
}

function ratesOf(figures: Record<FigureId, number>): Record<RateId, number | null> {
  const rates = Object.entries(RATES).map(([id, { part, whole }]) => [id, ratio(figures[part], figures[whole])])
  return Object.fromEntries(rates) as Record<RateId, number | null>
}

function reasonsOf(rows: readonly TallyRow[]): Record<HangupReason, number> {
  const counts = HANGUP_REASONS.map((reason) => [reason, countOf({ hangupReasons: [reason] }, rows)])
  return Object.fromEntries(counts) as Record<HangupReason, number>
}

// What GET /api/v1/board answers: counts, and for each kind of figure the query of the list behind it. A link is that
// query with the figure's stretch of time (and skill group, and hour) beside it.
import type { HangupReason, Phase } from '../calls/vocabulary.ts'
import type { FigureId, GroupFigure, HourFigure, RateId } from './figures.ts'

/** From inclusive, to exclusive; ISO 8601. */
export interface Stretch {
  from: string
  to: string
}

export interface WaitsJson {
  averageMs: number | null
  /** Of ten (of a hundred) customers eight (ninety) waited no longer; whole seconds. null: nobody was answered. */
  p80Ms: number | null
  p90Ms: number | null
}

export interface WaitingJson {
  calls: number
  /** When the longest wait began. */
  since: string | null
  callId: string | null
}

/** One day as far as it is told. */
export interface DayJson {
  figures: Record<FigureId, number>
  rates: Record<RateId, number | null>
  waits: WaitsJson
  reasons: Record<HangupReason, number>
}

export interface HourJson extends Stretch {
  counts: Record<HourFigure, number>
  /** The same hour a week before, whole also where today's has just begun; null: beyond the search window. */
  before: (Stretch & { counts: Record<HourFigure, number> }) | null
}

export interface GroupJson {
  id: string
  name: string | null
  waiting: WaitingJson
  counts: Record<GroupFigure, number>
  averageWaitMs: number | null
  serviceLevel: number | null
  before: { counts: Record<GroupFigure, number> } | null
}

export interface BoardJson {
  at: string
  day: string
  timeZone: string
  serviceLevelSeconds: number
  live: {
    /** Calls that began before this are not counted. */
    from: string
    calls: number
    phases: Record<Phase, number>
    waiting: WaitingJson
  }
  today: DayJson & Stretch
  /** The same weekday last week, up to the same time of day; null: beyond the search window. */
  before: (DayJson & Stretch & { day: string }) | null
  hours: HourJson[]
  groups: GroupJson[]
  /** Queries of GET /calls by figure, without their times. */
  queries: { figures: Record<FigureId, string>; waiting: string }
}

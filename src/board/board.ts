// The board's figures, computed once for all who watch and at most once a second. The store is asked hour by hour, and
// again only for hours in which a call has changed; every hour is asked again now and then, since another process
// (`callbook rebuild`) may have written calls of which this one was not told.
import type { SkillGroup } from '../calls/call.ts'
import type { Clock } from '../calls/instant.ts'
import { PHASES, type Phase } from '../calls/vocabulary.ts'
import type { CallStore } from '../store/store.ts'
import type { BoardJson, GroupJson, HourJson, WaitingJson } from './board-json.ts'
import {
  FIGURE_IDS,
  FIGURES,
  type FigureId,
  GROUP_FIGURES,
  HOUR_FIGURES,
  inTimeMsOf,
  queryOf,
  WAITING,
  waitingQuery,
} from './figures.ts'
import { averageWaitMs, countsOf, dayOf, ratio } from './sum-up.ts'
import type { LiveTally, Tally, TallyRow, Waiting } from './tally.ts'

export interface BoardNeeds {
  calls: Pick<CallStore, 'tally' | 'liveTally' | 'skillGroups'>
  clock: Clock
  timeZone: string
  searchWindowDays: number
  serviceLevelSeconds: number
  now(): number
}

/** A call that was committed, as far as the board wants to know. */
interface Changed {
  instance: string
  call: { startedAt: number }
  previous: { startedAt: number } | null
}

interface CountedHour {
  tally: Tally
  countedAt: number
}

interface Counting {
  /** By the hour's begin. */
  hours: Map<number, CountedHour>
  /** The answer there is, or is being made. */
  answer: Promise<BoardJson> | null
  askedAt: number
}

const HOUR_MS = 3_600_000
const WEEK_DAYS = 7
/** How old an answer may be, and a count of an hour in which nothing is known to have changed. */
const FRESH_MS = 1_000
const RECOUNT_MS = 60_000
/** Skill groups on the board: those with the most calls. */
const GROUPS = 200

export class Board {
  readonly #needs: BoardNeeds
  readonly #counting = new Map<string, Counting>()

  constructor(needs: BoardNeeds) {
    this.#needs = needs
  }

  /** Told after each commit. */
  changed(changes: readonly Changed[]): void {
    if (this.#counting.size === 0) return
    for (const { instance, call, previous } of changes) {
      const hours = this.#counting.get(instance)?.hours
      if (!hours || hours.size === 0) continue
      for (const startedAt of new Set([call.startedAt, previous?.startedAt ?? call.startedAt])) {
        for (const from of hours.keys()) if (startedAt >= from && startedAt < from + HOUR_MS) hours.delete(from)
      }
    }
  }

  /** The figures of this moment, at most a second old. */
  figures(instance: string): Promise<BoardJson> {
    const now = this.#needs.now()
    const counting = this.#counting.get(instance) ?? { hours: new Map(), answer: null, askedAt: 0 }
    this.#counting.set(instance, counting)
    if (counting.answer && Math.abs(now - counting.askedAt) < FRESH_MS) return counting.answer
    counting.askedAt = now
    // One after the other: a slow store is not asked twice at once.
    const before = counting.answer ?? Promise.resolve()
    const answer = before.catch(() => undefined).then(() => this.#count(instance, counting))
    counting.answer = answer
    answer.catch(() => {
      if (counting.answer === answer) counting.answer = null
    })
    return answer
  }

  async #count(instance: string, counting: Counting): Promise<BoardJson> {
    const { calls, clock, timeZone, searchWindowDays, serviceLevelSeconds, now } = this.#needs
    const at = now()
    const day = clock.dayOf(at)
    const today = hoursOf(clock, day)
    const beforeDay = clock.addDays(day, -WEEK_DAYS)
    const before = searchWindowDays > WEEK_DAYS ? hoursOf(clock, beforeDay) : null
    for (const from of counting.hours.keys()) {
      if (!today.includes(from) && !before?.includes(from)) counting.hours.delete(from)
    }

    const dayStart = startOf(today)
    // The hours to come as well: a PBX's clock may be ahead, and the list of today shows its calls.
    const tallies = await this.#talliesOf(instance, counting, today, at)
    const todayTallies = [...tallies.values()]

    const beforeTallies = before ? await this.#talliesOf(instance, counting, before, at) : null
    const beforeStart = before ? startOf(before) : 0
    const beforeEnd = beforeStart + (at - dayStart)
    const begun = before?.findLast((from) => from <= beforeEnd) ?? beforeStart
    const broken = before ? await calls.tally(instance, { from: begun, to: beforeEnd }, this.#inTimeMs()) : null
    const beforeUntilNow = beforeTallies && broken ? [...valuesBefore(beforeTallies, begun), broken] : null

    const liveFrom = clock.startOfDay(clock.addDays(day, 1 - Math.min(WEEK_DAYS, searchWindowDays))) ?? dayStart
    const live = await calls.liveTally(instance, liveFrom, WAITING)
    const names = await calls.skillGroups(instance)
    const written = (from: number, to: number) => ({ from: clock.write(from), to: clock.write(to) })
    return {
      at: clock.write(at),
      day,
      timeZone,
      serviceLevelSeconds,
      live: {
        from: clock.write(liveFrom),
        calls: live.phases.reduce((sum, { calls }) => sum + calls, 0),
        phases: phasesOf(live),
        waiting: this.#waiting(live.waiting),
      },
      today: { ...dayOf(todayTallies), ...written(dayStart, at) },
      before: beforeUntilNow && { day: beforeDay, ...dayOf(beforeUntilNow), ...written(beforeStart, beforeEnd) },
      hours: today.map((from, i): HourJson => {
        const weekBefore = before?.[i]
        return {
          ...written(from, from + HOUR_MS),
          counts: countsOf(HOUR_FIGURES, tallies.get(from)?.rows ?? []),
          before:
            weekBefore === undefined
              ? null
              : {
                  ...written(weekBefore, weekBefore + HOUR_MS),
                  counts: countsOf(HOUR_FIGURES, beforeTallies?.get(weekBefore)?.rows ?? []),
                },
        }
      }),
      groups: this.#groups(todayTallies, beforeUntilNow, live, names),
      queries: {
        figures: Object.fromEntries(FIGURE_IDS.map((id) => [id, queryOf(FIGURES[id], serviceLevelSeconds)])) as Record<
          FigureId,
          string
        >,
        waiting: waitingQuery(),
      },
    }
  }

  #inTimeMs(): number {
    return inTimeMsOf(this.#needs.serviceLevelSeconds)
  }

  /** The tallies of these hours, by begin; asked for where they are not known or too old. */
  async #talliesOf(instance: string, { hours }: Counting, wanted: readonly number[], at: number) {
    const found = new Map<number, Tally>()
    for (const from of wanted) {
      const known = hours.get(from)
      if (known && at - known.countedAt < RECOUNT_MS) {
        found.set(from, known.tally)
        continue
      }
      // Noted before asking: a change that is told meanwhile takes the mark away again, and the hour is asked next time.
      const counted: CountedHour = { tally: known?.tally ?? NOTHING, countedAt: at + spread(from) }
      hours.set(from, counted)
      try {
        counted.tally = await this.#needs.calls.tally(instance, { from, to: from + HOUR_MS }, this.#inTimeMs())
      } catch (error) {
        hours.delete(from)
        throw error
      }
      found.set(from, counted.tally)
    }
    return found
  }

  #groups(today: Tally[], before: Tally[] | null, live: LiveTally, names: SkillGroup[]): GroupJson[] {
    const rowsToday = rowsByGroup(today)
    const rowsBefore = before && rowsByGroup(before)
    const waiting = new Map(live.groups.map((group) => [group.skillGroup, group]))
    const nameOf = new Map(names.map(({ id, name }) => [id, name]))
    const ids = new Set([...rowsToday.keys(), ...waiting.keys(), ...(rowsBefore?.keys() ?? [])])
    return [...ids]
      .map((id): GroupJson => {
        const rows = rowsToday.get(id) ?? []
        const counts = countsOf(GROUP_FIGURES, rows)
        return {
          id,
          name: nameOf.get(id) ?? null,
          waiting: this.#waiting(waiting.get(id) ?? NOBODY),
          counts,
          averageWaitMs: averageWaitMs(rows),
          serviceLevel: ratio(counts.answeredInTime, counts.offered),
          before: rowsBefore && { counts: countsOf(GROUP_FIGURES, rowsBefore.get(id) ?? []) },
        }
      })
      .sort((a, b) => b.counts.inbound - a.counts.inbound || (a.id < b.id ? -1 : 1))
      .slice(0, GROUPS)
  }

  #waiting({ calls, since, callId }: Waiting): WaitingJson {
    return { calls, since: since === null ? null : this.#needs.clock.write(since), callId }
  }
}

const NOTHING: Tally = { rows: [], waits: [], groups: [] }
const NOBODY: Waiting = { calls: 0, since: null, callId: null }

/** Where the hours of a day begin: 24 of them, but on the days when clocks are changed. */
function hoursOf(clock: Clock, day: string): number[] {
  const from = clock.startOfDay(day) ?? 0
  const to = clock.startOfDay(clock.addDays(day, 1)) ?? from
  return Array.from({ length: Math.ceil((to - from) / HOUR_MS) }, (_, i) => from + i * HOUR_MS)
}

function startOf(hours: readonly number[]): number {
  return hours[0] ?? 0
}

/** So that not all hours are counted again in the same second. */
function spread(from: number): number {
  return -((from / HOUR_MS) * 7919) % (RECOUNT_MS / 2)
}

function valuesBefore(tallies: ReadonlyMap<number, Tally>, end: number): Tally[] {
  return [...tallies].filter(([from]) => from < end).map(([, tally]) => tally)
}

function rowsByGroup(tallies: readonly Tally[]): Map<string, TallyRow[]> {
  const found = new Map<string, TallyRow[]>()
  for (const tally of tallies) {
    for (const row of tally.groups) {
      const rows = found.get(row.skillGroup)
      if (rows) rows.push(row)
      else found.set(row.skillGroup, [row])
    }
  }
  return found
}

function phasesOf(live: LiveTally): Record<Phase, number> {
  const counts = new Map(live.phases.map(({ phase, calls }) => [phase, calls]))
  return Object.fromEntries(PHASES.map((phase) => [phase, counts.get(phase) ?? 0])) as Record<Phase, number>
}

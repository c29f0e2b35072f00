// What a policy would do: the plan of the sweep (plan.ts) walked to its end and seven days ahead, with recordings coming in
// as they did during the last week, and nothing done. Pure; runs in a reader thread of the store, beside the recordings.
import type { Clock } from '../calls/instant.ts'
import type { DeletionRule } from '../calls/vocabulary.ts'
import {
  type Candidate,
  type CutoffOf,
  type Deletion,
  type Plan,
  planRetention,
  type RecordingTotal,
  type RetentionView,
} from './plan.ts'
import type { RetentionPolicy } from './policy.ts'

const DAY_MS = 86_400_000
export const INFLOW_DAYS = 7
const DAYS_AHEAD = 7
const SHOWN = 50
/** Deletions walked through; past it, sums are lower bounds and `complete` is false. */
const MOST_WALKED = 2_000_000

/** What came in lately, by skill group. */
export interface StoredLately {
  /** When the first of it was stored; null: nothing was. */
  since: number | null
  groups: readonly { skillGroup: string; recordings: number; bytes: number }[]
}

export interface Inflow {
  recordingsPerDay: number
  bytesPerDay: number
  /** How long it was measured; at least a day is taken. */
  days: number
}

export interface RuleSum {
  rule: DeletionRule
  limit: number
  skillGroup: string | null
  recordings: number
  bytes: number
}

/** What somebody who sets the policy should know; figures in bytes, `days` of present inflow. */
export type RetentionWarning =
  | { code: 'holds-exceed-capacity'; skillGroup: string | null; heldBytes: number; limit: number }
  | { code: 'free-space-unreachable'; missingBytes: number; limit: number }
  | { code: 'free-space-unknown' }
  | { code: 'capacity-is-short'; days: number }

export interface Rehearsal {
  present: { recordings: number; bytes: number; heldRecordings: number; heldBytes: number; freeBytes: number | null }
  /** null: nothing came in during the last week. */
  inflow: Inflow | null
  /** What the first sweep deletes. */
  now: {
    recordings: number
    bytes: number
    oldest: Deletion | null
    newest: Deletion | null
    byRule: RuleSum[]
    /** The first few. */
    items: Deletion[]
  }
  /** Held ones that would go otherwise, and how much goes in their place. */
  held: { recordings: number; bytes: number; items: Candidate[]; insteadRecordings: number; insteadBytes: number }
  /** What is there after the first sweep. */
  after: { recordings: number; bytes: number }
  /** Today (after the first sweep) and the six days that follow. `comingBytes`: of recordings that are not there yet. */
  days: { day: string; recordings: number; bytes: number; comingBytes: number; keptBytes: number }[]
  /** When the capacity is used up at the present inflow; null: there is none, it never is, or nothing comes in. */
  fullAt: number | null
  /** How many days of the present inflow the capacity holds; null: as above. */
  capacityDays: number | null
  warnings: RetentionWarning[]
  complete: boolean
}

export interface RehearsalMoment {
  clock: Clock
  now: number
  freeBytes: number | null
  lately: StoredLately
}

/** Calls before the start of this day are older than so many whole days. */
export function cutoffAt(clock: Clock, day: string): CutoffOf {
  return (ageDays) => clock.startOfDay(clock.addDays(day, -ageDays)) ?? Number.NEGATIVE_INFINITY
}

export function rehearse(policy: RetentionPolicy, view: RetentionView, moment: RehearsalMoment): Rehearsal {
  const { clock, now, freeBytes } = moment
  const plan = planRetention(policy, view, freeBytes)
  const present = { ...sumOf(view.totals), freeBytes }
  const inflow = inflowOf(moment)
  const today = clock.dayOf(now)
  const walk = walker(plan)
  const first = walk(cutoffAt(clock, today), SHOWN)
  const held = [...plan.passedBy.values()].sort((a, b) => a.callStartedAt - b.callStartedAt)
  const after = { recordings: present.recordings - first.recordings, bytes: plan.bytes }
  const warnings = warningsOf(policy, { totals: view.totals, plan, inflow })
  const days: Rehearsal['days'] = []
  for (let ahead = 0; ahead < DAYS_AHEAD; ahead++) {
    const day = clock.addDays(today, ahead)
    const begins = ahead === 0 ? now : (clock.startOfDay(day) ?? now)
    const ends = clock.startOfDay(clock.addDays(day, 1)) ?? begins + DAY_MS
    const comingBefore = plan.comingDeleted
    if (inflow) plan.grow(begins, growthOf(moment.lately, inflow, ends - begins))
    const { recordings, bytes } = walk(cutoffAt(clock, day), 0)
    days.push({ day, recordings, bytes, comingBytes: plan.comingDeleted - comingBefore, keptBytes: plan.bytes })
  }
  return {
    present,
    inflow,
    now: first,
    held: {
      recordings: held.length,
      bytes: held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      items: held.slice(0, SHOWN),
      insteadRecordings: walk.instead.recordings,
      insteadBytes: walk.instead.bytes,
    },
    after,
    days,
    ...fillingOf(policy, inflow, { bytes: after.bytes, now }),
    warnings,
    complete: !walk.broken,
  }
}

/** Walks what a plan says is due, and sums it up; over all its walks no further than is bearable. */
function walker(plan: Plan) {
  let walked = 0
  const walk = Object.assign(
    (cutoffOf: CutoffOf, shown: number): Rehearsal['now'] => {
      const sums = new Map<string, RuleSum>()
      const found: Rehearsal['now'] = { recordings: 0, bytes: 0, oldest: null, newest: null, byRule: [], items: [] }
      for (const deletion of plan.due(cutoffOf)) {
        if (++walked > MOST_WALKED) {
          walk.broken = true
          break
        }
        const { recording, rule, limit, skillGroup } = deletion
        const key = `${rule} ${limit} ${skillGroup ?? ''}`
        const sum = sums.get(key) ?? { rule, limit, skillGroup, recordings: 0, bytes: 0 }
        sums.set(key, sum)
        for (const one of deletion.insteadOfHeld && shown > 0 ? [found, sum, walk.instead] : [found, sum]) {
          one.recordings++
          one.bytes += recording.sizeBytes
        }
        if (!found.oldest || recording.callStartedAt < found.oldest.recording.callStartedAt) found.oldest = deletion
        if (!found.newest || recording.callStartedAt >= found.newest.recording.callStartedAt) found.newest = deletion
        if (found.items.length < shown) found.items.push(deletion)
      }
      found.byRule = [...sums.values()]
      return found
    },
    { instead: { recordings: 0, bytes: 0 }, broken: false },
  )
  return walk
}

function sumOf(totals: readonly RecordingTotal[]) {
  const sum = { recordings: 0, bytes: 0, heldRecordings: 0, heldBytes: 0 }
  for (const one of totals) {
    sum.recordings += one.recordings
    sum.bytes += one.bytes
    sum.heldRecordings += one.heldRecordings
    sum.heldBytes += one.heldBytes
  }
  return sum
}

/** What comes in a day, by the last week; a younger store is measured from its first recording, over a day at least. */
export function inflowOf({ lately, now }: Pick<RehearsalMoment, 'lately' | 'now'>): Inflow | null {
  if (lately.since === null) return null
  const days = Math.min(INFLOW_DAYS, Math.max(1, (now - lately.since) / DAY_MS))
  const recordings = lately.groups.reduce((sum, one) => sum + one.recordings, 0)
  const bytes = lately.groups.reduce((sum, one) => sum + one.bytes, 0)
  return { recordingsPerDay: recordings / days, bytesPerDay: bytes / days, days }
}

function growthOf(lately: StoredLately, inflow: Inflow, ms: number): Map<string, number> {
  const part = ms / DAY_MS / inflow.days
  return new Map(lately.groups.map(({ skillGroup, bytes }) => [skillGroup, Math.round(bytes * part)]))
}

/** Where age takes recordings away as fast as they come, the capacity is never used up. */
export function fillingOf(
  { capacityBytes, ageDays }: RetentionPolicy,
  inflow: Inflow | null,
  { bytes, now }: { bytes: number; now: number },
): Pick<Rehearsal, 'fullAt' | 'capacityDays'> {
  if (capacityBytes === null || !inflow || inflow.bytesPerDay <= 0) return { fullAt: null, capacityDays: null }
  const capacityDays = capacityBytes / inflow.bytesPerDay
  const never = ageDays !== null && ageDays + 1 < capacityDays
  const fullAt = Math.round(now + (Math.max(0, capacityBytes - bytes) / inflow.bytesPerDay) * DAY_MS)
  return { fullAt: never ? null : fullAt, capacityDays }
}

function warningsOf(
  policy: RetentionPolicy,
  { totals, plan, inflow }: { totals: readonly RecordingTotal[]; plan: Plan; inflow: Inflow | null },
): RetentionWarning[] {
  const warnings: RetentionWarning[] = []
  const { capacityBytes, minFreeBytes } = policy
  const { heldBytes } = sumOf(totals)
  if (capacityBytes !== null && heldBytes > capacityBytes)
    warnings.push({ code: 'holds-exceed-capacity', skillGroup: null, heldBytes, limit: capacityBytes })
  for (const { id, capacityBytes: limit } of policy.skillGroups) {
    const held = totals.find(({ skillGroup }) => skillGroup === id)?.heldBytes ?? 0
    if (typeof limit === 'number' && held > limit)
      warnings.push({ code: 'holds-exceed-capacity', skillGroup: id, heldBytes: held, limit })
  }
  if (minFreeBytes !== null && plan.freeBytes === null) warnings.push({ code: 'free-space-unknown' })
  if (minFreeBytes !== null && plan.freeBytes !== null && plan.freeBytes < minFreeBytes)
    warnings.push({
      code: 'free-space-unreachable',
      missingBytes: minFreeBytes - plan.freeBytes,
      limit: minFreeBytes,
    })
  if (capacityBytes !== null && inflow && capacityBytes < inflow.bytesPerDay)
    warnings.push({ code: 'capacity-is-short', days: capacityBytes / inflow.bytesPerDay })
  return warnings
}

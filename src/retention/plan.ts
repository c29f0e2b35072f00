// Decides which recordings go, and by which rule. Pure and in one pass: the sweep takes the first few of a plan and does
// them, the rehearsal walks the whole plan and does nothing, days ahead as well. In this order:
//   age              every call that started before the limit's day (of the instance, or of its skill group)
//   group-capacity   a skill group over its own limit: its oldest, until at or below it
//   capacity         the instance over its limit: its oldest, until at or below it
//   free-space       the disk has less free than it shall: the oldest, until it has
// "Oldest" is by the call's start, then call id, then number. Held recordings are passed by.
import type { DeletionRule } from '../calls/vocabulary.ts'
import type { RetentionPolicy } from './policy.ts'

/** Where a recording stands in the order in which they go. */
export interface Place {
  callStartedAt: number
  callId: string
  n: number
}

export interface Candidate extends Place {
  sizeBytes: number
  /** Of the call; '': none. */
  skillGroup: string
}

/** What is there of one skill group ('': of calls without one), held ones included. */
export interface RecordingTotal {
  skillGroup: string
  recordings: number
  bytes: number
  heldRecordings: number
  heldBytes: number
}

/** What a plan is made of. Iterables are walked as far as something goes, and no further. */
export interface RetentionView {
  totals: readonly RecordingTotal[]
  /** Not held, oldest first, behind `after`; of these skill groups, null: of all. */
  oldest(skillGroups: readonly string[] | null, after: Place | null): Iterable<Candidate>
  /** The same of held ones. Empty where nobody asks which were passed by. */
  held(skillGroups: readonly string[] | null): Iterable<Candidate>
}

export interface Deletion {
  recording: Candidate
  rule: DeletionRule
  /** What the rule allows: days, or bytes. */
  limit: number
  /** Set where the limit is one of a skill group. */
  skillGroup: string | null
  /** It goes only because older ones are held. */
  insteadOfHeld: boolean
}

/** The day before whose start calls are too old, by the age allowed: `2026-11-23T00:00` for 30 days on 23 December. */
export type CutoffOf = (ageDays: number) => number

export interface Plan {
  /** What goes now; each is taken as done when the next one is asked for. */
  due(cutoffOf: CutoffOf): Generator<Deletion>
  /** Recordings still to come, of calls at `at`: they count, and go when nothing older is left. */
  grow(at: number, bytes: ReadonlyMap<string, number>): void
  /** Bytes kept at this point of the plan; free bytes of the disk then; how many bytes of those to come went already. */
  readonly bytes: number
  readonly freeBytes: number | null
  readonly comingDeleted: number
  /** Held ones that were passed by, each once. */
  readonly passedBy: ReadonlyMap<string, Candidate>
}

/** Held ones remembered as passed by; a rehearsal names them. */
const MOST_PASSED_BY = 10_000

/** `freeBytes`: of the recordings' disk; null: nobody knows, or it has no end. */
export function planRetention(policy: RetentionPolicy, view: RetentionView, freeBytes: number | null): Plan {
  const groups = new Map(policy.skillGroups.map((group) => [group.id, group]))
  const kept = new Map(view.totals.map(({ skillGroup, bytes }) => [skillGroup, bytes]))
  const passedBy = new Map<string, Candidate>()
  let all = view.totals.reduce((sum, { bytes }) => sum + bytes, 0)
  let free = freeBytes
  let coming: { at: number; skillGroup: string; bytes: number }[] = []
  let comingDeleted = 0
  /** How far the plan has come, so that a recording counts once: by age, by group, and in the instance. */
  const cutoffs = new Map<number, number>()
  const goneOfGroup = new Map<string, Place>()
  let goneOfAll: Place | null = null

  const ageOf = (skillGroup: string): number | null => {
    const own = groups.get(skillGroup)?.ageDays
    return own === undefined ? policy.ageDays : own
  }

  function isGone(one: Candidate): boolean {
    const age = ageOf(one.skillGroup)
    if (age !== null && one.callStartedAt < (cutoffs.get(age) ?? Number.NEGATIVE_INFINITY)) return true
    const ofGroup = goneOfGroup.get(one.skillGroup)
    return (ofGroup !== undefined && !isAfter(one, ofGroup)) || (goneOfAll !== null && !isAfter(one, goneOfAll))
  }

  function take(one: Candidate): void {
    change(one.skillGroup, -one.sizeBytes)
  }

  function change(skillGroup: string, bytes: number): void {
    kept.set(skillGroup, (kept.get(skillGroup) ?? 0) + bytes)
    all += bytes
    if (free !== null) free -= bytes
  }

  function passBy(one: Candidate): void {
    if (passedBy.size < MOST_PASSED_BY) passedBy.set(placeOf(one), one)
  }

  /** Everything older than the limit allows. Skill groups with the same limit go together, in order of time. */
  function* byAge(ageDays: number, cutoff: number): Generator<Deletion> {
    const isOwn = (skillGroup: string) => groups.get(skillGroup)?.ageDays !== undefined
    const scope = policy.skillGroups.some(({ id }) => isOwn(id))
      ? [...kept.keys()].filter((skillGroup) => ageOf(skillGroup) === ageDays)
      : null
    const before = cutoffs.get(ageDays)
    const after = before === undefined ? null : { callStartedAt: before, callId: '', n: 0 }
    for (const one of view.held(scope)) {
      if (one.callStartedAt >= cutoff) break
      passBy(one)
    }
    for (const recording of view.oldest(scope, after)) {
      if (recording.callStartedAt >= cutoff) break
      if (isGone(recording)) continue
      take(recording)
      const skillGroup = isOwn(recording.skillGroup) ? recording.skillGroup : null
      yield { recording, rule: 'age', limit: ageDays, skillGroup, insteadOfHeld: false }
    }
    cutoffs.set(ageDays, Math.max(cutoff, before ?? cutoff))
    for (const one of coming) if (one.at < cutoff && ageOf(one.skillGroup) === ageDays) takeComing(one, one.bytes)
  }

  /** The oldest, until `excess` (asked again after each) is gone. */
  function* byExcess(
    excess: () => number,
    goesBy: { rule: DeletionRule; limit: number; skillGroup: string | null },
    gone: Place | null,
    remember: (last: Place) => void,
  ): Generator<Deletion> {
    if (excess() <= 0) return
    const scope = goesBy.skillGroup === null ? null : [goesBy.skillGroup]
    const held = view.held(scope)[Symbol.iterator]()
    let nextHeld = held.next()
    let heldBytes = 0
    for (const recording of view.oldest(scope, gone)) {
      if (isGone(recording)) continue
      while (!nextHeld.done && isAfter(recording, nextHeld.value)) {
        heldBytes += nextHeld.value.sizeBytes
        passBy(nextHeld.value)
        nextHeld = held.next()
      }
      const insteadOfHeld = excess() <= heldBytes
      take(recording)
      remember(recording)
      yield { recording, ...goesBy, insteadOfHeld }
      if (excess() <= 0) return
    }
    // None is left that may go: the rest are held, or still to come.
    for (; !nextHeld.done; nextHeld = held.next()) passBy(nextHeld.value)
    for (const one of coming)
      if (scope === null || scope.includes(one.skillGroup)) takeComing(one, Math.min(excess(), one.bytes))
  }

  function takeComing(one: { skillGroup: string; bytes: number }, bytes: number): void {
    if (bytes <= 0) return
    one.bytes -= bytes
    comingDeleted += bytes
    change(one.skillGroup, -bytes)
  }

  return {
    *due(cutoffOf) {
      const ages = new Set([...kept.keys(), ''].map(ageOf).filter((age) => age !== null))
      for (const age of [...ages].sort((a, b) => a - b)) yield* byAge(age, cutoffOf(age))
      for (const { id, capacityBytes } of policy.skillGroups) {
        if (typeof capacityBytes !== 'number') continue
        const goesBy = { rule: 'group-capacity', limit: capacityBytes, skillGroup: id } as const
        yield* byExcess(
          () => (kept.get(id) ?? 0) - capacityBytes,
          goesBy,
          goneOfGroup.get(id) ?? null,
          (last) => goneOfGroup.set(id, last),
        )
      }
      const remember = (last: Place) => {
        goneOfAll = goneOfAll === null || isAfter(last, goneOfAll) ? last : goneOfAll
      }
      const { capacityBytes, minFreeBytes } = policy
      if (capacityBytes !== null)
        yield* byExcess(
          () => all - capacityBytes,
          { rule: 'capacity', limit: capacityBytes, skillGroup: null },
          goneOfAll,
          remember,
        )
      if (minFreeBytes !== null && free !== null)
        yield* byExcess(
          () => minFreeBytes - (free ?? minFreeBytes),
          { rule: 'free-space', limit: minFreeBytes, skillGroup: null },
          goneOfAll,
          remember,
        )
    },
    grow(at, bytes) {
      for (const [skillGroup, more] of bytes) {
        change(skillGroup, more)
        coming.push({ at, skillGroup, bytes: more })
      }
      coming = coming.filter((one) => one.bytes > 0)
    },
    get bytes() {
      return all
    },
    get freeBytes() {
      return free
    },
    get comingDeleted() {
      return comingDeleted
    },
    passedBy,
  }
}

/** By the order in which recordings go. */
export function isAfter(a: Place, b: Place): boolean {
  if (a.callStartedAt !== b.callStartedAt) return a.callStartedAt > b.callStartedAt
  return a.callId !== b.callId ? a.callId > b.callId : a.n > b.n
}

function placeOf({ callId, n }: Place): string {
  return `${n} ${callId}`
}

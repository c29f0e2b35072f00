// The JSON shapes of retention (API, command line, console): instants as ISO 8601, otherwise as the parts beside make them.
import type { WriteInstant } from '../calls/call-json.ts'
import type { DeletionRule } from '../calls/vocabulary.ts'
import type { FilesDue } from '../store/store.ts'
import type { RecordingTotal } from './plan.ts'
import type { RetentionPolicy } from './policy.ts'
import type { Inflow, Rehearsal, RetentionWarning } from './rehearsal.ts'
import type { SweepResult } from './sweep.ts'

export interface RetentionJson extends RetentionPolicy {
  /** null: no policy was ever set. */
  changedAt: string | null
  changedBy: string | null
  use: {
    recordings: number
    bytes: number
    heldRecordings: number
    heldBytes: number
    /** Of the disk; null: nobody knows, or it has no end. */
    freeBytes: number | null
    /** `skillGroup` '': of calls that reached none. */
    skillGroups: RecordingTotal[]
  }
  inflow: Inflow | null
  /** When the capacity is used up at the present inflow, and how many days of it the capacity holds. */
  fullAt: string | null
  capacityDays: number | null
  lastSweep: SweepJson | null
  /** Files of deleted recordings that cannot be removed, by storage. `because`: why; null: it is not configured any more. */
  filesDue: (FilesDue & { because: string | null })[]
}

export interface SweepJson extends Omit<SweepResult, 'at'> {
  at: string
}

export interface DeletionJson {
  callId: string
  n: number
  callStartedAt: string
  sizeBytes: number
  skillGroup: string
  rule: DeletionRule
  limit: number
  limitSkillGroup: string | null
  insteadOfHeld: boolean
}

export interface HeldJson {
  callId: string
  n: number
  callStartedAt: string
  sizeBytes: number
}

export interface RehearsalJson extends Omit<Rehearsal, 'now' | 'held' | 'fullAt'> {
  policy: RetentionPolicy
  now: Omit<Rehearsal['now'], 'oldest' | 'newest' | 'items'> & {
    oldest: DeletionJson | null
    newest: DeletionJson | null
    items: DeletionJson[]
  }
  held: Omit<Rehearsal['held'], 'items'> & { items: HeldJson[] }
  fullAt: string | null
}

export type { Inflow, RetentionPolicy, RetentionWarning }

export function rehearsalToJson(policy: RetentionPolicy, rehearsal: Rehearsal, write: WriteInstant): RehearsalJson {
  const { now, held, fullAt, ...rest } = rehearsal
  const deletion = (one: Rehearsal['now']['items'][number]): DeletionJson => {
    const { recording, skillGroup, ...why } = one
    return { ...recording, callStartedAt: write(recording.callStartedAt), ...why, limitSkillGroup: skillGroup }
  }
  return {
    policy,
    ...rest,
    now: {
      ...now,
      oldest: now.oldest && deletion(now.oldest),
      newest: now.newest && deletion(now.newest),
      items: now.items.map(deletion),
    },
    held: {
      ...held,
      items: held.items.map(({ callId, n, callStartedAt, sizeBytes }) => ({
        callId,
        n,
        callStartedAt: write(callStartedAt),
        sizeBytes,
      })),
    },
    fullAt: fullAt === null ? null : write(fullAt),
  }
}

export function sweepToJson(result: SweepResult, write: WriteInstant): SweepJson {
  return { ...result, at: write(result.at) }
}

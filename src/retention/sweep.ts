// Does what the plan says, in batches: rows are marked deleted, with the call's event and a receipt, in one transaction;
// then the files go; then it is written down that they are gone. Whatever is interrupted in between, the next sweep
// finishes. A storage that is away keeps its files for later and no other waiting. One sweep of an instance at a time.
import { setImmediate as breathe } from 'node:timers/promises'
import type { CallEvent } from '../calls/call-event.ts'
import type { DeletionRule } from '../calls/vocabulary.ts'
import { AppError } from '../errors.ts'
import type { NewReceipt } from '../receipts/receipt.ts'
import { removeLooseFiles } from '../recordings/loose-files.ts'
import { removeRecording, type Storages } from '../recordings/storage/recording-storage.ts'
import type { PlannedDeletion, RecordingRow, Store } from '../store/store.ts'
import { KEEP_EVERYTHING } from './policy.ts'
import type { StorageRest } from './storage-rest.ts'
import type { InTurn } from './turns.ts'

/** The part of ingest that a sweep needs: events, rows and receipts of one commit. */
export interface RetentionIngest {
  append(
    from: { instance: string; source: string },
    events: CallEvent[],
    recordings?: RecordingRow[],
    receipts?: NewReceipt[],
  ): Promise<unknown>
}

export interface SweepNeeds {
  store: Pick<Store, 'retention' | 'recordings'>
  ingest: RetentionIngest
  storages: Storages
  timeZone: string
  now(): number
  /** Takes turns with holds that are placed in the same process. */
  inTurn: InTurn
  /** Told how many recordings were marked, after each commit. */
  marked?(recordings: number): void
  /** Recordings marked in one commit. */
  batch?: number
  /** Remembers storages that were away from one sweep to the next. */
  rest?: StorageRest
}

export interface SweepResult {
  at: number
  /** What was deleted, and by which rule. */
  recordings: number
  bytes: number
  byRule: { rule: DeletionRule; recordings: number; bytes: number }[]
  /** Files that were removed, those included that an interrupted sweep had left. */
  files: number
  /** false: it was stopped before its end. */
  complete: boolean
}

export const RETENTION_SOURCE = 'retention'
const BATCH = 100
/** Files of one storage that fail one after the other before the storage itself is given up for a while. */
const MOST_FAILED = 3

/**
 * One sweep. `actor`: who asked for it, as receipts name it.
 * @throws AppError store-unavailable; what was marked by then is finished by the next sweep.
 */
export async function sweep(
  needs: SweepNeeds,
  instance: string,
  { actor, signal }: { actor: string; signal?: AbortSignal },
): Promise<SweepResult> {
  const { store, ingest, timeZone, now, inTurn, batch = BATCH } = needs
  const result: SweepResult = { at: now(), recordings: 0, bytes: 0, byRule: [], files: 0, complete: true }
  result.files += await removeDueFiles(needs, instance, signal)
  const policy = (await store.retention.retentionPolicy(instance))?.policy ?? KEEP_EVERYTHING
  // Asked once: a disk that does not get freer (snapshots, another program) must not cost more than was needed now.
  const freeBefore = policy.minFreeBytes === null ? null : (await needs.storages.home.health()).freeBytes
  while (!signal?.aborted) {
    const freeBytes = freeBefore === null ? null : freeBefore + result.bytes
    const planned = await inTurn(instance, async () => {
      const at = now()
      const found = await store.retention.planDeletions(instance, policy, { now: at, timeZone, freeBytes }, batch)
      if (found.length > 0) await mark(ingest, found, { instance, at, actor })
      return found
    })
    if (planned.length === 0) return result
    count(result, planned)
    needs.marked?.(planned.length)
    result.files += await removeDueFiles(needs, instance, signal)
    await breathe()
  }
  return { ...result, complete: false }
}

async function mark(
  ingest: RetentionIngest,
  planned: readonly PlannedDeletion[],
  { instance, at, actor }: { instance: string; at: number; actor: string },
): Promise<void> {
  await ingest.append(
    { instance, source: RETENTION_SOURCE },
    planned.filter(({ called }) => called).map((one) => deletedEvent(one, at)),
    planned.map(({ row }) => ({ ...row, state: 'deleted' as const })),
    planned.map((one) => deletedReceipt(one, { instance, at, actor })),
  )
}

/** Removes the files of rows that are marked deleted, and those no row points to any more; says of how many. Again is fine. */
async function removeDueFiles(needs: SweepNeeds, instance: string, signal?: AbortSignal): Promise<number> {
  const { storages, now, rest } = needs
  let files = 0
  for (const storage of storages.all) {
    if (signal?.aborted) break
    if (rest && !rest.isDue(storage.name, now())) continue
    try {
      files += await removeMarked(needs, { instance, storage: storage.name }, signal)
      files += await removeLooseFiles(needs, { instance, storage }, signal)
      rest?.well(storage.name)
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause
      rest?.failed(storage.name, String(cause.details.detail ?? cause.message), now())
    }
  }
  return files
}

/** Files that cannot be removed are passed by. @throws AppError store-unavailable where several in a row, or none at all, can be. */
async function removeMarked(
  { store, storages, batch = BATCH }: SweepNeeds,
  { instance, storage }: Pick<RecordingRow, 'instance' | 'storage'>,
  signal?: AbortSignal,
): Promise<number> {
  let files = 0
  let failed = 0
  let failure: unknown = null
  for (let after: RecordingRow | null = null; ; ) {
    const due: RecordingRow[] = await store.retention.recordingsToRemove(instance, storage, after, batch)
    const gone: RecordingRow[] = []
    try {
      for (const row of due) {
        try {
          await removeRecording(storages, row)
          gone.push(row)
          failed = 0
        } catch (cause) {
          failure ??= cause
          if (++failed >= MOST_FAILED) throw cause
        }
      }
    } finally {
      if (gone.length > 0) await store.retention.recordingsRemoved(instance, gone)
    }
    files += gone.length
    after = due.at(-1) ?? null
    if (due.length === batch && !signal?.aborted) continue
    if (failure && files === 0) throw failure
    return files
  }
}

function deletedEvent({ row, rule, limit, skillGroup }: PlannedDeletion, at: number): CallEvent {
  const { callId, n } = row
  const because = sentenceOf({ rule, limit, skillGroup })
  return { id: `recording-deleted:${n}:${at}`, callId, at, type: 'recording-deleted', n, because, rule, limit }
}

function deletedReceipt(
  { row, rule, limit, skillGroup }: PlannedDeletion,
  { instance, at, actor }: { instance: string; at: number; actor: string },
): NewReceipt {
  const { callId, n, sha256, sizeBytes } = row
  const because = sentenceOf({ rule, limit, skillGroup })
  return { instance, at, actor, body: { kind: 'recording-deleted', callId, n, sha256, sizeBytes, rule, because } }
}

/** Why a recording is gone, for those who read the API or a receipt; the console has its own words for the rule. */
export function sentenceOf({
  rule,
  limit,
  skillGroup,
}: Pick<PlannedDeletion, 'rule' | 'limit' | 'skillGroup'>): string {
  const of = skillGroup === null ? '' : ` in skill group ${skillGroup.slice(0, 80)}`
  switch (rule) {
    case 'age':
      return `older than ${limit} days${of}`
    case 'group-capacity':
      return `over the capacity of ${limit} bytes${of}`
    case 'capacity':
      return `over the capacity of ${limit} bytes`
    case 'free-space':
      return `less than ${limit} bytes were free on the disk`
    default:
      return rule satisfies never
  }
}

function count(result: SweepResult, planned: readonly PlannedDeletion[]): void {
  for (const { row, rule } of planned) {
    let sum = result.byRule.find((one) => one.rule === rule)
    if (!sum) {
      sum = { rule, recordings: 0, bytes: 0 }
      result.byRule.push(sum)
    }
    for (const one of [result, sum]) {
      one.recordings++
      one.bytes += row.sizeBytes
    }
  }
}

// How an instance stands: its policy, what is kept, what comes in. And changing the policy, with a receipt.
import { clockIn } from '../calls/instant.ts'
import type { NewReceipt } from '../receipts/receipt.ts'
import type { Storages } from '../recordings/storage/recording-storage.ts'
import type { StorageName, Store } from '../store/store.ts'
import { KEEP_EVERYTHING, type RetentionPolicy } from './policy.ts'
import { fillingOf, inflowOf, type Rehearsal } from './rehearsal.ts'
import { type RetentionJson, sweepToJson } from './retention-json.ts'
import type { SweepResult } from './sweep.ts'

export interface StateNeeds {
  store: Pick<Store, 'retention'>
  storages: Pick<Storages, 'home' | 'all'>
  timeZone: string
  now(): number
}

export async function retentionState(
  { store, storages, timeZone, now }: StateNeeds,
  instance: string,
  {
    lastSweep = null,
    awayBecause = () => null,
  }: { lastSweep?: SweepResult | null; awayBecause?: (storage: StorageName) => string | null } = {},
): Promise<RetentionJson> {
  const clock = clockIn(timeZone)
  const at = now()
  const [stored, totals, lately, due, { freeBytes }] = await Promise.all([
    store.retention.retentionPolicy(instance),
    store.retention.recordingTotals(instance),
    store.retention.storedLately(instance, at),
    store.retention.filesDue(instance),
    storages.home.health(),
  ])
  const policy = stored?.policy ?? KEEP_EVERYTHING
  const inflow = inflowOf({ lately, now: at })
  const sum = (of: 'recordings' | 'bytes' | 'heldRecordings' | 'heldBytes') =>
    totals.reduce((all, total) => all + total[of], 0)
  const bytes = sum('bytes')
  const { fullAt, capacityDays } = fillingOf(policy, inflow, { bytes, now: at })
  return {
    ...policy,
    changedAt: stored ? clock.write(stored.changedAt) : null,
    changedBy: stored?.changedBy ?? null,
    use: {
      recordings: sum('recordings'),
      bytes,
      heldRecordings: sum('heldRecordings'),
      heldBytes: sum('heldBytes'),
      freeBytes,
      skillGroups: totals,
    },
    inflow,
    fullAt: fullAt === null ? null : clock.write(fullAt),
    capacityDays,
    lastSweep: lastSweep && sweepToJson(lastSweep, clock.write),
    filesDue: due
      .map((one) => ({ ...one, because: awayBecause(one.storage) }))
      .filter(({ storage, because }) => because !== null || !storages.all.some(({ name }) => name === storage)),
  }
}

/** Sets the policy; its receipt says what was there before. */
export async function changePolicy(
  { store, now }: Pick<StateNeeds, 'store' | 'now'>,
  { instance, policy, actor }: { instance: string; policy: RetentionPolicy; actor: string },
): Promise<void> {
  const before = (await store.retention.retentionPolicy(instance))?.policy ?? KEEP_EVERYTHING
  const at = now()
  const receipt: NewReceipt = { instance, at, actor, body: { kind: 'retention-changed', before, after: policy } }
  await store.retention.saveRetentionPolicy(instance, { policy, changedAt: at, changedBy: actor }, [receipt])
}

export async function rehearsePolicy(
  { store, storages, timeZone, now }: StateNeeds,
  instance: string,
  policy: RetentionPolicy,
): Promise<Rehearsal> {
  const { freeBytes } = await storages.home.health()
  return store.retention.rehearseRetention(instance, policy, { now: now(), timeZone, freeBytes })
}

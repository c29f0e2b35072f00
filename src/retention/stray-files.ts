// Files in the storage that no recording answers for: an intake that died between file and row, a removal that a power cut
// undid. Walked slowly, now and then; what is younger than a day may still get its row and is left alone.
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { instancePrefix } from '../recordings/storage/recording-key.ts'
import type { RecordingStorage, Storages } from '../recordings/storage/recording-storage.ts'
import type { Store } from '../store/store.ts'

export interface StrayNeeds {
  store: Pick<Store, 'retention'>
  storages: Pick<Storages, 'all'>
  log: Pick<Logger, 'warn'>
  now(): number
  /** How long a file may lie there without a row. */
  olderThanMs?: number
  /** Between two looks into the store. */
  pauseMs?: number
}

const DAY_MS = 86_400_000
const AT_ONCE = 200

/**
 * One walk over the files of an instance; says how many were removed, each of them logged. A storage that is away is left
 * out of it. @throws AppError store-unavailable when the store is
 */
export async function removeStrayFiles(needs: StrayNeeds, instance: string, signal?: AbortSignal): Promise<number> {
  let removed = 0
  for (const storage of needs.storages.all) {
    const { away } = await storage.health()
    if (away === null) removed += await walk(needs, { instance, storage }, signal)
    else needs.log.warn({ instance, storage: storage.name, away }, 'stray files cannot be looked for in it now')
    if (signal?.aborted) break
  }
  return removed
}

async function walk(
  { store, log, now, olderThanMs = DAY_MS, pauseMs = 50 }: StrayNeeds,
  { instance, storage }: { instance: string; storage: RecordingStorage },
  signal?: AbortSignal,
): Promise<number> {
  let removed = 0
  let seen: string[] = []
  const judge = async () => {
    const recordings = [...new Set(seen.map(recordingOf))]
    const known = new Set(await store.retention.knownPaths(instance, storage.name, recordings))
    for (const key of seen.filter((one) => !known.has(recordingOf(one)))) {
      await storage.remove(key)
      log.warn({ instance, storage: storage.name, key }, 'a file that belonged to no recording was removed')
      removed++
    }
    seen = []
    await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
  for await (const { key, modifiedAt } of storage.list(instancePrefix(instance))) {
    if (signal?.aborted) return removed
    if (modifiedAt > now() - olderThanMs) continue
    seen.push(key)
    if (seen.length >= AT_ONCE) await judge()
  }
  if (seen.length > 0) await judge()
  return removed
}

/** What lies beside a recording goes by the recording's key: `….wav.peaks` → `….wav`. */
function recordingOf(key: string): string {
  return /^.*\.wav(?=\.|$)/.exec(key)?.[0] ?? key
}

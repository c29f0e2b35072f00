// Which keys the files of recordings are encrypted with, and whether they are there. For the command line and doctor.

import type { RecordingKeys } from '../recording-keys.ts'
import type { Store } from '../store/store.ts'

export interface KeyUse {
  /** null: not encrypted. */
  keyId: string | null
  /** false: what is encrypted with it cannot be heard. */
  isThere: boolean
  /** New recordings go by it. */
  isNewest: boolean
  /** Those not deleted, in all instances. */
  recordings: number
  bytes: number
}

/** Those that are named by recordings, and those that are there; the newest first, plain ones last. */
export async function keysOf(
  { recordings }: Pick<Store, 'recordings'>,
  { keys, instances }: { keys: RecordingKeys; instances: readonly string[] },
): Promise<KeyUse[]> {
  const ids = new Set<string | null>([...keys.byId.keys()].reverse())
  const used = await Promise.all(instances.map((instance) => recordings.keysInUse(instance)))
  for (const keyId of used.flat()) if (keyId !== null) ids.add(keyId)
  if (keys.newest === null || used.flat().includes(null)) ids.add(null)
  const counts = [...ids].map(async (keyId): Promise<KeyUse> => {
    const choice = { from: null, to: null, storage: null, keyId }
    const found = await Promise.all(instances.map((instance) => recordings.recordingsCount(instance, choice)))
    return {
      keyId,
      isThere: keyId === null || keys.byId.has(keyId),
      isNewest: keyId === (keys.newest?.id ?? null),
      recordings: found.reduce((sum, one) => sum + one.recordings, 0),
      bytes: found.reduce((sum, one) => sum + one.bytes, 0),
    }
  })
  return Promise.all(counts)
}

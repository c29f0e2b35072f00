// Which storages files cannot be removed from at the moment, and when to try again: one that is away costs a try now and
// then, and keeps nothing of the others waiting.
import type { StorageName } from '../store/store.ts'

const FIRST_MS = 60_000
const LONGEST_MS = 30 * 60_000

export class StorageRest {
  readonly #resting = new Map<StorageName, { because: string; times: number; until: number }>()

  isDue(storage: StorageName, now: number): boolean {
    return (this.#resting.get(storage)?.until ?? 0) <= now
  }

  /** `because`: a clause for the administrator. Each time in a row it rests twice as long, up to half an hour. */
  failed(storage: StorageName, because: string, now: number): void {
    const times = this.#resting.get(storage)?.times ?? 0
    const until = now + Math.min(FIRST_MS * 2 ** times, LONGEST_MS)
    this.#resting.set(storage, { because, times: times + 1, until })
  }

  well(storage: StorageName): void {
    this.#resting.delete(storage)
  }

  /** Why files could not be removed from it the last time; null: they could. */
  becauseOf(storage: StorageName): string | null {
    return this.#resting.get(storage)?.because ?? null
  }
}

// What the fields of the search may offer: the values that calls have most, and numbers that go with what somebody types.
// Looked up among a bounded number of the newest calls, and kept for a minute for all who may see the same calls.

/** Calls looked at, newest first: a day or more of most contact centres, and never more work than this. */
export const CALLS_LOOKED_AT = 20_000
/** Of the calls of one agent, which lie apart from each other. */
export const CALLS_OF_AGENT_LOOKED_AT = 3_000
/** Values told of each kind. */
export const VALUES_TOLD = 20

export interface Suggested {
  value: string
  /** How many of the calls looked at have it. */
  calls: number
}

export const NUMBER_FIELDS = ['caller', 'callee', 'number'] as const
/** `number`: caller, callee, customer or dialled number. */
export type NumberField = (typeof NUMBER_FIELDS)[number]

export interface Frequent extends Record<NumberField, Suggested[]> {
  /** Ids. */
  agents: Suggested[]
  skillGroups: Suggested[]
}

/** Whose calls, and since when. */
export interface Looked {
  instance: string
  /** Only calls this agent took part in (permission); null: all. */
  participant: string | null
  /** Epoch ms: no call that began before. */
  from: number
}

export interface SuggestionStore {
  /** Most frequent first; of an agent's own calls without other agents. */
  frequent(looked: Looked): Promise<Frequent>
  /**
   * Numbers that begin with `digits`, or among the newest calls have them anywhere; those that begin with them first, then
   * the most frequent.
   */
  numbersLike(looked: Looked, field: NumberField, digits: string): Promise<Suggested[]>
}

const KEPT_MS = 60_000
const MOST_KEPT = 200

export class Suggestions {
  readonly #store: SuggestionStore
  readonly #now: () => number
  readonly #kept = new Map<string, { at: number; answer: Promise<Frequent> }>()

  constructor(store: SuggestionStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** @throws AppError store-busy, store-unavailable */
  frequent(looked: Looked): Promise<Frequent> {
    const key = JSON.stringify([looked.instance, looked.participant])
    const known = this.#kept.get(key)
    if (known && this.#now() - known.at < KEPT_MS) return known.answer
    const answer = this.#store.frequent(looked)
    this.#kept.delete(key)
    this.#kept.set(key, { at: this.#now(), answer })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    // A failure is told to who asked, and asked again by the next.
    answer.catch(() => this.#kept.delete(key))
    return answer
  }

  /** @throws AppError store-busy, store-unavailable */
  numbersLike(looked: Looked, field: NumberField, digits: string): Promise<Suggested[]> {
    return this.#store.numbersLike(looked, field, digits)
  }
}

// The lists of unreached customers for all who look at them: the same question within a few seconds is answered from one
// reading of the store. Many agents keep the page and its count open all day.
import type { UnreachedCursor, UnreachedLine, UnreachedSearch, UnreachedStore } from './unreached.ts'

/** How old an answer may be. */
const FRESH_MS = 2_000
/** Answers kept; past it the oldest goes. */
const ANSWERS = 500
/** Which skill groups an agent serves changes slowly. */
const GROUPS_FRESH_MS = 60_000

interface Answer {
  at: number
  answer: Promise<unknown>
}

export class UnreachedLists {
  readonly #store: UnreachedStore
  readonly #now: () => number
  readonly #answers = new Map<string, Answer>()

  constructor(store: UnreachedStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  lines(search: UnreachedSearch, cursor: UnreachedCursor | null, limit: number): Promise<UnreachedLine[]> {
    return this.#shared(['lines', search, cursor, limit], FRESH_MS, () => this.#store.lines(search, cursor, limit))
  }

  count(search: UnreachedSearch): Promise<number> {
    return this.#shared(['count', search], FRESH_MS, () => this.#store.count(search))
  }

  /** @param from epoch ms; of the day, so that the question stays the same for a while */
  skillGroupsOfAgent(instance: string, agentId: string, from: number): Promise<string[]> {
    return this.#shared(['groups', instance, agentId, from], GROUPS_FRESH_MS, () =>
      this.#store.skillGroupsOfAgent(instance, agentId, from),
    )
  }

  #shared<T>(question: unknown[], freshMs: number, ask: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(question)
    const known = this.#answers.get(key)
    const now = this.#now()
    // The key holds the whole question, so what is kept under it is its answer.
    if (known && Math.abs(now - known.at) < freshMs) return known.answer as Promise<T>
    const answer = ask()
    this.#answers.delete(key)
    this.#answers.set(key, { at: now, answer })
    answer.catch(() => {
      if (this.#answers.get(key)?.answer === answer) this.#answers.delete(key)
    })
    const [oldest] = this.#answers.keys()
    if (this.#answers.size > ANSWERS && oldest !== undefined) this.#answers.delete(oldest)
    return answer
  }
}

// Tells open watchers which calls changed, after the commit. Whole calls, so that the same one twice does no harm; per
// watcher the changes of one call are coalesced, and what waits is bounded: a watcher too slow to follow is told to start
// over (reset) or dropped. Knows nothing of HTTP: a watcher is given by live-routes.ts.
import type { Principal } from '../access/permissions.ts'
import { maySeeCall } from '../access/permissions.ts'
import type { CallSummary, StoredCall } from '../calls/call.ts'
import { type CallSearch, matchesSearch, type Searched } from '../calls/call-search.ts'

export interface FeedChange {
  instance: string
  call: StoredCall | CallSummary
  /** As it was before; its tags as well, where they have become others. */
  previous: Searched | null
}

/** `seq`: the change number a watcher has who got this and everything before it. */
export type FeedMessage =
  | { kind: 'call'; seq: number; call: CallSummary }
  | { kind: 'gone'; seq: number; id: string }
  | { kind: 'reset'; seq: number }

export interface Watcher {
  search: CallSearch
  principal: Principal
  /**
   * Takes one flush: messages in order of change (none: nothing of interest), and the change number reached with them.
   * `changedAt`: when the oldest of them was committed, epoch ms; null: there are none.
   */
  send(messages: FeedMessage[], seq: number, changedAt: number | null): void
}

interface Watching {
  watcher: Watcher
  /** By call id; the newest state of each. null: too many, start over. */
  pending: Map<string, FeedMessage> | null
  seq: number
  /** When the oldest pending change was published; null: nothing is pending. */
  pendingSince: number | null
  /** Held while the past is read from the store. */
  held: boolean
  timer: NodeJS.Timeout | null
}

export interface LiveFeedOptions {
  /** How long changes of one call are gathered, ms. */
  coalesceMs?: number
  pendingCalls: number
  now?: () => number
}

export class LiveFeed {
  readonly #watching = new Set<Watching>()
  readonly #coalesceMs: number
  readonly #pendingCalls: number
  readonly #now: () => number

  constructor({ coalesceMs = 120, pendingCalls, now = Date.now }: LiveFeedOptions) {
    this.#coalesceMs = coalesceMs
    this.#pendingCalls = pendingCalls
    this.#now = now
  }

  get watchers(): number {
    return this.#watching.size
  }

  /** Called by ingest after each commit, in order of change numbers. */
  publish(changes: readonly FeedChange[]): void {
    if (this.#watching.size === 0) return
    for (const { instance, call, previous } of changes) {
      const summary = withoutFlow(call)
      for (const watching of this.#watching) this.#offer(watching, instance, summary, previous)
    }
  }

  /**
   * Begins to watch; changes are held until `release`, so that what was missed can be sent first. `seq`: the change
   * number the watcher has.
   */
  watch(watcher: Watcher, seq: number): { release(seq: number): void; stop(): void } {
    const watching: Watching = { watcher, pending: new Map(), seq, pendingSince: null, held: true, timer: null }
    this.#watching.add(watching)
    return {
      release: (upTo) => {
        watching.held = false
        watching.seq = Math.max(watching.seq, upTo)
        // Told with the past already, and perhaps in a newer state than this.
        for (const [id, { seq }] of watching.pending ?? []) if (seq <= upTo) watching.pending?.delete(id)
        this.#flush(watching)
      },
      stop: () => {
        this.#watching.delete(watching)
        if (watching.timer) clearTimeout(watching.timer)
        watching.timer = null
      },
    }
  }

  #offer(watching: Watching, instance: string, call: CallSummary, previous: Searched | null): void {
    if (instance !== watching.watcher.search.instance) return
    watching.seq = Math.max(watching.seq, call.seq)
    const message = messageFor(watching.watcher, call, previous)
    // Tags are told by another writer than events: what is newer already stands.
    const isOlder = (watching.pending?.get(call.id)?.seq ?? 0) > call.seq
    if (watching.pending && message && !isOlder) {
      // Taken out first, so that what is sent stands in order of change.
      watching.pending.delete(call.id)
      watching.pending.set(call.id, message)
      watching.pendingSince ??= this.#now()
      if (watching.pending.size > this.#pendingCalls) watching.pending = null
    }
    const due = watching.pending === null || watching.pending.size > 0
    if (due && !watching.held) watching.timer ??= setTimeout(() => this.#flush(watching), this.#coalesceMs)
  }

  #flush(watching: Watching): void {
    watching.timer = null
    const { pending, pendingSince } = watching
    watching.pending = new Map()
    watching.pendingSince = null
    const messages: FeedMessage[] = pending === null ? [{ kind: 'reset', seq: watching.seq }] : [...pending.values()]
    watching.watcher.send(messages, watching.seq, messages.length > 0 ? pendingSince : null)
  }
}

/** Lists and feeds carry a call without its steps. */
function withoutFlow(call: StoredCall | CallSummary): CallSummary {
  if (!('steps' in call)) return call
  const { steps: _steps, reasonBecause: _reason, because: _because, ...summary } = call
  return summary
}

/**
 * What a watcher is told about a changed call; null: nothing. A call that no longer fits is `gone`, but never told to
 * somebody who may not know of it.
 */
export function messageFor(
  { search, principal }: Pick<Watcher, 'search' | 'principal'>,
  call: CallSummary,
  previous: Searched | null,
): FeedMessage | null {
  if (matchesSearch(call, search)) return { kind: 'call', seq: call.seq, call }
  // Events do not change tags: where none are told the call had those it has.
  const before = previous === null ? null : { ...(call.tags ? { tags: call.tags } : {}), ...previous }
  const fittedBefore = before !== null && matchesSearch(before, search)
  return fittedBefore && maySeeCall(principal, previous ?? call) ? { kind: 'gone', seq: call.seq, id: call.id } : null
}

/** The same for a change read from the store, where what was before is not known: whatever no longer fits is gone. */
export function messageForPast(
  { search, principal }: Pick<Watcher, 'search' | 'principal'>,
  call: CallSummary,
): FeedMessage | null {
  if (matchesSearch(call, search)) return { kind: 'call', seq: call.seq, call }
  return maySeeCall(principal, call) ? { kind: 'gone', seq: call.seq, id: call.id } : null
}

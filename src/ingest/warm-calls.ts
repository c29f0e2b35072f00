// The calls that events are being applied to, kept in memory while they change, so that a live call is not read from
// disk for every event. Works out what a batch changes; ingest.ts commits it and then says committed() or rolledBack().
import type { Call } from '../calls/call.ts'
import type { CallEvent, CallEventOf } from '../calls/call-event.ts'
import { deriveCall } from '../calls/call-state.ts'
import { sentenceOf } from '../errors.ts'
import type { CallStore, CallWrite, CommittedCall } from '../store/store.ts'
import type { AppendResult, IngestSource } from './ingest.ts'

interface WarmCall {
  instance: string
  callId: string
  source: string | null
  events: CallEvent[]
  /** `callId\0id` of every event: what vanishes as a duplicate. */
  known: Set<string>
  /** The record as it is on disk and its change number; null: not there yet. */
  stored: Call | null
  seq: number | null
}

interface Dirty {
  warm: WarmCall
  fresh: CallEvent[]
  /** Set when this batch made the call a part of another. */
  mergedInto: string | null
}

export interface BatchResult {
  writes: CallWrite[]
  /** By index of writes: the record before. */
  previous: (Call | null)[]
  /** By index of requests. */
  results: AppendResult[]
}

export class WarmCalls {
  readonly #store: Pick<CallStore, 'histories'>
  readonly #limits: { warmCalls: number; eventsPerCall: number }
  /** By instance and call id; the least recently changed first. */
  readonly #calls = new Map<string, WarmCall>()
  /** Merged calls, by key, to the key of the call they count in. */
  readonly #mergedTo = new Map<string, string>()
  #dirty = new Map<string, Dirty>()
  /** This batch merged calls. */
  #hasMerged = false

  constructor(store: Pick<CallStore, 'histories'>, limits: { warmCalls: number; eventsPerCall: number }) {
    this.#store = store
    this.#limits = limits
  }

  /** Applies a batch in memory. Every call to it is followed by committed() or rolledBack(). */
  async apply(requests: readonly { from: IngestSource; events: CallEvent[] }[]): Promise<BatchResult> {
    await this.#load(requests)
    const results = requests.map(({ from, events }) => {
      const result: AppendResult = { accepted: 0, duplicates: 0, rejected: [] }
      for (const [index, event] of events.entries()) this.#applyEvent(from, event, index, result)
      return result
    })
    const writes: CallWrite[] = []
    const previous: (Call | null)[] = []
    for (const { warm, fresh, mergedInto } of this.#dirty.values()) {
      // Where it counts now: what it was merged into may have been merged on in this same batch.
      const survivor =
        mergedInto === null ? null : (this.#calls.get(this.#keyOf(warm.instance, mergedInto))?.callId ?? null)
      const call = { ...deriveCall(warm), mergedInto: survivor ?? mergedInto }
      previous.push(warm.stored)
      warm.stored = call
      writes.push({ instance: warm.instance, call, events: fresh, seq: warm.seq })
    }
    return { writes, previous, results }
  }

  /** The batch is on disk, its writes in the same order. Calls that were merged away, and the longest unchanged ones, are let go. */
  committed(written: readonly CommittedCall[]): void {
    for (const [i, [key, { warm, mergedInto }]] of [...this.#dirty].entries()) {
      warm.seq = written[i]?.call.seq ?? null
      if (mergedInto !== null) this.#calls.delete(key)
    }
    this.#dirty = new Map()
    this.#hasMerged = false
    for (const key of this.#calls.keys()) {
      if (this.#calls.size <= this.#limits.warmCalls) break
      this.#calls.delete(key)
    }
    for (const key of this.#mergedTo.keys()) {
      if (this.#mergedTo.size <= this.#limits.warmCalls) break
      this.#mergedTo.delete(key)
    }
  }

  /** The batch is not on disk: what it changed is read afresh next time. */
  rolledBack(): void {
    for (const key of this.#dirty.keys()) this.#calls.delete(key)
    // Ways of other merges lead over those that were not made: all are read afresh.
    if (this.#hasMerged) this.#mergedTo.clear()
    this.#dirty = new Map()
    this.#hasMerged = false
  }

  /** Reads the calls that a batch speaks of and that are not in memory: one question an instance. */
  async #load(requests: readonly { from: IngestSource; events: CallEvent[] }[]): Promise<void> {
    const missing = new Map<string, Set<string>>()
    for (const { from, events } of requests) {
      for (const event of events) {
        const ids = event.type === 'calls-merged' ? [event.callId, event.mergedCallId] : [event.callId]
        for (const id of ids) {
          if (this.#calls.has(this.#keyOf(from.instance, id))) continue
          const asked = missing.get(from.instance) ?? new Set()
          missing.set(from.instance, asked.add(id))
        }
      }
    }
    for (const [instance, ids] of missing) {
      const found = await this.#store.histories(instance, [...ids])
      for (const [asked, history] of found) {
        const key = plainKey(instance, history.callId)
        if (asked !== history.callId) this.#mergedTo.set(plainKey(instance, asked), key)
        if (this.#calls.has(key)) continue
        const known = new Set(history.events.map(eventKey))
        this.#calls.set(key, { instance, ...history, known, stored: deriveCall(history) })
      }
    }
  }

  #applyEvent(from: IngestSource, event: CallEvent, index: number, result: AppendResult): void {
    const warm = this.#warmCall(from, event.callId)
    if (warm.known.has(eventKey(event))) {
      result.duplicates++
      return
    }
    if (warm.events.length + this.#eventsMergedBy(from, event, warm) >= this.#limits.eventsPerCall) {
      const detail = sentenceOf('call-too-long', { callId: event.callId, limit: this.#limits.eventsPerCall })
      result.rejected.push({ index, code: 'call-too-long', detail })
      return
    }
    warm.events.push(event)
    warm.known.add(eventKey(event))
    this.#touch(warm).fresh.push(event)
    if (event.type === 'calls-merged') this.#merge(from, warm, event)
    result.accepted++
  }

  /** How many events of another call would come with this one. */
  #eventsMergedBy(from: IngestSource, event: CallEvent, into: WarmCall): number {
    if (event.type !== 'calls-merged') return 0
    const merged = this.#calls.get(this.#keyOf(from.instance, event.mergedCallId))
    return merged && merged !== into ? merged.events.length : 0
  }

  /** From now on the events of one call, those there and those still to come, count in another. */
  #merge(from: IngestSource, into: WarmCall, event: CallEventOf<'calls-merged'>): void {
    const merged = this.#warmCall(from, event.mergedCallId)
    if (merged === into) return
    if (merged.events.length === 0) {
      // Nothing was told of it yet: it needs a row all the same, to be known as merged when it is.
      merged.events.push({ id: event.id, callId: event.mergedCallId, at: event.at, type: 'call-described' })
    }
    const dirty = this.#touch(merged)
    dirty.mergedInto = into.callId
    for (const other of merged.stored || dirty.fresh.length > 0 ? merged.events : []) {
      if (into.known.has(eventKey(other))) continue
      into.events.push(other)
      into.known.add(eventKey(other))
    }
    const mergedKey = plainKey(merged.instance, merged.callId)
    this.#mergedTo.set(mergedKey, plainKey(into.instance, into.callId))
    this.#hasMerged = true
  }

  #warmCall(from: IngestSource, callId: string): WarmCall {
    const key = this.#keyOf(from.instance, callId)
    const found = this.#calls.get(key)
    if (found) return found
    const warm: WarmCall = {
      instance: from.instance,
      callId,
      source: from.source,
      events: [],
      known: new Set(),
      stored: null,
      seq: null,
    }
    this.#calls.set(key, warm)
    return warm
  }

  #touch(warm: WarmCall): Dirty {
    const key = plainKey(warm.instance, warm.callId)
    this.#calls.delete(key)
    this.#calls.set(key, warm)
    const dirty = this.#dirty.get(key) ?? { warm, fresh: [], mergedInto: null }
    this.#dirty.set(key, dirty)
    return dirty
  }

  /** Follows merges to where a call counts now, and remembers the short way. */
  #keyOf(instance: string, callId: string): string {
    const way: string[] = []
    let key = plainKey(instance, callId)
    for (
      let next = this.#mergedTo.get(key);
      next !== undefined && way.length < LONGEST_WAY;
      next = this.#mergedTo.get(key)
    ) {
      way.push(key)
      key = next
    }
    for (const one of way) this.#mergedTo.set(one, key)
    return key
  }
}

/** Merges made in one batch may lead on from each other; a circle, which only a broken store could tell of, ends. */
const LONGEST_WAY = 20_000

function plainKey(instance: string, callId: string): string {
  return `${instance}\0${callId}`
}

function eventKey(event: CallEvent): string {
  return `${event.callId}\0${event.id}`
}

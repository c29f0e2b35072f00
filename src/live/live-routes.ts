// GET /api/v1/calls/live: the live feed as server-sent events, with the filters of the list. A browser that comes back
// with Last-Event-ID gets what it missed from the store, or `reset` where that is too much. Permission is asked again
// while it runs; a reader who does not read is dropped.
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { stillAllowed } from '../access/credentials.ts'
import { maskCall } from '../access/masked-numbers.ts'
import { callsLimitedTo, maySeeNumbers, type Principal } from '../access/permissions.ts'
import type { CallSummary } from '../calls/call.ts'
import { type CallJson, callToJson } from '../calls/call-json.ts'
import type { CallSearch } from '../calls/call-search.ts'
import { clockIn } from '../calls/instant.ts'
import { SearchQuery, type SearchWindow, toSearch } from '../calls/search-query.ts'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { credentialOf, principalOf, type RouteSet } from '../http/app.ts'
import type { AccessStore, CallStore } from '../store/store.ts'
import { type FeedMessage, type LiveFeed, messageForPast, type Watcher } from './live-feed.ts'
import { type FeedTiming, sseEvent, sseHeartbeat, sseRetry, sseTiming } from './sse-format.ts'

export interface LiveRoutesNeeds {
  feed: LiveFeed
  calls: Pick<CallStore, 'changesSince' | 'lastSeq'>
  access: AccessStore
  config: Pick<Config, 'timeZone' | 'searchWindowDays' | 'limits' | 'liveHeartbeatMs'>
  now(): number
  byNames?: SearchWindow['byNames']
  /** The call with the names that hold now. */
  named?(call: CallSummary, instance: string): CallSummary
}

const RETRY_MS = 2_000

const LiveQuery = Type.Object({
  ...SearchQuery.properties,
  since: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Change number to go on from, where there is no Last-Event-ID' }),
  ),
})

export function liveRoutes(needs: LiveRoutesNeeds): RouteSet {
  const { feed, config, now, byNames, named = (call) => call } = needs
  const clock = clockIn(config.timeZone)
  const open = new Set<FeedStream>()
  const textOf = callTexts((call) => callToJson(call, clock.write))
  const maskedTextOf = callTexts((call) => maskCall(callToJson(call, clock.write)))

  return (app) => {
    app.addHook('preClose', async () => {
      for (const stream of open) stream.end()
    })
    app.route({
      method: 'GET',
      url: '/api/v1/calls/live',
      config: { needs: 'calls:read' },
      schema: { querystring: LiveQuery },
      handler: async (request, reply) => {
        const { since, ...query } = request.query
        const principal = principalOf(request)
        const search = toSearch(query, principal, {
          clock,
          searchWindowDays: config.searchWindowDays,
          now: now(),
          ...(byNames ? { byNames } : {}),
        })
        if (feed.watchers >= config.limits.liveFeeds) throw new AppError('too-many-watchers')
        const lastSeq = await needs.calls.lastSeq(principal.instance)
        const from = resumePoint(request.headers['last-event-id']) ?? since ?? lastSeq
        reply.hijack()
        const write = search.masked ? maskedTextOf : textOf
        const stream = new FeedStream(
          reply,
          (call) => write(call, named(call, search.instance)),
          config.limits.liveFeedBufferBytes,
        )
        open.add(stream)
        stream.onClosed(() => open.delete(stream))
        const recheck = () => stillAllowed(needs.access, credentialOf(request), 'calls:read', now())
        await runStream({ needs, stream, search, principal, from, lastSeq, recheck })
      },
    })
  }
}

/** A change number from a browser that was here before; anything else is not one. */
function resumePoint(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null
}

/** Is what the search was limited to still what she may see? */
function mayGoOn(principal: Principal, { instance, participant, masked }: CallSearch): boolean {
  if (principal.instance !== instance) return false
  return callsLimitedTo(principal) === participant && maySeeNumbers(principal) !== masked
}

/** A changed call as JSON, made once for all who watch it. */
function callTexts(toJson: (call: CallSummary) => CallJson): (call: CallSummary, named: CallSummary) => string {
  const texts = new WeakMap<CallSummary, string>()
  return (call, named) => {
    const known = texts.get(call)
    if (known !== undefined) return known
    const text = JSON.stringify(toJson(named))
    texts.set(call, text)
    return text
  }
}

interface Run {
  needs: LiveRoutesNeeds
  stream: FeedStream
  search: CallSearch
  principal: Principal
  /** The change number the reader has. */
  from: number
  lastSeq: number
  recheck(): Promise<Principal | null>
}

async function runStream({ needs, stream, search, principal, from, lastSeq, recheck }: Run): Promise<void> {
  const send: Watcher['send'] = (messages, seq, changedAt) => {
    // Before the messages: so the reader can tell how old the oldest of them is when it shows them.
    if (changedAt !== null) stream.timing({ changedAt, sentAt: needs.now() })
    stream.send(messages, seq)
  }
  // Watch before reading the past: nothing can fall between the two.
  const watching = needs.feed.watch({ search, principal, send }, from)
  stream.onClosed(() => watching.stop())
  stream.open()
  try {
    watching.release(await sendPast(needs, stream, search, principal, from, lastSeq))
  } catch {
    // The store could not be read: the browser comes back and asks again.
    stream.end()
    return
  }
  const beat = setInterval(async () => {
    const allowed = await recheck().catch(() => null)
    if (!allowed || !mayGoOn(allowed, search)) stream.end()
    else stream.heartbeat()
  }, needs.config.liveHeartbeatMs)
  stream.onClosed(() => clearInterval(beat))
}

/** What happened after `from`, or `reset`. Resolves with the change number the reader now has. */
async function sendPast(
  needs: LiveRoutesNeeds,
  stream: FeedStream,
  search: CallSearch,
  principal: Principal,
  from: number,
  lastSeq: number,
): Promise<number> {
  const { calls, config } = needs
  // Asked also when nothing was missed at `lastSeq`: that was read before the watch began, and a commit may lie between.
  // Ahead of us: another data folder's number.
  const past = from > lastSeq ? null : await calls.changesSince(search.instance, from, config.limits.liveResumeCalls)
  if (!past?.complete) {
    stream.send([{ kind: 'reset', seq: lastSeq }], lastSeq)
    return lastSeq
  }
  const messages = past.calls
    .map((call) => messageForPast({ search, principal }, call))
    .filter((message) => message !== null)
  stream.timing({ past: messages.length, sentAt: needs.now() })
  stream.send(messages, past.lastSeq)
  return past.lastSeq
}

/** One open response. Writing past the bound of what the reader has not taken yet ends it: the browser comes back and resumes. */
class FeedStream {
  readonly #reply: FastifyReply
  readonly #textOf: (call: CallSummary) => string
  readonly #bufferBytes: number
  readonly #closed: (() => void)[] = []
  #seq = 0
  #ended = false

  constructor(reply: FastifyReply, textOf: (call: CallSummary) => string, bufferBytes: number) {
    this.#reply = reply
    this.#textOf = textOf
    this.#bufferBytes = bufferBytes
    reply.raw.once('close', () => {
      this.#ended = true
      for (const callback of this.#closed.splice(0)) callback()
    })
  }

  onClosed(callback: () => void): void {
    if (this.#ended) callback()
    else this.#closed.push(callback)
  }

  open(): void {
    // A hijacked reply does not send the headers that hooks have set: they are carried over.
    const headers = this.#reply.getHeaders() as Record<string, string>
    this.#reply.raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    this.#write(sseRetry(RETRY_MS))
  }

  /** `seq`: the change number the reader has after these messages. */
  send(messages: FeedMessage[], seq: number): void {
    this.#seq = Math.max(this.#seq, seq)
    if (messages.length > 0) this.#write(messages.map((message) => this.#text(message)).join(''))
  }

  /** An event without an id: it moves nobody's place. */
  timing(timing: FeedTiming): void {
    this.#write(sseTiming(timing))
  }

  heartbeat(): void {
    this.#write(this.#seq > 0 ? sseHeartbeat(this.#seq) : ': still here\n\n')
  }

  end(): void {
    if (!this.#ended) this.#reply.raw.end()
  }

  #text(message: FeedMessage): string {
    switch (message.kind) {
      case 'call':
        return sseEvent('call', this.#textOf(message.call), message.seq)
      case 'gone':
        return sseEvent('gone', JSON.stringify({ id: message.id }), message.seq)
      case 'reset':
        return sseEvent('reset', '{}', message.seq)
    }
  }

  #write(text: string): void {
    const { raw } = this.#reply
    if (this.#ended || raw.writableEnded) return
    raw.write(text)
    if (raw.writableLength > this.#bufferBytes) raw.destroy()
  }
}

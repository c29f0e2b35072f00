// The live feed of a search (GET /api/v1/calls/live): opens it, keeps it open, resumes where it broke off (`since` = the
// last change number seen), and says truthfully whether it is open. It knows nothing of lists: calls go to `onEvents`.
import type { CallJson } from '../../../src/calls/call-json.ts'
import { feedClock } from './feed-clock.ts'
import { type ApiProblem, problemOf } from './problem.ts'
import { createSseParser } from './sse-parser.ts'

export type LiveEvent =
  | { type: 'call'; call: CallJson; seq: number }
  | { type: 'gone'; callId: string; seq: number }
  | { type: 'reset' }

/** How old the bundle is that is handed over. */
export interface FeedTiming {
  /** When its oldest change was committed, epoch ms by the server's clock. */
  changedAt: number
  /** Add it to this browser's clock to get the server's, ms. */
  clockOffsetMs: number
}

/**
 * `open`: changes arrive. `opening`: the first attempt. `lost`: it was refused or broke off and is being tried again.
 * `offline`: the same, and the browser says that it has no network at all.
 */
export type FeedState = 'opening' | 'open' | 'lost' | 'offline'

export interface LiveFeedOptions {
  /** Search criteria as the list route takes them. */
  query: URLSearchParams
  /** Change number the page already knows; the feed begins right after it. */
  since: number
  /** `timing` null: there is nothing to measure by (what was missed is being caught up on). */
  onEvents(events: LiveEvent[], timing: FeedTiming | null): void
  /** `retryAt`: when the next attempt is due, by this browser's clock; null: none is planned. */
  onState(state: FeedState, retryAt: number | null): void
  /** Back after a break: so many changes were missed and are following. */
  onCaughtUp(changes: number): void
  onSignedOut(problem: ApiProblem): void
}

/** The server says something (a heartbeat at least) every 15 s; silence of two and a half of those is a dead line. */
const SILENCE_MS = 38_000
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000]
/** A tab nobody looks at gives its connection back: browsers allow six per server, for all tabs together. */
const HIDDEN_MS = 30_000
/**
 * Events are handed over in bundles, so that a busy minute redraws the list a few times a second at most: the more there is
 * to tell, the seldomer. Nobody reads rows that stand for less than a second.
 */
const BUNDLE_MS = { least: 120, most: 1_000 } as const
const BUNDLE_MS_PER_CHANGE_A_SECOND = 1

/** Starts the feed; the function returned ends it. */
export function openLiveFeed(options: LiveFeedOptions): () => void {
  let since = options.since
  let attempt = 0
  let connection: AbortController | null = null
  let retry: ReturnType<typeof setTimeout> | null = null
  let hiddenTimer: ReturnType<typeof setTimeout> | null = null
  let bundleTimer: ReturnType<typeof setTimeout> | null = null
  let bundle: LiveEvent[] = []
  let bundleMs: number = BUNDLE_MS.least
  let deliveredAt = 0
  let changedAt: number | null = null
  const serverClock = feedClock()
  let hasBroken = false
  let closed = false

  function deliver(): void {
    if (bundleTimer !== null) clearTimeout(bundleTimer)
    bundleTimer = null
    if (bundle.length === 0) return
    const events = bundle
    const now = performance.now()
    bundleMs = nextBundleMs((events.length * 1000) / Math.max(now - deliveredAt, bundleMs))
    deliveredAt = now
    const timing = changedAt === null ? null : { changedAt, clockOffsetMs: serverClock.offsetMs }
    bundle = []
    changedAt = null
    options.onEvents(events, timing)
  }

  function take(event: LiveEvent): void {
    bundle.push(event)
    bundleTimer ??= setTimeout(deliver, bundleMs)
  }

  function takeTiming({
    sentAt,
    changedAt: oldest,
    past,
  }: Partial<Record<'sentAt' | 'changedAt' | 'past', number>>): void {
    if (sentAt !== undefined) serverClock.noteSent(sentAt, Date.now())
    if (oldest !== undefined) changedAt = Math.min(changedAt ?? oldest, oldest)
    if (past !== undefined && hasBroken) {
      hasBroken = false
      options.onCaughtUp(past)
    }
  }

  function tryAgain(): void {
    if (closed || retry !== null) return
    hasBroken = true
    // Spread, so that a server that comes back is not met by everybody in the same moment.
    const wait = (RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 15_000) * (0.75 + Math.random() / 2)
    options.onState(navigator.onLine ? 'lost' : 'offline', Date.now() + wait)
    attempt += 1
    retry = setTimeout(() => {
      retry = null
      void connect()
    }, wait)
  }

  async function connect(): Promise<void> {
    if (closed || connection !== null || document.visibilityState === 'hidden') return
    const mine = new AbortController()
    connection = mine
    // Refused, broken off or silent: all the same here. The state says so and the next attempt follows.
    await readFeed(mine).catch(() => undefined)
    // Disconnected on purpose, or another connection has taken over.
    if (connection !== mine) return
    connection = null
    tryAgain()
  }

  async function readFeed(mine: AbortController): Promise<void> {
    let watchdog = setTimeout(() => mine.abort(), SILENCE_MS)
    try {
      const query = new URLSearchParams(options.query)
      query.set('since', String(since))
      const askedAt = performance.now()
      const response = await fetch(`/api/v1/calls/live?${query}`, {
        credentials: 'same-origin',
        headers: { accept: 'text/event-stream' },
        cache: 'no-store',
        signal: mine.signal,
      })
      if (!response.ok || response.body === null) {
        const problem = await problemOf(response)
        if (problem.isSignedOut && !closed) {
          close()
          options.onSignedOut(problem)
        }
        throw problem
      }
      serverClock.noteRoundTrip(performance.now() - askedAt)
      options.onState('open', null)
      const parser = createSseParser(({ event, text, id }) => {
        if (event === 'timing') {
          takeTiming(JSON.parse(text) as Partial<Record<'sentAt' | 'changedAt' | 'past', number>>)
          return
        }
        const seq = id === null ? Number.NaN : Number(id)
        const read = readEvent(event, text, seq)
        if (read) take(read)
        // Whoever starts over starts from the server's number, even where that is a smaller one (another data folder).
        if (read?.type === 'reset' && Number.isFinite(seq)) since = seq
      })
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        // Only now is it sure that the server speaks, not just a proxy that accepted the request.
        attempt = 0
        clearTimeout(watchdog)
        watchdog = setTimeout(() => mine.abort(), SILENCE_MS)
        parser.push(value)
        since = Math.max(since, Number(parser.lastId() ?? since))
      }
    } finally {
      clearTimeout(watchdog)
    }
  }

  function disconnect(): void {
    const mine = connection
    connection = null
    mine?.abort()
    if (retry !== null) clearTimeout(retry)
    retry = null
  }

  function onVisibility(): void {
    if (hiddenTimer !== null) clearTimeout(hiddenTimer)
    hiddenTimer = null
    if (document.visibilityState === 'hidden') {
      hiddenTimer = setTimeout(() => {
        disconnect()
        hasBroken = true
        options.onState('opening', null)
      }, HIDDEN_MS)
    } else reconnectNow()
  }

  function reconnectNow(): void {
    if (closed || connection !== null) return
    if (retry !== null) clearTimeout(retry)
    retry = null
    void connect()
  }

  function onOffline(): void {
    disconnect()
    tryAgain()
  }

  function close(): void {
    if (closed) return
    closed = true
    disconnect()
    deliver()
    if (hiddenTimer !== null) clearTimeout(hiddenTimer)
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('online', reconnectNow)
    window.removeEventListener('offline', onOffline)
  }

  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('online', reconnectNow)
  window.addEventListener('offline', onOffline)
  options.onState('opening', null)
  void connect()
  return close
}

/** How long the next bundle is gathered, ms. */
function nextBundleMs(changesPerSecond: number): number {
  const wanted = changesPerSecond * BUNDLE_MS_PER_CHANGE_A_SECOND
  return Math.min(BUNDLE_MS.most, Math.max(BUNDLE_MS.least, wanted))
}

function readEvent(event: string, text: string, seq: number): LiveEvent | null {
  if (event === 'reset') return { type: 'reset' }
  if (event === 'call') {
    const call = JSON.parse(text) as CallJson
    return { type: 'call', call, seq: call.seq }
  }
  if (event === 'gone') return { type: 'gone', callId: (JSON.parse(text) as { id: string }).id, seq }
  return null
}

// The list's data: one page, fetched once, kept right by the live feed; the count beside it. Knows nothing of how it looks.
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { startTransition, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type CallPage, callCountQuery, callPageQuery } from '../api/calls.ts'
import { type FeedState, type LiveEvent, openLiveFeed } from '../api/live-feed.ts'
import { serverNow } from '../api/server-clock.ts'
import { forgetUser } from '../api/session.ts'
import {
  addsTo,
  applyLiveEvents,
  bakeIn,
  concerning,
  type LiveChanges,
  newestFirst,
  trimChanges,
  viewOf,
} from './call-list.ts'
import { delayMeter } from './delay-meter.ts'

const NONE: LiveChanges = new Map()
/**
 * The first page grows by new calls at the top; this many above its size, it is cut, and fetched anew now and then. Few: at a
 * busy list's worst moment all of them are taken away at once.
 */
const GROWS_BY = 10
const FETCH_AGAIN_MS = 3_000
const COUNT_AGAIN_MS = 4_000

interface Asked {
  /** The search as the API takes it. */
  criteria: string
  cursor: string | null
  limit: number
  /** The reader has scrolled down, or is aiming at a row. */
  isHeld: boolean
  /** It is not known yet what to ask for: nothing is asked. */
  isUndecided: boolean
}

export function useLiveList({ criteria, cursor, limit, isHeld, isUndecided }: Asked) {
  const client = useQueryClient()
  const page = useQuery({ ...callPageQuery(criteria, cursor, limit), enabled: !isUndecided })
  const isCurrent = page.data !== undefined && !page.isPlaceholderData && !isUndecided
  const count = useQuery({ ...callCountQuery(criteria), enabled: isCurrent })
  const feed = useFeed(criteria, isCurrent ? page.data : null, cursor === null)
  const { changes, isStale, openedAt, settle } = feed
  const shown = useRef<ReadonlySet<string>>(new Set())
  const [admitted, setAdmitted] = useState<ReadonlySet<string>>(new Set())

  const view = useMemo(() => {
    if (page.data === undefined) return null
    if (!isCurrent) return { rows: [...page.data.items].sort(newestFirst), heldBack: [], isCut: false }
    const isShown = { has: (id: string) => shown.current.has(id) || admitted.has(id) }
    const mostRows = limit + GROWS_BY
    return viewOf(page.data, changes, { isFirstPage: cursor === null, isHeld, shown: isShown, openedAt, mostRows })
  }, [page.data, isCurrent, changes, cursor, limit, isHeld, openedAt, admitted])

  useEffect(() => {
    if (!isHeld && view) shown.current = new Set(view.rows.map((row) => row.id))
  }, [isHeld, view])

  /** Shows what was held back, though the reader is still aiming at something. */
  const admit = useCallback(() => {
    setAdmitted(new Set([...shown.current, ...(view?.heldBack ?? [])]))
  }, [view])

  const fetchAnew = useCallback(() => {
    settle()
    void client.invalidateQueries({ queryKey: ['calls', criteria] })
    void client.invalidateQueries({ queryKey: ['call-count', criteria] })
  }, [client, criteria, settle])

  // At the top of the list nobody's place is lost by fetching it anew. On a busy day not for every call: the rows are
  // right without it, only where the next page begins is not.
  const mayFetchAnew = isCurrent && !isHeld && cursor === null && !page.isFetching && !page.isError
  const isWanting = mayFetchAnew && (isStale || view?.isCut === true)
  const { dataUpdatedAt } = page
  useEffect(() => {
    if (!isWanting) return
    const timer = setTimeout(fetchAnew, Math.max(0, dataUpdatedAt + FETCH_AGAIN_MS - Date.now()))
    return () => clearTimeout(timer)
  }, [isWanting, dataUpdatedAt, fetchAnew])

  return { page, isCurrent, count, link: feed.link, view, changes, isStale, fetchAnew, admit }
}

interface Following {
  criteria: string
  /** Change number of the page that was fetched first: the feed goes on from there, while the reader pages to and fro. */
  since: number
  openedAt: number
}

/** What the live feed is like at this moment, for FeedIndicator. */
export interface FeedLink {
  state: FeedState
  /** When the next attempt is due, by this browser's clock. */
  retryAt: number | null
  /** From the commit of a change on the server until it stood on the screen, ms; the longest of the last seconds. null: none yet. */
  delayMs: number | null
  /** Back after a break, this many changes were caught up on; said for a while. */
  caughtUp: number | null
}

const opening: FeedLink = { state: 'opening', retryAt: null, delayMs: null, caughtUp: null }
/** How long "caught up on 12" is said. */
const CAUGHT_UP_MS = 8_000

/** One live feed per search, from the first page that was fetched for it until the search changes. */
function useFeed(criteria: string, page: CallPage | null, isFirstPage: boolean) {
  const client = useQueryClient()
  const [link, setLink] = useState(opening)
  const [following, setFollowing] = useState<Following | null>(null)
  const [live, setLive] = useState({ criteria, changes: NONE, isStale: false })
  const latest = useRef(live)

  const update = useCallback((next: typeof live) => {
    latest.current = next
    // Drawn in pieces: whoever types or clicks meanwhile goes first.
    startTransition(() => setLive(next))
  }, [])

  if (page !== null && following?.criteria !== criteria) {
    const newest = isFirstPage ? page.items[0] : undefined
    setFollowing({ criteria, since: page.lastSeq, openedAt: newest ? Date.parse(newest.startedAt) : serverNow() })
  }

  useEffect(() => {
    if (following?.criteria !== criteria) return
    const counting = countLater(client, criteria)
    const fitting = fittingCalls(client, criteria)
    const delays = delayMeter((delayMs) => setLink((now) => ({ ...now, delayMs })))
    let forgetting: ReturnType<typeof setTimeout> | null = null
    update({ criteria, changes: NONE, isStale: false })
    const close = openLiveFeed({
      query: new URLSearchParams(criteria),
      since: following.since,
      onState: (state, retryAt) =>
        setLink((now) => ({ ...now, state, retryAt, delayMs: state === 'open' ? now.delayMs : null })),
      onCaughtUp(caughtUp) {
        setLink((now) => ({ ...now, caughtUp }))
        if (forgetting !== null) clearTimeout(forgetting)
        forgetting = setTimeout(() => setLink((now) => ({ ...now, caughtUp: null })), CAUGHT_UP_MS)
      },
      onSignedOut: () => forgetUser(client),
      onEvents(events, timing) {
        if (timing !== null) delays.note(timing)
        const before = latest.current
        if (fitting.changedBy(events)) counting.ask()
        const applied = applyLiveEvents(before.changes, events, Date.now())
        const { kept, dropped } = trimChanges(
          isFetching(client, criteria) ? applied : concerningPages(client, criteria, applied),
        )
        let isStale = before.isStale || events.some((event) => event.type === 'reset')
        if (dropped) {
          const pages = client.getQueriesData<CallPage>({ queryKey: ['calls', criteria], type: 'active' })
          isStale ||= pages.some(([, page]) => page !== undefined && addsTo(page, dropped))
          // Pages looked at before would miss what is forgotten now: they are asked for again.
          client.removeQueries({ queryKey: ['calls', criteria], type: 'inactive' })
          client.setQueriesData<CallPage>({ queryKey: ['calls', criteria] }, (old) => old && bakeIn(old, dropped))
        }
        update({ criteria, changes: kept, isStale })
      },
    })
    return () => {
      close()
      counting.stop()
      delays.stop()
      if (forgetting !== null) clearTimeout(forgetting)
      setLink(opening)
    }
  }, [following, criteria, client, update])

  const settle = useCallback(() => update({ ...latest.current, isStale: false }), [update])
  const isMine = live.criteria === criteria
  return {
    link,
    changes: isMine ? live.changes : NONE,
    isStale: isMine && live.isStale,
    openedAt: following?.criteria === criteria ? following.openedAt : 0,
    settle,
  }
}

/** A page that is under way may be older than what the feed tells meanwhile, of whatever call. */
function isFetching(client: QueryClient, criteria: string): boolean {
  return client.isFetching({ queryKey: ['calls', criteria] }) > 0
}

function concerningPages(client: QueryClient, criteria: string, changes: LiveChanges): LiveChanges {
  return concerning(changes, pagesOf(client, criteria))
}

/** Every page of this search that was fetched, on show or looked at before. */
function pagesOf(client: QueryClient, criteria: string): CallPage[] {
  const pages = client.getQueriesData<CallPage>({ queryKey: ['calls', criteria] })
  return pages.flatMap(([, page]) => page ?? [])
}

/** Calls remembered as fitting the search. */
const MOST_FITTING = 20_000

/**
 * Whether events change the count: a call that was not known to fit, or no longer does; a known one that goes on talking does
 * not.
 */
function fittingCalls(client: QueryClient, criteria: string): { changedBy(events: readonly LiveEvent[]): boolean } {
  const known = new Set<string>()
  return {
    changedBy(events) {
      let isChanged = false
      for (const page of pagesOf(client, criteria)) for (const { id } of page.items) known.add(id)
      for (const event of events) {
        if (event.type !== 'call') {
          isChanged = true
          if (event.type === 'gone') known.delete(event.callId)
        } else if (!known.has(event.call.id)) {
          isChanged = true
          known.add(event.call.id)
        }
      }
      if (known.size > MOST_FITTING) known.clear()
      return isChanged
    },
  }
}

/** Counts again, at once the first time, then every few seconds at most. */
function countLater(client: QueryClient, criteria: string): { ask(): void; stop(): void } {
  let countedAt = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  return {
    ask() {
      timer ??= setTimeout(
        () => {
          timer = null
          countedAt = Date.now()
          void client.invalidateQueries({ queryKey: ['call-count', criteria] })
        },
        Math.max(0, countedAt + COUNT_AGAIN_MS - Date.now()),
      )
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
    },
  }
}

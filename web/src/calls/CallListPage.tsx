// The console's first page: the search, the calls, and the detail of one of them beside it. Everything that is searched
// stands in the address; this page only translates between the address, the data and the pieces on the screen.
import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Outlet, useLocation, useNavigate, useSearchParams } from 'react-router'
import type { CallJson } from '../../../src/calls/call-json.ts'
import { useOpenSession } from '../access/session-context.ts'
import type { SavedView } from '../api/views.ts'
import { ExportButton } from '../exports/ExportButton.tsx'
import { loadPageWords } from '../i18n/language.ts'
import { usePlayback } from '../recordings/playback-context.ts'
import { audibleRecordings, silenceText, trackOf } from '../recordings/recording-words.ts'
import { usePlaylist } from '../recordings/use-playlist.ts'
import { TopBar } from '../shell/TopBar.tsx'
import { recall, remember } from '../ui/remembered.ts'
import { useNarrow } from '../ui/use-narrow.ts'
import { useSteady } from '../ui/use-steady.ts'
import { useToday } from '../ui/use-today.ts'
import { CallTable, type TableFocus } from './CallTable.tsx'
import { ConditionTags } from './ConditionTags.tsx'
import { type ColumnKey, onNarrowScreen, resizeColumn } from './column-choice.ts'
import type { DetailNeighbours } from './detail-context.ts'
import { FeedIndicator } from './FeedIndicator.tsx'
import { ListFooter } from './ListFooter.tsx'
import { ListTools } from './ListTools.tsx'
import {
  criteriaOf,
  daysOf,
  type ListSearch,
  PAGE_SIZES,
  type PageSize,
  plainSearch,
  readPageSize,
  readPlace,
  readSearch,
  writeSearch,
} from './list-search.ts'
import { NewCallsPill } from './NewCallsPill.tsx'
import { NothingFound } from './NothingFound.tsx'
import { fromList, overList, useOpenCall } from './over-list.ts'
import type { OpenMenu } from './RowMenu.tsx'
import { SearchBar } from './SearchBar.tsx'
import { useAskedSearch } from './use-asked-search.ts'
import { useColumns } from './use-columns.ts'
import { asked as askedFor, useDefaultView } from './use-default-view.ts'
import { useListKeys } from './use-list-keys.ts'
import { useLiveList } from './use-live-list.ts'
import { useReading } from './use-reading.ts'
import { useRecent } from './use-recent.ts'
import { ViewsMenu } from './ViewsMenu.tsx'
import './call-list.css'

const PlayerDock = lazy(() => import('../recordings/PlayerDock.tsx'))
const RowMenu = lazy(() => import('./RowMenu.tsx'))
const KeysSheet = lazy(() => import('./KeysSheet.tsx'))
const FirstSteps = lazy(async () => (await Promise.all([import('../connectors/FirstSteps.tsx'), loadPageWords()]))[0])

/** How far down counts as "reading further down". */
const SCROLLED_PX = 6

/** A call that was opened by its address is a page of its own: then there is no list. */
export function Component() {
  const open = useOpenCall()
  return open === null || open.isOverList ? <CallListPage openCallId={open?.callId ?? null} /> : <Outlet />
}

function CallListPage({ openCallId }: { openCallId: string | null }) {
  const { t } = useTranslation()
  const session = useOpenSession()
  const { searchWindowDays } = session
  const today = useToday(session)
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const location = useLocation()
  const playback = usePlayback()
  const isUndecided = useDefaultView()

  const query = params.toString()
  const search = useMemo(() => readSearch(new URLSearchParams(query)), [query])
  const place = useMemo(() => readPlace(new URLSearchParams(query)), [query])
  const criteria = criteriaOf(search, today, searchWindowDays)
  const [limit, setLimit] = useState<PageSize>(readPageSize)
  const [columns, changeColumns] = useColumns()
  const isNarrow = useNarrow()
  const shownColumns = useMemo(() => (isNarrow ? onNarrowScreen(columns) : columns), [isNarrow, columns])
  const [hasCharacterKeys, setCharacterKeys] = useState(() => recall('character-keys') !== 'off')
  const [isSheetOpen, setSheetOpen] = useState(false)
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  /** Somebody has begun to connect a phone system: how that goes stays on show until she goes on to the calls. */
  const [isBegun, setBegun] = useState(false)
  const [said, say] = useState('')
  const [isScrolled, setScrolled] = useState(false)
  const reading = useReading()
  const scroller = useRef<HTMLElement>(null)
  const table = useRef<TableFocus>(null)
  const field = useRef<HTMLInputElement>(null)
  const isHeld = isScrolled || reading.isAiming || menu !== null
  const list = useLiveList({ criteria, cursor: place.cursor, limit, isHeld, isUndecided })
  const rows = list.view?.rows ?? noRows
  usePlaylist(rows)
  // Cursors of the pages before this one, newest first known; kept with the history entry, so that "back" has them too.
  const earlier = readEarlier(location.state)

  useEffect(() => {
    document.title = `${t('list.title')} · Callbook`
  }, [t])

  const toTop = useCallback(() => scroller.current?.scrollTo({ top: 0 }), [])
  // Another page or search begins at its top.
  const listKey = `${criteria} ${place.cursor ?? ''} ${limit}`
  const atTopOf = useRef(listKey)
  useLayoutEffect(() => {
    // Not at first: it is there, and scrolling would have the page laid out before there is anything on it.
    if (atTopOf.current !== listKey) toTop()
    atTopOf.current = listKey
  }, [listKey, toTop])

  const go = useCallback(
    (next: ListSearch) => {
      const path = openCallId === null ? '/calls' : `/calls/${encodeURIComponent(openCallId)}`
      void navigate({ pathname: path, search: writeSearch(next).toString() }, { state: { ...askedFor, ...overList } })
    },
    [navigate, openCallId],
  )
  const [asked, askNow] = useAskedSearch(search, go)
  const [recent, noteUsed] = useRecent()
  const ask = useSteady((next: ListSearch) => {
    noteUsed(asked, next)
    askNow(next)
  })

  function goToPage(cursor: string | null, page: number, before: (string | null)[]): void {
    const to = { pathname: location.pathname, search: writeSearch(search, { cursor, page }).toString() }
    void navigate(to, { state: { earlier: before, ...askedFor, ...overList } })
  }

  async function goToNext(): Promise<void> {
    // More calls came than the page shows: only the server knows where the next page begins now.
    const cursor = list.view?.isCut ? (await list.page.refetch()).data?.nextCursor : list.page.data?.nextCursor
    if (cursor) goToPage(cursor, place.page + 1, [...earlier, place.cursor].slice(-500))
  }

  function chooseLimit(size: PageSize): void {
    setLimit(size)
    remember('page-size', String(size))
    // A cursor says where a page begins, so it holds for any size; page numbers would not.
    if (place.cursor !== null) goToPage(null, 1, [])
  }

  function endFirstSteps(): void {
    setBegun(false)
    // The guide was scrolled, not the list: its calls have waited for nothing.
    toTop()
    showNewCalls()
  }

  function showNewCalls(): void {
    if (list.isStale) list.fetchAnew()
    if (place.cursor !== null) goToPage(null, 1, [])
    setScrolled(false)
    reading.rest()
    list.admit()
    toTop()
  }

  const open = useCallback(
    (callId: string) => {
      const pathname = `/calls/${encodeURIComponent(callId)}`
      void navigate({ pathname, search: query }, { state: fromList, replace: openCallId !== null })
    },
    [navigate, query, openCallId],
  )
  const { toggle } = playback
  const play = useCallback(
    (call: CallJson) => {
      const [first] = audibleRecordings(call)
      if (first) toggle(trackOf(call, first))
      else say(silenceText(call, t))
    },
    [toggle, t],
  )
  const openMenu = useCallback((call: CallJson, anchor: HTMLElement) => setMenu({ call, anchor }), [])
  const closeMenu = useCallback(() => setMenu(null), [])
  const { aim, rest } = reading
  const onAim = useCallback((isAiming: boolean) => (isAiming ? aim() : rest()), [aim, rest])
  const resize = useCallback(
    (key: ColumnKey, width: number) => changeColumns((now) => resizeColumn(now, key, width)),
    [changeColumns],
  )

  useListKeys({
    hasCharacterKeys,
    onMove(by) {
      aim()
      const isInDetail = document.activeElement?.closest('.detail-drawer') !== null && openCallId !== null
      if (!isInDetail) table.current?.move(by)
      else {
        const next = rows[rows.findIndex((row) => row.id === openCallId) + by]
        if (next) open(next.id)
      }
    },
    onSearch: () => field.current?.select(),
    onHelp: () => setSheetOpen(true),
    // An open detail closes by itself.
    onClear: () => openCallId === null && table.current?.blur() === true,
  })

  const onView = useCallback(
    (view: SavedView | null) => ask(view === null ? plainSearch : readSearch(new URLSearchParams(view.query))),
    [ask],
  )
  const onFirst = useSteady(() => goToPage(null, 1, []))
  const onPrevious = useSteady(() =>
    goToPage(earlier.at(-1) ?? null, earlier.length > 0 ? place.page - 1 : 1, earlier.slice(0, -1)),
  )
  const onNext = useSteady(() => void goToNext())
  const onLimit = useSteady(chooseLimit)
  const openSheet = useCallback(() => setSheetOpen(true), [])

  const neighbours: DetailNeighbours = useMemo(
    () => ({ ids: rows.map((row) => row.id), liveSeqOf: (id) => rows.find((row) => row.id === id)?.seq ?? null }),
    [rows],
  )
  const isFailed = list.page.isError && (list.view === null || !list.isCurrent)
  const state = isFailed ? 'failed' : list.view === null ? 'loading' : 'ready'
  const days = daysOf(search.range, today, searchWindowDays)
  const plain = writeSearch(search).toString()
  const link = list.isCurrent || list.page.isFetching || isUndecided ? list.link : lostLink
  const count = list.count.data ?? null
  // What a change of a call does not concern is not drawn again for it, a thousand times a second.
  const feed = useMemo(() => <FeedIndicator link={link} />, [link])
  const views = useMemo(() => <ViewsMenu query={plain} onShow={onView} />, [plain, onView])
  const tools = useMemo(
    () => (
      <>
        <ExportButton criteria={criteria} count={count} />
        <ListTools columns={columns} onColumns={changeColumns} onKeys={openSheet} />
      </>
    ),
    [criteria, count, columns, changeColumns, openSheet],
  )
  const isNew = state === 'ready' && rows.length === 0 && list.page.data?.lastSeq === 0
  const isFirst = isNew || isBegun
  const isOneDay = days.from === days.to
  const nothing = useMemo(
    () => <NothingFound search={search} isOneDay={isOneDay} onChange={ask} />,
    [search, isOneDay, ask],
  )

  return (
    <div className={openCallId === null ? 'shell' : 'shell has-detail'}>
      <TopBar>{feed}</TopBar>
      <main className="list-page" aria-label={t('list.title')}>
        <SearchBar
          search={asked}
          today={today}
          recent={recent}
          hasCharacterKeys={hasCharacterKeys}
          field={field}
          onChange={ask}
        >
          {views}
        </SearchBar>
        <section className={isFirst ? 'list-card is-first' : 'list-card'} aria-busy={list.page.isFetching}>
          <div className={list.page.isFetching && !list.isCurrent ? 'list-progress is-on' : 'list-progress'} />
          <ConditionTags search={asked} onChange={ask} />
          <section
            ref={scroller}
            className={list.isCurrent || state !== 'ready' ? 'list-scroller' : 'list-scroller is-waiting'}
            aria-label={t('list.title')}
            onScroll={(event) => setScrolled(event.currentTarget.scrollTop > SCROLLED_PX)}
          >
            <NewCallsPill heldBack={list.view?.heldBack.length ?? 0} isStale={list.isStale} onShow={showNewCalls} />
            {isFirst ? (
              <Suspense fallback={<FirstLoading />}>
                <FirstSteps onBegun={() => setBegun(true)} onDone={endFirstSteps} />
              </Suspense>
            ) : null}
            <CallTable
              focus={table}
              rows={rows}
              changes={list.changes}
              columns={shownColumns}
              state={state}
              problem={list.page.error}
              limit={limit}
              openCallId={openCallId}
              playingId={playback.isPlaying ? (playback.track?.callId ?? null) : null}
              query={query}
              today={today}
              isOneDay={isOneDay}
              isFirstPage={place.cursor === null}
              nothing={nothing}
              onOpen={open}
              onPlay={play}
              onMenu={openMenu}
              onResize={resize}
              onAim={onAim}
              onRetry={() => void list.page.refetch()}
            />
          </section>
          <ListFooter
            count={count}
            page={place.page}
            limit={limit}
            sizes={PAGE_SIZES}
            onLimit={onLimit}
            onFirst={place.cursor === null ? null : onFirst}
            onPrevious={place.cursor === null ? null : onPrevious}
            onNext={list.isCurrent && list.page.data?.nextCursor ? onNext : null}
          >
            {tools}
          </ListFooter>
        </section>
      </main>
      <Outlet context={neighbours} />
      <span className="off-sight" role="status">
        {said}
      </span>
      {menu ? (
        <Suspense fallback={null}>
          <RowMenu
            {...menu}
            query={query}
            onClose={closeMenu}
            onOpen={open}
            onCallsOfNumber={(number) => ask({ ...plainSearch, range: search.range, number })}
            onCallsOfAgent={(agentId) => ask({ ...plainSearch, range: search.range, agents: [agentId] })}
            onSay={say}
          />
        </Suspense>
      ) : null}
      {isSheetOpen ? (
        <Suspense fallback={null}>
          <KeysSheet
            hasCharacterKeys={hasCharacterKeys}
            onCharacterKeys={(isOn) => {
              setCharacterKeys(isOn)
              remember('character-keys', isOn ? 'on' : 'off')
            }}
            onClose={() => setSheetOpen(false)}
          />
        </Suspense>
      ) : null}
      {playback.track ? (
        <Suspense fallback={null}>
          <PlayerDock />
        </Suspense>
      ) : null}
    </div>
  )
}

function FirstLoading() {
  const { t } = useTranslation()
  return (
    <div className="skeleton first-loading" role="status" aria-label={t('list.loading')}>
      {[1, 2, 3, 4].map((line) => (
        <div key={line} className="skeleton-line" />
      ))}
    </div>
  )
}

const noRows: CallJson[] = []
/** The list itself could not be fetched: nothing on the page is live, whatever the feed says. */
const lostLink = { state: 'lost', retryAt: null, delayMs: null, caughtUp: null } as const

function readEarlier(state: unknown): (string | null)[] {
  const earlier = (state as { earlier?: unknown } | null)?.earlier
  return Array.isArray(earlier) ? earlier : []
}

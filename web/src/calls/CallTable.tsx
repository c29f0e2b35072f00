// The table of calls: a plain HTML table, so that screen readers and the browser's search have it. Ant Design's Table
// would bring 40 KB of sorting, selecting and paging that a list by cursor does not have, and redraw slower under a busy
// feed. One row at a time has the focus and lets Tab into its buttons; loading, emptiness and failure are shown in its place.

import type { TFunction } from 'i18next'
import {
  type CSSProperties,
  memo,
  type ReactNode,
  type Ref,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import type { CallJson } from '../../../src/calls/call-json.ts'
import { quickWords } from '../i18n/quick-words.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { dayOf } from '../ui/time.ts'
import { CallRow } from './CallRow.tsx'
import { ColumnHeads } from './ColumnHeads.tsx'
import { actionsWidth, columnWidth } from './call-columns.tsx'
import type { LiveChanges } from './call-list.ts'
import type { ChosenColumn, ColumnKey } from './column-choice.ts'
import { dayHeading } from './day-heading.ts'
import { useCopying } from './use-copying.ts'
import { useDrawnRows } from './use-drawn-rows.ts'
import { useOverflowMark } from './use-overflow-mark.ts'

/** What the page asks of the table: the keyboard is the page's. */
export interface TableFocus {
  /** Moves the focus by so many rows and gives the id of the call it is on now; null: there are no rows. */
  move(rows: number): string | null
  /** Puts the focus on a call's row, if it is there. */
  focus(callId: string): void
  /** Takes the focus from the rows; false: it was not there. */
  blur(): boolean
}

interface CallTableProps {
  rows: CallJson[]
  changes: LiveChanges
  columns: readonly ChosenColumn[]
  state: 'loading' | 'failed' | 'ready'
  problem: unknown
  limit: number
  openCallId: string | null
  /** The call whose recording is heard at the moment. */
  playingId: string | null
  /** The search on show, as in the address. */
  query: string
  today: string
  /** The day need not be said above the rows. */
  isOneDay: boolean
  isFirstPage: boolean
  /** In place of rows, where the search finds none. */
  nothing: ReactNode
  focus: Ref<TableFocus>
  onOpen(callId: string): void
  onPlay(call: CallJson): void
  onMenu(call: CallJson, anchor: HTMLElement): void
  onResize(key: ColumnKey, width: number): void
  /** Somebody aims at a row, or no longer. */
  onAim(isAiming: boolean): void
  onRetry(): void
}

const GLOW_MS = 2_000
/** When more rows than this change at once a glow says nothing any more. */
const GLOWING_ROWS = 12

export function CallTable(props: CallTableProps) {
  const { rows, changes, columns, openCallId, playingId, query, isOneDay, today } = props
  const { t, i18n } = useTranslation()
  const words = useMemo(() => quickWords(t), [t])
  const isEnglish = i18n.language === 'en'
  const table = useRef<HTMLTableElement>(null)
  const [activeId, setActiveId] = useState<string | null>(null)
  const lastPlace = useRef(0)
  /** The row that Tab reaches. */
  const reachable = rows.some((row) => row.id === activeId) ? activeId : rows[0]?.id
  const glowing = glowsOf(rows, changes)
  const { copied, onCopy } = useCopying()
  const drawn = useDrawnRows(
    useMemo(() => rows.map((row) => row.id), [rows]),
    table,
  )
  useOverflowMark(table)

  useImperativeHandle(props.focus, () => {
    const rowOf = (id: string) => table.current?.querySelector<HTMLElement>(`[data-call="${CSS.escape(id)}"]`)
    function focus(callId: string): void {
      setActiveId(callId)
      const row = rowOf(callId)
      row?.focus({ preventScroll: true })
      row?.scrollIntoView({ block: 'nearest' })
    }
    return {
      focus,
      move(by) {
        // By the rows as they stand on the screen: keys may come faster than they are drawn.
        const ids = [...(table.current?.querySelectorAll<HTMLElement>('.call-row') ?? [])].map(
          (row) => row.dataset.call,
        )
        const focused = document.activeElement?.closest<HTMLElement>('.call-row')?.dataset.call
        const from = ids.indexOf(focused ?? activeId ?? undefined)
        // Gone from the list: the one that stands there now.
        const to = from < 0 ? (Number.isFinite(by) ? lastPlace.current : by) : from + by
        const place = Math.min(Math.max(0, to), ids.length - 1)
        const id = ids[place]
        if (id === undefined) return null
        lastPlace.current = place
        focus(id)
        return id
      },
      blur() {
        const row = document.activeElement?.closest<HTMLElement>('.call-row')
        if (!row || !table.current?.contains(row)) return false
        ;(document.activeElement as HTMLElement).blur()
        setActiveId(null)
        return true
      },
    }
  }, [activeId])

  return (
    <>
      <table
        ref={table}
        className="call-table"
        style={widthsOf(columns, isEnglish)}
        // Moving over the rows keeps them where they are.
        onPointerMove={(event) => event.pointerType === 'mouse' && props.onAim(true)}
        onPointerLeave={() => props.onAim(false)}
      >
        <colgroup>
          {columns.map(({ key, width }) => (
            <col key={key} style={{ width: width ?? columnWidth(key, isEnglish) }} />
          ))}
          <col style={{ width: actionsWidth(isEnglish) }} />
        </colgroup>
        <ColumnHeads columns={columns} isEnglish={isEnglish} onResize={props.onResize} />
        {byDay(rows, isOneDay).map(({ day, calls }) => (
          <tbody key={day}>
            {day === '' ? null : <DayHeading day={day} today={today} span={columns.length + 1} />}
            {calls.map((call) => (
              <CallRow
                key={call.id}
                call={call}
                columns={columns}
                t={words}
                query={query}
                isPlaying={call.id === playingId}
                copied={copied?.callId === call.id ? copied.column : null}
                className={rowClass(call, openCallId, glowing.get(call.id))}
                isDrawn={drawn.has(call.id)}
                isReachable={call.id === reachable}
                isOpen={call.id === openCallId}
                onCopy={onCopy}
                onActive={setActiveId}
                onOpen={props.onOpen}
                onPlay={props.onPlay}
                onMenu={props.onMenu}
              />
            ))}
          </tbody>
        ))}
      </table>
      {rows.length === 0 ? <Instead {...props} t={t} /> : null}
    </>
  )
}

/** The days of the rows, in their order; one without a name where only one day is asked for. */
function byDay(rows: CallJson[], isOneDay: boolean): { day: string; calls: CallJson[] }[] {
  if (isOneDay) return [{ day: '', calls: rows }]
  const days: { day: string; calls: CallJson[] }[] = []
  for (const call of rows) {
    const day = dayOf(call.startedAt)
    const last = days.at(-1)
    if (last?.day === day) last.calls.push(call)
    else days.push({ day, calls: [call] })
  }
  return days
}

const DayHeading = memo(function DayHeading({ day, today, span }: { day: string; today: string; span: number }) {
  const { t, i18n } = useTranslation()
  return (
    <tr className="day-row">
      <th scope="rowgroup" colSpan={span}>
        <span className="day-heading">{dayHeading(day, today, i18n.language, t)}</span>
      </th>
    </tr>
  )
})

/** For the style sheet: how wide the table is at least, and how much room its fixed last column takes. */
function widthsOf(columns: readonly ChosenColumn[], isEnglish: boolean): CSSProperties {
  const actions = actionsWidth(isEnglish)
  const all = columns.reduce((sum, { key, width }) => sum + (width ?? columnWidth(key, isEnglish)), actions)
  return { '--columns-width': `${all}px`, '--actions-width': `${actions}px` } as CSSProperties
}

/** Change numbers of the rows that changed just now, by call; nothing where too many did. */
function glowsOf(rows: CallJson[], changes: LiveChanges): Map<string, number> {
  const since = Date.now() - GLOW_MS
  const glowing = new Map<string, number>()
  for (const { id } of rows) {
    const change = changes.get(id)
    if (change && change.arrivedAt > since) glowing.set(id, change.seq)
  }
  return glowing.size > GLOWING_ROWS ? new Map() : glowing
}

function rowClass(call: CallJson, openCallId: string | null, glow: number | undefined): string {
  const names = ['call-row']
  if (call.phase !== null) names.push('is-live')
  if (call.id === openCallId) names.push('is-open')
  // Two names for one glow: the animation begins anew when the name changes.
  if (glow !== undefined) names.push(glow % 2 === 0 ? 'glow-even' : 'glow-odd')
  return names.join(' ')
}

interface InsteadProps extends CallTableProps {
  t: TFunction
}

function Instead({ state, problem, limit, isFirstPage, nothing, onRetry, t }: InsteadProps) {
  if (state === 'loading') return <Skeleton lines={limit} label={t('list.loading')} />
  if (state === 'failed') {
    return (
      <Notice role="alert" title={t('list.failed')} hint={problemText(problem, t)}>
        <Button look="primary" onClick={onRetry}>
          {t('list.retry')}
        </Button>
      </Notice>
    )
  }
  if (!isFirstPage) return <Notice title={t('list.emptyPage')} />
  return nothing
}

/** As many grey lines as there will be rows, each as high as one: nothing moves when they come. */
function Skeleton({ lines, label }: { lines: number; label: string }) {
  return (
    <div className="skeleton list-skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey lines that never change their order.
        <div key={line} className="skeleton-line" />
      ))}
    </div>
  )
}

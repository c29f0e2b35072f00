// Which rows are drawn with all their cells: those in sight, at once; the others as soon as the list has been still for a
// moment. In a busy list a row is pushed out of sight, and out of the list, long before anybody could scroll to it. A row
// that was drawn stays drawn.
import { type RefObject, useEffect, useReducer, useRef } from 'react'

/** As high as a row is at least, px: rather too many are drawn than too few. */
const ROW_PX = 38
/** Rows drawn beyond what is in sight, on either side. */
const SPARE_ROWS = 4
/** What stands above the rows, px: fewer rows than this leaves room for are never in sight. */
const ABOVE_ROWS_PX = 190
/** Longer than a busy feed takes from one bundle to the next (api/live-feed.ts): between those the list is not still. */
const STILL_MS = 1_200
/** While it is still, so many rows are drawn at a time, so long one after the other. */
const ROWS_AT_A_TIME = 15
const BETWEEN_MS = 100

/** Ids have no such character. */
const BETWEEN = '\0'

interface Sight {
  first: number
  last: number
}

/** @param table stands in what scrolls. Returns whether a row is drawn, by its id. */
export function useDrawnRows(ids: readonly string[], table: RefObject<HTMLElement | null>): ReadonlySet<string> {
  // Before anybody has measured: what a list on the whole screen would show.
  const sight = useRef<Sight>({ first: 0, last: Math.ceil((window.innerHeight - ABOVE_ROWS_PX) / ROW_PX) })
  const drawn = useRef<ReadonlySet<string>>(new Set())
  const [, drawAgain] = useReducer((n: number) => n + 1, 0)

  const next = new Set<string>()
  for (const [n, id] of ids.entries())
    if ((n >= sight.current.first && n <= sight.current.last) || drawn.current.has(id)) next.add(id)
  const waiting = ids.filter((id) => !next.has(id)).join(BETWEEN)
  const hasWaiting = useRef(false)

  useEffect(() => {
    drawn.current = next
    hasWaiting.current = waiting !== ''
  })

  useEffect(() => {
    const scroller = table.current?.parentElement
    if (!scroller) return
    const look = () => {
      const first = Math.floor(scroller.scrollTop / ROW_PX) - SPARE_ROWS
      const last = Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW_PX) + SPARE_ROWS
      // Day headings push rows down: the ones above may stand further up than they would without.
      sight.current = { first: first - SPARE_ROWS, last }
      if (hasWaiting.current) drawAgain()
    }
    const observer = new ResizeObserver(look)
    observer.observe(scroller)
    scroller.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      scroller.removeEventListener('scroll', look)
    }
  }, [table])

  /** What is left to draw after the last few: nothing else has happened since. */
  const left = useRef<string | null>(null)
  useEffect(() => {
    if (waiting === '') return
    const timer = setTimeout(
      () => {
        const ids = waiting.split(BETWEEN)
        left.current = ids.slice(ROWS_AT_A_TIME).join(BETWEEN)
        drawn.current = new Set([...drawn.current, ...ids.slice(0, ROWS_AT_A_TIME)])
        drawAgain()
      },
      waiting === left.current ? BETWEEN_MS : STILL_MS,
    )
    return () => clearTimeout(timer)
  }, [waiting])
  return next
}

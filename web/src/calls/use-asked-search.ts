// The search as it was last asked for. The address follows a moment later (on a busy machine a long one), and a second
// choice made meanwhile must build on the first, not on the address.
import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import { type ListSearch, writeSearch } from './list-search.ts'

/** `search`: what the address says; `go` moves it. Returns what to show, and how to ask. */
export function useAskedSearch(
  search: ListSearch,
  go: (next: ListSearch) => void,
): [ListSearch, (next: ListSearch) => void] {
  const [asked, setAsked] = useState(search)
  /** Asked for, and not yet in the address; oldest first. */
  const onTheWay = useRef<string[]>([])

  useLayoutEffect(() => {
    const arrived = onTheWay.current.indexOf(writeSearch(search).toString())
    onTheWay.current = arrived === -1 ? [] : onTheWay.current.slice(arrived + 1)
    // Nothing of ours is on the way any more, or somebody else moved the address ("back", a link): it has the last word.
    if (onTheWay.current.length === 0) setAsked(search)
  }, [search])

  const ask = useCallback(
    (next: ListSearch) => {
      onTheWay.current.push(writeSearch(next).toString())
      setAsked(next)
      go(next)
    },
    [go],
  )
  return [asked, ask]
}

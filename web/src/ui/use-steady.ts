// A function that stays the same from one drawing to the next and does what the newest one would: for parts of a page that
// are drawn anew only when something they show has changed.
import { useCallback, useLayoutEffect, useRef } from 'react'

export function useSteady<Args extends unknown[], Result>(act: (...args: Args) => Result): (...args: Args) => Result {
  const latest = useRef(act)
  useLayoutEffect(() => {
    latest.current = act
  })
  return useCallback((...args: Args) => latest.current(...args), [])
}

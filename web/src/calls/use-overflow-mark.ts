// Marks the table while it is wider than its place: only then its last column stands fast. Each cell that does is a layer
// of its own for the browser, and seventy of them are dear in a list that changes all the time.
import { type RefObject, useLayoutEffect } from 'react'

export function useOverflowMark(table: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = table.current
    const place = element?.parentElement
    if (!element || !place) return
    const look = () => element.toggleAttribute('data-overflows', element.offsetWidth > place.clientWidth)
    const observer = new ResizeObserver(look)
    observer.observe(element)
    observer.observe(place)
    return () => observer.disconnect()
  }, [table])
}

// How wide an element is, in px; 0 until it has been laid out.
import { type RefObject, useLayoutEffect, useState } from 'react'

export function useWidth(place: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = place.current
    if (element === null) return
    const look = () => setWidth(element.clientWidth)
    const observer = new ResizeObserver(look)
    observer.observe(element)
    look()
    return () => observer.disconnect()
  }, [place])
  return width
}

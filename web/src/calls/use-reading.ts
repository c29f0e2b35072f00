// Is somebody aiming at a row at this moment? While the mouse moves over the rows, or keys walk them, nothing may be put
// in above, or the click would hit another call. Who has rested for a while is watching, not aiming: the list goes on.
import { useCallback, useEffect, useRef, useState } from 'react'

/** After so long without a movement nobody is about to click. */
const REST_MS = 10_000

export interface Reading {
  isAiming: boolean
  /** A movement over the rows, or a key among them. */
  aim(): void
  /** The mouse has left the rows. */
  rest(): void
}

export function useReading(): Reading {
  const [isAiming, setAiming] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)

  const rest = useCallback(() => {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = null
    setAiming(false)
  }, [])

  const aim = useCallback(() => {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = setTimeout(rest, REST_MS)
    setAiming(true)
  }, [rest])

  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
    },
    [],
  )
  return { isAiming, aim, rest }
}

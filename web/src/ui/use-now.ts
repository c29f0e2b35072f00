// One clock for everything on the page that ticks, so that all running times change in the same moment.
import { useEffect, useState, useSyncExternalStore } from 'react'
import { serverNow } from '../api/server-clock.ts'
import { useAppearance } from './appearance.ts'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | null = null
let now = serverNow()

/** Calls `listener` every second; the function returned ends it. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = serverNow()
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

function neverChanges(): () => void {
  return () => undefined
}

/** Epoch ms by the server's clock, renewed every second while `isTicking`. */
export function useNow(isTicking: boolean): number {
  const seen = useSyncExternalStore(isTicking ? onTick : neverChanges, () => now)
  // The shared value is as old as the last tick; without listeners that may be long ago.
  return Math.abs(serverNow() - seen) > 1500 ? serverNow() : seen
}

const FINE_MS = 100

/** The same, often enough that what grows with it grows smoothly; every second for those who want no motion. */
export function useFineNow(isTicking: boolean): number {
  const { isMotionReduced } = useAppearance()
  const coarse = useNow(isTicking && isMotionReduced)
  const [fine, setFine] = useState(serverNow)
  const isFine = isTicking && !isMotionReduced
  useEffect(() => {
    if (!isFine) return
    let frame = requestAnimationFrame(function look() {
      setFine((known) => (Math.abs(serverNow() - known) >= FINE_MS ? serverNow() : known))
      frame = requestAnimationFrame(look)
    })
    return () => cancelAnimationFrame(frame)
  }, [isFine])
  return isFine ? fine : coarse
}

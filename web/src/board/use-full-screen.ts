// One element over the whole screen, and back; follows the browser, whichever way it is left (Esc, a key of the system).
import { type RefObject, useEffect, useState } from 'react'

export interface FullScreen {
  isOn: boolean
  isPossible: boolean
  toggle(): void
}

export function useFullScreen(element: RefObject<HTMLElement | null>): FullScreen {
  const [isOn, setOn] = useState(document.fullscreenElement !== null)
  useEffect(() => {
    const look = () => setOn(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', look)
    return () => document.removeEventListener('fullscreenchange', look)
  }, [])
  return {
    isOn,
    isPossible: document.fullscreenEnabled,
    toggle: () => {
      // Refused (a policy of the browser): the page stays as it is.
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined)
      else void element.current?.requestFullscreen().catch(() => undefined)
    },
  }
}

// Whether the page is narrow: a tablet held upright, or a window beside another one.
import { useSyncExternalStore } from 'react'

const narrow = window.matchMedia('(width < 1000px)')

function subscribe(listener: () => void): () => void {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches)
}

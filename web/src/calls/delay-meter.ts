// How old a change is when it stands on the screen: from its commit on the server to the frame after it was drawn. Told
// every two seconds at most, so that the number can be read.
import type { FeedTiming } from '../api/live-feed.ts'

/** The longest delay of this long is what is told. */
const WINDOW_MS = 2_000

export function delayMeter(tell: (delayMs: number) => void): { note(timing: FeedTiming): void; stop(): void } {
  let longest: number | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  function flush(): void {
    timer = null
    if (longest !== null) tell(longest)
    longest = null
  }

  return {
    note({ changedAt, clockOffsetMs }) {
      // Two frames on, what was just handed over has been drawn.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const delayMs = Math.max(0, Date.now() + clockOffsetMs - changedAt)
          longest = Math.max(longest ?? 0, delayMs)
          timer ??= setTimeout(flush, WINDOW_MS)
        }),
      )
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
    },
  }
}

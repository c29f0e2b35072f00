// How long something has been going on, running along. The clock writes into the page by itself: a second that passes is
// no reason for React to draw a hundred rows.
import { serverNow } from '../api/server-clock.ts'
import { durationText } from './time.ts'
import { onTick } from './use-now.ts'

interface RunningTimeProps {
  /** Epoch ms by the server's clock. */
  since: number
  className: string
}

export function RunningTime({ since, className }: RunningTimeProps) {
  return (
    <span ref={keepRunning} data-since={since} className={className}>
      {textSince(since)}
    </span>
  )
}

const running = new Set<HTMLElement>()
let stopClock: (() => void) | null = null

function keepRunning(element: HTMLElement | null): (() => void) | undefined {
  if (element === null) return
  running.add(element)
  stopClock ??= onTick(tick)
  return () => {
    running.delete(element)
    if (running.size > 0) return
    stopClock?.()
    stopClock = null
  }
}

function tick(): void {
  for (const element of running) {
    const text = element.firstChild
    // The text itself, which React goes on writing into as well.
    if (text) text.nodeValue = textSince(Number(element.dataset.since))
  }
}

function textSince(since: number): string {
  return durationText(serverNow() - since)
}

// How long the customer who came first has been waiting; goes on by itself, and leads to her call.
import { Link } from 'react-router'
import type { WaitingJson } from '../../../src/board/board-json.ts'
import { durationText } from '../ui/time.ts'

/** From here on a wait stands out. */
const LONG_MS = 60_000

export function Wait({ waiting, now }: { waiting: WaitingJson; now: number }) {
  const { since, callId } = waiting
  if (since === null || callId === null) return <span className="faint">–</span>
  const ms = Math.max(0, now - Date.parse(since))
  return (
    <Link className={ms >= LONG_MS ? 'wait is-long' : 'wait'} to={`/calls/${encodeURIComponent(callId)}?range=7d`}>
      {durationText(Math.floor(ms / 1000) * 1000)}
    </Link>
  )
}

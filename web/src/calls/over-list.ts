// An open call has one address, and two ways to be looked at: over the list it was opened from, or as a page of its own
// (a link from a colleague, a new tab). Which of them is kept with the entry of the browser's history, not in the address,
// so that whoever is sent the address gets the call and nothing of the sender's list.
import { useLocation, useMatch } from 'react-router'

interface OpenCallState {
  /** The call lies over the list. */
  overList?: boolean
  /** So it does, and the entry before it is the list. */
  fromList?: boolean
  /** A page of its own that was opened from a list: the calls that stood there, in order. */
  ids?: string[]
}

export const fromList: OpenCallState = { fromList: true }
export const overList: OpenCallState = { overList: true }

export function openCallState(state: unknown): OpenCallState {
  return typeof state === 'object' && state !== null ? (state as OpenCallState) : {}
}

/** The call that is open, and how; null: none. */
export function useOpenCall(): { callId: string; isOverList: boolean } | null {
  const { state } = useLocation()
  const callId = useMatch('/calls/:callId')?.params.callId
  if (callId === undefined) return null
  const how = openCallState(state)
  return { callId, isOverList: how.overList === true || how.fromList === true }
}

// The detail of the open call, and its name in the browser's tab. A live one is followed.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { CALL_TYPES } from '../../../src/calls/vocabulary.ts'
import { callDetailQuery } from '../api/calls.ts'
import { openLiveFeed } from '../api/live-feed.ts'
import { forgetUser } from '../api/session.ts'

/** @param listedSeq change number of the call in a list that is live; null: it is not there, so a feed of its own is opened */
export function useCallDetail(callId: string, listedSeq: number | null) {
  const { t } = useTranslation()
  const detail = useQuery(callDetailQuery(callId))
  const { data, refetch } = detail
  // Followed beyond its end: that is when its recording comes.
  const [wasLive, setWasLive] = useState<string | null>(null)
  if (data?.phase && data.id !== wasLive) setWasLive(data.id)
  useFeedOf(listedSeq === null && data?.id === callId && wasLive === callId ? data : null, refetch)

  useEffect(() => {
    if (listedSeq !== null && data && data.id === callId && listedSeq > data.seq) void refetch()
  }, [listedSeq, data, callId, refetch])

  useEffect(() => {
    const before = document.title
    document.title = `${data?.customer ?? callId} · ${t('detail.title')} · Callbook`
    return () => {
      document.title = before
    }
  }, [data?.customer, callId, t])
  return detail
}

/** Tells of every change of one live call. Nothing but its start tells a feed which call is meant. */
function useFeedOf(call: CallDetailJson | null, onChange: () => unknown) {
  const client = useQueryClient()
  const seq = useRef(0)
  seq.current = call?.seq ?? 0
  const id = call?.id
  const startedAt = call?.startedAt

  useEffect(() => {
    if (id === undefined || startedAt === undefined) return
    const from = Date.parse(startedAt)
    const query = new URLSearchParams({ from: String(from), to: String(from + 1) })
    // Unasked for, internal calls would be left out; and what type it is may turn out later.
    for (const type of CALL_TYPES) query.append('type', type)
    return openLiveFeed({
      query,
      since: seq.current,
      onEvents(events) {
        const isAbout = events.some((event) =>
          event.type === 'reset' ? true : (event.type === 'gone' ? event.callId : event.call.id) === id,
        )
        if (isAbout) void onChange()
      },
      onState: () => undefined,
      onCaughtUp: () => undefined,
      onSignedOut: () => forgetUser(client),
    })
  }, [id, startedAt, onChange, client])
}

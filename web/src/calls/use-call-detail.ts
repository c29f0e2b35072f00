// The detail of the open call, and its name in the browser's tab. A live one is followed.
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { callDetailQuery } from '../api/calls.ts'

/** A live call that no feed tells about is asked about again this often. */
const FOLLOW_MS = 3_000

/** @param listedSeq change number of the call in a list that is live; null: it is not there, so it is asked about again */
export function useCallDetail(callId: string, listedSeq: number | null) {
  const { t } = useTranslation()
  const detail = useQuery({
    ...callDetailQuery(callId),
    refetchInterval: (query) => (query.state.data?.phase && listedSeq === null ? FOLLOW_MS : false),
  })
  const { data, refetch } = detail

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

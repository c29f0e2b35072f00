// The reader's last used values, and how another is noted: with her account, so that she finds them on any computer.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { keepPreference, preferencesQuery } from '../api/views.ts'
import type { ListSearch } from './list-search.ts'
import { type Recent, readRecent, withUsed } from './recent-values.ts'

export function useRecent(): [Recent, (before: ListSearch, next: ListSearch) => void] {
  const client = useQueryClient()
  const kept = useQuery(preferencesQuery).data?.recent
  const recent = useMemo(() => readRecent(kept), [kept])
  const note = useCallback(
    (before: ListSearch, next: ListSearch) => {
      const preferences = client.getQueryData(preferencesQuery.queryKey)
      // Not known yet: what is kept on the server must not be written over.
      if (!preferences) return
      const now = readRecent(preferences.recent)
      const used = withUsed(now, before, next)
      // Only an offer less where the server is away.
      if (used !== now) void keepPreference(client, 'recent', used).catch(() => undefined)
    },
    [client],
  )
  return [recent, note]
}

// The reader's columns: shown at once as this browser remembers them, right as the server does. A width that is being
// dragged is drawn with every movement and kept when it rests.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useOpenSession } from '../access/session-context.ts'
import { keepPreference, preferencesQuery } from '../api/views.ts'
import { recall, remember } from '../ui/remembered.ts'
import { type ChosenColumn, readColumns } from './column-choice.ts'

const KEEP_AFTER_MS = 600

export type ColumnChange = (columns: readonly ChosenColumn[]) => readonly ChosenColumn[]

/** The columns, and how to change them: from what they are at that moment, which may not have been drawn yet. */
export function useColumns(): [readonly ChosenColumn[], (change: ColumnChange) => void] {
  const client = useQueryClient()
  const { user } = useOpenSession()
  const kept = useQuery(preferencesQuery).data?.columns
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)

  const columns = useMemo(() => readColumns(kept === undefined ? recalled(user.id) : kept), [kept, user.id])
  useEffect(() => {
    if (kept) remember('columns', JSON.stringify({ user: user.id, columns: kept }))
  }, [kept, user.id])

  const choose = useCallback(
    (change: ColumnChange) => {
      const now = client.getQueryData(preferencesQuery.queryKey)?.columns
      const value = [...change(readColumns(now === undefined ? recalled(user.id) : now))]
      client.setQueryData(preferencesQuery.queryKey, (all) => ({
        ...(all ?? { columns: null, views: null, recent: null }),
        columns: value,
      }))
      if (timer.current !== null) clearTimeout(timer.current)
      timer.current = setTimeout(() => {
        timer.current = null
        // The server is away: the choice holds in this browser.
        keepPreference(client, 'columns', value).catch(() => undefined)
      }, KEEP_AFTER_MS)
    },
    [client, user.id],
  )
  return [columns, choose]
}

/** What this browser remembers of this user's columns. */
function recalled(userId: string): unknown {
  try {
    const { user, columns } = JSON.parse(recall('columns') ?? '{}') as { user?: string; columns?: unknown }
    return user === userId ? columns : null
  } catch {
    return null // Not ours, or cut off: as if nothing had been chosen.
  }
}

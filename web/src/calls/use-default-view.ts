// The list opens with the reader's default view where the address asks for nothing. What was asked for on this page (reset,
// "all calls of today") stands without one: its entry of the history says so.
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { preferencesQuery, viewsQuery } from '../api/views.ts'
import { defaultView, unarranged } from './view-order.ts'

/** Put on every entry of the history that the reader asked for. */
export const asked = { asked: true }

/** true: it is not known yet what to show. */
export function useDefaultView(): boolean {
  const location = useLocation()
  const navigate = useNavigate()
  const isOpenQuestion =
    location.pathname === '/calls' &&
    location.search === '' &&
    (location.state as { asked?: boolean } | null)?.asked !== true
  const views = useQuery(viewsQuery)
  const preferences = useQuery(preferencesQuery)
  const isKnown = (views.data && preferences.data) || views.isError || preferences.isError
  const view = defaultView(views.data ?? [], preferences.data?.views ?? unarranged)

  useEffect(() => {
    if (!isOpenQuestion || !isKnown || !view) return
    void navigate({ pathname: '/calls', search: view.query }, { replace: true, state: asked })
  }, [isOpenQuestion, isKnown, view, navigate])

  return isOpenQuestion && (!isKnown || view !== null)
}

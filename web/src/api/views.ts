// Saved searches, and what the user has arranged for herself.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import type { PreferencesJson, ViewJson } from '../../../src/views/view-json.ts'
import { ask } from './client.ts'

export type SavedView = ViewJson
export type Preferences = PreferencesJson

export interface ViewWish {
  name: string
  /** As in the address, without the `?`. */
  query: string
  shared: boolean
}

export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: async ({ signal }) => (await ask<{ items: SavedView[] }>('/views', { signal })).items,
  staleTime: 60_000,
})

export const preferencesQuery = queryOptions({
  queryKey: ['preferences'],
  queryFn: ({ signal }) => ask<Preferences>('/preferences', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Saves a new view (id null) or changes one. @throws ApiProblem too-many-views, not-allowed, view-not-found */
export async function saveView(client: QueryClient, id: string | null, wish: ViewWish): Promise<SavedView> {
  const saved =
    id === null
      ? await ask<SavedView>('/views', { method: 'POST', body: wish })
      : await ask<SavedView>(`/views/${encodeURIComponent(id)}`, { method: 'PUT', body: wish })
  client.setQueryData(viewsQuery.queryKey, (views) => {
    const others = (views ?? []).filter((view) => view.id !== saved.id)
    return id === null ? [...others, saved] : (views ?? []).map((view) => (view.id === saved.id ? saved : view))
  })
  return saved
}

export async function removeView(client: QueryClient, id: string): Promise<void> {
  await ask(`/views/${encodeURIComponent(id)}`, { method: 'DELETE' })
  client.setQueryData(viewsQuery.queryKey, (views) => views?.filter((view) => view.id !== id))
}

/** Holds at once, and is kept on the server; where that fails it holds until the page is closed. */
export function keepPreference<Name extends keyof Preferences>(
  client: QueryClient,
  name: Name,
  value: NonNullable<Preferences[Name]>,
): Promise<void> {
  client.setQueryData(preferencesQuery.queryKey, (kept) => ({
    ...(kept ?? { columns: null, views: null, recent: null }),
    [name]: value,
  }))
  return ask(`/preferences/${name}`, { method: 'PUT', body: value })
}

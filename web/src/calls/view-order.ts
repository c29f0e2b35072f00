// The saved views in the order the reader gave them, and which of them is on show. Pure.
import type { Preferences, SavedView } from '../api/views.ts'

export type ViewArrangement = NonNullable<Preferences['views']>

export const unarranged: ViewArrangement = { order: [], default: null }

/** Arranged ones first, in their order; others (new, or shared since) behind them. */
export function arranged(views: readonly SavedView[], { order }: ViewArrangement): SavedView[] {
  const place = (view: SavedView) => (order.includes(view.id) ? order.indexOf(view.id) : order.length)
  return views.toSorted((a, b) => place(a) - place(b))
}

/** The arrangement with one view a place up (-1) or down (1). */
export function moveView(
  views: readonly SavedView[],
  arrangement: ViewArrangement,
  id: string,
  by: -1 | 1,
): ViewArrangement {
  const order = arranged(views, arrangement).map((view) => view.id)
  const from = order.indexOf(id)
  const to = from + by
  if (from < 0 || to < 0 || to >= order.length) return arrangement
  return { ...arrangement, order: order.toSpliced(from, 1).toSpliced(to, 0, id) }
}

export function defaultView(views: readonly SavedView[], arrangement: ViewArrangement): SavedView | null {
  return views.find((view) => view.id === arrangement.default) ?? null
}

/** The same search, however its parts are ordered? */
export function isSameQuery(a: string, b: string): boolean {
  return sorted(a) === sorted(b)
}

function sorted(query: string): string {
  const params = new URLSearchParams(query)
  params.delete('cursor')
  params.delete('page')
  return [...params]
    .map((pair) => pair.join('='))
    .sort()
    .join('&')
}

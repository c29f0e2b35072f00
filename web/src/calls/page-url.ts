// How a page of the list is asked for: the same text wherever it is asked, so that an answer can be recognised.

/** Below /api/v1. @param criteria the search without its place in the list */
export function pageUrl(criteria: string, cursor: string | null, limit: number): string {
  const query = new URLSearchParams(criteria)
  query.set('limit', String(limit))
  if (cursor !== null) query.set('cursor', cursor)
  return `/calls?${query}`
}

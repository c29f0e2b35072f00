// What the first page shows is waited for before anything is drawn, if it comes soon: drawing an empty page, then its frame,
// then its rows takes a slow computer three times as long as drawing it once. first-asks.ts has sent for it already.
import type { QueryClient } from '@tanstack/react-query'
import { callPageQuery } from './api/calls.ts'
import { serverNow } from './api/server-clock.ts'
import { sessionQuery } from './api/session.ts'
import { preferencesQuery, viewsQuery } from './api/views.ts'
import { firstPage, opensList, opensPlainList, queryOfDefault } from './calls/first-page.ts'
import { router } from './routes.tsx'

/** Longer than this the page shows that it waits. */
const PATIENCE_MS = 500

export async function firstAnswers(client: QueryClient): Promise<void> {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS))
  // What fails here the pages ask again, and say what is wrong.
  const answers = Promise.all([routeThere(), listThere(client).catch(() => undefined)])
  await Promise.race([answers, patience])
}

/** The code of the page that the address leads to. */
function routeThere(): Promise<void> {
  return new Promise((resolve) => {
    if (router.state.initialized) resolve()
    const stop = router.subscribe(({ initialized }) => {
      if (!initialized) return
      stop()
      resolve()
    })
  })
}

async function listThere(client: QueryClient): Promise<void> {
  const session = await client.fetchQuery(sessionQuery)
  if (session.user === null || !opensList(window.location)) return
  const [views, preferences] = await Promise.all([client.fetchQuery(viewsQuery), client.fetchQuery(preferencesQuery)])
  const query = opensPlainList(window.location) ? queryOfDefault(views, preferences) : window.location.search
  const { criteria, cursor, limit } = firstPage(query, session, serverNow())
  await client.fetchQuery(callPageQuery(criteria, cursor, limit))
}

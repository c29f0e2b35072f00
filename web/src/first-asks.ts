// The very first to run, long before the console is there: asks for what the first page will want, so that the answers travel
// while the scripts do. Must stay small, and knows nothing of React. Decides nothing: the pages ask the same again and take
// what is on its way (api/early.ts); where this has guessed wrong they ask for themselves.
import { askEarly } from './api/early.ts'
import type { Session } from './api/session.ts'
import type { Preferences, SavedView } from './api/views.ts'
import { firstPage, opensPlainList, queryOfDefault } from './calls/first-page.ts'
import { pageUrl } from './calls/page-url.ts'
import { fetchWords, firstLanguage } from './i18n/first-language.ts'

const LIST = /^\/(calls(\/[^/]+)?)?$/

void fetchWords(firstLanguage()).catch(() => undefined)
void askFirst().catch(() => undefined) // The pages ask for themselves, and say what is wrong.

async function askFirst(): Promise<void> {
  const asked = askEarly('/api/v1/session')
  if (!LIST.test(window.location.pathname)) return
  const [views, preferences] = [askEarly('/api/v1/views'), askEarly('/api/v1/preferences')]
  const answer = await asked
  if (!answer.ok) return
  const session = await json<Session>(answer)
  if (session.user === null) return
  const query = opensPlainList(window.location)
    ? queryOfDefault(
        (await json<{ items: SavedView[] }>(await views)).items,
        await json<Preferences>(await preferences),
      )
    : window.location.search
  // The server's clock counts, where it says the time.
  const now = Date.parse(answer.headers.get('date') ?? '') || Date.now()
  const { criteria, cursor, limit } = firstPage(query, session, now)
  askEarly(`/api/v1${pageUrl(criteria, cursor, limit)}`)
}

/** The page will read the same answer. */
async function json<Body>(answer: Response): Promise<Body> {
  return (await answer.clone().json()) as Body
}

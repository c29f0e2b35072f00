// The very first to run, long before the console is there: asks for what the first page will want, so that the answers travel
// while the scripts do. Must stay small, and knows nothing of React. Decides nothing: the pages ask the same again and take
// what is on its way (api/early.ts); where this has guessed wrong they ask for themselves.
import { askEarly } from './api/early.ts'
import type { Session } from './api/session.ts'
import type { Preferences, SavedView } from './api/views.ts'
import { criteriaOf, readPageSize, readPlace, readSearch } from './calls/list-search.ts'
import { pageUrl } from './calls/page-url.ts'
import { defaultView, unarranged } from './calls/view-order.ts'
import { fetchWords, firstLanguage } from './i18n/first-language.ts'
import { dayAt } from './ui/time.ts'

const LIST = /^\/(calls(\/[^/]+)?)?$/

void fetchWords(firstLanguage()).catch(() => undefined)
void askFirst().catch(() => undefined) // The pages ask for themselves, and say what is wrong.

async function askFirst(): Promise<void> {
  const session = askEarly('/api/v1/session')
  const { pathname, search } = window.location
  if (!LIST.test(pathname)) return
  const [views, preferences] = [askEarly('/api/v1/views'), askEarly('/api/v1/preferences')]
  const answer = await session
  if (!answer.ok) return
  const { user, searchWindowDays, ...where } = await json<Session>(answer)
  if (user === null) return
  const isPlain = search === '' && pathname !== '' && !pathname.startsWith('/calls/')
  const query = isPlain ? await queryOfDefault(views, preferences) : search
  const params = new URLSearchParams(query)
  // The server's clock counts, where it says the time.
  const now = Date.parse(answer.headers.get('date') ?? '') || Date.now()
  const criteria = criteriaOf(readSearch(params), dayAt(now, where), searchWindowDays)
  askEarly(`/api/v1${pageUrl(criteria, readPlace(params).cursor, readPageSize())}`)
}

async function queryOfDefault(views: Promise<Response>, preferences: Promise<Response>): Promise<string> {
  const all = (await json<{ items: SavedView[] }>(await views)).items
  const arranged = (await json<Preferences>(await preferences)).views ?? unarranged
  return defaultView(all, arranged)?.query ?? ''
}

/** The page will read the same answer. */
async function json<Body>(answer: Response): Promise<Body> {
  return (await answer.clone().json()) as Body
}

// Which page of the list the console opens with. Asked for twice: before the scripts are there (first-asks.ts), and when
// the first drawing waits for it (first-answers.ts).
import type { Session } from '../api/session.ts'
import type { Preferences, SavedView } from '../api/views.ts'
import { dayAt } from '../ui/time.ts'
import { criteriaOf, type PageSize, readPageSize, readPlace, readSearch } from './list-search.ts'
import { defaultView, unarranged } from './view-order.ts'

export interface FirstPage {
  criteria: string
  cursor: string | null
  limit: PageSize
}

export function opensList({ pathname }: Location): boolean {
  return pathname === '/' || pathname === '/calls'
}

/** Does the address ask for nothing? Then the reader's default view counts. */
export function opensPlainList(location: Location): boolean {
  return opensList(location) && location.search === ''
}

/** What the address leaves to the reader's default view. */
export function queryOfDefault(views: readonly SavedView[], preferences: Preferences): string {
  return defaultView([...views], preferences.views ?? unarranged)?.query ?? ''
}

/** @param query the search as in the address; @param now epoch ms by the server's clock */
export function firstPage(query: string, session: Session, now: number): FirstPage {
  const params = new URLSearchParams(query)
  const { searchWindowDays, ...where } = session
  return {
    criteria: criteriaOf(readSearch(params), dayAt(now, where), searchWindowDays),
    cursor: readPlace(params).cursor,
    limit: readPageSize(),
  }
}

// What else this customer had with us in the days that can be searched: newest first, a few, and the way to all of them.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { useOpenSession } from '../access/session-context.ts'
import { callCountQuery, callPageQuery } from '../api/calls.ts'
import { clockOf, dayOf, durationText } from '../ui/time.ts'
import { useToday } from '../ui/use-today.ts'
import { CallTypeLabel } from './CallTypeLabel.tsx'
import { agentText } from './call-words.ts'
import { firstDayOf } from './list-search.ts'
import { Outcome } from './Outcome.tsx'
import { overList, useOpenCall } from './over-list.ts'

const SHOWN = 6

export function OtherCalls({ call }: { call: CallDetailJson }) {
  const { t } = useTranslation()
  const session = useOpenSession()
  const { searchWindowDays, user } = session
  const today = useToday(session)
  const [params] = useSearchParams()
  const open = useOpenCall()
  const number = call.customer
  const criteria = new URLSearchParams({
    from: firstDayOf(today, searchWindowDays),
    to: today,
    // The number may be masked here.
    customerOf: call.id,
  }).toString()
  const isAsked = number !== null
  // A detail is opened anew each time, so the list is as new as the detail; it is not kept live.
  const page = useQuery({ ...callPageQuery(criteria, null, SHOWN + 1), enabled: isAsked, staleTime: 0 })
  const count = useQuery({
    ...callCountQuery(criteria),
    enabled: isAsked,
    staleTime: 0,
    placeholderData: keepPreviousData,
  })
  if (!isAsked || page.isError) return null
  const others = (page.data?.items ?? []).filter((other) => other.id !== call.id).slice(0, SHOWN)
  const more = (count.data?.count ?? 0) - 1 - others.length
  return (
    <section className="others" aria-busy={page.isPending}>
      <h2>
        {t('others.title')} <span className="faint">{t('others.days', { count: searchWindowDays })}</span>
      </h2>
      {page.data && others.length === 0 ? <p className="faint">{t('others.none')}</p> : null}
      <ul className="plain">
        {others.map((other) => (
          <li key={other.id}>
            <Link
              // The list behind stays as it is.
              to={{ pathname: `/calls/${encodeURIComponent(other.id)}`, search: params.toString() }}
              state={open?.isOverList ? overList : null}
              className="other"
            >
              <time className="tabular" dateTime={other.startedAt}>
                {dayOf(other.startedAt).slice(5)} {clockOf(other.startedAt)}
              </time>
              <CallTypeLabel type={other.type} t={t} />
              <span className="cut">{other.agent ? agentText(other.agent, t) : '–'}</span>
              <span className="tabular other-talk">{other.talkMs > 0 ? durationText(other.talkMs) : '–'}</span>
              <Outcome call={other} t={t} />
            </Link>
          </li>
        ))}
      </ul>
      {more > 0 && number !== null && !user.masksNumbers ? (
        <p>
          <Link to={`/calls?${new URLSearchParams({ range: '30d', caller: number })}`}>{t('others.calledUs')}</Link>
          {' · '}
          <Link to={`/calls?${new URLSearchParams({ range: '30d', callee: number })}`}>{t('others.weCalled')}</Link>
        </p>
      ) : null}
    </section>
  )
}

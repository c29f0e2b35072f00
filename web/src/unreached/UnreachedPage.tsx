// Unreached customers: a list of work. Whose call was missed and whom nobody has talked with since stands here, one line a
// number; a line leaves by itself when she is reached.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { useOpenSession } from '../access/session-context.ts'
import { skillGroupsQuery } from '../api/calls.ts'
import { unreachedCountQuery, unreachedQuery } from '../api/unreached.ts'
import { groupText } from '../calls/call-words.ts'
import { TopBar } from '../shell/TopBar.tsx'
import { Select } from '../ui/antd/Select.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { useNow } from '../ui/use-now.ts'
import { UnreachedTable } from './UnreachedTable.tsx'
import { criteriaOf, DAY_CHOICES, readChoice, type UnreachedChoice, writeChoice } from './unreached-search.ts'
import './unreached.css'

export function Component() {
  const { t, i18n } = useTranslation()
  const { user, timeZone, searchWindowDays } = useOpenSession()
  const [params, setParams] = useSearchParams()
  const choice = readChoice(params, searchWindowDays)
  const criteria = criteriaOf(choice)
  const query = useInfiniteQuery(unreachedQuery(criteria))
  const count = useQuery(unreachedCountQuery(criteria, true))
  const groups = useQuery(skillGroupsQuery)
  const now = useNow(true)
  const set = (part: Partial<UnreachedChoice>) => setParams(writeChoice({ ...choice, ...part }), { replace: true })
  useEffect(() => {
    document.title = `${t('unreached.title')} · Callbook`
  }, [t])

  const lines = query.data?.pages.flatMap((page) => page.items)
  const isPlain = choice.skillGroups.length === 0
  return (
    <div className="shell">
      <TopBar />
      <main className="unreached" aria-label={t('unreached.title')}>
        <header className="unreached-head">
          <h1>
            {t('unreached.title')}
            {count.data ? (
              <span className="unreached-total tabular" role="status">
                {count.data.count.toLocaleString(i18n.language)}
              </span>
            ) : null}
          </h1>
          <p>
            {t('unreached.hint')} {user.role === 'agent' ? t('unreached.ownGroups') : ''}
          </p>
        </header>
        <search className="unreached-search" aria-label={t('search.label')}>
          <Select
            aria-label={t('unreached.days')}
            value={choice.days}
            options={DAY_CHOICES.filter((days) => days <= searchWindowDays).map((days) => ({
              value: days as number,
              label: days === 1 ? t('search.today') : t('unreached.lastDays', { days }),
            }))}
            onChange={(days) => set({ days })}
          />
          <Select
            mode="multiple"
            allowClear
            maxTagCount="responsive"
            className="unreached-groups"
            aria-label={t('search.skillGroup')}
            placeholder={t('search.skillGroup')}
            notFoundContent={t('search.nothingFound')}
            showSearch={{ optionFilterProp: 'label' }}
            value={choice.skillGroups}
            options={groups.data?.items.map((group) => ({ value: group.id, label: groupText(group) })) ?? []}
            onChange={(skillGroups: string[]) => set({ skillGroups })}
          />
          <Select
            aria-label={t('unreached.order')}
            value={choice.order}
            options={[
              { value: 'waiting' as const, label: t('unreached.orderWaiting') },
              { value: 'latest' as const, label: t('unreached.orderLatest') },
            ]}
            onChange={(order) => set({ order })}
          />
          <label className="unreached-ivr">
            <input
              type="checkbox"
              checked={choice.withIvr}
              onChange={(event) => set({ withIvr: event.target.checked })}
            />
            {t('unreached.withIvr')}
          </label>
          <span className="faint unreached-zone">{t('unreached.zone', { zone: timeZone })}</span>
        </search>
        {query.error && lines ? (
          <p className="unreached-stale" role="status">
            {t('operations.stale', { problem: problemText(query.error, t) })}
          </p>
        ) : null}
        <section className="unreached-card" aria-busy={query.isPlaceholderData}>
          {lines === undefined ? (
            query.error ? (
              <Notice role="alert" title={t('list.failed')} hint={problemText(query.error, t)}>
                <Button isBusy={query.isFetching} onClick={() => void query.refetch()}>
                  {t('list.retry')}
                </Button>
              </Notice>
            ) : (
              <div className="skeleton" role="status" aria-label={t('list.loading')}>
                {[1, 2, 3, 4, 5].map((line) => (
                  <div key={line} className="skeleton-line" />
                ))}
              </div>
            )
          ) : lines.length === 0 ? (
            <Notice
              title={t('unreached.empty')}
              hint={isPlain ? t('unreached.emptyHint') : t('unreached.emptyGroupsHint')}
            >
              {isPlain ? null : <Button onClick={() => set({ skillGroups: [] })}>{t('unreached.allGroups')}</Button>}
            </Notice>
          ) : (
            <UnreachedTable lines={lines} now={now} mayOpenCalls={user.role !== 'agent'} />
          )}
        </section>
        {query.hasNextPage ? (
          <Button
            className="unreached-more"
            isBusy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t('unreached.more')}
          </Button>
        ) : null}
      </main>
    </div>
  )
}

// A search that finds no call: which of its conditions to take away, one button for each, and how far it could reach. Today
// without any condition is no mistake of anybody: calls will come.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useOpenSession } from '../access/session-context.ts'
import { agentsQuery, skillGroupsQuery } from '../api/calls.ts'
import { mayOperate } from '../shell/may-operate.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { conditionTags } from './condition-words.ts'
import { hasConditions, type ListSearch, plainSearch } from './list-search.ts'

interface NothingFoundProps {
  search: ListSearch
  /** The search reaches over one day only. */
  isOneDay: boolean
  onChange(search: ListSearch): void
}

export function NothingFound({ search, isOneDay, onChange }: NothingFoundProps) {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  const agents = useQuery({ ...agentsQuery, enabled: user.role !== 'agent' })
  const skillGroups = useQuery(skillGroupsQuery)
  const names = { agents: agents.data?.items ?? [], skillGroups: skillGroups.data?.items ?? [] }
  const tags = conditionTags(search, names, t)
  const widen = isOneDay ? (
    <Button onClick={() => onChange({ ...search, range: '30d' })}>{t('list.widen')}</Button>
  ) : null
  if (tags.length === 0 && !hasConditions(search)) {
    const isToday = search.range === 'today'
    return (
      <Notice
        title={t(isToday ? 'list.emptyToday' : 'list.empty')}
        hint={t(isToday ? 'list.emptyTodayHint' : 'list.emptyHint')}
      >
        {widen}
      </Notice>
    )
  }
  const isAboutRecordings = search.recorded === true
  return (
    <Notice
      title={t('list.empty')}
      hint={t(isAboutRecordings ? 'list.noRecordings' : tags.length > 1 ? 'list.emptyOne' : 'list.emptyHint')}
    >
      {tags.map(({ key, field, value, rest }) => (
        <Button key={key} onClick={() => onChange(rest)}>
          {t('list.removeOne', { field, value })}
        </Button>
      ))}
      {tags.length > 1 ? (
        <Button onClick={() => onChange({ ...plainSearch, range: search.range })}>{t('list.clear')}</Button>
      ) : null}
      {widen}
      {isAboutRecordings && mayOperate(user) ? <Link to="/settings/connectors">{t('list.howRecordings')}</Link> : null}
    </Notice>
  )
}

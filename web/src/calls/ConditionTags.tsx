// What is searched for, one tag for each condition; its cross takes that condition away and nothing else.
import CloseOutlined from '@ant-design/icons-svg/es/asn/CloseOutlined'
import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { agentsQuery, skillGroupsQuery } from '../api/calls.ts'
import { Icon } from '../ui/Icon.tsx'
import { dayOf } from '../ui/time.ts'
import { conditionTags } from './condition-words.ts'
import { isTimes, type ListSearch, plainSearch } from './list-search.ts'

interface ConditionTagsProps {
  search: ListSearch
  onChange(search: ListSearch): void
}

export const ConditionTags = memo(function ConditionTags({ search, onChange }: ConditionTagsProps) {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  const agents = useQuery({ ...agentsQuery, enabled: user.role !== 'agent' && search.agents.length > 0 })
  const skillGroups = useQuery({ ...skillGroupsQuery, enabled: search.skillGroups.length > 0 })
  const names = { agents: agents.data?.items ?? [], skillGroups: skillGroups.data?.items ?? [] }
  const tags = conditionTags(search, names, t)
  if (tags.length === 0) return null
  const { range } = search
  /** The day of the times, where there are any. */
  const days = isTimes(range) ? { from: dayOf(range.from), to: dayOf(range.from) } : range
  return (
    <ul className="condition-tags plain" aria-label={t('callList.condition.label')}>
      {tags.map(({ key, field, value, rest }) => (
        <li key={key} className="condition-tag">
          <span className="condition-field">{field}</span>
          <span className="condition-value" title={value}>
            {value}
          </span>
          <button
            type="button"
            aria-label={t('callList.condition.remove', { field, value })}
            title={t('callList.condition.removeHint')}
            onClick={() => onChange(rest)}
          >
            <Icon of={CloseOutlined} />
          </button>
        </li>
      ))}
      <li>
        <button type="button" className="link-button" onClick={() => onChange({ ...plainSearch, range: days })}>
          {t('callList.condition.clearAll')}
        </button>
      </li>
    </ul>
  )
})

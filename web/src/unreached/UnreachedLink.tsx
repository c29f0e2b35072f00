// The way to the unreached customers, with how many there are.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'
import { useOpenSession } from '../access/session-context.ts'
import { unreachedCountQuery } from '../api/unreached.ts'
import { usualCriteria } from './unreached-search.ts'

export function UnreachedLink() {
  const { t, i18n } = useTranslation()
  const { searchWindowDays } = useOpenSession()
  const { data } = useQuery(unreachedCountQuery(usualCriteria(searchWindowDays), false))
  return (
    <NavLink to="/unreached">
      <span>
        {t('nav.unreached')}
        {data && data.count > 0 ? (
          <span className="nav-count tabular">{data.count.toLocaleString(i18n.language)}</span>
        ) : null}
      </span>
    </NavLink>
  )
}

// Saved searches, one's own and shared ones: the same list as in the call list's dialog, as a page.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { viewsQuery } from '../api/views.ts'
import { ViewList } from '../calls/ViewsDialog.tsx'
import { Answer } from '../operations/Answer.tsx'
import { Notice } from '../ui/Notice.tsx'

export function Component() {
  const { t } = useTranslation()
  const views = useQuery(viewsQuery)
  return (
    <section className="operations-section" aria-label={t('settings.views.title')}>
      <h1 className="section-title">{t('settings.views.title')}</h1>
      <p className="section-hint">{t('settings.views.hint')}</p>
      <Answer query={views}>
        {(items) =>
          items.length === 0 ? (
            <Notice title={t('settings.views.empty')} hint={t('settings.views.emptyHint')}>
              <Link to="/calls">{t('settings.views.toList')}</Link>
            </Notice>
          ) : (
            <div className="card">
              <ViewList />
            </div>
          )
        }
      </Answer>
    </section>
  )
}

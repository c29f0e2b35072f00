// The operations page: what could not be taken, and whether the records hold. For administrators
// and managers; its parts have addresses of their own.
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, Outlet } from 'react-router'
import { useOpenSession } from '../access/session-context.ts'
import { mayOperate } from '../shell/may-operate.ts'
import { TopBar } from '../shell/TopBar.tsx'
import './operations.css'

const SECTIONS = ['rejected', 'reconciliation', 'receipts'] as const

export function Component() {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  useEffect(() => {
    document.title = `${t('operations.title')} · Callbook`
  }, [t])
  if (!mayOperate(user)) return <Navigate to="/calls" replace />
  return (
    <div className="shell">
      <TopBar />
      <main className="operations" aria-label={t('operations.title')}>
        <nav className="section-nav" aria-label={t('operations.sections')}>
          {SECTIONS.map((section) => (
            <NavLink key={section} to={`/operations/${section}`}>
              {t(`operations.tab.${section}`)}
            </NavLink>
          ))}
        </nav>
        <Outlet />
      </main>
    </div>
  )
}

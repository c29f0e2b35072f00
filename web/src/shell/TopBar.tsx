// The bar on top of every page: where one is, where else one may go, and who is logged in.
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink } from 'react-router'
import { useOpenSession } from '../access/session-context.ts'
import { UserMenu } from '../access/UserMenu.tsx'
import { ExportTray } from '../exports/ExportTray.tsx'
import { Mark } from '../ui/Brand.tsx'
import { UnreachedLink } from '../unreached/UnreachedLink.tsx'
import { mayOperate } from './may-operate.ts'
import './shell.css'

/** @param children what the page itself has to say up here */
export const TopBar = memo(function TopBar({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  return (
    <header className="topbar">
      <Link className="brand" to="/calls">
        <Mark />
        <span className="brand-name">Callbook</span>
      </Link>
      <nav className="main-nav" aria-label={t('nav.label')}>
        <NavLink to="/calls">{t('product')}</NavLink>
        {mayOperate(user) ? <NavLink to="/board">{t('nav.board')}</NavLink> : null}
        <UnreachedLink />
        {mayOperate(user) ? <NavLink to="/operations">{t('nav.operations')}</NavLink> : null}
        <NavLink to="/settings">{t('nav.settings')}</NavLink>
      </nav>
      <div className="topbar-rest">
        {children}
        <ExportTray />
        <UserMenu />
      </div>
    </header>
  )
})

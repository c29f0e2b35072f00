// The settings: what belongs to oneself for everybody, the contact centre for who sees all of it, and access for
// administrators. Each part has an address of its own and is fetched when it is first opened.
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, Outlet, useMatch } from 'react-router'
import { type OpenSession, useOpenSession } from '../access/session-context.ts'
import { mayOperate } from '../shell/may-operate.ts'
import { TopBar } from '../shell/TopBar.tsx'
import '../operations/operations.css'
import './settings.css'

type Section = 'preferences' | 'views' | 'connectors' | 'people' | 'retention' | 'users' | 'keys'
type Group = 'centre' | 'access' | 'own'

const GROUPS: readonly { group: Group; sections: readonly Section[]; isFor(session: OpenSession): boolean }[] = [
  { group: 'centre', sections: ['connectors', 'people', 'retention'], isFor: ({ user }) => mayOperate(user) },
  { group: 'access', sections: ['users', 'keys'], isFor: ({ scopes }) => scopes.includes('users:write') },
  { group: 'own', sections: ['preferences', 'views'], isFor: () => true },
]

export function Component() {
  const { t } = useTranslation()
  const session = useOpenSession()
  const section = useMatch('/settings/:section/*')?.params.section
  const groups = GROUPS.filter(({ isFor }) => isFor(session))
  useEffect(() => {
    document.title = `${t('settings.title')} · Callbook`
  }, [t])
  const first = groups[0]?.sections[0] ?? 'preferences'
  // Connecting belongs to the connections.
  const shown = section === 'connect' ? 'connectors' : section
  if (!groups.some(({ sections }) => sections.some((one) => one === shown)))
    return <Navigate to={`/settings/${first}`} replace />
  return (
    <div className="shell">
      <TopBar />
      <main className="operations settings" aria-label={t('settings.title')}>
        <div className="settings-frame">
          <nav className="settings-nav" aria-label={t('settings.sections')}>
            {groups.map(({ group, sections }) => (
              <section key={group} aria-label={t(`settings.group.${group}`)}>
                <p aria-hidden="true">{t(`settings.group.${group}`)}</p>
                {sections.map((one) => (
                  <NavLink
                    key={one}
                    to={`/settings/${one}`}
                    {...(one === shown ? { className: 'active', 'aria-current': 'page' as const } : {})}
                  >
                    {t(`settings.tab.${one}`)}
                  </NavLink>
                ))}
              </section>
            ))}
          </nav>
          <div className="settings-content">
            <Outlet />
          </div>
        </div>
      </main>
    </div>
  )
}

// Around every page but the login: whoever is not logged in goes there, and comes back to the same address afterwards.

import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, useLocation } from 'react-router'
import { type Session, type SessionUser, useSession } from '../api/session.ts'
import { followOtherTabs } from '../sample/follow-other-tabs.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { SessionContext } from './session-context.ts'

const SampleBanner = lazy(() => import('../sample/SampleBanner.tsx'))
const PasswordDialog = lazy(() => import('./PasswordDialog.tsx'))

export function RequireUser() {
  const session = useSession()
  const location = useLocation()
  const { t } = useTranslation()
  useEffect(followOtherTabs, [])
  if (session.isPending) return null
  if (session.isError) {
    return (
      <main className="page-failed">
        <Notice role="alert" title={t('pageFailed.title')} hint={problemText(session.error, t)}>
          <Button onClick={() => session.refetch()} isBusy={session.isFetching}>
            {t('list.retry')}
          </Button>
        </Notice>
      </main>
    )
  }
  if (!hasUser(session.data)) {
    const back = `${location.pathname}${location.search}`
    const query = back === '/' || back === '/calls' ? '' : `?next=${encodeURIComponent(back)}`
    return <Navigate to={`/login${query}`} replace />
  }
  return (
    <SessionContext value={session.data}>
      {session.data.isSample ? (
        <Suspense fallback={null}>
          <SampleBanner />
        </Suspense>
      ) : null}
      <Outlet />
      {session.data.user.mustChangePassword ? (
        <Suspense fallback={null}>
          <PasswordDialog isRequired onClose={() => undefined} />
        </Suspense>
      ) : null}
    </SessionContext>
  )
}

function hasUser(session: Session): session is Session & { user: SessionUser } {
  return session.user !== null
}

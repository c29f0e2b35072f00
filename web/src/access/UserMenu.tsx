// Who is logged in; language, theme, password, log out.
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { logOut } from '../api/session.ts'
import { useAppearanceMenu } from '../ui/LanguageAndTheme.tsx'
import { MenuButton } from '../ui/MenuButton.tsx'
import { useOpenSession } from './session-context.ts'

const PasswordDialog = lazy(() => import('./PasswordDialog.tsx'))

export function UserMenu() {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  const client = useQueryClient()
  const appearance = useAppearanceMenu()
  const [isPasswordOpen, setPasswordOpen] = useState(false)

  function onClick(key: string): void {
    if (appearance.onClick(key)) return
    if (key === 'password') setPasswordOpen(true)
    // Not logged out when the server cannot be reached: loading anew shows how things really are.
    if (key === 'log-out') void logOut(client).catch(() => window.location.reload())
  }

  return (
    <>
      <MenuButton
        className="user-button"
        aria-label={`${t('user.menu')}: ${user.name} ${t(`user.role.${user.role}`)}`}
        menu={{
          onClick: ({ key }) => onClick(key),
          items: [
            ...appearance.items,
            { type: 'divider' },
            { key: 'password', label: t('password.menu') },
            { key: 'log-out', label: t('user.logOut') },
          ],
        }}
      >
        <span className="user-initial" data-initial={[...user.name][0]?.toUpperCase()} />
        <span className="user-name">{user.name}</span> <span className="user-role">{t(`user.role.${user.role}`)}</span>
      </MenuButton>
      {isPasswordOpen ? (
        <Suspense fallback={null}>
          <PasswordDialog onClose={() => setPasswordOpen(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

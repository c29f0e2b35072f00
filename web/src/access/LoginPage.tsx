// The login: name and password, and back to where the reader wanted to go.
import GlobalOutlined from '@ant-design/icons-svg/es/asn/GlobalOutlined'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useSearchParams } from 'react-router'
import { logIn, useSession } from '../api/session.ts'
import { Mark } from '../ui/Brand.tsx'
import { Button } from '../ui/Button.tsx'
import { useAppearanceMenu } from '../ui/LanguageAndTheme.tsx'
import { MenuButton } from '../ui/MenuButton.tsx'
import { PasswordField } from '../ui/PasswordField.tsx'
import { problemText } from '../ui/problem-text.ts'
import { TextField } from '../ui/TextField.tsx'
import { keepTypedPassword } from './first-password.ts'
import './access.css'
import { Icon } from '../ui/Icon.tsx'

export function Component() {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const session = useSession()
  const [query] = useSearchParams()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const [missing, setMissing] = useState<'username' | 'password' | null>(null)
  const [isBusy, setBusy] = useState(false)
  const menu = useAppearanceMenu()
  const ids = { username: useId(), password: useId(), problem: useId() }

  useEffect(() => {
    document.title = `${t('login.submit')} · Callbook`
  }, [t])

  if (session.data?.user) return <Navigate to={safePath(query.get('next'))} replace />

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setProblem(null)
    const lacks = username.trim() === '' ? 'username' : password === '' ? 'password' : null
    setMissing(lacks)
    if (lacks !== null || isBusy) {
      if (lacks !== null) document.getElementById(ids[lacks])?.focus()
      return
    }
    setBusy(true)
    try {
      const opened = await logIn(client, username.trim(), password)
      if (opened.user?.mustChangePassword) keepTypedPassword(password)
    } catch (error) {
      setProblem(error)
      setPassword('')
      document.getElementById(ids.password)?.focus()
    } finally {
      setBusy(false)
    }
  }

  const sentence =
    missing === 'username'
      ? t('login.usernameMissing')
      : missing === 'password'
        ? t('login.passwordMissing')
        : problem
          ? problemText(problem, t)
          : null
  return (
    <div className="login">
      <div className="login-corner">
        <MenuButton
          className="button text"
          menu={{ items: menu.items, onClick: ({ key }) => menu.onClick(key) }}
          aria-label={`${t('language.name')}: ${t('language.label')} / ${t('theme.label')}`}
        >
          <Icon of={GlobalOutlined} />
          {t('language.name')}
        </MenuButton>
      </div>
      <main className="login-card">
        <Mark size={40} />
        <h1>{t('login.title')}</h1>
        <form onSubmit={submit} noValidate aria-describedby={ids.problem}>
          <label htmlFor={ids.username}>{t('login.username')}</label>
          <TextField
            id={ids.username}
            name="username"
            size="large"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            maxLength={200}
            value={username}
            isWrong={missing === 'username'}
            onChange={(event) => setUsername(event.target.value)}
          />
          <label htmlFor={ids.password}>{t('login.password')}</label>
          <PasswordField
            id={ids.password}
            name="password"
            size="large"
            autoComplete="current-password"
            maxLength={1000}
            value={password}
            isWrong={missing === 'password'}
            onChange={(event) => setPassword(event.target.value)}
          />
          <p id={ids.problem} className="form-problem" role="alert" lang={i18n.language}>
            {sentence}
          </p>
          <Button look="primary" size="large" type="submit" isWide isBusy={isBusy}>
            {t('login.submit')}
          </Button>
        </form>
      </main>
      <p className="login-foot">Callbook 通话记录</p>
    </div>
  )
}

/** Only addresses of this console; anything else would let a link send people elsewhere after their login. */
function safePath(next: string | null): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/calls'
}

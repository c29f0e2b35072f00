// Choosing a new password: from the user menu, or (cannot be left) after the first login. The browser's own dialog keeps
// the focus inside; Ant Design's would write a style without the page's nonce, which the security policy refuses.
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changePassword, logOut } from '../api/session.ts'
import { Button } from '../ui/Button.tsx'
import { PasswordField } from '../ui/PasswordField.tsx'
import { problemText } from '../ui/problem-text.ts'
import { forgetTypedPassword, typedPassword } from './first-password.ts'
import '../ui/dialog.css'
import './access.css'

export default function PasswordDialog({ isRequired = false, onClose }: { isRequired?: boolean; onClose(): void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [known] = useState(() => (isRequired ? typedPassword() : null))
  const [current, setCurrent] = useState(known ?? '')
  const [next, setNext] = useState('')
  const [repeat, setRepeat] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const dialog = useRef<HTMLDialogElement>(null)
  const ids = { title: useId(), current: useId(), next: useId(), repeat: useId() }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (current === '' || next === '') return setProblem(t('password.missing'))
    if (next !== repeat) return setProblem(t('password.mismatch'))
    setBusy(true)
    setProblem(null)
    try {
      await changePassword(client, current, next)
      forgetTypedPassword()
      onClose()
    } catch (error) {
      setProblem(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }

  useEffect(() => {
    dialog.current?.showModal()
  }, [])

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={ids.title}
      onCancel={(event) => {
        if (isRequired) event.preventDefault()
      }}
      onClose={() => {
        // Browsers let a second Escape through: what must be answered opens again.
        if (isRequired) dialog.current?.showModal()
        else onClose()
      }}
    >
      <h2 id={ids.title}>{isRequired ? t('password.mustTitle') : t('password.title')}</h2>
      {isRequired ? <p className="form-hint">{t('password.mustHint')}</p> : null}
      <form onSubmit={submit} className="stacked-form" noValidate>
        {known === null ? (
          <>
            <label htmlFor={ids.current}>{t('password.current')}</label>
            <PasswordField
              id={ids.current}
              autoComplete="current-password"
              maxLength={1000}
              autoFocus
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          </>
        ) : null}
        <label htmlFor={ids.next}>{t('password.next')}</label>
        <PasswordField
          id={ids.next}
          autoComplete="new-password"
          maxLength={1000}
          autoFocus={known !== null}
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <label htmlFor={ids.repeat}>{t('password.repeat')}</label>
        <PasswordField
          id={ids.repeat}
          autoComplete="new-password"
          maxLength={1000}
          value={repeat}
          onChange={(event) => setRepeat(event.target.value)}
        />
        <p className="form-problem" role="alert">
          {problem}
        </p>
        <footer className="dialog-buttons">
          <Button onClick={isRequired ? () => void logOut(client).catch(() => window.location.reload()) : onClose}>
            {isRequired ? t('user.logOut') : t('password.cancel')}
          </Button>
          <Button look="primary" type="submit" isBusy={isBusy}>
            {t('password.save')}
          </Button>
        </footer>
      </form>
    </dialog>
  )
}

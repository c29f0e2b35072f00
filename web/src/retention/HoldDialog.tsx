// Asks why a recording is held. The browser's own dialog keeps the focus inside and gives it back afterwards.

import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { TextField } from '../ui/TextField.tsx'
import '../ui/dialog.css'

export function HoldDialog({ onHold, onClose }: { onHold(reason: string): void; onClose(): void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const dialog = useRef<HTMLDialogElement>(null)
  const ids = { title: useId(), text: useId() }
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (reason.trim() === '') return
    onHold(reason.trim())
    onClose()
  }

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={ids.title} aria-describedby={ids.text} onClose={onClose}>
      <h2 id={ids.title}>{t('retention.hold.title')}</h2>
      <p id={ids.text} className="dialog-text">
        {t('retention.hold.text')}
      </p>
      <form onSubmit={submit} className="hold-form">
        <TextField
          aria-label={t('retention.hold.reason')}
          placeholder={t('retention.hold.reason')}
          maxLength={500}
          autoFocus
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <footer className="dialog-buttons">
          <Button onClick={onClose}>{t('password.cancel')}</Button>
          <Button look="primary" type="submit" disabled={reason.trim() === ''}>
            {t('retention.hold.hold')}
          </Button>
        </footer>
      </form>
    </dialog>
  )
}

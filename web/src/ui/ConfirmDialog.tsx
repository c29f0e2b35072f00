// Asks once more before something that cannot be taken back. The browser's own dialog keeps the focus inside and gives it
// back afterwards.

import { useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'
import './dialog.css'

interface ConfirmDialogProps {
  title: string
  text: string
  /** What the button that does it says. */
  action: string
  isDangerous?: boolean
  onConfirm(): void
  onClose(): void
}

export function ConfirmDialog({ title, text, action, isDangerous = false, onConfirm, onClose }: ConfirmDialogProps) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const ids = { title: useId(), text: useId() }
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Closed rather than only taken away: the focus goes back to where it was.
    return () => shown?.close()
  }, [])
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={ids.title} aria-describedby={ids.text} onClose={onClose}>
      <h2 id={ids.title}>{title}</h2>
      <p id={ids.text} className="dialog-text">
        {text}
      </p>
      <footer className="dialog-buttons">
        <Button onClick={onClose}>{t('password.cancel')}</Button>
        <Button
          look="primary"
          isDanger={isDangerous}
          onClick={() => {
            onConfirm()
            onClose()
          }}
        >
          {action}
        </Button>
      </footer>
    </dialog>
  )
}

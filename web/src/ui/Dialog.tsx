// A dialog with a title and a cross: the browser's own, which keeps the focus inside and gives it back afterwards. Ant
// Design's would write a style without the page's nonce, which the security policy refuses.
import CloseOutlined from '@ant-design/icons-svg/es/asn/CloseOutlined'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import './dialog.css'
import { Icon } from './Icon.tsx'

interface DialogProps {
  title: string
  /** Wider than the usual 420 px. */
  isWide?: boolean
  children: ReactNode
  onClose(): void
}

export function Dialog({ title, isWide = false, children, onClose }: DialogProps) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Closed rather than only taken away: the focus goes back to where it was.
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={isWide ? 'dialog is-wide' : 'dialog'}
      aria-labelledby={id}
      onClose={onClose}
      // Keys in here are no keys of the page behind, Escape included.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          className="dialog-cross"
          aria-label={t('detail.close')}
          title={t('detail.close')}
          onClick={onClose}
        >
          <Icon of={CloseOutlined} />
        </button>
      </header>
      {children}
    </dialog>
  )
}

// A text that is copied by a click, and says so for a moment.
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copy } from './copy.ts'

const SAID_MS = 1_400

export function CopyText({ text, className = '' }: { text: string; className?: string }) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [isCopied])

  return (
    <button
      type="button"
      className={`copy ${className}`}
      title={`${text}\n${t('list.copy')}`}
      aria-label={t('list.copyValue', { value: text })}
      onClick={() => void copy(text).then(setCopied)}
    >
      <span className="copy-text">
        <bdi>{text}</bdi>
      </span>
      {isCopied ? (
        <span className="copied" role="status">
          {t('list.copied')}
        </span>
      ) : null}
    </button>
  )
}

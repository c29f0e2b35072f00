// A text that is copied by a click, and says so for a moment.
import { useTranslation } from 'react-i18next'
import { useCopied } from './use-copied.ts'

export function CopyText({ text, className = '' }: { text: string; className?: string }) {
  const { t } = useTranslation()
  const [isCopied, copy] = useCopied()

  return (
    <button
      type="button"
      className={`copy ${className}`}
      title={`${text}\n${t('list.copy')}`}
      aria-label={t('list.copyValue', { value: text })}
      onClick={() => copy(text)}
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

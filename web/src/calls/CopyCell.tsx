// A text of a row that a click copies. Looks and speaks as ui/CopyText, but keeps nothing itself: the table knows which one
// was copied last (use-copying.ts).
import type { TFunction } from 'i18next'
import type { MouseEvent } from 'react'
import type { ColumnKey } from './column-choice.ts'

interface CopyCellProps {
  text: string
  column: ColumnKey
  className: string
  t: TFunction
  isCopied: boolean
  onCopy(event: MouseEvent<HTMLElement>): void
}

export function CopyCell({ text, column, className, t, isCopied, onCopy }: CopyCellProps) {
  return (
    <button
      type="button"
      className={`copy ${className}`}
      data-copy={text}
      data-column={column}
      title={`${text}\n${t('list.copy')}`}
      aria-label={t('list.copyValue', { value: text })}
      onClick={onCopy}
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

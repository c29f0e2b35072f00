// One line to type into, with what stands before and after the text. Keys, labels and limits are the browser's own field's.
import type { ComponentProps, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import './text-field.css'

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'size' | 'value'> {
  value: string
  size?: 'usual' | 'large'
  before?: ReactNode
  after?: ReactNode
  isWrong?: boolean
  onEnter?(field: HTMLInputElement): void
  /** Given: a cross clears the text as soon as there is some. */
  onClear?(): void
}

export function TextField({
  size = 'usual',
  before,
  after,
  isWrong = false,
  onEnter,
  onClear,
  onKeyDown,
  className,
  ...input
}: TextFieldProps) {
  const { t } = useTranslation()
  return (
    <span className={`text-field ${size} ${className ?? ''}`} data-wrong={isWrong || undefined}>
      {before}
      <input
        type="text"
        {...input}
        aria-invalid={isWrong || undefined}
        onKeyDown={(event) => {
          onKeyDown?.(event)
          // Enter that ends the typing of a Chinese word is not meant for the field.
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) onEnter?.(event.currentTarget)
        }}
      />
      {onClear && input.value !== '' ? (
        <button
          type="button"
          className="text-field-button"
          tabIndex={-1}
          aria-label={t('choices.clear', { field: input['aria-label'] ?? '' })}
          // The focus stays in the field.
          onMouseDown={(event) => event.preventDefault()}
          onClick={onClear}
        >
          <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
            <path d="M1 1l6 6M7 1L1 7" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
          </svg>
        </button>
      ) : (
        after
      )}
    </span>
  )
}

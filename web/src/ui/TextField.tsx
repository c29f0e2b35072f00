// One line to type into, with what stands before and after the text. Keys, labels and limits are the browser's own field's.
import type { ComponentProps, ReactNode } from 'react'
import { ClearButton } from './ClearButton.tsx'
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
      {onClear && input.value !== '' ? <ClearButton field={input['aria-label'] ?? ''} onClear={onClear} /> : after}
    </span>
  )
}

// The cross at the end of a field that clears it. Not a stop for Tab: in the field Escape does the same.
import { useTranslation } from 'react-i18next'
import './field-button.css'

export function ClearButton({ field, onClear }: { field: string; onClear(): void }) {
  const { t } = useTranslation()
  const label = t('choices.clear', { field })
  return (
    <button
      type="button"
      className="field-button"
      tabIndex={-1}
      aria-label={label}
      title={label}
      // The focus stays in the field.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClear}
    >
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
        <path d="M2 2l6 6M8 2L2 8" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
      </svg>
    </button>
  )
}

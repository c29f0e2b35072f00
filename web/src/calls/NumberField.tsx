// One number condition, with suggestions. Applies by itself after a pause, at once on Enter, when one is picked or the field
// is left; an impossible number is marked and not sent.
import { useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { NumberField as Field } from '../api/suggestions.ts'
import { ClearButton } from '../ui/ClearButton.tsx'
import { allOffers, Offers } from '../ui/Offers.tsx'
import { useListbox } from '../ui/use-listbox.ts'
import { isNumberTerm } from './list-search.ts'
import type { Recent } from './recent-values.ts'
import { useNumberOffers } from './use-number-offers.ts'
import { useTyped } from './use-typed.ts'

interface NumberFieldProps {
  field: Field
  label: string
  value: string
  recent: Recent
  onChange(value: string): void
}

export function NumberField({ field, label, value, recent, onChange }: NumberFieldProps) {
  const { t } = useTranslation()
  const { text, type, apply } = useTyped({ value, read: readNumber, onChange })
  const input = useRef<HTMLInputElement>(null)
  const hintId = useId()
  const listbox = useListbox({ count: () => offers.length, onPick: pick, onLeave: () => apply() })
  const groups = useNumberOffers({ field, text, isOpen: listbox.isOpen, recent })
  const offers = allOffers(groups)

  function pick(index: number): void {
    const picked = offers[index]?.value
    if (picked === undefined) return
    apply(picked)
    listbox.close()
  }

  const isWrong = !isNumberTerm(text)
  return (
    <div className={text === '' ? 'choices' : 'choices has-choice'}>
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-describedby={listbox.isOpen ? hintId : undefined}
        aria-invalid={isWrong}
        aria-expanded={listbox.isOpen}
        aria-controls={listbox.isOpen ? listbox.listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={listbox.active < 0 ? undefined : listbox.optionId(listbox.active)}
        placeholder={label}
        value={text}
        maxLength={66}
        inputMode="tel"
        autoComplete="off"
        onBlur={listbox.onBlur}
        onFocus={listbox.open}
        onClick={listbox.open}
        onChange={(event) => {
          type(event.target.value)
          listbox.setActive(-1)
          listbox.open()
        }}
        onKeyDown={(event) => {
          if (listbox.onKeyDown(event)) return
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
            apply()
            listbox.close()
          }
          if (event.key !== 'Escape') return
          // Clears what stands there; the next one leaves the field.
          if (text === '') event.currentTarget.blur()
          else type('')
          event.stopPropagation()
        }}
      />
      {text === '' ? null : (
        <ClearButton
          field={label}
          onClear={() => {
            type('')
            input.current?.focus()
          }}
        />
      )}
      {listbox.isOpen ? (
        <Offers listbox={listbox} label={label} groups={groups} chosen={null} empty={null} onPick={pick}>
          <p
            id={hintId}
            className={isWrong ? 'offers-note is-wrong' : 'offers-note'}
            role={isWrong ? 'alert' : undefined}
          >
            {isWrong ? t('search.numberInvalid') : t('search.numberHint')}
          </p>
        </Offers>
      ) : null}
    </div>
  )
}

/** Numbers are often written with gaps and dashes. */
function readNumber(text: string): string | null {
  const compact = text.replace(/[\s-]/g, '')
  return isNumberTerm(compact) ? compact : null
}

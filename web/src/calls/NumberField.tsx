// One number condition, with suggestions. Applies by itself after a pause, at once on Enter, when one is picked or the field
// is left; an impossible number is marked and not sent.
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NumberField as Field } from '../api/suggestions.ts'
import { allOffers, Offers } from '../ui/Offers.tsx'
import { useListbox } from '../ui/use-listbox.ts'
import { isNumberTerm } from './list-search.ts'
import type { Recent } from './recent-values.ts'
import { useNumberOffers } from './use-number-offers.ts'

const PAUSE_MS = 500

interface NumberFieldProps {
  field: Field
  label: string
  value: string
  recent: Recent
  onChange(value: string): void
}

export function NumberField({ field, label, value, recent, onChange }: NumberFieldProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const hintId = useId()
  const applied = useRef(value)
  const listbox = useListbox({ count: () => offers.length, onPick: pick, onLeave: () => apply(text) })
  const groups = useNumberOffers({ field, text, isOpen: listbox.isOpen, recent })
  const offers = allOffers(groups)

  // The address changed by other means (back button, reset): the field follows.
  useEffect(() => {
    if (value === applied.current) return
    applied.current = value
    setText(value)
  }, [value])

  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
    },
    [],
  )

  function stopTimer(): void {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = null
  }

  function apply(next: string): void {
    stopTimer()
    const compact = next.replace(/[\s-]/g, '')
    if (compact === applied.current || !isNumberTerm(compact)) return
    applied.current = compact
    onChange(compact)
  }

  function type(next: string): void {
    setText(next)
    stopTimer()
    // A cleared field applies at once: nothing more is coming.
    if (next === '') apply('')
    else timer.current = setTimeout(() => apply(next), PAUSE_MS)
  }

  function pick(index: number): void {
    const picked = offers[index]?.value
    if (picked === undefined) return
    setText(picked)
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
            apply(text)
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
        <button
          type="button"
          className="choices-clear"
          tabIndex={-1}
          onMouseDown={(event) => event.preventDefault()}
          aria-label={t('choices.clear', { field: label })}
          title={t('choices.clear', { field: label })}
          onClick={() => {
            type('')
            input.current?.focus()
          }}
        >
          <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
            <path d="M2 2l6 6M8 2L2 8" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
          </svg>
        </button>
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

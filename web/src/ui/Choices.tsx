// A field in which several of many are chosen: type to narrow down, Enter or a click to take one or give it up, Backspace
// gives up the last. Own code, since Ant Design's select is a tenth of all that the list's first visit has to run.
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ClearButton } from './ClearButton.tsx'
import { allOffers, type OfferGroup, Offers } from './Offers.tsx'
import { useListbox } from './use-listbox.ts'

interface ChoicesProps {
  /** Its name, and what stands in it while nothing is chosen. */
  label: string
  value: readonly string[]
  /** How a chosen value is called. */
  nameOf(value: string): string
  groups: readonly OfferGroup[]
  /** What is typed is looked up by the caller; otherwise the offers are narrowed down here. */
  onText?(text: string): void
  /** What is typed may itself be a value; the offer for it. */
  freeOffer?(text: string): string
  onOpen?(): void
  onChange(value: string[]): void
}

export function Choices(props: ChoicesProps) {
  const { label, value, nameOf, onText, freeOffer, onOpen, onChange } = props
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const chosenId = useId()
  /** Two may be taken before the first is drawn. */
  const latest = useRef(value)
  useLayoutEffect(() => {
    latest.current = value
  }, [value])

  const groups = offered(onText ? props.groups : narrowed(props.groups, text), text.trim(), freeOffer)
  const offers = allOffers(groups)
  const listbox = useListbox({ count: () => offers.length, onPick: pick, onLeave: () => type('') })
  const chosenText = value.map(nameOf).join(t('choices.and'))

  function pick(index: number): void {
    const picked = offers[index]?.value
    if (picked === undefined) return
    const now = latest.current
    change(now.includes(picked) ? now.filter((one) => one !== picked) : [...now, picked])
    if (text !== '') type('')
  }

  function change(next: string[]): void {
    latest.current = next
    onChange(next)
  }

  function type(next: string): void {
    setText(next)
    onText?.(next)
  }

  function open(): void {
    if (!listbox.isOpen) onOpen?.()
    listbox.open()
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (!listbox.isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) onOpen?.()
    if (listbox.onKeyDown(event)) return
    if (event.key === 'Backspace' && text === '') change(latest.current.slice(0, -1))
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      // The best offer for what was typed.
      if (text.trim() !== '') pick(0)
      else open()
    } else if (event.key === 'Escape') {
      if (text === '') input.current?.blur()
      else type('')
      event.stopPropagation()
    }
  }

  return (
    <div className={value.length > 0 ? 'choices has-choice' : 'choices'}>
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-expanded={listbox.isOpen}
        aria-controls={listbox.isOpen ? listbox.listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={listbox.active < 0 ? undefined : listbox.optionId(listbox.active)}
        aria-describedby={value.length > 0 ? chosenId : undefined}
        placeholder={value.length > 0 ? '' : label}
        value={text}
        maxLength={100}
        autoComplete="off"
        onBlur={listbox.onBlur}
        onChange={(event) => {
          type(event.target.value)
          listbox.setActive(-1)
          open()
        }}
        onClick={open}
        onKeyDown={onKeyDown}
      />
      {value.length > 0 ? (
        <span id={chosenId} className={text === '' ? 'choices-chosen' : 'off-sight'} title={chosenText}>
          <span className="cut">{chosenText}</span>
          {value.length > 1 ? <span className="choices-count tabular">{value.length}</span> : null}
        </span>
      ) : null}
      {value.length > 0 ? (
        <ClearButton
          field={label}
          onClear={() => {
            change([])
            input.current?.focus()
          }}
        />
      ) : (
        <svg className="choices-arrow" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          <path d="M2.5 4.5L6 8l3.5-3.5" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round" />
        </svg>
      )}
      {listbox.isOpen ? (
        <Offers
          listbox={listbox}
          label={label}
          groups={groups}
          chosen={value}
          empty={freeOffer && text === '' ? t('choices.type') : t('search.nothingFound')}
          onPick={pick}
        />
      ) : null}
    </div>
  )
}

function narrowed(groups: readonly OfferGroup[], text: string): OfferGroup[] {
  const part = text.trim().toLowerCase()
  if (part === '') return [...groups]
  return groups.map(({ label, offers }) => ({
    label,
    offers: offers.filter((offer) => `${offer.label} ${offer.hint ?? ''}`.toLowerCase().includes(part)),
  }))
}

/** With what was typed itself, where that may be taken and is not offered anyway. */
function offered(
  groups: OfferGroup[] | readonly OfferGroup[],
  text: string,
  freeOffer: ((text: string) => string) | undefined,
): readonly OfferGroup[] {
  if (!freeOffer || text === '' || allOffers(groups).some(({ value }) => value === text)) return groups
  return [...groups, { label: null, offers: [{ value: text, label: freeOffer(text) }] }]
}

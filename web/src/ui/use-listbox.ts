// A field with a list of offers below it (WAI-ARIA combobox with a listbox): opening, walking by keys, closing. The focus
// stays in the field; which offer is meant is told by aria-activedescendant. What an offer does is the caller's.
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react'

export interface Listbox {
  isOpen: boolean
  /** The offer the keys are on; -1: none. */
  active: number
  listId: string
  optionId(index: number): string
  open(): void
  close(): void
  /** Puts the keys on an offer. */
  setActive(index: number): void
  /** For the field. true: the key was for the list. */
  onKeyDown(event: KeyboardEvent): boolean
  /** For the field: leaving it closes the list, whose offers never take the focus. */
  onBlur(): void
  /** For what holds the offers. */
  list: RefObject<HTMLDivElement | null>
}

export interface ListboxOptions {
  /** How many offers there are, when a key is pressed. */
  count(): number
  onPick(index: number): void
  onLeave?(): void
}

export function useListbox({ count, onPick, onLeave }: ListboxOptions): Listbox {
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)
  const optionId = (index: number) => `${listId}-${index}`

  useEffect(() => {
    if (!isOpen || active < 0) return
    list.current?.querySelector(`#${CSS.escape(`${listId}-${active}`)}`)?.scrollIntoView({ block: 'nearest' })
  }, [isOpen, active, listId])

  function close(): void {
    setOpen(false)
    setActive(-1)
  }

  function open(): void {
    setOpen(true)
  }

  function onKeyDown(event: KeyboardEvent): boolean {
    if (event.nativeEvent.isComposing) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const all = count()
      if (!isOpen) open()
      else if (all > 0) setActive(active < 0 ? (step > 0 ? 0 : all - 1) : (active + step + all) % all)
      return true
    }
    if (event.key === 'Enter' && isOpen && active >= 0 && active < count()) {
      event.preventDefault()
      onPick(active)
      return true
    }
    if (event.key === 'Escape' && isOpen) {
      event.stopPropagation()
      close()
      return true
    }
    if (event.key === 'Tab') close()
    return false
  }

  function onBlur(): void {
    close()
    onLeave?.()
  }

  return { isOpen, active, listId, optionId, open, close, setActive, onKeyDown, onBlur, list }
}

// Keys that hold for the page as a whole, as long as nobody is typing and no dialog or menu is open. Nothing is taken from
// what has the focus and means something by the key, nor from the browser.
import { useEffect, useRef } from 'react'
import { recall } from './remembered.ts'

/** By the key's name; `Shift+` before it where it is held. */
export type PageKeys = Readonly<Record<string, () => void>>

const TYPING =
  'input:not([type="range"], [type="checkbox"]), textarea, select, [role="combobox"], [role="listbox"], [contenteditable]'
/** Whom the arrows mean something. */
const MOVED_BY_ARROWS = `${TYPING}, input, [role="slider"], [role="scrollbar"], [role="separator"]`
/** Whom Space and Enter do. */
const PRESSED = `${TYPING}, input, button, a`

export function usePageKeys(isOn: boolean, keys: PageKeys): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    if (!isOn) return
    function onKey(event: KeyboardEvent): void {
      const { key } = event
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      const isCharacter = key.length === 1 && key !== ' '
      // Switched off for those who speak to their computer (WCAG 2.1.4): then no single character does anything.
      if (isCharacter && recall('character-keys') === 'off') return
      const own = isCharacter ? TYPING : key === ' ' || key === 'Enter' ? PRESSED : MOVED_BY_ARROWS
      const target = event.target instanceof Element ? event.target : document.body
      if (target.closest(own) || target.closest('[role="menu"]') || document.querySelector('dialog[open]')) return
      const act = latest.current[nameOf(event)]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isOn])
}

/** Letters are written small unless Shift is held; signs need Shift on some keyboards and none on others. */
function nameOf({ key, shiftKey }: KeyboardEvent): string {
  const isSign = key.length === 1 && key !== ' ' && key.toLowerCase() === key.toUpperCase()
  if (shiftKey && !isSign) return `Shift+${key}`
  return key.length === 1 ? key.toLowerCase() : key
}

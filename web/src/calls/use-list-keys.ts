// The list by keyboard, from wherever the focus is on the page, as long as nobody is typing and no menu or dialog is open.
// Keys that are plain characters can be switched off (WCAG 2.1.4): whoever speaks to the computer would press them unawares.
import { useEffect, useRef } from 'react'

export interface ListKeys {
  /** Keys that are one character (/, ?, j, k) do something. */
  hasCharacterKeys: boolean
  /** Rows down (or, negative, up); ±Infinity: to the end. */
  onMove(rows: number): void
  onSearch(): void
  onHelp(): void
  /** false: there was nothing to clear. */
  onClear(): boolean
}

/** Chinese input methods write their own slash and question mark. */
const CHARACTER_KEYS: Readonly<Record<string, (keys: ListKeys) => void>> = {
  j: (keys) => keys.onMove(1),
  k: (keys) => keys.onMove(-1),
  '/': (keys) => keys.onSearch(),
  '、': (keys) => keys.onSearch(),
  '?': (keys) => keys.onHelp(),
  '？': (keys) => keys.onHelp(),
}

const MOVES: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/** Where keys belong to what has the focus. */
const TYPING = 'input, textarea, select, [contenteditable], [role=combobox], [role=slider], [role=separator], audio'
const OVER_THE_PAGE = '[role=menu], dialog, .ant-select-dropdown, .ant-picker-dropdown'

export function useListKeys(keys: ListKeys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      const target = event.target instanceof Element ? event.target : document.body
      const keys = latest.current
      if (target.closest(TYPING) || target.closest(OVER_THE_PAGE)) return
      const character = keys.hasCharacterKeys ? CHARACTER_KEYS[event.key] : undefined
      if (character) {
        event.preventDefault()
        character(keys)
        return
      }
      if (event.key === 'Escape') {
        if (keys.onClear()) event.preventDefault()
        return
      }
      const rows = MOVES[event.key]
      // The arrows scroll whatever else has the focus.
      if (rows === undefined || !(target === document.body || target.closest('.list-card'))) return
      event.preventDefault()
      keys.onMove(rows)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

// The one field that looks everywhere: a call id, part of any number, part of an agent's name. "/" leads here.
import SearchOutlined from '@ant-design/icons-svg/es/asn/SearchOutlined'
import { type Ref, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/Icon.tsx'
import { TextField } from '../ui/TextField.tsx'
import { MAX_TEXT } from './list-search.ts'

interface SearchFieldProps {
  value: string
  hasKey: boolean
  field: Ref<HTMLInputElement>
  onChange(value: string): void
}

const PAUSE_MS = 500

export function SearchField({ value, hasKey, field, onChange }: SearchFieldProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  const applied = useRef(value)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)

  // The address changed by other means (back button, a tag's cross): the field follows.
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

  function apply(next: string): void {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = null
    const trimmed = next.trim()
    if (trimmed === applied.current) return
    applied.current = trimmed
    onChange(trimmed)
  }

  function type(next: string): void {
    setText(next)
    if (timer.current !== null) clearTimeout(timer.current)
    if (next === '') apply('')
    else timer.current = setTimeout(() => apply(next), PAUSE_MS)
  }

  return (
    <TextField
      ref={field}
      className="search-everywhere"
      before={<Icon of={SearchOutlined} />}
      after={
        hasKey && text === '' ? (
          <span className="key-cap" aria-hidden="true">
            /
          </span>
        ) : null
      }
      aria-label={t('callList.everywhere')}
      aria-keyshortcuts={hasKey ? '/' : undefined}
      placeholder={t('callList.everywhereHint')}
      value={text}
      maxLength={MAX_TEXT}
      autoComplete="off"
      onChange={(event) => type(event.target.value)}
      onClear={() => type('')}
      onBlur={() => apply(text)}
      onEnter={() => apply(text)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        // Clears what stands there; the next one leaves the field.
        if (text === '') event.currentTarget.blur()
        else type('')
        event.stopPropagation()
      }}
    />
  )
}

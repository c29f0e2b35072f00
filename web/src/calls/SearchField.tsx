// The one field that looks everywhere: a call id, part of any number, part of an agent's name. "/" leads here.
import SearchOutlined from '@ant-design/icons-svg/es/asn/SearchOutlined'
import type { Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/Icon.tsx'
import { TextField } from '../ui/TextField.tsx'
import { MAX_TEXT } from './list-search.ts'
import { useTyped } from './use-typed.ts'

interface SearchFieldProps {
  value: string
  hasKey: boolean
  field: Ref<HTMLInputElement>
  onChange(value: string): void
}

export function SearchField({ value, hasKey, field, onChange }: SearchFieldProps) {
  const { t } = useTranslation()
  const { text, type, apply } = useTyped({ value, read: trimmed, onChange })

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
      onBlur={() => apply()}
      onEnter={() => apply()}
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

function trimmed(text: string): string {
  return text.trim()
}

// Which columns, for those who want fewer than all of them. Folded away: most want all.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { exportColumnsQuery } from '../api/exports.ts'
import type { Language } from '../i18n/first-language.ts'

interface ColumnChoiceProps {
  language: Language
  /** Ids, in the order of the file; none: all. */
  chosen: string[]
  onChange(columns: string[]): void
}

export function ColumnChoice({ language, chosen, onChange }: ColumnChoiceProps) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const columns = useQuery({ ...exportColumnsQuery(language), enabled: isOpen })
  const all = columns.data?.map(({ id }) => id) ?? []
  const isChosen = (id: string) => chosen.length === 0 || chosen.includes(id)

  function choose(id: string, isWanted: boolean): void {
    const next = all.filter((one) => (one === id ? isWanted : isChosen(one)))
    // Without a column there is no file: the last one stays.
    if (next.length > 0) onChange(next.length === all.length ? [] : next)
  }

  return (
    <details className="export-columns" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {t('exports.columns')}
        <span className="export-columns-state">
          {chosen.length === 0 ? t('exports.columnsAll') : t('exports.columnsSome', { n: chosen.length })}
        </span>
      </summary>
      <div className="export-column-list">
        {columns.data?.map(({ id, name }) => (
          <label key={id}>
            <input type="checkbox" checked={isChosen(id)} onChange={(event) => choose(id, event.target.checked)} />
            <span className="cut">{name}</span>
          </label>
        ))}
      </div>
    </details>
  )
}

// The heads of the columns. Each has a grip at its end, for the mouse; the keyboard sets widths in the dialog of the columns.
import { memo, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { COLUMNS, columnWidth } from './call-columns.tsx'
import type { ChosenColumn, ColumnKey } from './column-choice.ts'

interface ColumnHeadsProps {
  columns: readonly ChosenColumn[]
  isEnglish: boolean
  onResize(key: ColumnKey, width: number): void
}

export const ColumnHeads = memo(function ColumnHeads({ columns, isEnglish, onResize }: ColumnHeadsProps) {
  const { t } = useTranslation()
  return (
    <thead>
      <tr>
        {columns.map(({ key, width }) => (
          <th key={key} scope="col" className={COLUMNS[key].isNumeric ? `${key}-cell numeric` : `${key}-cell`}>
            <span className="cut">{t(`list.column.${key}`)}</span>
            <Grip width={width ?? columnWidth(key, isEnglish)} onResize={(next) => onResize(key, next)} />
          </th>
        ))}
        <th scope="col" className="actions-cell">
          {t('list.column.actions')}
        </th>
      </tr>
    </thead>
  )
})

function Grip({ width, onResize }: { width: number; onResize(width: number): void }) {
  const from = useRef<{ x: number; width: number } | null>(null)

  function onPointerDown(event: PointerEvent<HTMLElement>): void {
    // As wide as it is drawn, which is wider than asked for where the table has room to spare.
    from.current = { x: event.clientX, width: event.currentTarget.closest('th')?.offsetWidth ?? width }
    event.currentTarget.setPointerCapture(event.pointerId)
    event.preventDefault()
  }

  return (
    <span
      className="grip"
      aria-hidden="true"
      onPointerDown={onPointerDown}
      onPointerMove={(event) => {
        if (from.current) onResize(from.current.width + event.clientX - from.current.x)
      }}
      onPointerUp={() => {
        from.current = null
      }}
    />
  )
}

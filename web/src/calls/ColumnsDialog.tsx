// Which columns the list shows and in which order: by dragging, or with the two arrows beside each.
import ArrowDownOutlined from '@ant-design/icons-svg/es/asn/ArrowDownOutlined'
import ArrowUpOutlined from '@ant-design/icons-svg/es/asn/ArrowUpOutlined'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Checkbox } from '../ui/antd/Checkbox.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { columnWidth } from './call-columns.tsx'
import {
  type ChosenColumn,
  COLUMN_KEYS,
  type ColumnKey,
  defaultColumns,
  isDefault,
  MAX_WIDTH,
  MIN_WIDTH,
  moveColumn,
  placeOf,
  resizeColumn,
  toggleColumn,
} from './column-choice.ts'
import type { ColumnChange } from './use-columns.ts'
import './list-dialogs.css'
import { Icon } from '../ui/Icon.tsx'

interface ColumnsDialogProps {
  columns: readonly ChosenColumn[]
  onChange(change: ColumnChange): void
  onClose(): void
}

export default function ColumnsDialog({ columns, onChange, onClose }: ColumnsDialogProps) {
  const { t, i18n } = useTranslation()
  const isEnglish = i18n.language === 'en'
  const dragged = useRef<ColumnKey | null>(null)
  const [target, setTarget] = useState<ColumnKey | null>(null)
  const hidden = COLUMN_KEYS.filter((key) => !columns.some((column) => column.key === key))

  function drop(place: number): void {
    const moving = dragged.current
    if (moving !== null) onChange((now) => moveColumn(now, moving, place))
    dragged.current = null
    setTarget(null)
  }

  return (
    <Dialog title={t('callList.columns.title')} isWide onClose={onClose}>
      <div className="column-list">
        <section aria-label={t('callList.columns.shown')}>
          <h3 className="column-heading">{t('callList.columns.shown')}</h3>
          <ol className="plain">
            {columns.map(({ key, width }, place) => (
              <li
                key={key}
                className={key === target ? 'column-line is-target' : 'column-line'}
                draggable
                onDragStart={() => {
                  dragged.current = key
                }}
                onDragOver={(event) => {
                  event.preventDefault()
                  setTarget(key)
                }}
                onDragEnd={() => setTarget(null)}
                onDrop={() => drop(place)}
              >
                <Checkbox
                  checked
                  disabled={columns.length === 1}
                  onChange={() => onChange((now) => toggleColumn(now, key))}
                >
                  {t(`list.column.${key}`)}
                </Checkbox>
                <input
                  className="column-width tabular"
                  type="number"
                  min={MIN_WIDTH}
                  max={MAX_WIDTH}
                  step={10}
                  value={width ?? columnWidth(key, isEnglish)}
                  title={t('callList.columns.width')}
                  aria-label={t('callList.columns.widthOf', { column: t(`list.column.${key}`) })}
                  onChange={(event) => {
                    const next = event.currentTarget.valueAsNumber
                    if (next >= MIN_WIDTH && next <= MAX_WIDTH) onChange((now) => resizeColumn(now, key, next))
                  }}
                />
                <Arrow
                  by={-1}
                  isOff={place === 0}
                  name={t(`list.column.${key}`)}
                  onMove={() => onChange((now) => moveColumn(now, key, placeOf(now, key) - 1))}
                />
                <Arrow
                  by={1}
                  isOff={place === columns.length - 1}
                  name={t(`list.column.${key}`)}
                  onMove={() => onChange((now) => moveColumn(now, key, placeOf(now, key) + 1))}
                />
              </li>
            ))}
          </ol>
        </section>
        <section aria-label={t('callList.columns.hidden')}>
          <h3 className="column-heading">{t('callList.columns.hidden')}</h3>
          <ul className="plain">
            {hidden.map((key) => (
              <li key={key} className="column-line">
                <Checkbox checked={false} onChange={() => onChange((now) => toggleColumn(now, key))}>
                  {t(`list.column.${key}`)}
                </Checkbox>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <div className="columns-end">
        <span className="faint">{t('callList.columns.hint')}</span>
        <Button disabled={isDefault(columns)} onClick={() => onChange(() => defaultColumns)}>
          {t('callList.columns.reset')}
        </Button>
      </div>
    </Dialog>
  )
}

function Arrow({ by, isOff, name, onMove }: { by: -1 | 1; isOff: boolean; name: string; onMove(): void }) {
  const { t } = useTranslation()
  const label = by < 0 ? t('callList.columns.up') : t('callList.columns.down')
  return (
    <Button
      look="text"
      size="small"
      icon={by < 0 ? <Icon of={ArrowUpOutlined} /> : <Icon of={ArrowDownOutlined} />}
      disabled={isOff}
      title={label}
      aria-label={`${label}: ${name}`}
      onClick={onMove}
    />
  )
}

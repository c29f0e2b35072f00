// The list's own tools, at its foot: in which time zone its times are, its columns, its keys.
import ControlOutlined from '@ant-design/icons-svg/es/asn/ControlOutlined'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { serverNow } from '../api/server-clock.ts'
import { Icon } from '../ui/Icon.tsx'
import type { ChosenColumn } from './column-choice.ts'
import { zoneOffset } from './day-heading.ts'
import type { ColumnChange } from './use-columns.ts'

const ColumnsDialog = lazy(() => import('./ColumnsDialog.tsx'))

interface ListToolsProps {
  columns: readonly ChosenColumn[]
  onColumns(change: ColumnChange): void
  onKeys(): void
}

export function ListTools({ columns, onColumns, onKeys }: ListToolsProps) {
  const { t } = useTranslation()
  const session = useOpenSession()
  const [isOpen, setOpen] = useState(false)
  const { timeZone } = session
  const offset = zoneOffset(serverNow(), session)
  return (
    <span className="list-tools">
      <span className="list-zone faint" title={t('callList.zoneHint', { timeZone, offset })}>
        {t('callList.zone', { timeZone, offset })}
      </span>
      <button type="button" className="tool-button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon of={ControlOutlined} />
        <span>{t('callList.columns.button')}</span>
      </button>
      <button
        type="button"
        className="tool-button"
        aria-haspopup="dialog"
        aria-label={t('callList.keys.title')}
        title={t('callList.keys.title')}
        onClick={onKeys}
      >
        <span className="key-cap" aria-hidden="true">
          ?
        </span>
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <ColumnsDialog columns={columns} onChange={onColumns} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </span>
  )
}

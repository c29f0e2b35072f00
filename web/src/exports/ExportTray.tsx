// The exports of whoever is logged in, behind a button on top of every page: how far they are, and their files. They live on
// the server, so they are there after a reload and in another browser too.
import DownloadOutlined from '@ant-design/icons-svg/es/asn/DownloadOutlined'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { exportsQuery, isUnfinished } from '../api/exports.ts'
import { ExportLine } from './ExportLine.tsx'
import { TRAY_ID } from './open-tray.ts'
import './export-tray.css'
import { Icon } from '../ui/Icon.tsx'

export function ExportTray() {
  const { t } = useTranslation()
  const exports = useQuery(exportsQuery)
  const items = exports.data ?? []
  const unfinished = items.filter((one) => isUnfinished(one)).length
  const label = unfinished > 0 ? t('exports.trayRunning', { n: unfinished }) : t('exports.tray')
  return (
    <>
      <button type="button" className="tray-button" popoverTarget={TRAY_ID} aria-label={label} title={label}>
        <Icon of={DownloadOutlined} />
        {unfinished > 0 ? <span className="tray-badge">{unfinished}</span> : null}
      </button>
      <section id={TRAY_ID} popover="auto" className="tray" aria-label={t('exports.tray')}>
        <h2>{t('exports.tray')}</h2>
        {items.length === 0 ? (
          <p className="tray-empty">{t('exports.empty')}</p>
        ) : (
          <ul className="plain tray-lines">
            {items.map((one) => (
              <ExportLine key={one.id} item={one} />
            ))}
          </ul>
        )}
      </section>
    </>
  )
}

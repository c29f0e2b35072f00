// The way to an export, beside the count of what would be in it. The dialog is fetched when it is first wanted.
import ExportOutlined from '@ant-design/icons-svg/es/asn/ExportOutlined'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallCount } from '../api/calls.ts'
import { Button } from '../ui/Button.tsx'
import './export-button.css'
import { Icon } from '../ui/Icon.tsx'

const ExportDialog = lazy(() => import('./ExportDialog.tsx'))

/** @param criteria what the list is asked, without its place */
export function ExportButton({ criteria, count }: { criteria: string; count: CallCount | null }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="export-open">
      <Button
        size="small"
        look="text"
        icon={<Icon of={ExportOutlined} />}
        aria-label={t('exports.open')}
        disabled={count === null || count.count === 0}
        onClick={() => setOpen(true)}
      >
        {t('exports.open')}
      </Button>
      {isOpen ? (
        <Suspense fallback={null}>
          <ExportDialog criteria={criteria} count={count} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}

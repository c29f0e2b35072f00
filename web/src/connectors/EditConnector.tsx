// A connection that was made in the console, to be changed.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectorJson } from '../api/operations.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { ConnectorForm } from './ConnectorForm.tsx'
import { draftOf } from './connector-draft.ts'

export default function EditConnector({ connector, onClose }: { connector: ConnectorJson; onClose(): void }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(() => draftOf(connector))
  return (
    <Dialog title={t('connect.form.editTitle', { name: connector.name })} isWide onClose={onClose}>
      <ConnectorForm
        draft={draft}
        onChange={setDraft}
        changed={connector.name}
        hasSecret={connector.settings?.hasSecret ?? false}
        onSaved={onClose}
        onCancel={onClose}
      />
    </Dialog>
  )
}

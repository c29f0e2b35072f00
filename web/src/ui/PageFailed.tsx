// Instead of a page that broke or could not be fetched (a new version was installed meanwhile): a way back.

import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'
import { Notice } from './Notice.tsx'

export function PageFailed() {
  const { t } = useTranslation()
  return (
    <main className="page-failed">
      <Notice role="alert" title={t('pageFailed.title')} hint={t('pageFailed.hint')}>
        <Button onClick={() => window.location.reload()}>{t('pageFailed.reload')}</Button>
      </Notice>
    </main>
  )
}

// Connecting a phone system, as a page of the settings.
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { SampleCard } from '../sample/SampleCard.tsx'
import { Notice } from '../ui/Notice.tsx'
import { ConnectGuide } from './ConnectGuide.tsx'

export function Component() {
  const { t } = useTranslation()
  const { scopes } = useOpenSession()
  if (!scopes.includes('connectors:write'))
    return <Notice title={t('connect.waitTitle')} hint={t('connect.waitHint')} />
  return (
    <section className="operations-section" aria-label={t('connect.title')}>
      <h1 className="section-title">{t('connect.title')}</h1>
      <ConnectGuide />
      <SampleCard />
    </section>
  )
}

// The call list before there ever was a call: how a phone system is connected, and sample calls to look around with. Who
// cannot connect one is told what to wait for.
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { SampleCard } from '../sample/SampleCard.tsx'
import { Notice } from '../ui/Notice.tsx'
import { ConnectGuide, type GuideProps } from './ConnectGuide.tsx'
import '../operations/operations.css'
import './connectors.css'

export default function FirstSteps(told: GuideProps) {
  const { t } = useTranslation()
  const { scopes } = useOpenSession()
  if (!scopes.includes('connectors:write'))
    return <Notice title={t('connect.waitTitle')} hint={t('connect.waitHint')} />
  return (
    <section className="first-steps operations-section" aria-label={t('connect.welcome')}>
      <header>
        <h1>{t('connect.welcome')}</h1>
        <p className="faint">{t('connect.welcomeHint')}</p>
      </header>
      <SampleCard />
      <ConnectGuide {...told} />
    </section>
  )
}

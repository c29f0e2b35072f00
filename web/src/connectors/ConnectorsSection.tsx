// How the connections to the phone systems are, renewed every few seconds; how to make one where there is none.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useOpenSession } from '../access/session-context.ts'
import { asideQuery, connectorsQuery } from '../api/operations.ts'
import { Answer } from '../operations/Answer.tsx'
import { Notice } from '../ui/Notice.tsx'
import { ConnectorCard } from './ConnectorCard.tsx'
import { Conversions } from './Conversions.tsx'
import { FilesAside } from './FilesAside.tsx'

export function Component() {
  const { t } = useTranslation()
  const { scopes } = useOpenSession()
  const connectors = useQuery(connectorsQuery)
  const aside = useQuery(asideQuery)
  const mayChange = scopes.includes('connectors:write')
  return (
    <section className="operations-section" aria-label={t('settings.tab.connectors')}>
      <h1 className="section-title">{t('settings.tab.connectors')}</h1>
      <Answer query={connectors}>
        {({ items }) =>
          items.length > 0 ? (
            <>
              <div className="cards">
                {items.map((connector) => (
                  <ConnectorCard
                    key={connector.name}
                    connector={connector}
                    folders={aside.data?.folders.filter((folder) => folder.connector === connector.name) ?? []}
                    mayChange={mayChange}
                  />
                ))}
              </div>
              {mayChange ? (
                <p>
                  <Link className="add-link" to="/settings/connect">
                    + {t('connect.add')}
                  </Link>
                </p>
              ) : null}
            </>
          ) : mayChange ? (
            <Notice title={t('connect.noneTitle')} hint={t('connect.welcomeHint')}>
              <Link className="add-link" to="/settings/connect">
                {t('connect.add')}
              </Link>
            </Notice>
          ) : (
            <Notice title={t('connect.noneTitle')} hint={t('connect.waitHint')} />
          )
        }
      </Answer>
      {aside.data ? <Conversions conversions={aside.data.conversions} /> : null}
      {aside.data && aside.data.items.length > 0 ? <FilesAside files={aside.data.items} /> : null}
    </section>
  )
}

// How a connection is set, without its secret, and where that is changed. Unfolded on demand.
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectorJson } from '../api/operations.ts'

export function ConnectorSettings({ connector: { origin, settings } }: { connector: ConnectorJson }) {
  const { t } = useTranslation()
  if (!settings) return null
  const { host, port, username, secretEnv, hasSecret, recordings, backfill } = settings
  const folders = [...(recordings?.folder ? [recordings.folder] : []), ...(recordings?.folders ?? [])]
  const secret = secretEnv
    ? t('connect.card.secretFrom', { name: secretEnv })
    : t(hasSecret ? 'connect.card.secretKept' : 'connect.card.secretNone')
  const globs = (list: string[] | null) =>
    list?.join(', ') ?? <span className="faint">{t('connect.card.guessed')}</span>
  return (
    <details className="connector-settings">
      <summary>{t('connect.card.settings')}</summary>
      <p className="faint">{t(origin === 'file' ? 'connect.card.fileHint' : 'connect.card.consoleHint')}</p>
      <dl>
        <Line name={t('connect.card.address')}>
          {host ?? '127.0.0.1'}
          {port === null ? '' : `:${port}`}
        </Line>
        {username === null ? null : <Line name={t('connect.card.user')}>{username}</Line>}
        <Line name={t('connect.card.secret')}>{secret}</Line>
        <Line name={t('connect.form.agents')}>{globs(settings.agents)}</Line>
        <Line name={t('connect.form.trunks')}>{globs(settings.trunks)}</Line>
        {settings.externalTrunks ? (
          <Line name={t('connect.form.externalTrunks')}>{globs(settings.externalTrunks)}</Line>
        ) : null}
        {settings.virtualNumbers ? (
          <Line name={t('connect.form.virtualNumbers')}>{globs(settings.virtualNumbers)}</Line>
        ) : null}
        {folders.length > 0 ? <Line name={t('connect.card.recordings')}>{folders.join(', ')}</Line> : null}
        {recordings?.names ? <Line name={t('connect.form.names')}>{recordings.names}</Line> : null}
        {backfill.length > 0 ? <Line name={t('connect.card.backfill')}>{backfill.join(', ')}</Line> : null}
      </dl>
    </details>
  )
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">{children}</dd>
    </div>
  )
}

// One connection: its state, what came over it, its recordings folder, how it is set, and on demand whether it works and
// what is wrong with it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { removeConnector } from '../api/connectors.ts'
import { type ConnectorJson, connectorsQuery, doctorQuery, type FolderJson } from '../api/operations.ts'
import type { Messages } from '../i18n/zh-CN.ts'
import { agoText } from '../operations/amounts.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { clockOf, dayOf } from '../ui/time.ts'
import { useNow } from '../ui/use-now.ts'
import { ConnectorSettings } from './ConnectorSettings.tsx'
import { Diagnosis } from './Diagnosis.tsx'
import './connectors.css'

const EditConnector = lazy(() => import('./EditConnector.tsx'))

type KnownType = keyof Messages['operations']['connector']['type']

interface ConnectorCardProps {
  connector: ConnectorJson
  folders: FolderJson[]
  mayChange: boolean
}

export function ConnectorCard({ connector, folders, mayChange }: ConnectorCardProps) {
  const { t, i18n } = useTranslation()
  const now = useNow(true)
  const client = useQueryClient()
  const doctor = useQuery(doctorQuery(connector.name))
  const [asks, ask] = useState<'edit' | 'remove' | null>(null)
  const remove = useMutation({
    mutationFn: () => removeConnector(connector.name),
    onSettled: () => client.invalidateQueries({ queryKey: connectorsQuery.queryKey }),
  })
  const { name, type, status, problem, since, lastMessageAt, messages, unreadable, lagMs } = connector
  const count = (n: number) => n.toLocaleString(i18n.language)
  const typeKey = `operations.connector.type.${type}`
  return (
    <article className="card" aria-label={name} data-connector={name}>
      <header className="card-head">
        <h2>{name}</h2>
        <span className="faint">
          {i18n.exists(typeKey) ? t(`operations.connector.type.${type as KnownType}`) : type}
        </span>
        <span className={`state state-${status}`} role="status" data-status={status}>
          <span className="dot" aria-hidden="true" />
          {t(`operations.connector.status.${status}`)}
        </span>
        <time className="faint tabular" dateTime={since} title={since}>
          {t('operations.connector.since', { time: `${dayOf(since)} ${clockOf(since)}` })}
        </time>
        {connector.settings ? (
          <span className="tag">
            {t(connector.origin === 'file' ? 'connect.card.inFile' : 'connect.card.inConsole')}
          </span>
        ) : null}
        <div className="card-action card-buttons">
          {mayChange && connector.origin === 'console' ? (
            <>
              <Button size="small" aria-label={t('connect.card.editOf', { name })} onClick={() => ask('edit')}>
                {t('connect.card.edit')}
              </Button>
              <Button
                size="small"
                isDanger
                isBusy={remove.isPending}
                aria-label={t('connect.card.removeOf', { name })}
                onClick={() => ask('remove')}
              >
                {t('connect.card.remove')}
              </Button>
            </>
          ) : null}
          <Button size="small" isBusy={doctor.isFetching} onClick={() => void doctor.refetch()}>
            {doctor.data ? t('operations.connector.diagnoseAgain') : t('operations.connector.diagnose')}
          </Button>
        </div>
      </header>
      {remove.error ? (
        <p className="card-problem is-bad" role="alert">
          {problemText(remove.error, t)}
        </p>
      ) : null}
      {problem ? (
        <p className={status === 'connected' ? 'card-problem' : 'card-problem is-bad'} lang="en">
          {problem}
        </p>
      ) : null}
      <dl className="card-numbers">
        <Amount name={t('operations.connector.lastMessage')}>
          {lastMessageAt === null ? (
            <span className="faint">{t('operations.connector.never')}</span>
          ) : (
            <time dateTime={lastMessageAt} title={lastMessageAt}>
              {agoText(now - Date.parse(lastMessageAt), i18n.language)}
            </time>
          )}
        </Amount>
        <Amount name={t('operations.connector.messages')}>{count(messages)}</Amount>
        <Amount name={t('operations.connector.unreadable')}>
          {unreadable > 0 ? <Link to="/operations/rejected">{count(unreadable)}</Link> : '0'}
        </Amount>
        {lagMs ? (
          <Amount name={t('operations.connector.lag')}>
            {count(lagMs.p50)} ms <span className="faint">(99%: {count(lagMs.p99)} ms)</span>
          </Amount>
        ) : null}
      </dl>
      {folders.map((folder) => (
        <Folder key={folder.folder} folder={folder} />
      ))}
      <ConnectorSettings connector={connector} />
      <Diagnosis name={name} query={doctor} />
      {asks === 'edit' ? (
        <Suspense fallback={null}>
          <EditConnector connector={connector} onClose={() => ask(null)} />
        </Suspense>
      ) : null}
      {asks === 'remove' ? (
        <ConfirmDialog
          title={t('connect.card.removeTitle', { name })}
          text={t('connect.card.removeText')}
          action={t('connect.card.remove')}
          isDangerous
          onConfirm={() => remove.mutate()}
          onClose={() => ask(null)}
        />
      ) : null}
    </article>
  )
}

function Amount({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="tabular">{children}</dd>
    </div>
  )
}

function Folder({ folder: { folder, status, problem, taken, waiting, aside } }: { folder: FolderJson }) {
  const { t, i18n } = useTranslation()
  const count = (n: number) => n.toLocaleString(i18n.language)
  return (
    <div className="card-folder">
      <p>
        <span className="faint">{t('operations.connector.folder')}</span> <span className="mono">{folder}</span>
      </p>
      <p>
        <span className={`state state-${status}`}>
          <span className="dot" aria-hidden="true" />
          {t(`operations.connector.folderStatus.${status}`)}
        </span>{' '}
        <span className="faint tabular">
          {t('operations.connector.folderCounts', {
            taken: count(taken),
            waiting: count(waiting),
            aside: count(aside),
          })}
        </span>
      </p>
      {/* That the folder is not there has been said. */}
      {problem && status === 'failing' ? (
        <p className="card-problem is-bad" lang="en">
          {problem}
        </p>
      ) : null}
    </div>
  )
}

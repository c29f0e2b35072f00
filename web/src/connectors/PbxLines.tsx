// What is pasted on the phone system's side.
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../ui/CodeBlock.tsx'
import type { PbxKind } from './ConnectGuide.tsx'
import {
  eventSocket,
  eventSocketReload,
  isLoopback,
  MIX_MONITOR,
  managerLines,
  managerReload,
  permitted,
} from './connect-lines.ts'
import type { ConnectorDraft } from './connector-draft.ts'

export function PbxLines({ kind, draft }: { kind: PbxKind; draft: ConnectorDraft }) {
  return kind === 'freeswitch' ? <FreeswitchLines draft={draft} /> : <AsteriskLines kind={kind} draft={draft} />
}

function AsteriskLines({ kind, draft }: { kind: 'asterisk' | 'freepbx'; draft: ConnectorDraft }) {
  const { t } = useTranslation()
  const { host, username, secret } = draft
  const isFreepbx = kind === 'freepbx'
  const permit = permitted(host, window.location.hostname)
  return (
    <>
      <p>{t(isFreepbx ? 'connect.asterisk.freepbx' : 'connect.asterisk.manager')}</p>
      <CodeBlock
        title={isFreepbx ? 'manager_custom.conf' : 'manager.conf'}
        text={managerLines({ username, secret, permit, isFreepbx })}
      />
      {isLoopback(host) ? null : <p className="faint">{t('connect.asterisk.permit')}</p>}
      <CodeBlock title={t('connect.asterisk.reload')} text={managerReload(username)} />
      <Optional title={t('connect.asterisk.recordings')}>
        <p>{t(isFreepbx ? 'connect.asterisk.recordingsFreepbx' : 'connect.asterisk.recordingsText')}</p>
        {isFreepbx ? null : <CodeBlock title="extensions.conf" text={MIX_MONITOR} />}
      </Optional>
      <Optional title={t('connect.asterisk.backfill')}>
        <p>{t('connect.asterisk.backfillText')}</p>
      </Optional>
    </>
  )
}

function FreeswitchLines({ draft: { secret, host } }: { draft: ConnectorDraft }) {
  const { t } = useTranslation()
  return (
    <>
      <p>{t('connect.freeswitch.socket')}</p>
      <CodeBlock title="event_socket.conf.xml" text={eventSocket(secret, host)} />
      <CodeBlock title={t('connect.asterisk.reload')} text={eventSocketReload(secret)} />
      <p className="faint">{t('connect.freeswitch.others')}</p>
      <p className="faint">{t('connect.freeswitch.recordings')}</p>
    </>
  )
}

function Optional({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="optional">
      <summary>{title}</summary>
      {children}
    </details>
  )
}

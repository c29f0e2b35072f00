// How a phone system is connected, step by step, for each kind: the lines to paste there with a secret made up just now, the
// form to fill in here, and a light that turns green when the connection stands and again when the first call comes.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { connectorsQuery } from '../api/operations.ts'
import { RadioGroup } from '../ui/antd/RadioGroup.ts'
import { CodeBlock } from '../ui/CodeBlock.tsx'
import { ConnectorForm } from './ConnectorForm.tsx'
import { configFile, newSecret, startWith } from './connect-lines.ts'
import { type ConnectorDraft, newDraft, wishOf } from './connector-draft.ts'
import { HttpGuide } from './HttpGuide.tsx'
import { LiveCheck } from './LiveCheck.tsx'
import { PbxLines } from './PbxLines.tsx'
import { Step } from './Step.tsx'
import './connectors.css'

const KINDS = ['asterisk', 'freepbx', 'freeswitch', 'http'] as const
export type PbxKind = Exclude<(typeof KINDS)[number], 'http'>

/** Whoever comes back to the guide finds the secret she pasted into her PBX; a connection that was saved has used it up. */
let offered: string | null = null

const NAMES: Readonly<Record<PbxKind, string>> = { asterisk: 'Asterisk', freepbx: 'FreePBX', freeswitch: 'FreeSWITCH' }

export interface GuideProps {
  /** A key was made or a connection saved: what is on show must not go by itself any more. */
  onBegun?(): void
  /** Somebody goes on to the calls. */
  onDone?(): void
}

export function ConnectGuide({ onBegun, onDone }: GuideProps) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<(typeof KINDS)[number]>('asterisk')
  const told = { ...(onBegun ? { onBegun } : {}), ...(onDone ? { onDone } : {}) }
  return (
    <div className="connect-guide">
      <RadioGroup
        className="kind-choice"
        aria-label={t('connect.kind')}
        optionType="button"
        buttonStyle="solid"
        value={kind}
        options={KINDS.map((one) => ({ value: one, label: one === 'http' ? t('connect.http') : NAMES[one] }))}
        onChange={(event) => setKind(event.target.value)}
      />
      {kind === 'http' ? <HttpGuide {...told} /> : <PbxGuide key={kind} kind={kind} {...told} />}
    </div>
  )
}

function PbxGuide({ kind, onBegun, onDone }: GuideProps & { kind: PbxKind }) {
  const { t, i18n } = useTranslation()
  const connectors = useQuery(connectorsQuery).data
  const taken = connectors?.items.map(({ name }) => name) ?? []
  const type = kind === 'freeswitch' ? 'freeswitch' : 'asterisk'
  const [draft, setDraft] = useState<ConnectorDraft>(() => {
    offered ??= newSecret()
    return newDraft(type, {
      secret: offered,
      ...(kind === 'freepbx' ? { folder: '/var/spool/asterisk/monitor' } : {}),
    })
  })
  const [isNamed, setNamed] = useState(false)
  const [saved, setSaved] = useState<string | null>(null)
  const shown = isNamed || saved !== null ? draft : { ...draft, name: freeName(draft.name, taken) }
  return (
    <ol className="plain steps">
      <Step n={1} title={`${t('connect.step.pbx')} · ${NAMES[kind]}`}>
        <PbxLines kind={kind} draft={shown} />
        <p className="faint">
          {t('connect.guideHint', { file: `docs/connect-${kind}${i18n.language === 'en' ? '' : '.zh-CN'}.md` })}
        </p>
      </Step>
      <Step n={2} title={t('connect.step.callbook')}>
        {connectors?.inConsole === false ? (
          <>
            <p className="faint">{t('connect.card.off')}</p>
            <CodeBlock
              title={`callbook.config.json · ${t('operations.connector.how.config')}`}
              text={configFile(wishOf(shown))}
            />
            <CodeBlock title={t('operations.connector.how.start')} text={startWith(draft.secret)} />
          </>
        ) : (
          <ConnectorForm
            draft={shown}
            changed={saved}
            hasSecret={saved !== null}
            onChange={(next) => {
              setNamed(isNamed || next.name !== shown.name)
              setDraft(next)
            }}
            onSaved={(name) => {
              setDraft(shown)
              setSaved(name)
              offered = null
              onBegun?.()
            }}
          />
        )}
      </Step>
      <Step n={3} title={t('connect.step.check')}>
        <LiveCheck connector={saved} {...(onDone ? { onDone } : {})} />
      </Step>
    </ol>
  )
}

/** `pbx1`, or the next that is not taken. */
function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted
  const stem = wanted.replace(/\d+$/, '')
  for (let n = 2; ; n++) if (!taken.includes(`${stem}${n}`)) return `${stem}${n}`
}

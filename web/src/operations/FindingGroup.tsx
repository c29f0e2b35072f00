// All findings of one kind: what is wrong with each, the way to its call, and its repair, one by one or all at once.

import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Finding, FindingKind } from '../../../src/reconciliation/findings.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { findingSentence } from './finding-sentence.ts'
import type { Repairs } from './use-repairs.ts'

const SHOWN_AT_FIRST = 20
const SHOWN_MORE = 100

interface FindingGroupProps {
  day: string
  kind: FindingKind
  findings: readonly Finding[]
  /** null: may only look. */
  repairs: Repairs | null
}

export function FindingGroup({ day, kind, findings, repairs }: FindingGroupProps) {
  const { t, i18n } = useTranslation()
  const [shown, setShown] = useState(SHOWN_AT_FIRST)
  const [isAsking, setAsking] = useState(false)
  const count = (n: number) => n.toLocaleString(i18n.language)
  const title = t(`operations.reconciliation.finding.${kind}.title`)
  const open = findings.filter(({ repair }) => repair && repairs && repairs.outcomeOf(repair) !== 'done')
  const action = open[0]?.repair?.action
  const progress = repairs?.progress?.kind === kind ? repairs.progress : null
  const isError = findings.some(({ severity }) => severity === 'error')
  return (
    <section className="finding-group" aria-label={title} data-kind={kind}>
      <header className="finding-head">
        <h3>
          <span className={`tag tag-${isError ? 'error' : 'warning'}`}>
            {t(`operations.connector.severity.${isError ? 'error' : 'warning'}`)}
          </span>
          {title} <span className="faint tabular">{count(findings.length)}</span>
        </h3>
        {progress ? (
          <span className="faint tabular" role="status">
            {t('operations.reconciliation.repairing', { done: count(progress.done), total: count(progress.total) })}
          </span>
        ) : null}
        {action && open.length > 1 ? (
          <Button
            size="small"
            disabled={repairs?.progress != null}
            aria-label={t('operations.reconciliation.repairAllOf', { kind: title })}
            onClick={() => setAsking(true)}
          >
            {t('operations.reconciliation.repairAll')}
          </Button>
        ) : null}
      </header>
      <ul className="plain lines">
        {findings.slice(0, shown).map((finding, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes, and has nothing else that is unique.
          <FindingLine key={index} day={day} finding={finding} repairs={repairs} />
        ))}
      </ul>
      {findings.length > shown ? (
        <Button size="small" look="text" onClick={() => setShown(shown + SHOWN_MORE)}>
          {t('operations.reconciliation.more', { n: count(Math.min(SHOWN_MORE, findings.length - shown)) })}
        </Button>
      ) : null}
      {isAsking && action ? (
        <ConfirmDialog
          title={t('operations.reconciliation.repairAllTitle', { n: count(open.length) })}
          text={t(`operations.reconciliation.repairText.${action}`)}
          action={t('operations.reconciliation.repairAll')}
          onConfirm={() => repairs?.repair(open)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  )
}

/** Kinds whose call is not in the records: there is nothing to show. */
const WITHOUT_RECORD: ReadonlySet<FindingKind> = new Set(['recording-without-call', 'pbx-knows-more'])

function FindingLine({ day, finding, repairs }: { day: string; finding: Finding; repairs: Repairs | null }) {
  const { t, i18n } = useTranslation()
  const { callId, kind, repair } = finding
  const outcome = repair ? (repairs?.outcomeOf(repair) ?? null) : null
  return (
    <li className="line">
      <span className="line-main">{findingSentence(finding, t, i18n.language)}</span>
      {callId === null ? null : WITHOUT_RECORD.has(kind) ? (
        <span className="mono faint cut finding-call" title={callId}>
          {callId}
        </span>
      ) : (
        <Link
          className="mono cut finding-call"
          to={`/calls/${encodeURIComponent(callId)}?from=${day}&to=${day}`}
          title={`${t('operations.reconciliation.viewCall')} ${callId}`}
        >
          {callId}
        </Link>
      )}
      {outcome === 'done' ? (
        <span className="repaired" role="status">
          {t('operations.reconciliation.repaired')}
        </span>
      ) : outcome !== null ? (
        <span className="not-repaired" role="alert">
          {t('operations.reconciliation.notRepaired')}
          {typeof outcome === 'object' ? `: ${problemText(outcome.problem, t)}` : ''}
        </span>
      ) : null}
      {repair && repairs && outcome !== 'done' ? (
        <Button size="small" disabled={repairs.progress !== null} onClick={() => repairs.repair([finding])}>
          {t(`operations.reconciliation.repair.${repair.action}`)}
        </Button>
      ) : null}
    </li>
  )
}

// The call's facts, as the record has them; beside those that were decided rather than told, why.
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { DecidedField } from '../../../src/calls/call.ts'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { CopyText } from '../ui/CopyText.tsx'
import { clockOf, dayOf } from '../ui/time.ts'
import { CallTypeLabel } from './CallTypeLabel.tsx'
import { agentText, groupText } from './call-words.ts'
import { ValueWhy } from './ValueWhy.tsx'

export function CallFacts({ call, onPoint }: { call: CallDetailJson; onPoint(eventId: string | null): void }) {
  const { t } = useTranslation()
  const why = (field: DecidedField, name: string) => ({
    name,
    why: <ValueWhy key={call.id} call={call} field={field} name={name} onPoint={onPoint} />,
  })
  return (
    <section className="facts">
      <h2>{t('detail.facts')}</h2>
      <dl>
        <Fact name={t('detail.startedAt')}>{instant(call.startedAt)}</Fact>
        <Fact {...why('establishedAt', t('detail.establishedAt'))}>{instant(call.establishedAt)}</Fact>
        <Fact name={t('detail.answeredAt')}>{instant(call.answeredAt)}</Fact>
        <Fact name={t('detail.endedAt')}>
          {call.phase ? t('detail.live') : instant(call.endedAt)}
          {call.endEstimated ? (
            <span className="step-tag" title={t('detail.endEstimatedHint')}>
              {t('detail.endEstimated')}
            </span>
          ) : null}
        </Fact>
        <Fact {...why('caller', t('detail.caller'))}>{number(call.caller)}</Fact>
        <Fact {...why('callee', t('detail.callee'))}>{number(call.callee)}</Fact>
        <Fact {...why('type', t('detail.type'))}>
          <CallTypeLabel type={call.type} t={t} />
        </Fact>
        {call.dialledNumber ? (
          <Fact name={call.type === 'virtual-number' ? t('detail.virtualNumber') : t('detail.dialledNumber')}>
            {number(call.dialledNumber)}
          </Fact>
        ) : null}
        <Fact name={t('detail.releasedBy')}>{call.releasedBy ? t(`releasedBy.${call.releasedBy}`) : '–'}</Fact>
        <Fact {...why('agent', t('detail.agents'))}>
          {call.agents.length === 0 ? (
            '–'
          ) : (
            <ul className="plain">
              {call.agents.map((agent) => (
                <li key={agent.id}>
                  {agentText(agent, t)}
                  {agent.talked ? null : <span className="faint"> {t('detail.agentNotTalked')}</span>}
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact {...why('skillGroup', t('detail.skillGroups'))}>
          {call.skillGroups.length === 0 ? (
            '–'
          ) : (
            <ul className="plain">
              {call.skillGroups.map((group) => (
                <li key={group.id}>{groupText(group)}</li>
              ))}
            </ul>
          )}
        </Fact>
        {call.keys.length > 0 ? (
          <Fact name={t('detail.keys')}>
            <span className="mono">{call.keys.join(' ')}</span>
          </Fact>
        ) : null}
        {call.transfers > 0 ? <Fact name={t('detail.transfers')}>{call.transfers}</Fact> : null}
        <Fact name={t('detail.id')}>
          <CopyText text={call.id} className="mono wrap" />
        </Fact>
        {call.source || call.reconstructed ? (
          <Fact name={t('detail.source')}>
            {call.source ?? '–'}
            {call.reconstructed ? (
              <span className="step-tag" title={t('detail.reconstructedHint')}>
                {t('detail.reconstructed')}
              </span>
            ) : null}
          </Fact>
        ) : null}
      </dl>
    </section>
  )
}

function Fact({ name, why, children }: { name: string; why?: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>
        {name}
        {why}
      </dt>
      <dd>{children}</dd>
    </div>
  )
}

function number(text: string | null): ReactNode {
  return text === null ? '–' : <CopyText text={text} className="tabular" />
}

function instant(iso: string | null): ReactNode {
  if (iso === null) return '–'
  return (
    <time dateTime={iso} className="tabular" title={iso}>
      {dayOf(iso)} {clockOf(iso)}
    </time>
  )
}

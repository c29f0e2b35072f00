// The first recordings that would go, by which rule each; and those that are held instead.
import LockOutlined from '@ant-design/icons-svg/es/asn/LockOutlined'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { RehearsalJson } from '../../../src/retention/retention-json.ts'
import { Icon } from '../ui/Icon.tsx'
import { ruleText } from './retention-words.ts'
import { sizeText } from './sizes.ts'

export function GoingList({ told }: { told: RehearsalJson }) {
  const { t, i18n } = useTranslation()
  const { now, held } = told
  const number = new Intl.NumberFormat(i18n.language)
  const size = (bytes: number) => sizeText(bytes, i18n.language)
  if (now.recordings === 0 && held.recordings === 0) return null
  return (
    <div className="going">
      {now.byRule.map(({ rule, limit, skillGroup, recordings, bytes }) => (
        <p key={`${rule} ${limit} ${skillGroup}`} className="going-rule">
          <span>{ruleText({ rule, limit, skillGroup }, { t, language: i18n.language })}</span>
          <span className="tabular">{t('retention.amount', { n: number.format(recordings), size: size(bytes) })}</span>
        </p>
      ))}
      {held.items.length > 0 ? (
        <details>
          <summary>{t('retention.rehearsal.heldList', { n: number.format(held.recordings) })}</summary>
          <ul className="going-list">
            {held.items.map(({ callId, n, callStartedAt, sizeBytes }) => (
              <li key={`${callId} ${n}`}>
                <Icon of={LockOutlined} />
                <Recording callId={callId} at={callStartedAt} />
                <span className="tabular going-size">{size(sizeBytes)}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {now.items.length > 0 ? (
        <details>
          <summary>{t('retention.rehearsal.first', { n: number.format(now.items.length) })}</summary>
          <ul className="going-list">
            {now.items.map(({ callId, n, callStartedAt, sizeBytes, rule, insteadOfHeld }) => (
              <li key={`${callId} ${n}`}>
                <Recording callId={callId} at={callStartedAt} />
                <span>
                  {t(`retention.rule.${rule}`)}
                  {insteadOfHeld ? <em> {t('retention.rehearsal.insteadOne')}</em> : null}
                </span>
                <span className="tabular going-size">{size(sizeBytes)}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  )
}

function Recording({ callId, at }: { callId: string; at: string }) {
  return (
    <Link to={`/calls/${encodeURIComponent(callId)}`} className="tabular">
      {at.slice(0, 19).replace('T', ' ')}
    </Link>
  )
}

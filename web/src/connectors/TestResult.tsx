// What trying out a connection has found: one line that says whether it works, and under it each thing to change.
import { useTranslation } from 'react-i18next'
import type { Finding } from '../../../src/doctor/finding.ts'
import { Findings } from './Findings.tsx'

export function TestResult({ findings }: { findings: readonly Finding[] }) {
  return (
    <div className="test-result">
      <Verdict findings={findings} />
      <Findings findings={findings} />
    </div>
  )
}

/** Green where the connection works, whatever else could be better. */
function Verdict({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation()
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const hints = findings.filter(({ severity }) => severity === 'warning').length
  const text =
    errors > 0
      ? t('connect.test.bad', { n: errors })
      : hints > 0
        ? t('connect.test.goodWith', { n: hints })
        : t('connect.test.good')
  return (
    <p className={`state ${errors > 0 ? 'state-refused' : 'state-connected'}`} role="status" data-works={errors === 0}>
      <span className="dot" aria-hidden="true" />
      {text}
    </p>
  )
}

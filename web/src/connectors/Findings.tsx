// What the doctor found about a connection, worst first, each with what to change, ready to copy; what is fine is folded.
import { useTranslation } from 'react-i18next'
import type { Finding, Severity } from '../../../src/doctor/finding.ts'
import { CodeBlock } from '../ui/CodeBlock.tsx'

const WORST_FIRST: readonly Severity[] = ['error', 'warning', 'info', 'ok']

export function Findings({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation()
  const sorted = [...findings].sort((a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity))
  const notable = sorted.filter(({ severity }) => severity !== 'ok')
  const fine = sorted.filter(({ severity }) => severity === 'ok')
  return (
    <>
      {notable.length > 0 ? <List findings={notable} /> : null}
      {fine.length > 0 ? (
        <details className="diagnosis-fine">
          <summary>{t('operations.connector.diagnosisOk', { n: fine.length })}</summary>
          <List findings={fine} />
        </details>
      ) : null}
    </>
  )
}

function List({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="plain diagnosis-findings">
      {findings.map((finding) => (
        <DoctorFinding key={`${finding.code} ${finding.sentence}`} finding={finding} />
      ))}
    </ul>
  )
}

function DoctorFinding({ finding: { severity, sentence, sentenceZh, fix } }: { finding: Finding }) {
  const { t, i18n } = useTranslation()
  return (
    <li className="diagnosis-finding">
      <span className={`tag tag-${severity}`}>{t(`operations.connector.severity.${severity}`)}</span>
      <div>
        <p>{i18n.language === 'zh-CN' ? sentenceZh : sentence}</p>
        {fix.map(({ file, lines, run }) => (
          <div key={`${file} ${lines.join()} ${run.join()}`} className="diagnosis-fix">
            {lines.length > 0 ? (
              <CodeBlock {...(file === null ? {} : { title: file })} text={lines.join('\n')} />
            ) : null}
            {run.length > 0 ? <CodeBlock title={t('operations.connector.run')} text={run.join('\n')} /> : null}
          </div>
        ))}
      </div>
    </li>
  )
}

// Whether the chain is whole: checked by the server on a click, perhaps against a head that was written down earlier; and how
// anybody checks it without the server.
import SafetyCertificateOutlined from '@ant-design/icons-svg/es/asn/SafetyCertificateOutlined'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReceiptHead } from '../../../src/receipts/receipt.ts'
import type { ReceiptVerdict } from '../../../src/receipts/verify-receipts.ts'
import { verifyReceipts } from '../api/receipts.ts'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/CodeBlock.tsx'
import { CopyText } from '../ui/CopyText.tsx'
import { Icon } from '../ui/Icon.tsx'
import { problemText } from '../ui/problem-text.ts'
import { TextField } from '../ui/TextField.tsx'

const HEAD = /^[0-9a-f]{64}$/

/** `head`: where the chain stands now; null: there are no receipts yet. */
export function ChainCard({ head }: { head: ReceiptHead | null }) {
  const { t } = useTranslation()
  const [known, setKnown] = useState('')
  const { mutate, data, error, isPending } = useMutation({ mutationFn: verifyReceipts })
  const text = known.trim().toLowerCase()
  const isWrong = text !== '' && !HEAD.test(text)
  return (
    <section className="card" aria-label={t('receipts.chain.title')}>
      <header className="card-head">
        <h2>{t('receipts.chain.title')}</h2>
        <span className="faint">{t('receipts.chain.hint')}</span>
        <Button
          className="card-action"
          icon={<Icon of={SafetyCertificateOutlined} />}
          isBusy={isPending}
          disabled={head === null || isWrong}
          onClick={() => mutate(text === '' ? null : text)}
        >
          {t('receipts.chain.verify')}
        </Button>
      </header>
      {head === null ? null : (
        <p className="receipts-head">
          <span className="faint">{t('receipts.chain.head', { n: head.seq })}</span> <CopyText text={head.hash} />
        </p>
      )}
      {data ? <Verdict verdict={data} /> : null}
      {error ? (
        <p className="card-problem is-bad" role="alert">
          {problemText(error, t)}
        </p>
      ) : null}
      <details className="receipts-offline">
        <summary>{t('receipts.chain.more')}</summary>
        <p>{t('receipts.chain.headHint')}</p>
        <TextField
          value={known}
          maxLength={80}
          isWrong={isWrong}
          placeholder={t('receipts.chain.known')}
          aria-label={t('receipts.chain.known')}
          onChange={(event) => setKnown(event.target.value)}
        />
        {isWrong ? (
          <p className="is-bad" role="alert">
            {t('receipts.chain.knownWrong')}
          </p>
        ) : null}
        <p>{t('receipts.chain.offline')}</p>
        <CodeBlock
          text={
            'npx callbook receipts export > receipts.ndjson\nnpx callbook receipts verify --file receipts.ndjson --head HASH'
          }
        />
      </details>
    </section>
  )
}

function Verdict({ verdict }: { verdict: ReceiptVerdict }) {
  const { t, i18n } = useTranslation()
  const n = verdict.receipts.toLocaleString(i18n.language)
  if (verdict.ok)
    return (
      <p className="receipts-verdict is-good" role="status">
        {t('receipts.chain.whole', { n })}{' '}
        {t(verdict.endProven ? 'receipts.chain.endProven' : 'receipts.chain.endOpen')}
      </p>
    )
  return (
    <div className="card-problem is-bad" role="alert">
      <p>{t('receipts.chain.broken', { n })}</p>
      <ul>
        {verdict.findings.map(({ problem, seq, line }) => (
          <li key={`${line} ${problem}`}>{t(`receipts.problem.${problem}`, { seq })}</li>
        ))}
      </ul>
    </div>
  )
}

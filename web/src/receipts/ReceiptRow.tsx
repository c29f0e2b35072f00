// One receipt: when, who, what. Opened, it shows what stands in the chain, to the byte that is hashed.
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { ReceiptJson } from '../../../src/receipts/receipt-routes.ts'
import { CodeBlock } from '../ui/CodeBlock.tsx'
import { clockOf, dayOf } from '../ui/time.ts'
import { actorText, callOf, receiptText } from './receipt-words.ts'

export function ReceiptRow({
  receipt,
  onCall,
}: {
  receipt: ReceiptJson
  /** Shows only those of its call; null: they are alone already. */
  onCall: ((callId: string) => void) | null
}) {
  const { t, i18n } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const words = { t, language: i18n.language }
  const callId = callOf(receipt.body)
  return (
    <li className="receipt" data-receipt={receipt.seq}>
      <button
        type="button"
        className="receipt-open line"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="chevron" aria-hidden="true" />
        <span className="faint tabular receipt-seq">{receipt.seq}</span>
        <time className="faint tabular" dateTime={receipt.at}>
          {dayOf(receipt.at)} {clockOf(receipt.at)}
        </time>
        <span className="receipt-kind">{t(`receipts.kind.${receipt.body.kind}`)}</span>
        <span className="line-main">
          <span className="receipt-what">{receiptText(receipt.body, words)}</span>
          {callId === null ? null : <span className="faint cut">{callId}</span>}
        </span>
        <span className="faint cut receipt-actor">{actorText(receipt.actor, t)}</span>
      </button>
      {isOpen ? (
        <div id={id} className="receipt-detail">
          {callId === null ? null : (
            <p className="receipt-links">
              <Link to={`/calls/${encodeURIComponent(callId)}`}>{t('receipts.openCall')}</Link>
              {onCall ? (
                <button type="button" className="link" onClick={() => onCall(callId)}>
                  {t('receipts.ofCall')}
                </button>
              ) : null}
            </p>
          )}
          <CodeBlock title={t('receipts.said')} text={JSON.stringify(receipt.body, null, 2)} />
          <dl className="receipt-hashes">
            <dt>{t('receipts.hash')}</dt>
            <dd>{receipt.hash}</dd>
            <dt>{t('receipts.previous')}</dt>
            <dd>{receipt.previous}</dd>
          </dl>
        </div>
      ) : null}
    </li>
  )
}

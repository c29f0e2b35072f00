// What was done to recordings for good, newest first; of one call where it is asked for. And whether the chain of receipts
// is whole.
import { useInfiniteQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { receiptsQuery } from '../api/receipts.ts'
import { Answer } from '../operations/Answer.tsx'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { TextField } from '../ui/TextField.tsx'
import { ChainCard } from './ChainCard.tsx'
import { ReceiptRow } from './ReceiptRow.tsx'
import './receipts.css'
import { MoreButton } from '../ui/MoreButton.tsx'

export function Component() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const callId = params.get('call')
  const query = useInfiniteQuery(receiptsQuery(callId))
  const choose = (id: string) => setParams(id === '' ? {} : { call: id })
  return (
    <section className="operations-section" aria-label={t('operations.tab.receipts')}>
      <p className="section-hint">{t('receipts.hint')}</p>
      <ChainCard head={query.data?.pages[0]?.head ?? null} />
      <CallFilter callId={callId ?? ''} onChoose={choose} />
      <Answer query={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items)
          if (items.length === 0)
            return callId === null ? (
              <Notice title={t('receipts.empty')} hint={t('receipts.emptyHint')} />
            ) : (
              <Notice title={t('receipts.emptyOfCall')} hint={t('receipts.emptyOfCallHint')} />
            )
          return (
            <>
              <ul className="plain lines receipts">
                {items.map((receipt) => (
                  <ReceiptRow key={receipt.seq} receipt={receipt} onCall={callId === null ? choose : null} />
                ))}
              </ul>
              <MoreButton text={t('receipts.more')} query={query} />
            </>
          )
        }}
      </Answer>
    </section>
  )
}

function CallFilter({ callId, onChoose }: { callId: string; onChoose(id: string): void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(callId)
  useEffect(() => setText(callId), [callId])
  function type(next: string): void {
    setText(next)
    // Emptied: all are shown again.
    if (next === '' && callId !== '') onChoose('')
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    onChoose(text.trim())
  }
  return (
    <search>
      <form className="receipts-filter" onSubmit={submit}>
        <TextField
          value={text}
          maxLength={256}
          placeholder={t('receipts.callId')}
          aria-label={t('receipts.callId')}
          onChange={(event) => type(event.target.value)}
          onClear={() => type('')}
        />
        <Button type="submit">{t('receipts.find')}</Button>
      </form>
    </search>
  )
}

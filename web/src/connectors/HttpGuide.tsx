// Calls that come by HTTP: a key made here, and the command that sends a first call with it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keysQuery, makeKey } from '../api/accounts.ts'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/CodeBlock.tsx'
import { problemText } from '../ui/problem-text.ts'
import type { GuideProps } from './ConnectGuide.tsx'
import { firstEvents, firstRecording } from './connect-lines.ts'
import { LiveCheck } from './LiveCheck.tsx'
import { Step } from './Step.tsx'

const SCOPES = ['events:write', 'recordings:write']
const PLACE_FOR_KEY = 'KEY'

export function HttpGuide({ onBegun, onDone }: GuideProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  // The events are of now: whoever comes back to this page later sends a call of today.
  const [now] = useState(Date.now)
  const make = useMutation({
    mutationFn: () => makeKey({ name: t('connect.keyName'), scopes: SCOPES, masksNumbers: false }),
    onSuccess: () => {
      onBegun?.()
      void client.invalidateQueries({ queryKey: keysQuery.queryKey })
    },
  })
  const { origin } = window.location
  const key = make.data?.key ?? PLACE_FOR_KEY
  return (
    <ol className="plain steps">
      <Step n={1} title={t('connect.step.key')}>
        <p>{t('connect.httpText')}</p>
        {make.data ? (
          <p role="status">{t('connect.keyMade')}</p>
        ) : (
          <Button look="primary" className="step-action" isBusy={make.isPending} onClick={() => make.mutate()}>
            {t('connect.makeKey')}
          </Button>
        )}
        {make.error ? (
          <p className="card-problem is-bad" role="alert">
            {problemText(make.error, t)}
          </p>
        ) : null}
      </Step>
      <Step n={2} title={t('connect.step.send')}>
        <p>{t('connect.sendText')}</p>
        <CodeBlock title="curl" text={firstEvents(origin, key, now)} />
        <CodeBlock title={t('connect.recordingUpload')} text={firstRecording(origin, key, now)} />
      </Step>
      <Step n={3} title={t('connect.step.check')}>
        <LiveCheck connector={null} isHttp {...(onDone ? { onDone } : {})} />
      </Step>
    </ol>
  )
}

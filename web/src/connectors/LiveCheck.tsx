// A light that says how far the connecting is: green when the connection stands, and again when its first call is here.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { CallPage } from '../api/calls.ts'
import { ask } from '../api/client.ts'
import { connectorsQuery } from '../api/operations.ts'

const LOOK_EVERY_MS = 1_500
const LOOKED_AT = 20
const HOUR_MS = 3_600_000

/** The newest calls, looked at again and again. */
const newestCallsQuery = queryOptions({
  queryKey: ['newest-calls'],
  queryFn: ({ signal }) => {
    const from = new Date(Date.now() - HOUR_MS).toISOString()
    return ask<CallPage>(`/calls?${new URLSearchParams({ from, limit: String(LOOKED_AT) })}`, { signal })
  },
  refetchInterval: LOOK_EVERY_MS,
})

/** @param connector the one that is being connected; null: not saved yet */
interface LiveCheckProps {
  connector: string | null
  isHttp?: boolean
  onDone?(): void
}

export function LiveCheck({ connector, isHttp = false, onDone }: LiveCheckProps) {
  const { t } = useTranslation()
  const isWaiting = connector !== null || isHttp
  const connectors = useQuery({ ...connectorsQuery, refetchInterval: LOOK_EVERY_MS, enabled: connector !== null })
  const calls = useQuery({ ...newestCallsQuery, enabled: isWaiting })
  // What was there before is no sign of life.
  const before = useRef<number | null>(null)
  if (before.current === null && calls.data) before.current = calls.data.lastSeq
  const since = before.current
  const own = connectors.data?.items.find(({ name }) => name === connector)
  const first = calls.data?.items.find((call) =>
    isHttp ? since !== null && call.seq > since : connector !== null && call.source === connector,
  )
  const isConnected = own?.status === 'connected'
  return (
    <ul className="plain live-check" aria-label={t('connect.live.label')}>
      {isHttp || connector === null ? null : (
        <Light
          state={isConnected || first ? 'done' : own?.status === 'refused' ? 'failed' : 'busy'}
          text={t(
            isConnected || first
              ? 'connect.live.connected'
              : own?.status === 'refused'
                ? 'connect.live.refused'
                : 'connect.live.connecting',
            { name: connector },
          )}
          detail={isConnected || first ? null : (own?.problem ?? null)}
        />
      )}
      {first ? (
        <Light state="done" text={t('connect.live.arrived')} detail={null}>
          <Link to={`/calls/${encodeURIComponent(first.id)}`} onClick={onDone}>
            {t('connect.live.open')}
          </Link>
          <Link to="/calls" onClick={onDone}>
            {t('connect.live.toList')}
          </Link>
        </Light>
      ) : (
        <Light
          state={isHttp || isConnected ? 'busy' : 'idle'}
          text={t(
            isHttp ? 'connect.live.waitingHttp' : connector === null ? 'connect.live.idle' : 'connect.live.waiting',
          )}
          detail={null}
        />
      )}
    </ul>
  )
}

interface LightProps {
  state: 'idle' | 'busy' | 'failed' | 'done'
  text: string
  detail: string | null
  children?: React.ReactNode
}

function Light({ state, text, detail, children }: LightProps) {
  return (
    <li className={`light light-${state}`} data-light={state}>
      <span className="light-dot" aria-hidden="true" />
      <div role="status">
        <p>{text}</p>
        {detail ? (
          <p className="faint" lang="en">
            {detail}
          </p>
        ) : null}
        {children ? <p className="light-links">{children}</p> : null}
      </div>
    </li>
  )
}

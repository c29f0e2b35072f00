// One call as a page of its own: what a link leads to. Where there is room, the steps stand beside the sound.
import ArrowLeftOutlined from '@ant-design/icons-svg/es/asn/ArrowLeftOutlined'
import PrinterOutlined from '@ant-design/icons-svg/es/asn/PrinterOutlined'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate, useSearchParams } from 'react-router'
import { usePlayback } from '../recordings/playback-context.ts'
import { usePlaylist } from '../recordings/use-playlist.ts'
import { TopBar } from '../shell/TopBar.tsx'
import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Icon } from '../ui/Icon.tsx'
import { CallDetailState } from './CallDetailState.tsx'
import { NeighbourButtons } from './NeighbourButtons.tsx'
import { openCallState } from './over-list.ts'
import { useCallDetail } from './use-call-detail.ts'

const PlayerDock = lazy(() => import('../recordings/PlayerDock.tsx'))

export function CallPage({ callId }: { callId: string }) {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const { state } = useLocation()
  const detail = useCallDetail(callId, null)
  const { track } = usePlayback()
  const { ids } = openCallState(state)
  const { data } = detail
  // From a list the player goes on through that list; else through this call's recordings.
  usePlaylist(useMemo(() => (ids || !data ? null : [data]), [ids, data]))
  const address = (id: string) => ({ pathname: `/calls/${encodeURIComponent(id)}`, search: params.toString() })
  return (
    <div className="shell">
      <TopBar />
      <main className="call-page" aria-label={t('detail.title')}>
        <div className="call-page-inner">
          <nav className="call-page-bar" aria-label={t('detail.title')}>
            <Link to={{ pathname: '/calls', search: params.toString() }} className="call-page-back">
              <Icon of={ArrowLeftOutlined} /> {t('detail.toList')}
            </Link>
            <span className="call-page-actions">
              <CopyButton
                label={t('detail.copyLink')}
                text={() => `${window.location.origin}/calls/${encodeURIComponent(callId)}`}
              />
              <Button look="text" size="small" icon={<Icon of={PrinterOutlined} />} onClick={() => window.print()}>
                {t('detail.print')}
              </Button>
              {ids ? (
                <NeighbourButtons
                  ids={ids}
                  callId={callId}
                  onShow={(id) => void navigate(address(id), { replace: true, state })}
                />
              ) : null}
            </span>
          </nav>
          <CallDetailState detail={detail} />
        </div>
      </main>
      {track ? (
        <Suspense fallback={null}>
          <PlayerDock />
        </Suspense>
      ) : null}
    </div>
  )
}

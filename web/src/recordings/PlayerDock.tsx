// The slim player at the bottom of the list: plays on while the reader goes through the calls.
import CloseOutlined from '@ant-design/icons-svg/es/asn/CloseOutlined'
import DownloadOutlined from '@ant-design/icons-svg/es/asn/DownloadOutlined'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { downloadUrl } from '../api/calls.ts'
import { fromList, useOpenCall } from '../calls/over-list.ts'
import { Button, ButtonLink } from '../ui/Button.tsx'
import { clockOf, dayOf } from '../ui/time.ts'
import { keyOf, usePlayback } from './playback-context.ts'
import { PlayTime, SeekBar } from './SeekBar.tsx'
import { Transport } from './Transport.tsx'
import './player.css'
import { Icon } from '../ui/Icon.tsx'

export default function PlayerDock() {
  const { t } = useTranslation()
  const { track, claimed, isFailed, stop } = usePlayback()
  const [params] = useSearchParams()
  const open = useOpenCall()
  if (track === null || claimed === keyOf(track)) return null
  return (
    <aside className="dock" aria-label={t('recording.player')}>
      <Transport track={track} />
      <div className="dock-what">
        <Link
          to={{ pathname: `/calls/${encodeURIComponent(track.callId)}`, search: params.toString() }}
          state={open === null || open.isOverList ? fromList : null}
          title={t('recording.showCall')}
          className="dock-title tabular"
        >
          {track.customer}
        </Link>
        <span className="dock-sub">
          {track.agent ? `${track.agent} · ` : ''}
          {dayOf(track.startedAt).slice(5)} {clockOf(track.startedAt)}
        </span>
      </div>
      {isFailed ? (
        <span className="dock-failed" role="alert">
          {t('recording.failed')}
        </span>
      ) : (
        <SeekBar durationMs={track.durationMs} />
      )}
      <PlayTime durationMs={track.durationMs} isOn />
      <ButtonLink
        look="text"
        href={downloadUrl(track.callId, track.n)}
        download
        icon={<Icon of={DownloadOutlined} />}
        title={t('recording.download')}
        aria-label={t('recording.download')}
      />
      <Button
        look="text"
        icon={<Icon of={CloseOutlined} />}
        onClick={stop}
        title={t('recording.close')}
        aria-label={t('recording.close')}
      />
    </aside>
  )
}

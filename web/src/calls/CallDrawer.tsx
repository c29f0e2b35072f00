// The detail of one call over the list, under its own address. A live call's detail follows the list's feed.
import ExpandAltOutlined from '@ant-design/icons-svg/es/asn/ExpandAltOutlined'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate, useSearchParams } from 'react-router'
import { Drawer } from '../ui/antd/Drawer.ts'
import { Icon } from '../ui/Icon.tsx'
import { CallDetailState } from './CallDetailState.tsx'
import { useNeighbours } from './detail-context.ts'
import { NeighbourButtons } from './NeighbourButtons.tsx'
import { openCallState } from './over-list.ts'
import { useCallDetail } from './use-call-detail.ts'

export function CallDrawer({ callId }: { callId: string }) {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const location = useLocation()
  const neighbours = useNeighbours()
  const detail = useCallDetail(callId, neighbours.liveSeqOf(callId))
  const [isOpen, setOpen] = useState(true)
  const address = (id: string) => ({ pathname: `/calls/${encodeURIComponent(id)}`, search: params.toString() })

  function leave(): void {
    // Back to the entry the detail was opened from, so that "back" does not open it again.
    if (openCallState(location.state).fromList === true) void navigate(-1)
    else void navigate({ pathname: '/calls', search: params.toString() }, { replace: true })
  }

  return (
    <Drawer
      open={isOpen}
      mask={false}
      size="min(640px, 100vw)"
      className="detail-drawer"
      rootClassName="detail-root"
      title={t('detail.title')}
      onClose={() => setOpen(false)}
      afterOpenChange={(open) => {
        if (!open) leave()
      }}
      extra={
        <span className="detail-neighbours">
          <Link
            to={address(callId)}
            state={{ ids: [...neighbours.ids] }}
            // The same address, but another entry: back is the drawer again.
            replace={false}
            className="icon-link"
            title={t('detail.asPage')}
            aria-label={t('detail.asPage')}
          >
            <Icon of={ExpandAltOutlined} />
          </Link>
          <NeighbourButtons
            ids={neighbours.ids}
            callId={callId}
            onShow={(id) => void navigate(address(id), { replace: true, state: location.state })}
          />
        </span>
      }
    >
      <CallDetailState detail={detail} />
    </Drawer>
  )
}

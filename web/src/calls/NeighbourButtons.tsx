// To the call before and after the open one, in the list it was opened from.
import DownOutlined from '@ant-design/icons-svg/es/asn/DownOutlined'
import UpOutlined from '@ant-design/icons-svg/es/asn/UpOutlined'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'

interface NeighbourButtonsProps {
  /** The list's calls, in order. */
  ids: readonly string[]
  callId: string
  onShow(callId: string): void
}

export function NeighbourButtons({ ids, callId, onShow }: NeighbourButtonsProps) {
  const { t } = useTranslation()
  const place = ids.indexOf(callId)
  const previous = place > 0 ? ids[place - 1] : undefined
  const next = place >= 0 ? ids[place + 1] : undefined
  return (
    <>
      <Button
        look="text"
        icon={<Icon of={UpOutlined} />}
        disabled={!previous}
        onClick={() => previous && onShow(previous)}
        title={t('detail.previous')}
        aria-label={t('detail.previous')}
      />
      <Button
        look="text"
        icon={<Icon of={DownOutlined} />}
        disabled={!next}
        onClick={() => next && onShow(next)}
        title={t('detail.next')}
        aria-label={t('detail.next')}
      />
    </>
  )
}

// Looking closer at the axis and back: in the corner between the names and the ruler.
import ColumnWidthOutlined from '@ant-design/icons-svg/es/asn/ColumnWidthOutlined'
import ZoomInOutlined from '@ant-design/icons-svg/es/asn/ZoomInOutlined'
import ZoomOutOutlined from '@ant-design/icons-svg/es/asn/ZoomOutOutlined'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/Icon.tsx'
import { spanOf, type TimeView } from './time-view.ts'
import type { Zooming } from './use-time-view.ts'

interface ZoomButtonsProps {
  zooming: Zooming
  /** Where the customer talked; null: nowhere, or all the time. */
  talk: TimeView | null
}

export function ZoomButtons({ zooming, talk }: ZoomButtonsProps) {
  const { t } = useTranslation()
  const { view, isWhole, zoom, show, showWhole } = zooming
  const goesToTalk = isWhole && talk !== null
  const button = (label: string, icon: ReactNode, isOff: boolean, act: () => void) => (
    <button type="button" className="zoom-button" title={label} aria-label={label} disabled={isOff} onClick={act}>
      {icon}
    </button>
  )
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a visible legend for three small buttons.
    <span className="zoom-buttons" role="group" aria-label={t('timeline.zoom')}>
      {button(t('timeline.zoomOut'), <Icon of={ZoomOutOutlined} />, isWhole, () => zoom(0.5))}
      {button(t('timeline.zoomIn'), <Icon of={ZoomInOutlined} />, spanOf(view) <= 4_000, () => zoom(2))}
      {button(
        goesToTalk ? t('timeline.showTalk') : t('timeline.showWhole'),
        <Icon of={ColumnWidthOutlined} />,
        isWhole && !goesToTalk,
        () => (goesToTalk ? show(talk) : showWhole()),
      )}
    </span>
  )
}

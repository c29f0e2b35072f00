// Inbound calls by hour, drawn by ECharts: how each ended, and last week's whole day as a light line. A bar leads to its
// hour's list. The table below says the same to those who do not see the chart.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { memo, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { BoardJson } from '../../../src/board/board-json.ts'
import { useAppearance } from '../ui/appearance.ts'
import { FONT } from '../ui/font.ts'
import { figureLink } from './board-link.ts'
import { type ChartWords, hourChartOption } from './hour-chart-option.ts'

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer])

function HourChart({ board }: { board: BoardJson }) {
  const { t, i18n } = useTranslation()
  const { palette, isMotionReduced } = useAppearance()
  const navigate = useNavigate()
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  /** Of text, px: grows with the screen on a wall. */
  const [size, setSize] = useState(13)
  const shown = useRef(board)
  shown.current = board

  useEffect(() => {
    if (place.current === null) return
    const made = init(place.current, null, { renderer: 'svg' })
    chart.current = made
    made.on('click', ({ dataIndex, seriesId }) => {
      const hour = shown.current.hours[dataIndex]
      const when = seriesId === 'lastWeek' ? hour?.before : hour
      if (!when) return
      const figure = seriesId === 'answered' || seriesId === 'abandoned' || seriesId === 'queueTimeouts'
      void navigate(figureLink(shown.current, figure ? seriesId : 'inbound', when))
    })
    const element = place.current
    const sizes = new ResizeObserver(() => {
      made.resize()
      setSize(Number.parseFloat(getComputedStyle(element).fontSize))
    })
    sizes.observe(element)
    return () => {
      sizes.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [navigate])

  const { hours } = board
  useEffect(() => {
    const words: ChartWords = {
      language: i18n.language,
      answered: t('board.figure.answered'),
      abandoned: t('board.figure.abandoned'),
      queueTimeouts: t('board.figure.queueTimeouts'),
      others: t('board.hours.others'),
      lastWeek: t('board.hours.inboundLastWeek'),
      label: t('board.hours.title'),
    }
    chart.current?.setOption(hourChartOption(hours, words, { palette, isMotionReduced, font: FONT, size }))
  }, [hours, t, i18n.language, palette, isMotionReduced, size])

  return <div className="hour-chart" ref={place} role="img" aria-label={t('board.hours.title')} />
}

/** The page's clock ticks every second; the chart changes with its figures. */
export default memo(HourChart)

// What ECharts is told to draw for the board's hours. Pure.
import type { EChartsCoreOption } from 'echarts/core'
import type { HourJson } from '../../../src/board/board-json.ts'
import type { Palette } from '../ui/palette.ts'
import { clockOf } from '../ui/time.ts'

export interface ChartWords {
  language: string
  answered: string
  abandoned: string
  queueTimeouts: string
  /** Neither of these: still going on, moved outside, unknown. */
  others: string
  lastWeek: string
  label: string
}

export interface ChartLooks {
  palette: Palette
  isMotionReduced: boolean
  font: string
  /** Of text, px. */
  size: number
}

export function hourChartOption(hours: readonly HourJson[], words: ChartWords, looks: ChartLooks): EChartsCoreOption {
  const { palette, size } = looks
  const text = { color: palette.textSoft, fontFamily: looks.font, fontSize: size }
  const bar = (id: string, name: string, color: string, count: (hour: HourJson) => number) => ({
    id,
    name,
    type: 'bar',
    stack: 'inbound',
    barMaxWidth: size * 2.4,
    itemStyle: { color },
    emphasis: { disabled: true },
    data: hours.map(count),
  })
  return {
    animation: !looks.isMotionReduced,
    animationDuration: 300,
    animationDurationUpdate: 300,
    aria: { enabled: true, label: { description: words.label } },
    textStyle: text,
    grid: { left: size * 0.6, right: size * 0.6, top: size * 2.8, bottom: 0, containLabel: true },
    legend: {
      top: 0,
      right: 0,
      itemWidth: size * 0.8,
      itemHeight: size * 0.8,
      itemGap: size * 1.2,
      textStyle: text,
      selectedMode: false,
      data: [
        ...[words.answered, words.abandoned, words.queueTimeouts, words.others].map((name) => ({
          name,
          icon: 'roundRect',
        })),
        { name: words.lastWeek, icon: 'path://M0 5h14v3h-14z' },
      ],
    },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: palette.line, opacity: 0.35 } },
      backgroundColor: palette.raised,
      borderColor: palette.lineStrong,
      textStyle: { ...text, color: palette.text },
      transitionDuration: looks.isMotionReduced ? 0 : 0.2,
    },
    xAxis: {
      type: 'category',
      data: hours.map((hour) => clockOf(hour.from).slice(0, 5)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.lineStrong } },
      axisLabel: { ...text, color: palette.textFaint, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: {
        ...text,
        color: palette.textFaint,
        formatter: (value: number) => value.toLocaleString(words.language),
      },
    },
    series: [
      bar('answered', words.answered, palette.talk, ({ counts }) => counts.answered),
      bar('abandoned', words.abandoned, palette.queue, ({ counts }) => counts.abandoned),
      bar('queueTimeouts', words.queueTimeouts, palette.bad, ({ counts }) => counts.queueTimeouts),
      bar(
        'others',
        words.others,
        palette.ivr,
        ({ counts }) => counts.inbound - counts.answered - counts.abandoned - counts.queueTimeouts,
      ),
      {
        id: 'lastWeek',
        name: words.lastWeek,
        type: 'line',
        symbol: 'none',
        step: false,
        smooth: 0.25,
        smoothMonotone: 'x',
        triggerLineEvent: true,
        lineStyle: {
          color: palette.textFaint,
          width: Math.max(1.5, size / 9),
          type: [size / 3, size / 4],
          opacity: 0.8,
        },
        itemStyle: { color: palette.textFaint },
        emphasis: { disabled: true },
        data: hours.map((hour) => hour.before?.counts.inbound ?? null),
      },
    ],
  }
}

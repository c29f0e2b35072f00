// Amounts of time and of bytes as people say them.

const STEPS: readonly [unit: 'day' | 'hour' | 'minute', ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** `3 days`, `13 小时`: the largest unit of which there are at least two. */
export function longTimeText(ms: number, language: string): string {
  const [unit, size] = STEPS.find(([, size]) => ms >= 2 * size) ?? (['second', 1000] as const)
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' })
  return spaced(format.format(Math.floor(ms / size)))
}

/** `3 seconds ago`, `2 小时前`. */
export function agoText(ms: number, language: string): string {
  const [unit, size] = STEPS.find(([, size]) => ms >= size) ?? (['second', 1000] as const)
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  return spaced(format.format(-Math.max(0, Math.floor(ms / size)), unit))
}

/** Numbers are set off by spaces in Chinese text. */
function spaced(text: string): string {
  return text.replace(/(?<=\d)(?=[\u4e00-\u9fff])/g, ' ')
}

/** `532 bytes`, `1.2 kB`. */
export function bytesText(bytes: number, language: string): string {
  const few = { style: 'unit', unit: 'byte', unitDisplay: 'long' } as const
  const many = { style: 'unit', unit: 'kilobyte', unitDisplay: 'short', maximumFractionDigits: 1 } as const
  return bytes < 1000
    ? spaced(new Intl.NumberFormat(language, few).format(bytes))
    : new Intl.NumberFormat(language, many).format(bytes / 1000)
}

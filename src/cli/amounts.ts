// Sizes and days as people write them on a command line, and back. Decimal units, as disks are sold: 1 GB = 1,000,000,000.
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** `500GB`, `1.5 TB`, `20000000` → bytes; `off` → null; undefined: neither. */
export function readBytes(text: string): number | null | undefined {
  if (text.trim().toLowerCase() === 'off') return null
  const parts = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB|PB)?$/i.exec(text.trim())
  if (!parts) return undefined
  const power = UNITS.indexOf((parts[2]?.toUpperCase() ?? 'B') as (typeof UNITS)[number])
  const bytes = Math.round(Number(parts[1]) * 1000 ** power)
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined
}

/** Three digits and a unit. */
export function writeBytes(bytes: number | null): string {
  if (bytes === null) return 'off'
  let amount = Math.abs(bytes)
  let unit = 0
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000
    unit++
  }
  const digits = unit === 0 ? 0 : amount < 10 ? 2 : amount < 100 ? 1 : 0
  return `${bytes < 0 ? '-' : ''}${amount.toFixed(digits)} ${UNITS[unit]}`
}

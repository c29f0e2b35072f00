// Sizes as disks are sold: 1 GB is 1,000,000,000 bytes.
export const SIZE_UNITS = { MB: 1e6, GB: 1e9, TB: 1e12 } as const
export type SizeUnit = keyof typeof SIZE_UNITS

/** `342 GB`, `1.25 TB`, `17.3 kB`: three digits. */
export function sizeText(bytes: number, language: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let amount = Math.abs(bytes)
  let unit = 0
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000
    unit++
  }
  const digits = unit === 0 ? 0 : amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(amount)
  return `${bytes < 0 ? '−' : ''}${text} ${units[unit]}`
}

/** The largest unit in which the amount is at least one. */
export function unitFor(bytes: number): SizeUnit {
  return bytes >= SIZE_UNITS.TB ? 'TB' : bytes >= SIZE_UNITS.GB ? 'GB' : 'MB'
}

/** `user:王芳` → `王芳`; the system and the command line have no name of their own. */
export function actorName(actor: string): string | null {
  const colon = actor.indexOf(':')
  return colon < 0 ? null : actor.slice(colon + 1)
}

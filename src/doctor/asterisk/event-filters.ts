// Does an eventfilter of manager.conf let an event through? Read as Asterisk reads it: any include filter keeps out what
// none of them names; exclude filters take away from the rest. Pure. A filter that looks into the event's headers is
// taken for one that lets the event through: it says nothing about all events of that name.

export interface EventFilter {
  excludes: boolean
  /** Fits every event of this name. */
  fits(event: string): boolean
}

/** `name` is the setting with its brackets, `eventfilter(action(exclude),name(VarSet))`; null: it cannot be read. */
export function readFilter(name: string, value: string): EventFilter | null {
  const criteria = /^eventfilter\((.*)\)$/i.exec(name.trim())
  if (!criteria) return /^eventfilter$/i.test(name.trim()) ? readExpression(value) : null
  const text = criteria[1] ?? ''
  const excludes = /action\(\s*exclude\s*\)/i.test(text)
  const event = /(?:^|,)\s*name\(\s*([^)]*?)\s*\)/i.exec(text)?.[1]?.toLowerCase()
  const looksInside = /(?:^|,)\s*header\(/i.test(text) || value.trim() !== ''
  if (looksInside) return { excludes, fits: (one) => !excludes && (event === undefined || event === one.toLowerCase()) }
  return { excludes, fits: (one) => event === undefined || event === one.toLowerCase() }
}

/** `!Event: VarSet`: a regular expression over the whole event, as text. */
function readExpression(value: string): EventFilter | null {
  const excludes = value.startsWith('!')
  const source = excludes ? value.slice(1) : value
  let pattern: RegExp
  try {
    pattern = new RegExp(source)
  } catch {
    return null
  }
  return { excludes, fits: (event) => pattern.test(`Event: ${event}\r\nPrivilege: `) }
}

export function letsThrough(filters: readonly EventFilter[], event: string): boolean {
  const includes = filters.filter((filter) => !filter.excludes)
  if (includes.length > 0 && !includes.some((filter) => filter.fits(event))) return false
  return !filters.some((filter) => filter.excludes && filter.fits(event))
}

// Lines of manager.conf that doctor asks for, written for the version found. The one place that knows which version of
// Asterisk reads which syntax.
import type { Fix } from '../finding.ts'
import type { AsteriskVersion } from './ami-answers.ts'

/** Variables that a dialplan marks calls with; every channel event carries them when manager.conf says so. */
export const MARKS = ['CC_TYPE', 'CC_CUSTOMER', 'CC_DID', 'CC_SKILL', 'CC_REC'] as const

/** Read: what calls are made of. */
export const READ_CLASSES = ['call', 'agent', 'user', 'system', 'dtmf'] as const
/** Write: to ask what is going on, and to send doctor its own event. Nothing that changes a call. */
export const WRITE_CLASSES = ['reporting', 'user'] as const

export const RELOAD_MANAGER = 'asterisk -rx "manager reload"'

/** Oldest minor version of each major one that takes `eventfilter(action(exclude),name(…)) =`. */
const NAMED_FILTERS_SINCE: Readonly<Record<number, number>> = { 18: 25, 20: 10, 21: 5, 22: 0 }

/** Older versions know only regular expressions over the whole event, which newer ones still take. */
export function knowsNamedFilters(version: AsteriskVersion | null): boolean {
  if (!version) return false
  const since = NAMED_FILTERS_SINCE[version.major]
  return since === undefined ? version.major > 22 : version.minor >= since
}

/** A line that keeps one kind of event away. */
export function excludeLine(event: string, version: AsteriskVersion | null): string {
  return knowsNamedFilters(version) ? `eventfilter(action(exclude),name(${event})) =` : `eventfilter = !Event: ${event}`
}

export function managerFix(section: string, lines: readonly string[]): Fix {
  return { file: 'manager.conf', lines: [`[${section}]`, ...lines], run: [RELOAD_MANAGER] }
}

/** The classes that are there and those that are wanted, in the order of manager.conf's own documentation. */
export function classLine(name: 'read' | 'write', present: ReadonlySet<string>, wanted: readonly string[]): string {
  const known = ['system', 'call', 'log', 'verbose', 'agent', 'user', 'config', 'command', 'dtmf', 'reporting', 'cdr']
  const all = new Set([...present, ...wanted])
  const rank = (one: string) => (known.indexOf(one) + known.length) % known.length
  return `${name} = ${[...all].sort((a, b) => rank(a) - rank(b)).join(',')}`
}

/** `permit` for one address. */
export function permitLine(address: string): string {
  return address.includes(':') ? `permit = ${address}/128` : `permit = ${address}/255.255.255.255`
}

/** The whole user, for somebody who has none yet or whose own is refused. `secretEnv`: where Callbook has the secret from. */
export function userFix(username: string, address: string, secretEnv: string): Fix {
  return managerFix(username, [
    `secret = …          ; the same as in ${secretEnv}`,
    'deny = 0.0.0.0/0.0.0.0',
    permitLine(address),
    `read = ${READ_CLASSES.join(',')}`,
    `write = ${WRITE_CLASSES.join(',')}`,
  ])
}

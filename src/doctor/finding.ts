// What doctor says about one thing it looked at: how bad it is, a sentence in both languages, and what to change. Made by
// the checks, printed by cli/doctor.ts, answered by doctor-routes.ts.

export const CHECKS = [
  'connection',
  'network',
  'login',
  'version',
  'rights',
  'timestamps',
  'channel-variables',
  'event-filters',
  'clock',
  'agents-and-trunks',
  'queues',
  'cel',
  'queue-log',
  'cdr',
  'recordings',
] as const
export type CheckName = (typeof CHECKS)[number]

/** `info`: worth knowing, nothing is wrong. `warning`: some records will be poorer. `error`: records will be wrong or missing. */
export type Severity = 'ok' | 'info' | 'warning' | 'error'

/** What to change, in the words of the file that it stands in. */
export interface Fix {
  /** `manager.conf`, `callbook.config.json`; null: nothing to write, only to run. */
  file: string | null
  lines: readonly string[]
  /** Commands to give afterwards, on the PBX's machine unless they say otherwise. */
  run: readonly string[]
}

export interface Finding {
  check: CheckName
  severity: Severity
  /** Stable, for programs: `timestampevents-off`. */
  code: string
  sentence: string
  sentenceZh: string
  fix: readonly Fix[]
}

/** `text`: the sentence in English and in Chinese. */
export function finding(
  check: CheckName,
  severity: Severity,
  code: string,
  text: readonly [english: string, chinese: string],
  fix: readonly Fix[] = [],
): Finding {
  return { check, severity, code, sentence: text[0], sentenceZh: text[1], fix }
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error')
}

/** A few of many, for a sentence. */
export function someOf(names: readonly string[], shown = 8): string {
  const rest = names.length - shown
  return rest > 0 ? `${names.slice(0, shown).join(', ')}, … (+${rest})` : names.join(', ')
}

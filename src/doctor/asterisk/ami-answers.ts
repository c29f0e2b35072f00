// Reads what an Asterisk answers about itself: versions, rights, settings, as its command line prints them or as they
// stand in its files. Pure; called by ami-facts.ts. What cannot be read is null, never a guess. Secrets are left out here,
// so that nothing behind this file ever sees one.
import { type AmiMessage, headers } from '../../connectors/asterisk/ami-parser.ts'

export interface AsteriskVersion {
  major: number
  minor: number
  /** As Asterisk writes it: `22.10.1+dfsg`. */
  text: string
}

/** `Asterisk 22.10.1`, `certified/18.9-cert5`, `GIT-20-abc`. */
export function readVersion(text: string): AsteriskVersion | null {
  const numbers = /(\d+)[.-](\d+)?/.exec(text.replace(/^GIT-/, ''))
  if (!numbers) return null
  const isGit = text.startsWith('GIT-')
  return { major: Number(numbers[1]), minor: isGit ? 0 : Number(numbers[2] ?? 0), text: text.slice(0, 60) }
}

/** One section of a file, as GetConfig answers it: names in lower case, each with its values in order. */
export type ConfigSection = ReadonlyMap<string, readonly string[]>

const SECRET = /secret|passw|password|token/i

/** Sections of GetConfig's answer by name; sections of the same name are one. */
export function readSections(answer: AmiMessage): Map<string, ConfigSection> {
  const names = new Map<string, string>()
  const sections = new Map<string, Map<string, string[]>>()
  for (const [name, values] of answer) {
    const category = /^Category-(\d+)$/.exec(name)
    if (category) {
      names.set(category[1] ?? '', values[0] ?? '')
      sections.set(values[0] ?? '', sections.get(values[0] ?? '') ?? new Map())
      continue
    }
    const line = /^Line-(\d+)-\d+$/.exec(name)
    const section = line ? sections.get(names.get(line[1] ?? '') ?? '') : undefined
    if (!section) continue
    for (const value of values) {
      const setting = readSetting(value)
      if (!setting || SECRET.test(setting.name)) continue
      section.set(setting.name, [...(section.get(setting.name) ?? []), setting.value])
    }
  }
  return sections
}

/** `eventfilter(action(exclude),name(VarSet))=` has its sign of equality after the brackets. */
function readSetting(line: string): { name: string; value: string } | null {
  const parts = /^\s*([^=(]+(?:\([^=]*\))?)\s*=>?\s*(.*)$/s.exec(line)
  return parts ? { name: (parts[1] ?? '').trim().toLowerCase(), value: (parts[2] ?? '').trim() } : null
}

/** The last value of a setting, as Asterisk takes it. */
export function settingOf(section: ConfigSection | null | undefined, name: string): string | null {
  return section?.get(name)?.at(-1) ?? null
}

/** What Asterisk takes for yes. */
export function isYes(text: string): boolean {
  return /^(yes|true|y|t|1|on)$/i.test(text.trim())
}

/** `read = call,agent`: `all` stays `all`. */
export function readClasses(text: string): Set<string> {
  return new Set(
    text
      .toLowerCase()
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && name !== '<none>' && name !== 'none'),
  )
}

export function hasClass(classes: ReadonlySet<string>, name: string): boolean {
  return classes.has('all') || classes.has(name)
}

/** The lines that a command of Asterisk's command line printed. */
export function outputOf(answer: AmiMessage): readonly string[] {
  return headers(answer, 'Output')
}

/** `  Timestamp events:          No` → `No`; the first line of that name. null: there is none. */
export function readLabel(lines: readonly string[], label: string): string | null {
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === label.toLowerCase())
      return line.slice(colon + 1).trim()
  }
  return null
}

/** All values of a label that is printed several times (`CEL Event Subscriber: …`). */
export function readLabels(lines: readonly string[], label: string): string[] {
  return lines.flatMap((line) => readLabel([line], label) ?? [])
}

/** The lines below a heading (`* Registered Backends`), up to an empty one. */
export function readBlock(lines: readonly string[], heading: string): string[] {
  const at = lines.findIndex((line) => line.includes(heading))
  if (at < 0) return []
  const below = lines.slice(at + 1).filter((line) => !/^\s*-+\s*$/.test(line))
  const end = below.findIndex((line) => line.trim() === '')
  return below.slice(0, end < 0 ? undefined : end).map((line) => line.trim())
}

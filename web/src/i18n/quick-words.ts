// The same words over and over, looked up once. For rows that are drawn a hundred times a second: i18next resolves every
// key anew, which there is most of the work.
import type { TFunction } from 'i18next'

/** Stands for a value in a sentence that is kept; no text of people has it. */
const MARK = '\u0001'

type Values = Readonly<Record<string, unknown>>

/**
 * As `t`, which it keeps the answers of: plain words whole, sentences with texts in them as a pattern. Counted ones (plurals)
 * go through. Holds for as long as `t` does, that is until the language changes.
 */
export function quickWords(t: TFunction): TFunction {
  const words = new Map<string, string>()
  /** Texts and names of values in turn: `['copy ', 'value', '']`. */
  const patterns = new Map<string, string[]>()

  function quick(key: string, values?: Values): string {
    if (values !== undefined) return isTexts(values) ? filled(key, values) : slow(key, values)
    const known = words.get(key) ?? slow(key)
    words.set(key, known)
    return known
  }

  function filled(key: string, values: Readonly<Record<string, string>>): string {
    const known = patterns.get(key)
    const pattern = known ?? slow(key, marked(values)).split(MARK)
    if (!known) patterns.set(key, pattern)
    return pattern.map((piece, n) => (n % 2 === 0 ? piece : (values[piece] ?? ''))).join('')
  }

  const slow = (key: string, values?: Values) => (t as (key: string, values?: Values) => string)(key, values)
  return quick as unknown as TFunction
}

function isTexts(values: Values): values is Readonly<Record<string, string>> {
  return Object.values(values).every((value) => typeof value === 'string')
}

function marked(values: Values): Values {
  return Object.fromEntries(Object.keys(values).map((name) => [name, `${MARK}${name}${MARK}`]))
}

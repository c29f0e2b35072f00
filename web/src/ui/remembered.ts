// What the console remembers in this browser (language, theme, page size, where recordings were left). Where storage is switched off it simply
// remembers nothing.

type Remembered =
  | 'language'
  | 'theme'
  | 'page-size'
  | 'speed'
  | 'places'
  | 'columns'
  | 'character-keys'
  | 'skip-silence'
  | 'sample'

export function recall(what: Remembered): string | null {
  try {
    return localStorage.getItem(`callbook.${what}`)
  } catch {
    return null // Storage refused by the browser's settings: as if nothing had been chosen.
  }
}

export function remember(what: Remembered, value: string): void {
  try {
    localStorage.setItem(`callbook.${what}`, value)
  } catch {
    // Refused or full: the choice holds until the page is closed.
  }
}

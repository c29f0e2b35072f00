// Globs over names of endpoints and numbers, as connectors' lists have them.

/** `*` any characters, `?` one. No list matches nothing. */
export function globMatcher(globs: readonly string[] | undefined): (text: string) => boolean {
  const patterns = (globs ?? []).map((glob) => {
    const source = glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${source}$`, 's')
  })
  return (text) => patterns.some((pattern) => pattern.test(text))
}

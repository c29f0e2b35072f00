// What came in as bytes, made visible: characters that would not show, or would turn the text around, are shown as signs
// or codes. React takes care of everything that would be HTML.

/** Control characters as their pictures (␀ ␍), bidirectional marks and what was no UTF-8 as codes. Lines stay lines. */
export function visibleText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, (c) => String.fromCodePoint(0x2400 + (c.codePointAt(0) ?? 0)))
      .replace(/\u007f/g, '\u2421')
      .replace(/[\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, codeOf)
  )
}

function codeOf(c: string): string {
  return `⟨U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** Did the bytes hold something that no UTF-8 text has? Then the text alone does not tell what came. */
export function isBinary(text: string): boolean {
  return text.includes('\ufffd') || text.includes('\u0000')
}

const ROW_BYTES = 16
const SHOWN_BYTES = 4096

/** `00000000  45 ff 00 …`, the first 4 kB. */
export function hexOf(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).subarray(0, SHOWN_BYTES)
  const rows = []
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const row = [...bytes.subarray(at, at + ROW_BYTES)].map((byte) => byte.toString(16).padStart(2, '0'))
    rows.push(`${at.toString(16).padStart(8, '0')}  ${row.join(' ')}`)
  }
  return rows.join('\n')
}

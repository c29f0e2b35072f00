// How deeply a JSON text is nested, told before it is parsed: the time JSON.parse takes grows with the square of the depth,
// and a body of nothing but brackets would hold the whole server up for a minute. Asked by ingest-routes.ts.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/** Does `json` (UTF-8) nest more than `levels` arrays and objects? Looks at brackets outside strings only; malformed text is the parser's business. */
export function isNestedDeeper(json: Uint8Array, levels: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (inString) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) {
      inString = true
    } else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) {
      if (++depth > levels) return true
    } else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) {
      depth--
    }
  }
  return false
}

// Bytes of a CSV file in, rows of cells out. Pure; called by cdr-reader.ts. Works on bytes until a line is whole, so that
// a character split between two chunks survives. Never throws on input, and one broken line costs that line alone.
//
// PBXs write CSV by hand: Asterisk doubles quotes inside a cell, FreeSWITCH writes them as they are. A quote closes a cell
// only before a comma or the end of the line; every other one is taken as a character.

/** A row beyond these is no row. */
export const ROW_MAX_BYTES = 64 * 1024
const ROW_MAX_LINES = 20

export type CsvItem =
  | { type: 'row'; cells: string[]; line: number; text: string }
  /** `text`: what was skipped, capped. */
  | { type: 'unreadable'; text: string; line: number; cause: string }

interface Line {
  text: string
  number: number
}

const LF = 10
const KEPT_OF_UNREADABLE = 1_000
const NEVER_CLOSED = 'A quote is never closed.'

export class CsvRows {
  #rest: Buffer = Buffer.alloc(0)
  /** The line now being read is longer than a row may be: its bytes are thrown away up to its end. */
  #skipping: string | null = null
  #lineNumber = 0
  /** Lines of a row whose last quote is still open. */
  #open: Line[] = []
  readonly #fits: (cells: readonly string[]) => boolean

  /** `fits`: has this the shape of a row? Asked for cells over several lines, which may be two broken rows instead. */
  constructor(fits: (cells: readonly string[]) => boolean) {
    this.#fits = fits
  }

  push(chunk: Uint8Array): CsvItem[] {
    const items: CsvItem[] = []
    const bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (;;) {
      const end = bytes.indexOf(LF, start)
      if (end < 0) break
      this.#takeLine(bytes.subarray(start, end), items)
      start = end + 1
    }
    this.#rest = bytes.subarray(start)
    if (this.#rest.length > ROW_MAX_BYTES) {
      this.#skipping ??= this.#rest.toString('utf8', 0, KEPT_OF_UNREADABLE)
      this.#rest = Buffer.alloc(0)
    }
    return items
  }

  /** The file ends here. */
  finish(): CsvItem[] {
    const items: CsvItem[] = []
    if (this.#rest.length > 0 || this.#skipping !== null) this.#takeLine(this.#rest, items)
    this.#rest = Buffer.alloc(0)
    while (this.#open.length > 0) this.#giveUpFirst(items, NEVER_CLOSED)
    return items
  }

  #takeLine(bytes: Buffer, items: CsvItem[]): void {
    const number = ++this.#lineNumber
    if (this.#skipping !== null || bytes.length > ROW_MAX_BYTES) {
      const text = this.#skipping ?? bytes.toString('utf8', 0, KEPT_OF_UNREADABLE)
      this.#skipping = null
      while (this.#open.length > 0) this.#giveUpFirst(items, NEVER_CLOSED)
      items.push({ type: 'unreadable', text, line: number, cause: `The line is longer than ${ROW_MAX_BYTES} bytes.` })
      return
    }
    let text = bytes.toString('utf8')
    if (text.endsWith('\r')) text = text.slice(0, -1)
    if (number === 1 && text.startsWith('\ufeff')) text = text.slice(1)
    this.#takeText({ text, number }, items)
  }

  #takeText(line: Line, items: CsvItem[]): void {
    if (this.#open.length === 0 && line.text.trim() === '') return
    // A line that is a row by itself goes on no other: the one before it broke off.
    const alone = this.#open.length > 0 ? cellsOf(line.text) : null
    if (alone !== null && this.#fits(alone)) while (this.#open.length > 0) this.#giveUpFirst(items, NEVER_CLOSED)
    this.#open.push(line)
    const [first] = this.#open
    if (!first) return
    const text = this.#open.length === 1 ? line.text : this.#open.map((one) => one.text).join('\n')
    const cells = cellsOf(text)
    if (cells !== null && (this.#open.length === 1 || this.#fits(cells))) {
      this.#open = []
      items.push({ type: 'row', cells, line: first.number, text })
    } else if (cells !== null || this.#open.length >= ROW_MAX_LINES || text.length > ROW_MAX_BYTES) {
      this.#giveUpFirst(items, NEVER_CLOSED)
    }
  }

  /** The oldest open line is broken; those after it are read once more without it. */
  #giveUpFirst(items: CsvItem[], cause: string): void {
    const [first, ...others] = this.#open
    this.#open = []
    if (!first) return
    items.push({ type: 'unreadable', text: first.text.slice(0, KEPT_OF_UNREADABLE), line: first.number, cause })
    for (const line of others) this.#takeText(line, items)
  }
}

/** The SQL template of FreeSWITCH's mod_cdr_csv: the same cells in a statement. */
const INSERT = /^INSERT INTO \w+ VALUES \((.*)\);?$/s

/** The cells of a row; null: a quote is still open at its end. */
export function cellsOf(row: string): string[] | null {
  const text = row.startsWith('INSERT') ? (INSERT.exec(row)?.[1] ?? row) : row
  const cells: string[] = []
  let at = 0
  for (;;) {
    // Blanks before a quote, as some templates have them.
    let start = at
    while (text[start] === ' ' || text[start] === '\t') start++
    if (text[start] !== '"') {
      const comma = text.indexOf(',', at)
      cells.push(text.slice(at, comma < 0 ? undefined : comma))
      if (comma < 0) return cells
      at = comma + 1
      continue
    }
    const quoted = quotedCell(text, start + 1)
    if (quoted === null) return null
    cells.push(quoted.cell)
    if (quoted.next >= text.length) return cells
    at = quoted.next + 1
  }
}

/** `start`: behind the opening quote. `next`: the comma behind the cell, or the end. */
function quotedCell(text: string, start: number): { cell: string; next: number } | null {
  let cell = ''
  let from = start
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote < 0) return null
    const after = text[quote + 1]
    if (after === undefined || after === ',') return { cell: cell + text.slice(from, quote), next: quote + 1 }
    // Doubled: one character of two.
    cell += text.slice(from, quote + 1)
    from = after === '"' ? quote + 2 : quote + 1
  }
}

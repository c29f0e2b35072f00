// Calls as CSV (RFC 4180). Two readers, two ways (docs/decisions/0061): for spreadsheets, with a byte order mark, nothing
// that runs as a formula and no number that is rounded; `plain` for programs, with codes and whole precision. Pure.
import type { CallSummary } from '../calls/call.ts'
import type { Clock } from '../calls/instant.ts'
import type { Column } from './export-columns.ts'
import { codes, type ExportWords } from './export-words.ts'

export interface CsvFormat {
  /** With the byte order mark, where there is one. */
  head: string
  row(call: CallSummary): string
}

export const BYTE_ORDER_MARK = '\ufeff'

export function csvFormat(
  columns: readonly Column[],
  { clock, words: inLanguage, plain }: { clock: Clock; words: ExportWords; plain: boolean },
): CsvFormat {
  const words = plain ? codes : inLanguage
  const named = columns.map(({ id, kind }) =>
    kind === 'duration' ? words.inSeconds(words.column[id]) : words.column[id],
  )
  const cell = plain ? quoted : (text: string) => quoted(safeInSpreadsheets(text))
  return {
    head: `${plain ? '' : BYTE_ORDER_MARK}${csvLine(named, cell)}`,
    row(call) {
      let line = ''
      for (const [i, column] of columns.entries()) {
        if (i > 0) line += ','
        if (column.kind === 'text') {
          const text = column.of(call, words)
          if (text !== null) line += cell(text)
          continue
        }
        const value = column.of(call)
        if (value === null) continue
        if (column.kind === 'instant') line += plain ? clock.write(value) : wallClock(clock, value)
        else if (column.kind === 'duration') line += plain ? String(value / 1000) : String(Math.round(value / 1000))
        else line += String(value)
      }
      return `${line}\r\n`
    },
  }
}

/** One line of texts, ended; `cell` writes one. */
export function csvLine(texts: readonly string[], cell: (text: string) => string = quoted): string {
  return `${texts.map(cell).join(',')}\r\n`
}

/** `2026-11-23 10:00:00+08:00`: a person reads it, programs parse it, and spreadsheets leave it as it is. */
export function wallClock(clock: Clock, at: number): string {
  const iso = clock.write(at)
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${iso.slice(23)}`
}

/** Only digits and what stands between them in numbers, dates and times: a spreadsheet would count with it. */
const NUMBER_LIKE = /^[\s()+\-0-9.,:/%Ee]*[0-9][\s()+\-0-9.,:/%Ee]*$/
/** What makes a spreadsheet run a cell (OWASP, CSV injection), full-width forms of Chinese keyboards included. */
const RUNS = /^[=+\-@\t\r\n＝＋－＠]/

/**
 * A phone number keeps its zeros and digits: a tab in front, not seen in the cell, makes it text. What could run as a
 * formula gets an apostrophe in front.
 */
export function safeInSpreadsheets(text: string): string {
  if (NUMBER_LIKE.test(text)) return `\t${text}`
  return RUNS.test(text) ? `'${text}` : text
}

export function quoted(text: string): string {
  return /[",\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

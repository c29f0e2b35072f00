// Writes a workbook into a file in one go, in constant memory: sheets are deflated piece by piece, and what a ZIP wants to
// know in front of an entry is written over its place afterwards. Past what a sheet can hold, the next one begins.
import { constants, crc32, deflateRawSync } from 'node:zlib'
import type { CallSummary } from '../calls/call.ts'
import type { Clock } from '../calls/instant.ts'
import type { Column } from './export-columns.ts'
import type { ExportFile } from './export-file.ts'
import type { ExportWords } from './export-words.ts'
import {
  excelDuration,
  excelInstant,
  letters,
  numberCell,
  SHEET_ROWS,
  sheetFoot,
  sheetHead,
  sheetPart,
  textCell,
  workbookParts,
} from './xlsx-parts.ts'
import { centralRecord, endOfDirectory, localHeader, type ZipEntry } from './zip-format.ts'

/** XML packed at a time. */
const PIECE_CHARACTERS = 256 * 1024
/** XML of a sheet; below 4 GiB, so that the entry needs no ZIP64, which some spreadsheets cannot read. */
const SHEET_BYTES = 3 * 1024 ** 3
/** Packs nearly as well as the default, twice as fast. */
const LEVEL = 3

interface OpenEntry {
  entry: ZipEntry
  offset: number
}

export interface XlsxOptions {
  clock: Clock
  words: ExportWords
  timeZone: string
  /** When it was asked for, epoch ms. */
  madeAt: number
  /** Rows of a sheet; what Excel knows, less in tests. */
  sheetRows?: number
}

export class XlsxFile {
  readonly #file: ExportFile
  readonly #columns: readonly Column[]
  readonly #letters: readonly string[]
  readonly #options: XlsxOptions
  readonly #entries: OpenEntry[] = []
  #open: OpenEntry | null = null
  #pending = ''
  #rows = 0
  #sheets = 0

  constructor(file: ExportFile, columns: readonly Column[], options: XlsxOptions) {
    this.#file = file
    this.#columns = columns
    this.#letters = columns.map((_, i) => letters(i))
    this.#options = options
    this.#beginSheet()
  }

  add(call: CallSummary): void {
    const isFull = this.#rows >= (this.#options.sheetRows ?? SHEET_ROWS)
    if (isFull || (this.#open?.entry.sizeBytes ?? 0) > SHEET_BYTES) {
      this.#endSheet()
      this.#beginSheet()
    }
    this.#rows++
    const { clock, words } = this.#options
    const n = this.#rows + 1
    let row = `<row r="${n}">`
    for (const [i, column] of this.#columns.entries()) {
      const ref = `${this.#letters[i]}${n}`
      if (column.kind === 'text') {
        const text = column.of(call, words)
        if (text !== null && text !== '') row += textCell(ref, text)
        continue
      }
      const value = column.of(call)
      if (value === null) continue
      if (column.kind === 'instant') row += numberCell(ref, excelInstant(clock.toLocal(value)), 'instant')
      else if (column.kind === 'duration') row += numberCell(ref, excelDuration(value), 'duration')
      else row += numberCell(ref, value, 'whole')
    }
    this.#xml(`${row}</row>`)
  }

  /** Ends the workbook; the file itself stays open. */
  end(): void {
    this.#endSheet()
    const name = this.#options.words.calls
    const names = Array.from({ length: this.#sheets }, (_, i) => (i === 0 ? name : `${name} ${i + 1}`))
    for (const [part, xml] of workbookParts(names)) {
      this.#beginEntry(part)
      this.#xml(xml)
      this.#endEntry()
    }
    const offset = this.#file.sizeBytes
    for (const { entry, offset: at } of this.#entries) this.#file.write(centralRecord(entry, at))
    const sizeBytes = this.#file.sizeBytes - offset
    this.#file.write(endOfDirectory({ entries: this.#entries.length, offset, sizeBytes }))
  }

  #beginSheet(): void {
    const { words, timeZone } = this.#options
    this.#sheets++
    this.#rows = 0
    this.#beginEntry(sheetPart(this.#sheets))
    const heads = this.#columns.map(({ id, kind }) =>
      kind === 'instant' ? words.inZone(words.column[id], timeZone) : words.column[id],
    )
    this.#xml(sheetHead(this.#columns.map(({ width }, i) => Math.max(width, widthOf(heads[i] ?? '') + 4))))
    const cells = heads.map((head, i) => textCell(`${this.#letters[i]}1`, head, 'header'))
    this.#xml(`<row r="1">${cells.join('')}</row>`)
  }

  #endSheet(): void {
    this.#xml(sheetFoot(this.#columns.length, this.#rows))
    this.#endEntry()
  }

  #beginEntry(name: string): void {
    const { clock, madeAt } = this.#options
    const entry: ZipEntry = {
      name,
      method: 'deflate',
      crc32: 0,
      packedBytes: 0,
      sizeBytes: 0,
      wallAt: clock.toLocal(madeAt),
    }
    this.#open = { entry, offset: this.#file.sizeBytes }
    this.#file.write(localHeader(entry))
  }

  #xml(text: string): void {
    this.#pending += text
    if (this.#pending.length >= PIECE_CHARACTERS) this.#pack(constants.Z_SYNC_FLUSH)
  }

  #endEntry(): void {
    if (!this.#open) return
    this.#pack(constants.Z_FINISH)
    this.#file.patch(localHeader(this.#open.entry), this.#open.offset)
    this.#entries.push(this.#open)
    this.#open = null
  }

  /** A piece ends on a whole byte, so pieces that were packed by themselves make one deflate stream. */
  #pack(finishFlush: number): void {
    if (!this.#open) return
    const { entry } = this.#open
    const xml = Buffer.from(this.#pending, 'utf8')
    this.#pending = ''
    const packed = deflateRawSync(xml, { level: LEVEL, finishFlush })
    entry.crc32 = crc32(xml, entry.crc32)
    entry.sizeBytes += xml.length
    entry.packedBytes += packed.length
    this.#file.write(packed)
  }
}

/** Chinese characters are twice as wide. */
function widthOf(text: string): number {
  return [...text].reduce((sum, char) => sum + (char > '\u2e7f' ? 2 : 1), 0)
}

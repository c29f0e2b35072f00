// The XML of a workbook (ECMA-376, SpreadsheetML): the few parts that Excel, WPS and LibreOffice need, and nothing else.
// Texts stand in their cells (no shared strings), so that a sheet can be written in one go. Pure.

/** Rows of a sheet below its header, as many as Excel knows. */
export const SHEET_ROWS = 1_048_575
const CELL_CHARACTERS = 32_767
const DAY_MS = 86_400_000
/** Excel's day 0 is 1899-12-30. */
const EXCEL_EPOCH_DAYS = 25_569

/** Numbers of the formats in `styles` below. */
const STYLE = { instant: 1, duration: 2, whole: 3, header: 4, text: 5 } as const
export type CellStyle = keyof typeof STYLE

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const PART = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Every part but the sheets, by its name in the package. */
export function workbookParts(sheetNames: readonly string[]): [name: string, xml: string][] {
  const sheets = sheetNames.map((name, i) => ({ name, n: i + 1 }))
  return [
    [
      '[Content_Types].xml',
      `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${PART}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${PART}.styles+xml"/>${sheets.map(({ n }) => `<Override PartName="/${sheetPart(n)}" ContentType="${PART}.worksheet+xml"/>`).join('')}</Types>`,
    ],
    [
      '_rels/.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${sheets.map(({ name, n }) => `<sheet name="${escapeXml(name)}" sheetId="${n}" r:id="rId${n}"/>`).join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships">${sheets.map(({ n }) => `<Relationship Id="rId${n}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('')}<Relationship Id="rId${sheets.length + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['xl/styles.xml', styles],
  ]
}

export function sheetPart(n: number): string {
  return `xl/worksheets/sheet${n}.xml`
}

const styles = `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFF0F2F5"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">${[
  [0, 0, 0],
  [164, 0, 0],
  [165, 0, 0],
  [1, 0, 0],
  [49, 1, 2],
  [49, 0, 0],
]
  .map(
    ([format, font, fill]) =>
      `<xf numFmtId="${format}" fontId="${font}" fillId="${fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>`,
  )
  .join('')}</cellXfs></styleSheet>`

/** What stands before the rows: the header stays on screen, columns are as wide as what they hold. */
export function sheetHead(widths: readonly number[]): string {
  const cols = widths
    .map((width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`)
    .join('')
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${cols}</cols><sheetData>`
}

/** What stands after them. Excel is told that numbers which are text are meant to be. */
export function sheetFoot(columns: number, rows: number): string {
  const all = `A1:${letters(columns - 1)}${rows + 1}`
  return `</sheetData><autoFilter ref="${all}"/><ignoredErrors><ignoredError sqref="${all}" numberStoredAsText="1"/></ignoredErrors></worksheet>`
}

export function textCell(ref: string, text: string, style: CellStyle = 'text'): string {
  const kept = text.length > CELL_CHARACTERS ? text.slice(0, CELL_CHARACTERS) : text
  return `<c r="${ref}" s="${STYLE[style]}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(kept)}</t></is></c>`
}

export function numberCell(ref: string, value: number, style: CellStyle): string {
  return `<c r="${ref}" s="${STYLE[style]}"><v>${value}</v></c>`
}

/** What a clock on the wall shows (as if it were UTC, epoch ms) as Excel counts: days since 1899-12-30, to the second. */
export function excelInstant(wallAt: number): number {
  return Math.floor(wallAt / 1000) / (DAY_MS / 1000) + EXCEL_EPOCH_DAYS
}

/** ms → days, to the second. */
export function excelDuration(ms: number): number {
  return Math.round(ms / 1000) / (DAY_MS / 1000)
}

/** 0 → A, 25 → Z, 26 → AA. */
export function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26))
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last
}

/** Characters that XML cannot hold are left out; `_x0041_` would be read as a character by Excel. */
function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
      .replace(/[&<>"]/g, (char) => (char === '&' ? '&amp;' : char === '<' ? '&lt;' : char === '>' ? '&gt;' : '&quot;'))
  )
}

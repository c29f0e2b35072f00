// Results as Markdown tables on standard output, to be read in a terminal and copied into docs/performance.md as they are.

export function printTable(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => (row[i] ?? '').length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => `${'-'.repeat(width + 1)}${i === 0 ? '-' : ':'}`).join('|')}|`
  process.stdout.write(`\n${title}\n\n${[line(columns), rule, ...rows.map(line)].join('\n')}\n`)
}

/** 12345.6 → `12,300`: three digits are all that such a measurement knows. */
export function rough(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2)
  const rounded = Math.round(value / step) * step
  return rounded >= 100 ? rounded.toLocaleString('en') : String(Number(rounded.toPrecision(3)))
}

// Which columns are shown, in which order and how wide: the reader's choice, kept on the server with the account. Pure.

export const COLUMN_KEYS = [
  'id',
  'startedAt',
  'establishedAt',
  'caller',
  'callee',
  'type',
  'agent',
  'skillGroup',
  'talk',
  'reason',
  'answeredAt',
  'endedAt',
  'customer',
  'dialledNumber',
  'wait',
  'ring',
  'hold',
  'cause',
  'releasedBy',
  'transfers',
  'keys',
  'recorded',
  'tags',
] as const
export type ColumnKey = (typeof COLUMN_KEYS)[number]

export interface ChosenColumn {
  key: ColumnKey
  /** Pixels; null: as wide as it begins. */
  width: number | null
}

export const MIN_WIDTH = 56
export const MAX_WIDTH = 480

export const defaultColumns: readonly ChosenColumn[] = COLUMN_KEYS.slice(0, 10).map((key) => ({ key, width: null }))

/** What was kept, as far as it makes sense today; anything else is the default. */
export function readColumns(kept: unknown): readonly ChosenColumn[] {
  if (!Array.isArray(kept)) return defaultColumns
  const seen = new Set<ColumnKey>()
  const columns = kept.flatMap((one: unknown): ChosenColumn[] => {
    const { key: name, width } = (one ?? {}) as { key?: unknown; width?: unknown }
    const key = COLUMN_KEYS.find((known) => known === name)
    if (!key || seen.has(key)) return []
    seen.add(key)
    return [{ key, width: typeof width === 'number' ? clampWidth(width) : null }]
  })
  return columns.length > 0 ? columns : defaultColumns
}

/** On a narrow screen who called is what must be in sight; the id that would push it aside stands at the end. */
export function onNarrowScreen(columns: readonly ChosenColumn[]): readonly ChosenColumn[] {
  const [first, ...others] = columns
  return first?.key === 'id' && others.length > 0 ? [...others, first] : columns
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)))
}

/** Shows a column (at the end) or hides it; the last one stays. */
export function toggleColumn(columns: readonly ChosenColumn[], key: ColumnKey): readonly ChosenColumn[] {
  if (!columns.some((column) => column.key === key)) return [...columns, { key, width: null }]
  return columns.length === 1 ? columns : columns.filter((column) => column.key !== key)
}

export function placeOf(columns: readonly ChosenColumn[], key: ColumnKey): number {
  return columns.findIndex((column) => column.key === key)
}

/** Moves a column to another place among the shown ones. */
export function moveColumn(columns: readonly ChosenColumn[], key: ColumnKey, to: number): readonly ChosenColumn[] {
  const moving = columns.find((column) => column.key === key)
  if (!moving) return columns
  const others = columns.filter((column) => column !== moving)
  return others.toSpliced(Math.min(Math.max(0, to), others.length), 0, moving)
}

export function resizeColumn(columns: readonly ChosenColumn[], key: ColumnKey, width: number): readonly ChosenColumn[] {
  return columns.map((column) => (column.key === key ? { key, width: clampWidth(width) } : column))
}

export function isDefault(columns: readonly ChosenColumn[]): boolean {
  return JSON.stringify(columns) === JSON.stringify(defaultColumns)
}

// Writes all calls of a search into a CSV or XLSX file, page by page, in constant memory. Called in the exports' thread
// (src/export-thread.ts) and by `callbook export`.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { maskCall } from '../access/masked-numbers.ts'
import type { CallSummary } from '../calls/call.ts'
import type { CallCursor, CallSearch } from '../calls/call-search.ts'
import { clockIn } from '../calls/instant.ts'
import { type Names, namedCall } from '../directory/names.ts'
import type { CallSnapshot } from '../store/store.ts'
import { csvFormat } from './csv-format.ts'
import { columnsOf } from './export-columns.ts'
import { ExportFile } from './export-file.ts'
import { type ExportLanguage, wordsIn } from './export-words.ts'
import { XlsxFile } from './xlsx-file.ts'

const PAGE_CALLS = 500

export interface CallsFile {
  kind: 'csv' | 'xlsx'
  search: CallSearch
  /** Ids, in order; none: all. */
  columns: readonly string[]
  language: ExportLanguage
  timeZone: string
  /** CSV for programs (csv-format.ts). */
  plain: boolean
  /** Written into workbooks; epoch ms. */
  madeAt: number
  /** Names given by hand. */
  names: Names
}

export interface Written {
  calls: number
  bytes: number
}

/**
 * On disk when it resolves. `onPage` hears how far it is.
 * @throws AppError bad-request (columns), exports-full past `mostBytes`; what file system and store throw
 */
export async function writeCalls(
  wanted: CallsFile,
  {
    snapshot,
    path,
    mostBytes,
    onPage,
  }: {
    snapshot: Pick<CallSnapshot, 'page'>
    path: string
    mostBytes?: number
    onPage?: (written: Written) => void
  },
): Promise<Written> {
  const file = new ExportFile(path, mostBytes)
  try {
    const writer = writerOf(wanted, file)
    let calls = 0
    let cursor: CallCursor | null = null
    for (;;) {
      const page: CallSummary[] = await snapshot.page(wanted.search, cursor, PAGE_CALLS)
      for (const call of page) {
        const named = namedCall(call, wanted.names)
        writer.add(wanted.search.masked ? maskCall(named) : named)
      }
      calls += page.length
      onPage?.({ calls, bytes: file.sizeBytes })
      const last = page.at(-1)
      if (page.length < PAGE_CALLS || !last) break
      cursor = { startedAt: last.startedAt, id: last.id }
      await nextTurn()
    }
    writer.end()
    file.finish()
    return { calls, bytes: file.sizeBytes }
  } finally {
    file.close()
  }
}

function writerOf(wanted: CallsFile, file: ExportFile): { add(call: CallSummary): void; end(): void } {
  const { language, timeZone, plain, madeAt } = wanted
  const columns = columnsOf(wanted.columns)
  const clock = clockIn(timeZone)
  const words = wordsIn(language)
  if (wanted.kind === 'xlsx') return new XlsxFile(file, columns, { clock, words, timeZone, madeAt })
  const csv = csvFormat(columns, { clock, words, plain })
  file.write(Buffer.from(csv.head, 'utf8'))
  return { add: (call) => file.write(Buffer.from(csv.row(call), 'utf8')), end: () => {} }
}

// An export as the API shows it, and how its file is called. Pure.
import type { WriteInstant } from '../calls/call-json.ts'
import type { Clock } from '../calls/instant.ts'
import type { ExportRow } from '../store/store.ts'
import { wordsIn } from './export-words.ts'

type Shown = 'id' | 'kind' | 'state' | 'columns' | 'language' | 'timeZone' | 'plain' | 'count' | 'done' | 'sizeBytes'

export interface ExportJson extends Pick<ExportRow, Shown> {
  /** Who asked for it, and whether that is who asks now. */
  owner: string
  isOwn: boolean
  /** The range that is searched. */
  from: string
  to: string
  fileName: string
  /** An error code. */
  failure: string | null
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  expiresAt: string | null
}

export function exportToJson(
  row: ExportRow,
  { isOwn, write, clock }: { isOwn: boolean; write: WriteInstant; clock: Clock },
): ExportJson {
  const { id, kind, state, columns, language, timeZone, plain, count, done, sizeBytes, failure } = row
  const orNull = (at: number | null) => (at === null ? null : write(at))
  return {
    id,
    kind,
    state,
    columns,
    language,
    timeZone,
    plain,
    count,
    done,
    sizeBytes,
    failure,
    owner: row.ownerName,
    isOwn,
    from: write(row.search.from),
    to: write(row.search.to),
    fileName: fileName(row, clock),
    createdAt: write(row.createdAt),
    startedAt: orNull(row.startedAt),
    endedAt: orNull(row.endedAt),
    expiresAt: orNull(row.expiresAt),
  }
}

const EXTENSIONS: Record<ExportRow['kind'], string> = { csv: 'csv', xlsx: 'xlsx', audio: 'zip' }

/** `通话记录_20261101-20261128.csv`: the days of the search in the clock's zone, both included; one day stands once. */
export function fileName(row: Pick<ExportRow, 'kind' | 'language' | 'search'>, clock: Clock): string {
  const words = wordsIn(row.language)
  return named(row, clock, row.kind === 'audio' ? words.recordingsFile : words.calls)
}

/** The same in ASCII, for clients that know nothing else. */
export function plainFileName(row: Pick<ExportRow, 'kind' | 'search'>, clock: Clock): string {
  return named(row, clock, row.kind === 'audio' ? 'recordings' : 'calls')
}

function named({ kind, search }: Pick<ExportRow, 'kind' | 'search'>, clock: Clock, word: string): string {
  const day = (at: number) => clock.dayOf(at).replaceAll('-', '')
  const [first, last] = [day(search.from), day(Math.max(search.from, search.to - 1))]
  return `${word}_${first === last ? first : `${first}-${last}`}.${EXTENSIONS[kind]}`
}

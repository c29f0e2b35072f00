// `callbook export calls`: all calls of a search into a file, straight from the store; works beside a running server and
// without one.
import { existsSync, rmSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import type { Principal } from '../access/permissions.ts'
import { clockIn } from '../calls/instant.ts'
import { type SearchQuery, toSearch } from '../calls/search-query.ts'
import { DEFAULT_INSTANCE, readConfig, readLanguage } from '../config.ts'
import { namesOf } from '../directory/directory.ts'
import { searchByNames } from '../directory/names.ts'
import { AppError } from '../errors.ts'
import { columnsOf } from '../exports/export-columns.ts'
import type { ExportLanguage } from '../exports/export-words.ts'
import { writeCalls } from '../exports/write-calls.ts'
import { printJson, say } from './print.ts'
import { startProgress } from './progress.ts'

export interface ExportCallsOptions {
  format: 'csv' | 'xlsx'
  out: string
  from?: string
  to?: string
  caller?: string
  callee?: string
  number?: string
  agent?: string[]
  skillGroup?: string[]
  type?: SearchQuery['type']
  hangupReason?: SearchQuery['hangupReason']
  columns?: string
  language?: ExportLanguage
  plain?: boolean
  instance?: string
  force?: boolean
  json?: boolean
}

/** @throws AppError bad-request, bad-time, bad-number-term, file-exists; what the file system throws */
export async function runExportCalls(options: ExportCallsOptions): Promise<void> {
  const { dataFolder, timeZone } = readConfig()
  const columns = options.columns?.split(',').map((id) => id.trim()) ?? []
  columnsOf(columns)
  const { out } = options
  if (existsSync(out) && !options.force) throw new AppError('file-exists', { file: out })
  const clock = clockIn(timeZone)
  const now = Date.now()
  const instance = options.instance ?? DEFAULT_INSTANCE
  const { openEmbeddedStore } = await import('../store/embedded/embedded-store.ts')
  // Makes and migrates what is not there yet; a snapshot only reads.
  const store = await openEmbeddedStore({ folder: dataFolder, readers: 1 })
  const given = await store.directory.givenNames().finally(() => store.close())
  const names = namesOf(given.filter((one) => one.instance === instance))
  const search = toSearch(queryOf(options), local(instance), {
    clock,
    // Whoever may read the data folder may read all of it.
    searchWindowDays: 36_500,
    now,
    byNames: (asked) => searchByNames(asked, names),
  })
  const { openEmbeddedSnapshot } = await import('../store/embedded/embedded-snapshot.ts')
  const snapshot = openEmbeddedSnapshot(dataFolder)
  const { count } = await snapshot.count(search)
  let done = 0
  const progress = startProgress(() => ({ part: count === 0 ? 1 : done / count, text: `${done} of ${count} calls` }))
  const onPage = ({ calls }: { calls: number }) => {
    done = calls
  }
  const part = `${out}.part`
  try {
    const written = await writeCalls(
      {
        kind: options.format,
        search,
        columns,
        language: options.language ?? (readLanguage() === 'zh' ? 'zh-CN' : 'en'),
        timeZone,
        plain: options.plain === true,
        madeAt: now,
        names,
      },
      { snapshot, path: part, onPage },
    )
    await rename(part, out)
    progress.end()
    if (options.json) printJson({ file: out, ...written })
    else say(`${written.calls} calls, ${written.bytes} bytes: ${out}`)
  } finally {
    progress.end()
    rmSync(part, { force: true })
    snapshot.close()
  }
}

function queryOf(options: ExportCallsOptions): SearchQuery {
  const { from, to, caller, callee, number, agent, skillGroup, type, hangupReason } = options
  const given = { from, to, caller, callee, number, agent, skillGroup, type, hangupReason }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as SearchQuery
}

/** Whoever runs a command on the machine itself: sees every call of the instance. */
function local(instance: string): Principal {
  const scopes = new Set(['calls:read' as const])
  return {
    kind: 'key',
    id: 'command',
    name: 'command line',
    instance,
    home: instance,
    role: null,
    scopes,
    agentId: null,
    masksNumbers: false,
  }
}

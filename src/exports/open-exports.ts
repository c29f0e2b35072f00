// Puts the parts of exports together for main.ts: the files' folder, the queue with its ways of working, the routes.
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { type Names, searchByNames } from '../directory/names.ts'
import type { RouteSet } from '../http/app.ts'
import type { OpenAudio } from '../recordings/stored-audio.ts'
import type { ExportRow, Store } from '../store/store.ts'
import { audioWork } from './audio-work.ts'
import { ExportFiles } from './export-files.ts'
import { exportInThread } from './export-in-thread.ts'
import { exportRoutes } from './export-routes.ts'
import { Exports, type ExportWork } from './exports.ts'
import type { Written } from './write-calls.ts'

export interface OpenedExports {
  exports: Exports
  routes: RouteSet
  /** Goes on with what an earlier run left; the routes work before. */
  start(): Promise<void>
  /** Safe to call twice. */
  close(): Promise<void>
}

/** @throws AppError data-folder-unwritable */
export async function openExports({
  config,
  store,
  openAudio,
  names,
  log,
  now,
}: {
  config: Pick<Config, 'dataFolder' | 'timeZone' | 'searchWindowDays' | 'limits'>
  store: Pick<Store, 'exports' | 'calls' | 'receipts'>
  openAudio: OpenAudio
  /** What agents and skill groups are called when a file is made. */
  names(instance: string): Names
  log: Logger
  now(): number
}): Promise<OpenedExports> {
  const { dataFolder, timeZone, searchWindowDays, limits } = config
  const files = new ExportFiles(join(dataFolder, 'exports'))
  await files.make()
  const exports = new Exports({
    store: store.exports,
    files,
    works: {
      table: tableWork(dataFolder, names),
      audio: audioWork({ calls: store.calls, openAudio, mostRecordings: limits.exportedRecordings }),
    },
    onDone: (row, written) => receiptOf(row, written),
    limits,
    log,
    now,
  })
  async function receiptOf({ kind, instance, actor, search }: ExportRow, { calls, bytes }: Written): Promise<void> {
    if (kind !== 'audio') return
    const body = { kind: 'audio-exported', search, calls, bytes } as const
    await store.receipts.appendReceipts([{ instance, at: now(), actor, body }])
  }

  return {
    exports,
    routes: exportRoutes({
      store,
      exports,
      files,
      openAudio,
      receipts: store.receipts,
      timeZone,
      searchWindowDays,
      byNames: (search) => searchByNames(search, names(search.instance)),
      now,
    }),
    start: () => exports.start(),
    close: () => exports.close(),
  }
}

function tableWork(dataFolder: string, names: (instance: string) => Names): ExportWork {
  return (row, { path, mostBytes }, signal, listener) => {
    const { search, columns, language, timeZone, plain, createdAt: madeAt } = row
    const kind = row.kind === 'xlsx' ? 'xlsx' : 'csv'
    const file = { kind, search, columns, language, timeZone, plain, madeAt, names: names(row.instance) } as const
    return exportInThread({ dataFolder, path, mostBytes, file }, signal, listener)
  }
}

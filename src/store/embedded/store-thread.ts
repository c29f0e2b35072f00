// A thread of the store: opens the database as a writer or a reader and answers requests one after the other. Started by
// thread.ts with { folder, mode }; talks in the messages below and nothing else.
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../../errors.ts'
import { Database } from './database.ts'
import { readVerbs, writeVerbs } from './verbs.ts'

export interface ThreadStart {
  folder: string
  mode: 'write' | 'read'
}

export interface ThreadRequest {
  id: number
  verb: string
  args: unknown[]
}

export type ThreadAnswer =
  | { id: number; ok: true; result: unknown }
  | { id: number; ok: false; message: string; code: ErrorCode | null; details: Readonly<Record<string, unknown>> }

/** How often the writer lets SQLite bring its index statistics up to date. */
const OPTIMIZE_EVERY_MS = 10 * 60_000

const port = parentPort
if (!port) throw new Error('store-thread.ts runs as a worker thread')
const { folder, mode } = workerData as ThreadStart
const answer = (message: ThreadAnswer) => port.postMessage(message)

let db: Database
try {
  db = new Database(folder, mode)
  if (mode === 'write') db.migrate()
  answer({ id: 0, ok: true, result: null })
} catch (cause) {
  answer(failure(0, cause))
  process.exit(1)
}

const verbs: Record<string, (db: Database, ...args: never[]) => unknown> = mode === 'write' ? writeVerbs : readVerbs

port.on('message', ({ id, verb, args }: ThreadRequest) => {
  if (verb === 'close') {
    db.close()
    answer({ id, ok: true, result: null })
    port.close()
    return
  }
  try {
    const run = verbs[verb]
    if (!run) throw new Error(`the store has no verb ${verb}`)
    answer({ id, ok: true, result: run(db, ...(args as never[])) })
  } catch (cause) {
    answer(failure(id, cause))
  }
})

if (mode === 'write') setInterval(() => db.optimize(), OPTIMIZE_EVERY_MS).unref()

function failure(id: number, cause: unknown): ThreadAnswer {
  if (cause instanceof AppError)
    return { id, ok: false, message: cause.message, code: cause.code, details: cause.details }
  const error = cause as Error & { code?: string }
  const ofDisk = error.code === 'ERR_SQLITE_ERROR'
  return {
    id,
    ok: false,
    message: error.stack ?? String(cause),
    code: ofDisk ? 'store-unavailable' : null,
    details: { detail: error.message },
  }
}

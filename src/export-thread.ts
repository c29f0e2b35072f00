// The thread in which CSV and XLSX exports are written: a root of its own beside main.ts, since it opens the store by itself
// and so reads in nobody's way. Started by exports/export-in-thread.ts for one export; says how far it is and ends.
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from './errors.ts'
import type { ThreadMessage, ThreadWork } from './exports/export-in-thread.ts'
import { writeCalls } from './exports/write-calls.ts'
import { openEmbeddedSnapshot } from './store/embedded/embedded-snapshot.ts'

const port = parentPort
if (!port) throw new Error('export-thread.ts runs as a worker thread')
const say = (message: ThreadMessage) => port.postMessage(message)
const { dataFolder, path, mostBytes, file } = workerData as ThreadWork

// Linux counts niceness by thread, so this one gives way to the server's others; elsewhere it would be the whole process.
if (process.platform === 'linux') setPriority(10)

try {
  const snapshot = openEmbeddedSnapshot(dataFolder)
  const { count } = await snapshot.count(file.search)
  say({ type: 'counted', count })
  const onPage = ({ calls, bytes }: { calls: number; bytes: number }) => say({ type: 'progress', calls, bytes })
  const written = await writeCalls(file, { snapshot, path, mostBytes, onPage })
  snapshot.close()
  say({ type: 'done', ...written })
} catch (cause) {
  const { code } = cause as NodeJS.ErrnoException
  const known = cause instanceof AppError ? cause.code : code === 'ENOSPC' || code === 'EDQUOT' ? 'exports-full' : null
  say({ type: 'failed', code: known, message: (cause as Error).stack ?? String(cause) })
}

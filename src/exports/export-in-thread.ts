// Writes one CSV or XLSX export in a thread of its own, so that neither HTTP nor the store's other readers wait for it.
// Cancelling ends the thread wherever it is.
import { Worker } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../errors.ts'
import type { CallsFile, Written } from './write-calls.ts'

export interface ThreadWork {
  dataFolder: string
  path: string
  mostBytes: number
  file: CallsFile
}

export type ThreadMessage =
  | { type: 'counted'; count: number }
  | { type: 'progress'; calls: number; bytes: number }
  | { type: 'done'; calls: number; bytes: number }
  | { type: 'failed'; code: ErrorCode | null; message: string }

export interface Listener {
  onCount(count: number): void
  onProgress(calls: number, bytes: number): void
}

/** A thread that needs more than this has a fault; it ends alone. */
const HEAP_MB = 256

/** @throws AppError exports-full, store-unavailable…; the signal's reason when it is aborted; Error for a fault of ours */
export function exportInThread(work: ThreadWork, signal: AbortSignal, listener: Listener): Promise<Written> {
  signal.throwIfAborted()
  const worker = new Worker(new URL('../export-thread.ts', import.meta.url), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  return new Promise<Written>((resolve, reject) => {
    const stop = () => {
      reject(signal.reason)
      void worker.terminate()
    }
    signal.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: ThreadMessage) => {
      if (message.type === 'counted') listener.onCount(message.count)
      else if (message.type === 'progress') listener.onProgress(message.calls, message.bytes)
      else if (message.type === 'done') resolve({ calls: message.calls, bytes: message.bytes })
      else reject(message.code ? new AppError(message.code) : new Error(message.message))
    })
    worker.on('error', reject)
    // After `done` or `failed` this says nothing new.
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop)
      reject(new Error(`the thread of an export ended by itself (${code})`))
    })
  })
}

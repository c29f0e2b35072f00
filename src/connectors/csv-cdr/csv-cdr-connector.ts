// The connector for CDR files: reads them from beginning to end, one after the other, and is done. Made by
// `callbook import cdr`. The reading waits for every batch to be on disk; another run over the same files adds nothing.
import { createReadStream, type ReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { CallEvent } from '../../calls/call-event.ts'
import type { Clock } from '../../calls/instant.ts'
import type { ConnectorConfig } from '../../config.ts'
import type { Connector, ConnectorOutput, ConnectorState } from '../connector.ts'
import { type CdrFigures, createCdrReader } from './cdr-reader.ts'

export interface CsvCdrOptions {
  /** In the order of time; `.gz` as rotated logs have it is recognised by its first bytes. */
  files: readonly string[]
  connector: ConnectorConfig
  clock: Pick<Clock, 'fromLocal'>
  columns?: readonly string[]
  now?: () => number
}

export interface CsvCdrConnector extends Connector {
  figures(): CdrFigures
  /** Bytes read of bytes there are, as they lie on the disk. */
  progress(): { readBytes: number; totalBytes: number }
}

/** Events given on at once; a call's are never parted. */
const BATCH_EVENTS = 900
const READ_BYTES = 256 * 1024

export function createCsvCdrConnector(options: CsvCdrOptions): CsvCdrConnector {
  const { files, connector, clock, columns, now = Date.now } = options
  let output: ConnectorOutput | null = null
  let file = ''
  const batch: CallEvent[] = []
  /** The batch before, on its way to the disk while the next is read. */
  let writing: Promise<void> = Promise.resolve()
  let totalBytes = 0
  /** Of the files before, and of the one now being read. */
  let readBytes = 0
  let reading: ReadStream | null = null
  const state: ConnectorState = {
    name: connector.name,
    type: 'csv-cdr',
    status: 'connecting',
    problem: null,
    since: now(),
    lastMessageAt: null,
    messages: 0,
    unreadable: 0,
  }
  const reader = createCdrReader({
    connector,
    clock,
    ...(columns ? { columns } : {}),
    onUnreadable: (text, line, cause) => output?.reject(Buffer.from(text), `${file}:${line}: ${cause}`),
  })

  async function give(events: readonly CallEvent[], isLast = false): Promise<void> {
    for (const event of events) batch.push(event)
    state.messages = reader.figures().rows
    state.unreadable = reader.figures().unreadable
    while (batch.length >= BATCH_EVENTS || (isLast && batch.length > 0)) {
      const size = wholeCalls(batch, BATCH_EVENTS)
      const next = batch.splice(0, size)
      await writing
      writing = output?.emit(next) ?? Promise.resolve()
      // Looked at by the next await; without this a failure in between would be nobody's.
      writing.catch(() => {})
    }
    if (isLast) await writing
  }

  async function readFile(path: string, signal: AbortSignal): Promise<void> {
    const isGzip = await startsWith(path, [0x1f, 0x8b])
    const raw = createReadStream(path, { highWaterMark: READ_BYTES, signal })
    reading = raw
    const bytes: Readable = isGzip ? raw.pipe(createGunzip()) : raw
    if (isGzip) raw.on('error', (error) => bytes.destroy(error))
    for await (const chunk of bytes) {
      state.lastMessageAt = now()
      await give(reader.push(chunk as Uint8Array))
    }
    readBytes += raw.bytesRead
    reading = null
    await give(reader.endFile())
  }

  return {
    name: connector.name,
    /** Resolves when everything is on disk. @throws AppError config-invalid; Error of the file system */
    async run(to, signal) {
      output = to
      for (const path of files) totalBytes += await sizeOf(path)
      state.status = 'connected'
      for (const path of files) {
        file = path
        await readFile(path, signal)
      }
      await give(reader.finish(), true)
      state.status = 'stopped'
    },
    state: () => ({ ...state }),
    figures: () => reader.figures(),
    progress: () => ({ readBytes: readBytes + (reading?.bytesRead ?? 0), totalBytes }),
  }
}

/** How many of the first events to take so that no call is parted. */
function wholeCalls(events: readonly CallEvent[], wanted: number): number {
  let size = Math.min(wanted, events.length)
  while (size < events.length && events[size]?.callId === events[size - 1]?.callId) size++
  return size
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path)
  try {
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

async function startsWith(path: string, magic: readonly number[]): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
    return bytesRead === magic.length && magic.every((byte, i) => buffer[i] === byte)
  } finally {
    await file.close()
  }
}

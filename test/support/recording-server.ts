// A Callbook server with recordings, for tests: real store, real ingest, real files in a folder of its own; it listens on
// a port of its own, since uploads and ranges are tried over real sockets.
import { readdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import type { StoredCall } from '../../src/calls/call.ts'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { clockIn } from '../../src/calls/instant.ts'
import { type Config, DEFAULT_INSTANCE, limits } from '../../src/config.ts'
import type { RouteSet } from '../../src/http/app.ts'
import { type CallChange, Ingest } from '../../src/ingest/ingest.ts'
import { receiptRoutes } from '../../src/receipts/receipt-routes.ts'
import { NO_KEYS } from '../../src/recording-keys.ts'
import type { RecordingIngest } from '../../src/recordings/recording-ingest.ts'
import { openRecordings, type Recordings } from '../../src/recordings/recordings.ts'
import { holdRoutes } from '../../src/retention/hold-routes.ts'
import { Retention } from '../../src/retention/retention.ts'
import { retentionRoutes } from '../../src/retention/retention-routes.ts'
import { startTestServer, type TestServer } from './test-server.ts'

export interface RecordingServer extends TestServer {
  recordings: Recordings
  /** Not started: tests sweep. */
  retention: Retention
  ingest: Ingest
  /** Watches of the test's own, to be told of calls that changed. */
  watches: Set<{ callChanged(call: StoredCall): void }>
  /** `http://127.0.0.1:…` */
  origin: string
  /** Tells of a call of agent 1001 that started (and, unless `live`, ended) around `startedAt`. */
  call(id: string, options?: { startedAt?: number; live?: boolean; recording?: boolean }): Promise<void>
  /** Relative names of all files in the recordings folder. */
  stored(): Promise<string[]>
}

export async function startRecordingServer(
  options: {
    limits?: Partial<Config['limits']>
    connectors?: Config['connectors']
    /** The ffmpeg to use; default: the one on the PATH. */
    ffmpeg?: string
    /** How often recordings that could not be decoded are tried again. */
    convertEveryMs?: number
    bucket?: Config['recordingsBucket']
    keys?: Config['recordingKeys']
    ingest?: (real: Ingest) => RecordingIngest
  } = {},
): Promise<RecordingServer> {
  let recordings: Recordings | null = null
  let keeping: RouteSet[] = []
  // The routes are asked for when the server starts to listen, the store stands by then.
  const server = await startTestServer({
    routes: [(app) => recordings?.routes(app), (app) => keeping.forEach((routes) => void routes(app))],
  })
  const watches = new Set<{ callChanged(call: StoredCall): void }>()
  const publish = (changes: CallChange[]) => {
    recordings?.callsChanged(changes)
    for (const { call } of changes) for (const watch of watches) watch.callChanged(call)
  }
  const all = { ...limits, ...options.limits }
  const ingest = new Ingest({
    calls: server.store.calls,
    publish,
    limits: all,
  })
  const config = {
    dataFolder: server.folder,
    scrubBytesPerSecond: 0,
    recordingsBucket: options.bucket ?? null,
    recordingKeys: options.keys ?? NO_KEYS,
    recordingsIn: options.bucket ? ('s3' as const) : ('folder' as const),
    timeZone: 'Asia/Shanghai',
    connectors: options.connectors ?? [],
    ffmpeg: options.ffmpeg ?? 'ffmpeg',
    limits: all,
  }
  recordings = await openRecordings({
    config,
    store: server.store,
    ingest: options.ingest?.(ingest) ?? ingest,
    log: pino({ level: 'silent' }),
    ...(options.convertEveryMs === undefined ? {} : { convertEveryMs: options.convertEveryMs }),
  })
  const opened = recordings
  const { store, clock } = server
  const { storages } = opened
  const base = { store, ingest, storages, timeZone: 'Asia/Shanghai', now: () => clock.now }
  const retention = new Retention({ ...base, instances: [DEFAULT_INSTANCE], log: pino({ level: 'silent' }) })
  keeping = [
    retentionRoutes({ ...base, retention }),
    holdRoutes({ ...base, inTurn: retention.inTurn, clock: clockIn('Asia/Shanghai') }),
    receiptRoutes({ receipts: store.receipts, clock: clockIn('Asia/Shanghai') }),
  ]
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.app.server.address() as AddressInfo
  const folder = join(server.folder, 'recordings')
  return {
    ...server,
    recordings: opened,
    retention,
    ingest,
    watches,
    origin: `http://127.0.0.1:${port}`,
    call: async (id, { startedAt = server.clock.now - 60_000, live = false, recording = false } = {}) => {
      const agent = { id: '1001', name: '张三' }
      const customer = '13800138000'
      const events: CallEvent[] = [
        {
          id: 's',
          callId: id,
          at: startedAt,
          type: 'call-started',
          callType: 'inbound',
          customer,
          dialledNumber: '400',
        },
        { id: 'a', callId: id, at: startedAt + 5_000, type: 'agent-answered', agent },
      ]
      if (recording) events.push({ id: 'r', callId: id, at: startedAt + 5_000, type: 'recording-started', n: 1 })
      if (!live)
        events.push({ id: 'e', callId: id, at: startedAt + 30_000, type: 'call-ended', releasedBy: 'customer' })
      await ingest.append({ instance: DEFAULT_INSTANCE, source: 'test' }, events)
    },
    stored: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name).slice(folder.length + 1))
    },
    close: async () => {
      await retention.close()
      await opened.close()
      await ingest.drain()
      await server.close()
    },
  }
}

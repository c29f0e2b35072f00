// Puts the parts of recordings together for main.ts: intake, routes, one watch for each connector with a folder, and the
// search for recordings that never came.
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Logger } from 'pino'
import type { StoredCall } from '../calls/call.ts'
import type { StoredRecordingJson } from '../calls/call-json.ts'
import { clockIn } from '../calls/instant.ts'
import { ariSettings, type Config, DEFAULT_INSTANCE, recordingFolders, sampleInstanceOf } from '../config.ts'
import { AppError } from '../errors.ts'
import type { RouteSet } from '../http/app.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { ariRecordings } from './ari-client.ts'
import { AriWatch } from './ari-watch.ts'
import { Conversions } from './conversions.ts'
import type { RecordingWatchState } from './intake-status.ts'
import { keyedTurns } from './keyed-turns.ts'
import { MissingRecordings } from './missing-recordings.ts'
import { peaksRoutes } from './peaks-routes.ts'
import type { RecordingIngest } from './recording-ingest.ts'
import { type RecordingIntake, recordingIntake } from './recording-intake.ts'
import { nameReader, type ReadName } from './recording-name.ts'
import { recordingRoutes } from './recording-routes.ts'
import { RecordingWatch } from './recording-watch.ts'
import { Scrub } from './scrub.ts'
import { silenceRoutes } from './silence-routes.ts'
import { type SoundDecoder, soundDecoder } from './sound/sound-decoder.ts'
import { SoundReader } from './sound/sound-reader.ts'
import { diskProblem } from './storage/disk-problem.ts'
import type { Storages } from './storage/recording-storage.ts'
import { type Spool, spoolIn } from './storage/spool.ts'
import { openStorages, recordingsFolder, type StoragesConfig, spoolFolder } from './storage/storages.ts'
import { customerChannel, type StereoSides, stereoSides, talkSummary } from './talk-json.ts'
import { uploadParts } from './upload-parts.ts'
import { verifyRoutes } from './verify-routes.ts'

export interface Recordings {
  routes: RouteSet
  intake: RecordingIntake
  decoder: Pick<SoundDecoder, 'decode'>
  storages: Storages
  /** Where files are made before they are stored. */
  spool: Spool
  /** The watched folders of an instance. */
  watched(instance: string): RecordingWatchState[]
  /** To be told of every call that changed, after the commit. */
  callsChanged(changes: readonly { instance: string; call: StoredCall }[]): void
  /** What is known of the recordings of a call beside its record, by number. */
  storedOf(instance: string, call: StoredCall): Promise<ReadonlyMap<number, StoredRecordingJson>>
  /** Begins to watch folders; the routes work before. */
  start(): void
  /** Watches the folders of a connector that came later, until `signal` aborts. @throws AppError config-invalid (names) */
  follow(connector: Config['connectors'][number], signal: AbortSignal): Promise<void>
  /** Safe to call twice. */
  close(): Promise<void>
}

const UPLOADS_SWEPT_EVERY_MS = 3_600_000

/**
 * Makes the recordings folder (`<data folder>/recordings`) and clears what a crash left half-written in it.
 * @throws AppError data-folder-unwritable
 */
export async function openRecordings({
  config,
  store,
  ingest,
  log,
  now = Date.now,
  convertEveryMs,
  onStored,
}: {
  config: Pick<Config, 'timeZone' | 'connectors' | 'limits' | 'ffmpeg' | 'scrubBytesPerSecond'> & StoragesConfig
  store: Pick<Store, 'calls' | 'recordings'>
  ingest: RecordingIngest
  log: Logger
  now?: () => number
  /** How often recordings that wait for ffmpeg are looked at; for tests. */
  convertEveryMs?: number
  /** Told of each recording that was stored. */
  onStored?: (row: RecordingRow) => void
}): Promise<Recordings> {
  const folder = recordingsFolder(config)
  const spool = spoolIn(spoolFolder(config, 'intake'))
  const storages = openStorages(config, spool)
  try {
    await mkdir(folder, { recursive: true })
    const removed = await spool.clear()
    if (removed > 0) log.info({ removed }, 'half-written recordings of an earlier run removed')
  } catch (cause) {
    throw new AppError('data-folder-unwritable', { folder, detail: diskProblem(cause) }, { cause })
  }
  const parts = uploadParts({ folder: spoolFolder(config, 'uploads'), limits: config.limits, now })
  const clock = clockIn(config.timeZone)
  const { limits } = config
  const decoder = soundDecoder({
    ffmpeg: config.ffmpeg,
    spool,
    limits,
    ...(convertEveryMs === undefined ? {} : { askAgainMs: convertEveryMs }),
  })
  const inTurn = keyedTurns()
  const limitBytes = limits.recordingBytes
  const instances = new Set([DEFAULT_INSTANCE, ...config.connectors.map((c) => c.instance ?? DEFAULT_INSTANCE)])
  const sounds = new SoundReader({
    instances: [...instances].flatMap((one) => [one, sampleInstanceOf(one)]),
    store,
    storages,
    spool,
    log,
    limits,
  })
  const stored = (row: RecordingRow) => {
    sounds.noteNew(row)
    onStored?.(row)
  }
  const intake = recordingIntake({
    store,
    ingest,
    storages,
    spool,
    decoder,
    inTurn,
    clock,
    limitBytes,
    log,
    now,
    stored,
  })
  const stopAsking = new AbortController()
  const connectors = [...config.connectors]
  type Watching = { instance: string; watch: RecordingWatch | AriWatch }
  const watchesOf = (connector: Config['connectors'][number]): Watching[] => {
    const instance = connector.instance ?? DEFAULT_INSTANCE
    const { name, recordings } = connector
    const reader = recordings?.names === undefined ? {} : { readName: readerOf(name, recordings.names) }
    const common = { connector: name, instance, ...reader, store, intake, log, now, limits }
    const ari = ariSettings(connector)
    const overAri = ari
      ? [{ instance, watch: new AriWatch({ ...common, ...ari, ari: ariRecordings(ari, stopAsking.signal) }) }]
      : []
    const folders = recordingFolders(connector).map((folder) => {
      // The one folder was the only one for long: what was taken from it is known by its name alone.
      const within = folder === recordings?.folder ? '' : `${folder}/`
      return { instance, watch: new RecordingWatch({ ...common, folder: resolve(folder), within, decoder }) }
    })
    return [...folders, ...overAri]
  }
  const watches = connectors.flatMap(watchesOf)
  const watched = (instance: string) => watches.filter((w) => w.instance === instance).map((w) => w.watch.state())
  const missing = [...instances].map((instance) => {
    const takesIn = () => watched(instance).every((state) => state.status === 'watching')
    return new MissingRecordings({ instance, calls: store.calls, ingest, takesIn, log, now })
  })
  const conversions = new Conversions({
    instances: [...instances],
    store,
    ingest,
    storages,
    spool,
    decoder,
    inTurn,
    log,
    now,
    stored,
    ...(convertEveryMs === undefined ? {} : { everyMs: convertEveryMs }),
  })
  const { scrubBytesPerSecond: bytesPerSecond } = config
  const scrub = new Scrub({ instances: [...instances], store, ingest, storages, bytesPerSecond, log, now })
  const running = [...missing, conversions, sounds, scrub]
  const sides: StereoSides = (row) => stereoSides(connectors)(row)
  let sweeping: NodeJS.Timeout | undefined
  const sweepUploads = () =>
    void parts.sweep().catch((err: unknown) => log.warn({ err }, 'uploads that nobody finishes stay for now'))
  const warnOfMissingKeys = async () => {
    for (const instance of instances)
      for (const keyId of await store.recordings.keysInUse(instance))
        if (keyId !== null && !storages.home.hasKey(keyId))
          log.warn({ instance, keyId }, 'recordings are encrypted with a key that is not there: they cannot be heard')
  }
  return {
    routes: async (app) => {
      // Apart: uploads take bodies of any type, which is for no other route.
      await app.register(async (own) =>
        recordingRoutes({ store, ingest, intake, parts, decoder, storages, clock, limits, watched, now })(own),
      )
      await app.register(async (own) => peaksRoutes({ store, sounds, sides })(own))
      const silencing = { store, storages, ingest, log, spool, inTurn, clock, now, stored }
      await app.register(async (own) => silenceRoutes(silencing)(own))
      await app.register(async (own) => verifyRoutes({ store, ingest, storages, clock, limits, now })(own))
    },
    intake,
    decoder,
    storages,
    spool,
    watched,
    storedOf: async (instance, call) => {
      const rows = await store.recordings.recordingsOfCall(instance, call.id)
      const talk = (row: RecordingRow) => row.talk && talkSummary(row.talk, customerChannel(call, sides(row)))
      const lockedBy = (row: RecordingRow) =>
        row.keyId !== null && row.state !== 'deleted' && !storages.home.hasKey(row.keyId) ? row.keyId : null
      return new Map(rows.map((row) => [row.n, { talk: talk(row), lockedBy: lockedBy(row) }]))
    },
    callsChanged: (changes) => {
      for (const { instance, call } of changes)
        for (const one of watches) if (one.instance === instance) one.watch.callChanged(call)
    },
    start: () => {
      sweeping ??= setInterval(sweepUploads, UPLOADS_SWEPT_EVERY_MS)
      sweeping.unref()
      sweepUploads()
      for (const part of [...watches.map((w) => w.watch), ...running]) part.start()
      void warnOfMissingKeys().catch((err: unknown) => log.warn({ err }, 'keys of recordings cannot be looked for'))
    },
    follow: async (connector, signal) => {
      if (signal.aborted) return
      const own = watchesOf(connector)
      connectors.push(connector)
      watches.push(...own)
      for (const { watch } of own) watch.start()
      await once(signal, 'abort')
      connectors.splice(connectors.indexOf(connector), 1)
      for (const one of own) watches.splice(watches.indexOf(one), 1)
      await Promise.all(own.map(({ watch }) => watch.close()))
    },
    close: async () => {
      clearInterval(sweeping)
      decoder.close()
      const closed = [...watches.map((w) => w.watch), ...running].map((part) => part.close())
      // They know that they end, and take a broken request for nothing else.
      stopAsking.abort()
      await Promise.all(closed)
      storages.close()
    },
  }
}

/** @throws AppError config-invalid */
function readerOf(connector: string, template: string): ReadName {
  try {
    return nameReader(template)
  } catch (cause) {
    const detail = `connector ${connector}: recordings.names "${template}": ${(cause as Error).message}`
    throw new AppError('config-invalid', { detail }, { cause })
  }
}

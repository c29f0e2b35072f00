// Puts the server together and takes it apart again. Read top to bottom: settings → store → live feed → ingest →
// recordings → HTTP → connectors, and stopping in reverse. Each part is handed what it needs as arguments.
import { access as checkAccess, constants } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Logger, pino } from 'pino'
import { accessRoutes } from './access/access-routes.ts'
import { ensureAdmin } from './access/users.ts'
import { Board } from './board/board.ts'
import { boardRoutes } from './board/board-routes.ts'
import { callRoutes } from './calls/call-routes.ts'
import type { CallSearch } from './calls/call-search.ts'
import { type Clock, clockIn } from './calls/instant.ts'
import { type Config, instancesOf } from './config.ts'
import { connectorRoutes } from './connectors/connector-routes.ts'
import type { ConsoleConnector } from './connectors/console-connector.ts'
import { ConsoleConnectors } from './connectors/console-connectors.ts'
import { type CdrRoutesNeeds, cdrRoutes } from './connectors/freeswitch/cdr-routes.ts'
import { type RunningConnector, RunningConnectors } from './connectors/running-connectors.ts'
import { Directory } from './directory/directory.ts'
import { directoryRoutes } from './directory/directory-routes.ts'
import { namedCalls } from './directory/named-calls.ts'
import { namedCall, searchByNames } from './directory/names.ts'
import { doctorRoutes } from './doctor/doctor-routes.ts'
import { AppError } from './errors.ts'
import type { Exports } from './exports/exports.ts'
import { openExports } from './exports/open-exports.ts'
import { buildServer } from './http/server.ts'
import { connectorOutput } from './ingest/connector-output.ts'
import { Ingest } from './ingest/ingest.ts'
import { ingestRoutes } from './ingest/ingest-routes.ts'
import { type RejectedMessages, rejectedMessages } from './ingest/rejected.ts'
import { rejectedRoutes } from './ingest/rejected-routes.ts'
import { closeSilentCalls } from './ingest/silent-calls.ts'
import { LiveFeed } from './live/live-feed.ts'
import { liveRoutes } from './live/live-routes.ts'
import { metricsRoutes } from './metrics/metrics-routes.ts'
import { noteRoutes } from './notes/note-routes.ts'
import { receiptRoutes } from './receipts/receipt-routes.ts'
import { type DailyNeeds, reconcileDay, reconcileYesterday } from './reconciliation/daily.ts'
import { reconciliationRoutes } from './reconciliation/reconciliation-routes.ts'
import { nameReader } from './recordings/recording-name.ts'
import { openRecordings, type Recordings } from './recordings/recordings.ts'
import { openAudioFrom } from './recordings/stored-audio.ts'
import { holdRoutes } from './retention/hold-routes.ts'
import { Retention } from './retention/retention.ts'
import { retentionRoutes } from './retention/retention-routes.ts'
import { SampleCalls } from './sample/sample-calls.ts'
import { sampleRoutes } from './sample/sample-routes.ts'
import { openEmbeddedStore } from './store/embedded/embedded-store.ts'
import type { Store } from './store/store.ts'
import { Suggestions } from './suggestions/suggestion.ts'
import { suggestionRoutes } from './suggestions/suggestion-routes.ts'
import { UnreachedLists } from './unreached/unreached-lists.ts'
import { unreachedRoutes } from './unreached/unreached-routes.ts'
import { preferenceRoutes } from './views/preference-routes.ts'
import { viewRoutes } from './views/view-routes.ts'

export interface ServeOptions {
  log?: Logger
  /** Where the one-time password and the address are written. */
  print?: (line: string) => void
  now?: () => number
}

export interface Running {
  /** `http://127.0.0.1:8080`, the port really taken. */
  address: string
  store: Store
  ingest: Ingest
  recordings: Recordings
  exports: Exports
  /** Stops taking requests, lets what was begun end, closes the store. Safe to call twice. */
  close(): Promise<void>
}

const SESSION_SWEEP_MS = 3_600_000
const SILENT_CALLS_EVERY_MS = 10 * 60_000
/** How often is asked whether yesterday has been reconciled. */
const RECONCILE_EVERY_MS = 10 * 60_000

/**
 * Starts everything; resolves when requests are answered.
 * @throws AppError config-invalid, data-folder-unwritable, port-in-use, store-unavailable
 */
export async function serve(config: Config, options: ServeOptions = {}): Promise<Running> {
  const {
    log = pino({ level: config.logLevel }),
    print = (line) => process.stdout.write(`${line}\n`),
    now = Date.now,
  } = options
  const clock = clockIn(config.timeZone)
  const store = await openEmbeddedStore({ folder: config.dataFolder, now })
  const closers: (() => unknown)[] = [() => store.close()]
  const close = once(async () => {
    for (const closeOne of closers.reverse()) await closeOne()
  })

  try {
    let tellRecordings: Recordings['callsChanged'] = () => undefined
    const feed = new LiveFeed({ pendingCalls: config.limits.liveFeedPendingCalls })
    const directory = new Directory({ store: store.directory, calls: store.calls, log })
    await directory.start()
    closers.push(() => directory.close())
    const byNames = (search: CallSearch) => searchByNames(search, directory.names(search.instance))
    /** As readers see them; what derives records keeps to the store itself. */
    const named: Store = { ...store, calls: namedCalls(store.calls, directory) }
    const board = new Board({ ...config, calls: named.calls, clock, now })
    const ingest = new Ingest({
      calls: store.calls,
      publish: (changes) => {
        feed.publish(changes)
        tellRecordings(changes)
        board.changed(changes)
      },
      limits: config.limits,
    })
    closers.push(() => ingest.drain())
    const rejected = rejectedMessages(store.rejected, now, (err) =>
      log.error({ err }, 'a rejected message could not be kept'),
    )
    closers.push(() => rejected.close())
    let retention: Retention | null = null
    const stored = ({ instance }: { instance: string }) => retention?.note(instance)
    const recordings = await openRecordings({ config, store: named, ingest, log, now, onStored: stored })
    tellRecordings = recordings.callsChanged
    closers.push(() => recordings.close())
    const exporting = await openExports({
      config,
      store: named,
      names: (instance) => directory.names(instance),
      openAudio: openAudioFrom({ recordings: store.recordings, storages: recordings.storages }),
      log,
      now,
    })
    closers.push(() => exporting.close())
    const { storages } = recordings
    const { timeZone } = config
    const keeping = new Retention({ store, ingest, storages, timeZone, instances: instancesOf(config), log, now })
    retention = keeping
    closers.push(() => keeping.close())
    const sample = new SampleCalls({
      store,
      ingest,
      intake: recordings.intake,
      storages,
      removeExport: (row) => exporting.exports.cancelOrRemove(row),
      timeZone,
      log,
      now,
    })
    closers.push(() => sample.close())
    await ensureAdmin(store.access, config, print)

    const running = new RunningConnectors({
      create: async (settings) => (await import('./connectors/connectors.ts')).connectorFor(settings),
      run: (one, signal) => runConnector(one, { ingest, store, rejected, recordings, log, signal }),
    })
    for (const settings of config.connectors) await running.add(settings, 'file')
    const inConsole = new ConsoleConnectors({ running, config, check: checkRecordingNames })
    const { shadowed } = await inConsole.load()
    if (shadowed.length > 0)
      log.warn({ shadowed }, 'connectors of the console whose names stand in the file do not run')
    const reconciliation = reconciliationNeeds({ config, store, ingest, running, clock, now })
    const states = (instance: string) => running.of(instance).map(({ connector }) => connector.state())
    const app = buildServer({
      access: store.access,
      log,
      trustProxy: config.trustProxy,
      limits: config.limits,
      now,
      webRoot: await webRoot(),
      routes: [
        accessRoutes({
          access: store.access,
          timeZone: config.timeZone,
          searchWindowDays: config.searchWindowDays,
          now,
        }),
        liveRoutes({
          feed,
          calls: store.calls,
          access: store.access,
          config,
          now,
          byNames,
          named: (call, instance) => namedCall(call, directory.names(instance)),
        }),
        callRoutes({ calls: named.calls, config, now, byNames, storedOf: recordings.storedOf }),
        directoryRoutes({ ...config, directory, store: store.directory, clock, now }),
        boardRoutes(board),
        unreachedRoutes({ ...config, lists: new UnreachedLists(store.unreached, now), clock, now }),
        suggestionRoutes({ ...config, suggestions: new Suggestions(store.suggestions, now), clock, now }),
        viewRoutes({ views: store.views, config, now }),
        preferenceRoutes({ views: store.views }),
        recordings.routes,
        exporting.routes,
        ingestRoutes({ ingest, rejected, limits: config.limits, now }),
        retentionRoutes({ store, storages, timeZone, now, retention: keeping }),
        holdRoutes({ store, ingest, inTurn: keeping.inTurn, clock, now }),
        metricsRoutes({ store, ingest, feed, states }),
        sampleRoutes(sample),
        noteRoutes({
          store,
          clock,
          now,
          tagsChanged: (instance, { call, before }) =>
            feed.publish([{ instance, call, previous: { ...call, tags: before } }]),
        }),
        receiptRoutes({ receipts: store.receipts, clock }),
        connectorRoutes({ running, inConsole, clock, log }),
        cdrRoutes(cdrNeeds({ running, ingest, store, rejected, now })),
        doctorRoutes({
          running,
          inConsole,
          limits: config.limits,
          decoding: (instance) => ({
            ffmpeg: config.ffmpeg,
            conversions: () => store.recordings.conversionCounts(instance),
          }),
          now,
        }),
        reconciliationRoutes({
          ...reconciliation,
          reconcileDay: (instance, day) => reconcileDay(reconciliation, instance, day),
        }),
        rejectedRoutes({ store: store.rejected, ingest, reread: rereadBy(running), clock, now }),
      ],
    })
    closers.push(() => app.close())
    await listen(app, config)
    recordings.start()
    await exporting.start()
    keeping.start()
    running.start()
    closers.push(() => running.close())
    closers.push(runChores(config, { store, ingest, reconciliation, log, now }))

    const address = addressOf(app.server.address() as AddressInfo)
    print(`Callbook 通话记录 → ${address}`)
    return { address, store, ingest, recordings, exports: exporting.exports, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Finds the connector a message came from and lets it read once more. */
function rereadBy(running: RunningConnectors) {
  return (instance: string, source: string, raw: Uint8Array, at: number): boolean =>
    running.find(instance, source)?.connector.reread?.(raw, at) ?? false
}

/** What the door for FreeSWITCH's own records needs: its connectors with their secrets, and the way to the store. */
function cdrNeeds({
  running,
  ingest,
  store,
  rejected,
  now,
}: {
  running: RunningConnectors
  ingest: Ingest
  store: Store
  rejected: RejectedMessages
  now: () => number
}): CdrRoutesNeeds {
  return {
    connectors: () =>
      running
        .of(null)
        .filter(({ connector }) => connector.readRecord !== undefined)
        .map(({ connector, instance, settings: { secret } }) => ({ connector, instance, secret })),
    append: (from, events) => ingest.append(from, events),
    known: async (instance, callId) => (await store.calls.histories(instance, [callId])).get(callId)?.events ?? [],
    reject: ({ instance, source }, raw, detail) =>
      rejected.keepAll(instance, [{ source, kind: 'message', cause: 'unreadable', detail, raw }]),
    now,
  }
}

/** What the reconciliation asks: the store, and the connectors that can read their PBX's own logs. */
function reconciliationNeeds({
  config,
  store,
  ingest,
  running,
  clock,
  now,
}: {
  config: Config
  store: Store
  ingest: Ingest
  running: RunningConnectors
  clock: Clock
  now: () => number
}) {
  const of = (instance: string) => running.of(instance).map((one) => one.connector)
  return {
    calls: store.calls,
    recordings: store.recordings,
    reports: store.reports,
    ingest,
    clock,
    now,
    silentMs: config.silentCallMs,
    searchWindowDays: config.searchWindowDays,
    witnesses: (instance: string) =>
      of(instance).flatMap((connector) =>
        connector.loggedCallIds
          ? [
              {
                connector: connector.name,
                callIds: connector.loggedCallIds,
                clockSkewMs: () => connector.clockSkewMs?.() ?? null,
              },
            ]
          : [],
      ),
    backfill: async (instance: string, name: string, { from, to }: { from: number; to: number }) =>
      (await of(instance)
        .find((connector) => connector.name === name)
        ?.backfill?.(from, to)) ?? false,
  }
}

/** One connector from its start until `signal` aborts, with the folders its PBX records into. */
async function runConnector(
  { connector, instance, settings, origin }: RunningConnector,
  needs: {
    ingest: Ingest
    store: Store
    rejected: RejectedMessages
    recordings: Recordings
    log: Logger
    signal: AbortSignal
  },
): Promise<void> {
  const { ingest, store, rejected, recordings, signal } = needs
  const log = needs.log.child({ connector: connector.name })
  const from = { instance, source: connector.name }
  const output = connectorOutput({ from, ingest, calls: store.calls, rejected, log, signal })
  const failed = (err: unknown) => {
    if (!signal.aborted) log.error({ err }, 'the connector has failed')
  }
  await Promise.all([
    connector.run(output, signal).catch(failed),
    // Those of the file are watched from the start.
    origin === 'console' ? recordings.follow(settings, signal).catch(failed) : null,
  ])
}

/** @throws AppError connector-invalid */
function checkRecordingNames({ recordings }: Pick<ConsoleConnector, 'recordings'>): void {
  if (recordings?.names === undefined) return
  try {
    nameReader(recordings.names)
  } catch (cause) {
    const detail = `/recordings/names: ${(cause as Error).message}`
    throw new AppError('connector-invalid', { detail }, { cause })
  }
}

/** What has to be done now and then. The function that stops it. */
function runChores(
  config: Config,
  {
    store,
    ingest,
    reconciliation,
    log,
    now,
  }: { store: Store; ingest: Ingest; reconciliation: DailyNeeds; log: Logger; now: () => number },
): () => void {
  const failed = (chore: string) => (err: unknown) => log.error({ err }, `${chore} failed; it is tried again later`)
  const instances = instancesOf(config)
  const sessions = setInterval(() => {
    store.access.removeExpiredSessions(now()).catch(failed('removing expired sessions'))
  }, SESSION_SWEEP_MS)
  const silent = setInterval(async () => {
    for (const instance of instances) {
      const needs = { calls: store.calls, ingest, silentMs: config.silentCallMs, now }
      const closed = await closeSilentCalls(needs, instance).catch(failed('closing silent calls'))
      if (closed) log.warn({ closed, instance }, 'calls whose end never came were closed')
    }
  }, SILENT_CALLS_EVERY_MS)
  const daily = setInterval(async () => {
    for (const instance of instances) {
      const report = await reconcileYesterday(reconciliation, instance).catch(failed('the reconciliation'))
      if (report) log.info({ instance, score: report.score, findings: report.findings.length }, 'yesterday reconciled')
    }
  }, RECONCILE_EVERY_MS)
  return () => {
    clearInterval(sessions)
    clearInterval(silent)
    clearInterval(daily)
  }
}

async function listen(app: ReturnType<typeof buildServer>, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new AppError('port-in-use', { port, host }, { cause })
    throw cause
  }
}

function addressOf({ address, family, port }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
  return `http://${host}:${port}`
}

/** The built console, if it is there. */
async function webRoot(): Promise<string | null> {
  const folder = fileURLToPath(new URL('../web/dist', import.meta.url))
  return checkAccess(`${folder}/index.html`, constants.R_OK).then(
    () => folder,
    () => null,
  )
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null
  return () => {
    done ??= work()
    return done
  }
}
